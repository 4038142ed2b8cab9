"""Somebody's own account: sessions, password, second factor, and a forgotten password."""

import asyncio
from datetime import timedelta

import httpx
import pyotp
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.accounts.links import make_link
from app.accounts.models import AuditEntry, LinkPurpose, User
from app.accounts.queries import get_user
from app.accounts.sessions import sessions_of
from app.core import clock
from app.work import Doors
from tests.conftest import SignedIn
from tests.web.signing_in import PASSWORD, is_signed_in, sign_in
from tests.world import a_member

pytestmark = pytest.mark.anyio

ADA = "ada@example.org"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NEW = "another horse battery"


async def ada_of(doors: Doors, **fields: object) -> User:
    async with doors.unit_of_work() as db:
        return await a_member(db, "Ada", password=PASSWORD, email=ADA, **fields)


async def test_a_stranger_is_asked_to_sign_in_and_gets_back_where_they_were(
    visitor: httpx.AsyncClient,
) -> None:
    answer = await visitor.get("/account/", params={"done": "name"})

    assert answer.status_code == 401
    assert 'name="next" value="/account/?done=name"' in answer.text


async def test_a_session_is_ended_from_another_browser_at_once(
    doors: Doors, signed_in: SignedIn
) -> None:
    ada = await ada_of(doors)
    here, there = await signed_in(user=ada), await signed_in(user=ada)
    async with doors.reading() as db:
        last, _first = await sessions_of(db, ada.id)

    assert "Sign out there" in (await here.get("/account/")).text
    ended = await here.post(f"/account/sessions/{last.id}/ending")

    assert ended.status_code == 303
    assert (await there.get("/account/")).status_code == 401
    assert (await here.get("/account/")).status_code == 200


async def test_nobody_ends_a_session_of_somebody_else(doors: Doors, signed_in: SignedIn) -> None:
    ada = await ada_of(doors)
    own, other = await signed_in(user=ada), await signed_in(Role.OWNER)
    async with doors.reading() as db:
        [session] = await sessions_of(db, ada.id)

    assert (await other.post(f"/account/sessions/{session.id}/ending")).status_code == 404
    assert (await own.get("/account/")).status_code == 200


