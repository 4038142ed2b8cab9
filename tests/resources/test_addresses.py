"""Leaving an address: asked for twice, kept for nothing else than what was agreed to."""

import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.core import clock
from app.core.events import record
from app.core.jobs import Tools
from app.discussions.events import CommenterErased
from app.notifications.models import Letter
from app.resources.jobs import tidy_resources
from app.resources.models import Access, LeftAddress
from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs, SignedIn
from tests.resources.lending import DESK, TEXT, a_resource

pytestmark = pytest.mark.anyio

PAGE = "/resources/a-calendar-of-letters/"


async def letters(doors: Doors) -> list[Letter]:
    async with doors.reading() as db:
        return list(await db.scalars(select(Letter).order_by(Letter.recipient.desc(), Letter.id)))


async def left(doors: Doors) -> list[LeftAddress]:
    async with doors.reading() as db:
        return list(await db.scalars(select(LeftAddress)))


def link_in(letter: Letter) -> str:
    found = re.search(r"/resources/confirm/[\w-]+/", letter.body_text)
    assert found is not None
    return found[0]


async def ask(
    client: httpx.AsyncClient, email: str = "Gwen@Example.org", **more: str
) -> httpx.Response:
    return await client.post(f"{PAGE}addresses", data={"email": email, **more})


async def test_a_confirmed_address_gets_the_file_and_nothing_is_ticked_for_anybody(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    await a_resource(doors, settings, access=Access.ADDRESS)
    page = (await visitor.get(PAGE)).text
    assert re.search(r'name="may_be_mailed" value="1" ', page)
    assert "checked" not in page
    assert (await visitor.get(f"{PAGE}download")).headers["location"] == f"{PAGE}#address"

    asked = await ask(visitor)
    await run_jobs()

    assert asked.status_code == 303
    assert "A letter is on its way" in (await visitor.get(asked.headers["location"])).text
    assert "A letter is on its way" not in (await visitor.get(PAGE)).text
    (letter,) = await letters(doors)
    assert letter.recipient == "gwen@example.org"
    link = link_in(letter)
    # Mail programs look at links: that uses nothing up.
    assert (await visitor.get(link)).status_code == 200
    assert (await visitor.head(link)).status_code == 200
    confirmed = await visitor.post(link)
    fetched = await visitor.get(confirmed.headers["location"])
    assert (fetched.status_code, fetched.content) == (200, TEXT)
    assert (await visitor.post(link)).status_code == 410
    assert (await visitor.get(link)).status_code == 410
    assert (await visitor.post("/resources/confirm/made-up/")).status_code == 404
    with clock.moved(timedelta(minutes=11)):
        assert (await visitor.get(confirmed.headers["location"])).status_code == 410


async def test_only_who_agreed_is_seen_by_the_owner_and_can_be_erased(
    doors: Doors,
    settings: Settings,
    visitor: httpx.AsyncClient,
    run_jobs: RunJobs,
    signed_in: SignedIn,
) -> None:
    resource = await a_resource(doors, settings, access=Access.ADDRESS)
    await ask(visitor, "yes@example.org", may_be_mailed="1")
    await ask(visitor, "no@example.org")
    await ask(visitor, "never@example.org", may_be_mailed="1")
    await run_jobs()
    yes, no, _never = await letters(doors)
    for letter in (yes, no):
        await visitor.post(link_in(letter))
    owner = await signed_in(Role.OWNER)

    page = (await owner.get(f"{DESK}{resource.id}/")).text

    assert "yes@example.org" in page
    assert "no@example.org" not in page
    assert "never@example.org" not in page
    erase = re.search(r'action="([^"]+/erasure)"', page)
    assert erase is not None
    assert (await (await signed_in(Role.AUTHOR)).post(erase[1])).status_code == 404
    assert (await owner.post(erase[1])).status_code == 303
    assert "yes@example.org" not in (await owner.get(f"{DESK}{resource.id}/")).text


async def test_what_was_not_agreed_to_is_forgotten_in_two_days(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    await a_resource(doors, settings, access=Access.ADDRESS)
    await ask(visitor, "yes@example.org", may_be_mailed="1")
    await ask(visitor, "no@example.org")
    await ask(visitor, "never@example.org", may_be_mailed="1")
    await run_jobs()
    yes, no, _never = await letters(doors)
    for letter in (yes, no):
        await visitor.post(link_in(letter))
    last = link_in((await letters(doors))[2])

    with clock.moved(timedelta(days=2, minutes=1)):
        assert (await visitor.get(last)).status_code == 410
        await tidy_resources(Tools(doors, settings))

    assert [one.email for one in await left(doors)] == ["yes@example.org"]
    async with doors.unit_of_work() as db:
        record(db, CommenterErased(email="yes@example.org"))
    assert await left(doors) == []


async def test_a_stranger_who_types_an_address_again_changes_nothing_about_it(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    await a_resource(doors, settings, access=Access.ADDRESS)
    await ask(visitor)
    await run_jobs()
    await visitor.post(link_in((await letters(doors))[0]))

    await ask(visitor, may_be_mailed="1")

    assert [(one.email, one.may_be_mailed) for one in await left(doors)] == [
        ("gwen@example.org", False)
    ]


async def test_nobody_is_flooded(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient
) -> None:
    await a_resource(doors, settings, access=Access.ADDRESS)

    answers = [await ask(visitor) for _ in range(3)]
    others = [await ask(visitor, f"{number}@example.org") for number in range(4)]

    assert [one.status_code for one in answers] == [303, 303, 429]
    assert [one.status_code for one in others] == [303, 303, 303, 429]
    assert int(others[-1].headers["retry-after"]) > 0


@pytest.mark.parametrize(
    "email", ["", "gwen", "gwen@", "a@b\r\nBcc: x@y.z", "x" * 300 + "@example.org"]
)
async def test_what_is_no_address_is_refused_and_still_there(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient, email: str
) -> None:
    await a_resource(doors, settings, access=Access.ADDRESS)

    answer = await ask(visitor, email, may_be_mailed="1")

    assert answer.status_code == 422
    assert "This does not look like an e-mail address." in answer.text
    assert " checked" in answer.text
    assert await left(doors) == []


async def test_a_link_leads_nowhere_once_the_resource_is_gone(
    doors: Doors,
    settings: Settings,
    visitor: httpx.AsyncClient,
    run_jobs: RunJobs,
    signed_in: SignedIn,
) -> None:
    resource = await a_resource(doors, settings, access=Access.ADDRESS)
    await ask(visitor)
    await run_jobs()
    link = link_in((await letters(doors))[0])
    download = (await visitor.post(link)).headers["location"]
    await (await signed_in(Role.OWNER)).post(
        f"{DESK}{resource.id}/retirement", data={"note": "Gone."}
    )

    assert (await visitor.get(download)).status_code == 404
