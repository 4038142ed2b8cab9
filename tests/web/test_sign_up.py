"""Signing up: by whom, behind which letter, and what nobody learns by trying."""

import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from app.accounts.models import SignUpMode, User
from app.core import clock
from app.notifications.models import Letter
from app.work import Doors
from tests.conftest import RunJobs
from tests.web.signing_in import PASSWORD, is_signed_in, sign_in
from tests.world import a_member, the_site

pytestmark = pytest.mark.anyio

PAGE = "/account/sign-up/"


async def opened(doors: Doors, mode: SignUpMode = SignUpMode.OPEN) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db, sign_up=mode)


async def ask(
    visitor: httpx.AsyncClient,
    email: str = "gwen@example.org",
    *,
    seconds: int = 5,
    page: str = PAGE,
    **fields: str,
) -> httpx.Response:
    """Fill the form in as somebody does who types for some seconds."""
    form = (await visitor.get(page)).text
    token = re.search(r'name="form_token" value="([^"]*)"', form)
    typed = {"name": "Gwen Thomas", "email": email, "form_token": token[1] if token else ""}
    with clock.moved(timedelta(seconds=seconds)):
        return await visitor.post(PAGE, data={**typed, **fields})


async def letters(doors: Doors) -> list[Letter]:
    async with doors.reading() as db:
        return list(await db.scalars(select(Letter).order_by(Letter.id)))


def link_in(letter: Letter) -> str:
    found = re.search(r"/account/sign-up/\S+", letter.body_text)
    assert found
    return found[0]


async def test_somebody_signs_up_by_the_mailed_link(
    visitor: httpx.AsyncClient, doors: Doors, run_jobs: RunJobs
) -> None:
    await opened(doors)

    asked = await ask(visitor)
    await run_jobs(later=timedelta(seconds=30))

    assert (asked.status_code, asked.headers["cache-control"]) == (200, "no-store")
    assert "A letter is on its way" in asked.text
    async with doors.reading() as db:
        assert await db.scalar(select(User.id)) is None, "no account before the link was used"
    (letter,) = await letters(doors)
    link = link_in(letter)
    assert 'value="gwen-thomas"' in (await visitor.get(link)).text
    made = await visitor.post(
        link, data={"name": "Gwen Thomas", "handle": "@Gwen", "new_password": PASSWORD}
    )
    assert (made.status_code, made.headers["location"]) == (303, "/account/profile/?done=welcome")
    assert is_signed_in(visitor)
    async with doors.reading() as db:
        gwen = (await db.scalars(select(User))).one()
    assert (gwen.slug, gwen.email, gwen.roles) == ("gwen", "gwen@example.org", [])
    assert gwen.email_confirmed_at
    assert (await visitor.get(link)).status_code == 410, "it works once"


async def test_known_and_unknown_addresses_are_answered_alike(
    visitor: httpx.AsyncClient, doors: Doors, run_jobs: RunJobs
) -> None:
    await opened(doors)
    async with doors.unit_of_work() as db:
        await a_member(db, "Ada", email="ada@example.org", password=PASSWORD)

    known = await ask(visitor, "Ada@example.org")
    unknown = await ask(visitor, "gwen@example.org")
    await run_jobs(later=timedelta(seconds=30))

    def same(answer: httpx.Response, email: str) -> str:
        return answer.text.replace(email, "…")

    assert known.status_code == unknown.status_code == 200
    assert same(known, "Ada@example.org") == same(unknown, "gwen@example.org")
    to_ada, to_gwen = sorted(await letters(doors), key=lambda letter: letter.recipient)
    assert "You have an account" in to_ada.subject
    assert "/account/password-reset" in to_ada.body_text
    assert "/account/sign-up/" in to_gwen.body_text


@pytest.mark.parametrize(("seconds", "trap"), [(1, ""), (9, "cheap pills")])
async def test_robots_get_the_same_answer_and_no_letter(
    visitor: httpx.AsyncClient, doors: Doors, run_jobs: RunJobs, seconds: int, trap: str
) -> None:
    await opened(doors)

    answer = await ask(visitor, seconds=seconds, your_subject=trap)
    await run_jobs(later=timedelta(seconds=30))

    assert "A letter is on its way" in answer.text
    assert await letters(doors) == []


@pytest.mark.parametrize("mode", [SignUpMode.CLOSED, SignUpMode.INVITATION])
async def test_nobody_signs_up_where_the_owner_lets_nobody(
    visitor: httpx.AsyncClient, doors: Doors, run_jobs: RunJobs, mode: SignUpMode
) -> None:
    await opened(doors, mode)

    page = await visitor.get(PAGE)
    sent = await ask(visitor)
    guessed = await ask(visitor, invitation="made-up")
    await run_jobs(later=timedelta(seconds=30))

    assert page.status_code == sent.status_code == 403
    assert guessed.status_code in (403, 410)
    assert "<form class=" not in page.text
    assert await letters(doors) == []


async def test_letters_to_one_address_are_few(visitor: httpx.AsyncClient, doors: Doors) -> None:
    await opened(doors)

    answers = [await ask(visitor) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["retry-after"]
    assert 'value="gwen@example.org"' in answers[-1].text


async def test_a_handle_that_is_taken_is_refused_and_the_link_stays_good(
    visitor: httpx.AsyncClient, doors: Doors, run_jobs: RunJobs
) -> None:
    await opened(doors)
    async with doors.unit_of_work() as db:
        await a_member(db, "Gwen")
    await ask(visitor)
    await run_jobs(later=timedelta(seconds=30))
    link = link_in((await letters(doors))[0])

    taken = await visitor.post(
        link, data={"name": "Gwen", "handle": "gwen", "new_password": PASSWORD}
    )
    reserved = await visitor.post(
        link, data={"name": "Gwen", "handle": "owner", "new_password": PASSWORD}
    )
    other = await visitor.post(
        link, data={"name": "Gwen", "handle": "gwen-2", "new_password": PASSWORD}
    )

    assert (taken.status_code, reserved.status_code, other.status_code) == (422, 422, 303)
    assert "has this handle already" in taken.text
    visitor.cookies.clear()
    assert (await sign_in(visitor, "gwen@example.org")).status_code == 303