async def test_a_new_password_signs_every_other_browser_out(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    ada = await ada_of(doors)
    here, there = await signed_in(user=ada), await signed_in(user=ada)

    wrong = await here.post("/account/password", data={"password": "x", "new_password": NEW})
    done = await here.post("/account/password", data={"password": PASSWORD, "new_password": NEW})

    assert (wrong.status_code, done.status_code) == (422, 303)
    assert "not your password" in wrong.text
    assert (await here.get("/account/")).status_code == 200
    assert (await there.get("/account/")).status_code == 401
    assert (await sign_in(visitor, ADA)).status_code == 422
    assert (await sign_in(visitor, ADA, NEW)).status_code == 303


async def test_a_second_factor_is_switched_on_by_a_code_and_asked_for_from_then_on(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    ada = await ada_of(doors)
    here = await signed_in(user=ada)
    page = (await here.get("/account/second-factor")).text
    secret = page.partition("?secret=")[2][:32]
    signed = page.partition('name="signed" value="')[2].partition('"')[0]
    code = pyotp.TOTP(secret).at(clock.now())

    wrong = await here.post("/account/second-factor", data={"signed": signed, "code": "000000"})
    on = await here.post("/account/second-factor", data={"signed": signed, "code": code})
    answer = await sign_in(visitor, ADA)

    assert (wrong.status_code, on.status_code) == (422, 303)
    assert answer.status_code == 200
    assert not is_signed_in(visitor)
    half_way = answer.text.partition('name="half_way" value="')[2].partition('"')[0]
    again = await visitor.post("/account/sign-in/code", data={"half_way": half_way, "code": code})
    assert again.status_code == 422, "the code that switched it on is used up"
    with clock.moved(timedelta(seconds=30)):
        later = pyotp.TOTP(secret).at(clock.now())
        right = await visitor.post(
            "/account/sign-in/code", data={"half_way": half_way, "code": later}
        )
        assert (right.status_code, is_signed_in(visitor)) == (303, True)


async def test_a_code_works_for_one_of_two_who_use_it_at_once(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    await ada_of(doors, totp_secret=SECRET)
    answer = await sign_in(visitor, ADA)
    half_way = answer.text.partition('name="half_way" value="')[2].partition('"')[0]
    fields = {"half_way": half_way, "code": pyotp.TOTP(SECRET).at(clock.now())}

    answers = await asyncio.gather(
        *(visitor.post("/account/sign-in/code", data=fields) for _ in range(3))
    )

    assert sorted(answer.status_code for answer in answers) == [303, 422, 422]


async def test_a_note_of_the_first_step_is_worth_nothing_later_or_altered(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    ada = await ada_of(doors, totp_secret=SECRET)
    answer = await sign_in(visitor, ADA)
    half_way = answer.text.partition('name="half_way" value="')[2].partition('"')[0]

    async def tried(note: str) -> int:
        fields = {"half_way": note, "code": pyotp.TOTP(SECRET).at(clock.now())}
        return (await visitor.post("/account/sign-in/code", data=fields)).status_code

    assert await tried(half_way + "x") == 410
    async with doors.unit_of_work() as db:
        (await get_user(db, ada.id)).password_hash = "changed meanwhile"
    assert await tried(half_way) == 410
    assert not is_signed_in(visitor)


async def test_a_second_factor_is_switched_off_by_the_password(
    doors: Doors, signed_in: SignedIn
) -> None:
    ada = await ada_of(doors, totp_secret=SECRET)
    here = await signed_in(user=ada)

    wrong = await here.post("/account/second-factor/removal", data={"password": "x"})
    right = await here.post("/account/second-factor/removal", data={"password": PASSWORD})

    assert (wrong.status_code, right.status_code) == (422, 303)
    async with doors.reading() as db:
        assert (await get_user(db, ada.id)).totp_secret == ""


async def test_a_forgotten_password_is_asked_for_with_one_answer_for_all(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    await ada_of(doors)

    answers = [
        await visitor.post("/account/password-reset", data={"email": email})
        for email in (ADA, "nobody@example.org")
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].text == answers[1].text


async def test_a_mailed_link_lets_one_choose_a_password_once(
    doors: Doors, visitor: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    ada = await ada_of(doors)
    thief = await signed_in(user=ada)
    async with doors.unit_of_work() as db:
        token = await make_link(
            db, LinkPurpose.PASSWORD, user_id=ada.id, lifetime=timedelta(hours=1)
        )
    path = f"/account/password/{token}/"

    looked = [await visitor.get(path), await visitor.get(path)]
    short = await visitor.post(path, data={"new_password": "short"})
    chosen = await asyncio.gather(
        *(visitor.post(path, data={"new_password": f"{NEW} {n}"}) for n in range(2))
    )

    assert [answer.status_code for answer in looked] == [200, 200]
    assert short.status_code == 422
    assert sorted(answer.status_code for answer in chosen) == [303, 410]
    assert (await thief.get("/account/")).status_code == 401
    tries = [(await sign_in(visitor, ADA, f"{NEW} {n}")).status_code for n in range(2)]
    assert sorted(tries) == [303, 422]
    assert (await visitor.get("/account/password/never-sent/")).status_code == 404


async def test_a_form_sent_after_the_session_ended_is_carried_through_signing_in(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    await ada_of(doors)
    text = 'Ada "the first" <of Marlow>'

    refused = await visitor.post("/account/name", data={"name": text, "password": "secret words"})
    assert refused.status_code == 401
    assert "secret words" not in refused.text
    assert 'name="carried.name"' in refused.text

    again = await sign_in(visitor, ADA, next="/account/name", **{"carried.name": text})
    assert again.status_code == 200
    assert 'action="/account/name"' in again.text
    assert "Ada &#34;the first&#34; &lt;of Marlow&gt;" in again.text
    done = await visitor.post("/account/name", data={"name": text})
    assert done.status_code == 303


async def test_what_is_done_to_accounts_is_written_down(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    ada = await ada_of(doors)
    await sign_in(visitor, ADA)
    await visitor.post("/account/password", data={"password": PASSWORD, "new_password": NEW})

    async with doors.reading() as db:
        entries = list(await db.scalars(select(AuditEntry).order_by(AuditEntry.id)))

    assert [(one.what, one.user_id) for one in entries] == [
        ("account made", None), ("signed in", ada.id), ("password changed", ada.id),
    ]  # fmt: skip
    assert "argon2" not in str([(one.before, one.after) for one in entries])


async def test_looking_changes_nothing(
    doors: Doors, signed_in: SignedIn, count_queries: object
) -> None:
    here = await signed_in(Role.OWNER)

    with count_queries() as queries:  # type: ignore[operator]
        for path in ("/account/", "/account/second-factor", "/account/sign-in", "/"):
            await here.get(path)

    assert not [q for q in queries if q.split()[0] in ("INSERT", "UPDATE", "DELETE")]


@pytest.mark.parametrize("often", ["at-once", "daily", "none"])
async def test_a_moderator_says_how_often_they_are_mailed_what_waits(
    doors: Doors, signed_in: SignedIn, often: str
) -> None:
    ada = await ada_of(doors, roles=[Role.MODERATOR])
    client = await signed_in(user=ada)
    chosen = 'name="moderation_mail" value="{}" checked'
    assert chosen.format("hourly") in (await client.get("/account/")).text

    answer = await client.post("/account/moderation-mail", data={"moderation_mail": often})

    assert answer.status_code == 303
    page = (await client.get(answer.headers["location"])).text
    assert "Noted: that often" in page
    assert page.count(" checked") == 1
    assert chosen.format(often) in page
    async with doors.reading() as db:
        assert (await get_user(db, ada.id)).moderation_mail == often


async def test_how_often_is_asked_of_moderators_alone_and_must_be_a_choice(
    signed_in: SignedIn,
) -> None:
    author, moderator = await signed_in(Role.AUTHOR), await signed_in(Role.MODERATOR)
    address = "/account/moderation-mail"

    assert "moderation_mail" not in (await author.get("/account/")).text
    answers = [
        await author.post(address, data={"moderation_mail": "none"}),
        await moderator.post(address, data={"moderation_mail": "weekly"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 422]
