"""Signing in by the form, and out again."""

from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from app.accounts import sign_in as signing
from app.accounts.actor import Role
from app.accounts.passwords import Verdict
from app.accounts.queries import get_user
from app.accounts.sessions import sessions_of
from app.main import create_app
from app.settings import Settings
from app.web.comments.own_paths import own_path
from app.work import Doors
from tests.shared import payloads
from tests.visiting import BASE_URL, running, visiting
from tests.web.signing_in import PASSWORD, SIGN_IN, is_signed_in, sign_in
from tests.world import a_member, a_post

pytestmark = pytest.mark.anyio


async def test_a_member_signs_in_and_reads_as_themselves(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        await a_member(db, "Ada", password=PASSWORD, email="ada@example.org")

    answer = await sign_in(visitor, "Ada@Example.org ")
    page = await visitor.get("/account/")

    assert (answer.status_code, answer.headers["location"]) == (303, "/account/")
    assert page.status_code == 200
    assert "ada@example.org" in page.text
    assert "Sign out" in (await visitor.get("/")).text


async def test_the_cookie_is_for_the_server_alone(doors: Doors, visitor: httpx.AsyncClient) -> None:
    async with doors.unit_of_work() as db:
        await a_member(db, "Ada", password=PASSWORD, email="ada@example.org")

    cookie = (await sign_in(visitor, "ada@example.org")).headers["set-cookie"].lower()

    assert cookie.startswith("session=")
    assert {"httponly", "path=/", "samesite=lax"} <= {part.strip() for part in cookie.split(";")}


async def test_on_https_the_cookie_is_bound_to_the_host(settings: Settings, doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        await a_member(db, "Ada", password=PASSWORD, email="ada@example.org")
    app = create_app(settings.model_copy(update={"base_url": "https://blog.example"}))

    async with running(app), visiting(app) as client:
        client.base_url = httpx.URL("https://blog.example")
        answer = await sign_in(client, "ada@example.org")
        own = await client.get("/account/")
    cookie = answer.headers["set-cookie"]

    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert own.status_code == 200


async def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        await a_member(db, "Ada", password=PASSWORD, email="ada@example.org")
        await a_member(db, "Bob", email="bob@example.org")

    answers = [
        await sign_in(visitor, email, "not the password")
        for email in ("ada@example.org", "bob@example.org", "nobody@example.org")
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert not is_signed_in(visitor)
    same = {
        answer.text.replace(email, "somebody")
        for answer, email in zip(
            answers, ("ada@example.org", "bob@example.org", "nobody@example.org"), strict=True
        )
    }
    assert len(same) == 1


async def test_an_unknown_name_costs_the_same_work(
    doors: Doors, visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with doors.unit_of_work() as db:
        await a_member(db, "Ada", password=PASSWORD, email="ada@example.org")
    compared: list[str] = []

    async def watched(password: str, kept: str) -> Verdict:
        compared.append(kept)
        return await real(password, kept)

    real = signing.check_password
    monkeypatch.setattr(signing, "check_password", watched)
    for email in ("ada@example.org", "nobody@example.org"):
        await sign_in(visitor, email, "not the password")

    assert [kept[:10] for kept in compared] == ["$argon2id$", ""]


async def test_signing_in_always_begins_another_session(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Ada", password=PASSWORD, email="ada@example.org")
    visitor.cookies.set("session", "brought-along", domain="blog.example")

    await sign_in(visitor, "ada@example.org")
    first = visitor.cookies["session"]
    await sign_in(visitor, "ada@example.org")
    second = visitor.cookies["session"]

    assert len({"brought-along", first, second}) == 3
    async with doors.reading() as db:
        assert len(await sessions_of(db, ada.id)) == 1


async def test_signing_out_ends_the_session_on_the_server_too(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        await a_member(db, "Ada", password=PASSWORD, email="ada@example.org")
    await sign_in(visitor, "ada@example.org")
    token = visitor.cookies["session"]

    answer = await visitor.post("/account/sign-out")
    visitor.cookies.set("session", token, domain="blog.example")

    assert answer.status_code == 303
    assert (await visitor.get("/account/")).status_code == 401


async def test_the_sign_in_form_and_what_is_behind_it_is_kept_by_nobody(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        await a_member(db, "Ada", password=PASSWORD, email="ada@example.org")

    answers = [
        await visitor.get(SIGN_IN),
        await sign_in(visitor, "ada@example.org", "wrong"),
        await sign_in(visitor, "ada@example.org"),
        await visitor.get("/account/"),
        await visitor.get("/"),
        await visitor.post("/account/sign-out"),
    ]

    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}


async def test_readers_get_no_cookie_and_a_way_to_sign_in(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)

    answers = [
        await visitor.get(path) for path in ("/", post.path or "/", SIGN_IN, "/feed/", "/nothing/")
    ]

    assert not any("set-cookie" in answer.headers for answer in answers)
    assert 'href="/account/sign-in"' in answers[0].text


async def test_what_somebody_signed_in_sees_is_not_shown_to_others(
    doors: Doors, visitor: httpx.AsyncClient, application: object
) -> None:
    async with doors.unit_of_work() as db:
        await a_member(db, "Ada Only", password=PASSWORD, email="ada@example.org")
        await a_post(db)
    await sign_in(visitor, "ada@example.org")
    own = await visitor.get("/")
    async with visiting(application) as stranger:  # type: ignore[arg-type]
        others = await stranger.get("/")

    assert "Ada Only" in own.text
    assert "Ada Only" not in others.text


async def test_wordpress_door_to_sign_in_is_not_there(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.get("/wp-login.php")).status_code == 404


async def test_moderators_land_at_their_desk(doors: Doors, visitor: httpx.AsyncClient) -> None:
    async with doors.unit_of_work() as db:
        await a_member(db, "Mo", roles=[Role.MODERATOR], password=PASSWORD, email="mo@example.org")

    answer = await sign_in(visitor, "mo@example.org")

    assert answer.headers["location"] == "/mod/"
    assert 'href="/mod/"' in (await visitor.get("/")).text


@pytest.mark.parametrize("wanted", ["/2024/03/a-letter/?page=2", "/mod/?tab=spam#c1", "/größe/"])
async def test_whoever_wanted_a_page_of_ours_gets_there(
    doors: Doors, visitor: httpx.AsyncClient, wanted: str
) -> None:
    async with doors.unit_of_work() as db:
        await a_member(db, "Ada", password=PASSWORD, email="ada@example.org")

    answer = await sign_in(visitor, "ada@example.org", next=wanted)

    target = urlsplit(urljoin(BASE_URL, answer.headers["location"]))
    assert target.netloc == urlsplit(BASE_URL).netloc
    assert answer.headers["location"].startswith(wanted[:4].replace("ö", "%C3%B6"))


def test_no_address_leads_away_from_here() -> None:
    known = payloads("redirect")

    for payload in [*known, *(f"/{payload}" for payload in known)]:
        path = own_path(payload, "/otherwise")
        assert path.startswith("/"), payload
        assert not path.startswith(("//", "/\\")), payload
        assert path.isascii(), payload
        assert not set(path) & set("\t\r\n\\"), payload
        assert urlsplit(urljoin(BASE_URL, path)).netloc == urlsplit(BASE_URL).netloc, payload


async def test_old_hashes_open_once_and_are_then_kept_as_ours(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        ada = await a_member(
            db, "Ada", email="ada@example.org", password_hash="$P$B55D6LjfHDkINU5wF.v2BuuzO0/XPk/"
        )

    assert (await sign_in(visitor, "ada@example.org", "tests")).status_code == 422
    assert (await sign_in(visitor, "ada@example.org", "test")).status_code == 303

    async with doors.reading() as db:
        assert (await get_user(db, ada.id)).password_hash.startswith("$argon2id$")
    assert (await sign_in(visitor, "ada@example.org", "test")).status_code == 303


async def test_a_login_is_as_good_as_an_address(doors: Doors, visitor: httpx.AsyncClient) -> None:
    async with doors.unit_of_work() as db:
        await a_member(db, "Ada", password=PASSWORD, login="ada-of-old")

    assert (await sign_in(visitor, "ada-of-old")).status_code == 303
