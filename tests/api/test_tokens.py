"""Tokens: made on the page and shown once, for some things only, as good as their owner is now, revocable."""

from datetime import timedelta

import httpx
import pytest
from starlette.types import ASGIApp

from app.accounts.actions import change_roles
from app.accounts.actor import OWNER_AT_THE_MACHINE, Role
from app.accounts.api_tokens import Scope, api_tokens_of
from app.accounts.models import User
from app.core import clock
from app.work import Doors
from tests.api.conftest import Program
from tests.api.speaking import API, a_token, is_problem
from tests.conftest import SignedIn
from tests.web.signing_in import PASSWORD
from tests.world import a_draft, a_member

pytestmark = pytest.mark.anyio

PAGE = "/account/tokens/"


async def ada_of(doors: Doors, *roles: Role) -> User:
    async with doors.unit_of_work() as db:
        return await a_member(db, "Ada", password=PASSWORD, roles=roles)


def shown_in(page: str) -> str:
    return page.partition('account__secret--long">')[2].partition("<")[0]


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_one_is_made_shown_once_listed_used_and_revoked(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    ada = await ada_of(doors, Role.AUTHOR)
    here = await signed_in(user=ada)
    assert PAGE in (await here.get("/account/")).text

    sent = {"name": "My <script>", "posts:read": "1", "posts:write": "1", "password": PASSWORD}
    answer = await here.post(PAGE, data=sent)

    token = shown_in(answer.text)
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    assert token.startswith("rapport_")
    listed = (await here.get(PAGE)).text
    assert "My &lt;script&gt;" in listed
    assert "never used" in listed
    assert token not in listed
    async with doors.reading() as db:
        [kept] = await api_tokens_of(db, ada.id)
    assert token not in str(vars(kept))
    assert kept.scopes == ["posts:read", "posts:write"]

    assert (await visitor.get(f"{API}/posts", headers=bearing(token))).status_code == 200
    assert "last used" in (await here.get(PAGE)).text

    gone = await here.post(f"{PAGE}{kept.id}/revocation")
    assert "is revoked" in (await here.get(gone.headers["location"])).text
    refused = await visitor.get(f"{API}/posts", headers=bearing(token))
    assert is_problem(refused, 401)
    assert refused.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"name": "", "posts:read": "1"}, "fill this in"),
        ({"name": "x"}, "at least one thing"),
        ({"name": "x", "posts:read": "1", "expires": "2001-02-03"}, "That day is over"),
        ({"name": "x", "posts:read": "1", "expires": "soon"}, "can&#39;t be used"),
        ({"name": "x", "posts:read": "1", "password": "not it"}, "not your password"),
    ],
)
async def test_a_refused_form_comes_back_as_it_was_typed(
    doors: Doors, signed_in: SignedIn, sent: dict[str, str], says: str
) -> None:
    ada = await ada_of(doors)
    here = await signed_in(user=ada)

    answer = await here.post(PAGE, data={"password": PASSWORD, **sent})

    assert answer.status_code == 422
    assert says in answer.text
    assert f'value="{sent["name"]}"' in answer.text
    assert ('name="posts:read" value="1" checked' in answer.text) == ("posts:read" in sent)
    assert PASSWORD not in answer.text
    async with doors.reading() as db:
        assert await api_tokens_of(db, ada.id) == []


async def test_nobody_revokes_another_s(doors: Doors, signed_in: SignedIn) -> None:
    ada = await ada_of(doors)
    await a_token(doors, ada)
    other = await signed_in(Role.OWNER)

    assert (await other.post(f"{PAGE}1/revocation")).status_code == 404
    async with doors.reading() as db:
        assert len(await api_tokens_of(db, ada.id)) == 1


async def test_a_token_ends_with_its_last_day(doors: Doors, visitor: httpx.AsyncClient) -> None:
    ada = await ada_of(doors)
    token = await a_token(doors, ada, until=clock.now() + timedelta(hours=1))

    assert (await visitor.get(f"{API}/posts", headers=bearing(token))).status_code == 200
    with clock.moved(timedelta(hours=2)):
        assert is_problem(await visitor.get(f"{API}/posts", headers=bearing(token)), 401)


async def test_a_role_that_is_taken_is_gone_with_the_next_call(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    ada = await ada_of(doors, Role.EDITOR)
    token = await a_token(doors, ada)
    async with doors.unit_of_work() as db:
        draft = await a_draft(db)
    address = f"{API}/posts/{draft.id}"
    assert (await visitor.get(address, headers=bearing(token))).status_code == 200

    async with doors.unit_of_work() as db:
        await change_roles(db, OWNER_AT_THE_MACHINE, ada.id, remove=[Role.EDITOR])

    assert is_problem(await visitor.get(address, headers=bearing(token)), 404)
    refused = await visitor.post(f"{API}/posts", json={"title": "x"}, headers=bearing(token))
    assert is_problem(refused, 403)


async def test_a_token_does_nothing_that_it_is_not_for(program: Program) -> None:
    owner = await program(Role.OWNER, scopes=[Scope.POSTS_READ])

    refused = await owner.post("posts", json={"title": "x"})

    assert is_problem(refused, 403)
    assert "posts:write" in refused.json()["detail"]


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer x", "Basic eDp4", "Bearer rapport_\xe9"])
async def test_what_is_no_token_is_refused_even_where_none_is_needed(
    visitor: httpx.AsyncClient, given: str
) -> None:
    answer = await visitor.get(
        f"{API}/posts", headers=[(b"authorization", given.encode("latin-1"))]
    )

    assert is_problem(answer, 401)


async def test_what_a_token_opened_is_kept_by_nobody(
    doors: Doors, application: ASGIApp, program: Program, visitor: httpx.AsyncClient
) -> None:
    editor = await program(Role.EDITOR)
    async with doors.unit_of_work() as db:
        await a_draft(db, "A secret")

    opened = await editor.get("posts", params={"status": "draft"})

    assert "A secret" in opened.text
    assert opened.headers["cache-control"] == "no-store"
    assert "Authorization" in opened.headers["vary"]
    assert "A secret" not in (await visitor.get(f"{API}/posts?status=draft")).text
