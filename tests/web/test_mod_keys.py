"""A moderator's own keys: chosen, refused where two acts would have the same, switched off, and forgotten."""

import re
from typing import Any

import httpx
import pytest

from app.accounts.actor import Role
from app.discussions.models import CommentStatus
from app.moderation.keys import ACTS, LISTS
from app.work import Doors
from tests.conftest import SignedIn
from tests.world import a_comment, a_post, an_author_key

pytestmark = pytest.mark.anyio

IN_PLACE = {"HX-Request": "true"}


@pytest.fixture
async def moderator(doors: Doors, signed_in: SignedIn) -> httpx.AsyncClient:
    """A moderator, before two comments that wait."""
    async with doors.unit_of_work() as db:
        post, key = await a_post(db), await an_author_key(db)
        for _ in range(2):
            await a_comment(
                db, under=post, status=CommentStatus.PENDING, author_key_id=key.id,
                author_email="gwen@example.org",
            )  # fmt: skip
    return await signed_in(Role.MODERATOR)


def keys_in(page: httpx.Response) -> dict[str, str]:
    """The fields of the page, as a browser would send them."""
    return dict(
        re.findall(r'<input id="key-[\w-]+" name="([\w-]+)" type="text" value="(.*?)"', page.text)
    )


async def test_the_page_lists_every_act_with_the_key_it_has_at_first(
    moderator: httpx.AsyncClient,
) -> None:
    page = await moderator.get("/mod/keys/")

    assert page.status_code == 200
    assert keys_in(page) == {name: act.key for name, act in {**ACTS, **LISTS}.items()}


async def test_what_was_chosen_stands_on_every_button_and_in_the_help(
    moderator: httpx.AsyncClient,
) -> None:
    fields = keys_in(await moderator.get("/mod/keys/"))
    chosen = {"approve": "7", "assign": "a", "undo": "Z", "select": "&", "go": "+", "next": "<"}

    answer = await moderator.post("/mod/keys/", data={**fields, **chosen})

    assert answer.headers["location"] == "/mod/keys/?kept=1"
    assert "These are your keys from now on." in (await moderator.get("/mod/keys/?kept=1")).text
    queue = (await moderator.get("/mod/")).text
    for words in (
        'formaction="/mod/comments/1/approval" hx-post="/mod/comments/1/approval" data-key="7"',
        'data-key="&amp;"', 'data-go="+p"', 'data-next="&lt;"', "<dt><kbd>+ s</kbd></dt>",
        "Assign … <kbd>a</kbd>",
    ):  # fmt: skip
        assert words in queue, words
    row = await moderator.post("/mod/comments/1/hold", data={"back": "/mod/"}, headers=IN_PLACE)
    assert 'data-key="7"' in row.text
    act = await moderator.post("/mod/comments/1/spam", data={"back": "/mod/"}, headers=IN_PLACE)
    assert 'data-key="Z"' in act.text


async def test_they_are_one_moderators_own(
    moderator: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    await moderator.post("/mod/keys/", data={"approve": "7"})

    other = await signed_in(Role.OWNER)

    assert keys_in(await other.get("/mod/keys/"))["approve"] == "a"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"approve": "s"}, "“s” can&#39;t be the key of both “approve” and “call it spam”."),
        ({"go-spam": "m"}, "“m” can&#39;t be the key of both “spam” and “removed”."),
        ({"approve": "ab"}, "“approve” needs one letter, digit or sign."),
        ({"approve": "👍🏽"}, "“approve” needs one letter, digit or sign."),
    ],
)
async def test_a_clash_is_refused_in_a_sentence_and_what_was_typed_stays(
    moderator: httpx.AsyncClient, typed: dict[str, str], says: str
) -> None:
    answer = await moderator.post("/mod/keys/", data={**typed, "hold": "9", "off": "1"})

    assert answer.status_code == 422
    assert says in answer.text
    shown = keys_in(answer)
    assert {name: shown[name] for name in typed} == typed
    assert shown["hold"] == "9"
    assert keys_in(await moderator.get("/mod/keys/"))["hold"] == "h"


@pytest.mark.parametrize(
    "typed",
    [
        {"approve": "s", "spam": "a"},
        {"approve": "", "spam": "a"},
        {"go-spam": "j"},
        {"approve": "A"},
        {"approve": "ß"},
        {"approve": " q "},
        {"dance": "a"},
    ],
)
async def test_what_does_not_clash_is_kept(
    moderator: httpx.AsyncClient, typed: dict[str, Any]
) -> None:
    answer = await moderator.post("/mod/keys/", data=typed)

    assert answer.status_code == 303
    kept = keys_in(await moderator.get("/mod/keys/"))
    assert all(kept.get(name, "a") == key.strip() for name, key in typed.items())


async def test_switched_off_no_key_is_left_and_those_that_were_chosen_come_back(
    moderator: httpx.AsyncClient,
) -> None:
    await moderator.post("/mod/keys/", data={"approve": "7", "off": "1"})

    off = (await moderator.get("/mod/")).text
    assert not re.search(r"data-(key|go|digit)=", off)
    assert 'data-next=""' in off
    await moderator.post("/mod/keys/", data={"approve": "7"})
    assert 'data-key="7"' in (await moderator.get("/mod/")).text


async def test_there_is_a_way_back_to_the_first_ones(moderator: httpx.AsyncClient) -> None:
    await moderator.post("/mod/keys/", data={"approve": "7", "off": "1"})

    answer = await moderator.post("/mod/keys/reset", data={"x": "1"})

    assert answer.status_code == 303
    page = await moderator.get("/mod/keys/")
    assert keys_in(page)["approve"] == "a"
    assert 'name="off" value="1">' in page.text


async def test_help_and_account_lead_there(
    moderator: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    for address in ("/mod/", "/account/"):
        assert 'href="/mod/keys/"' in (await moderator.get(address)).text
    assert 'href="/mod/keys/"' not in (await (await signed_in()).get("/account/")).text
    assert (await (await signed_in()).get("/mod/keys/")).status_code == 403
