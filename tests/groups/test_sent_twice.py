"""A form that begins something is sent twice, by a button pressed twice or an answer lost: it is begun once."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from lxml import html
from sqlalchemy import func, select

from app.accounts.actor import Actor, Role
from app.accounts.leaving import erase_account
from app.accounts.retention import forget_what_is_old
from app.accounts.sent_forms import SentForm
from app.core import clock
from app.groups.models import Group, Topic
from app.work import Doors
from tests.conftest import SignedIn
from tests.groups.building import Place, a_place
from tests.world import SECRETS, a_post

pytestmark = pytest.mark.anyio

# Where a form is found, where it is sent, and what is typed into it.
WORDS = {"title": "Who is hiring?", "comment": "I would like to know."}
HELP = WORDS | {"kind": "review", "commercial": "no"}
FORMS = {
    "a discussion": ("{group}d/new/", "{group}d/", WORDS),
    "an ask": ("{group}asks/new/", "{group}asks/", HELP),
    "an offer": ("{group}offers/new/", "{group}offers/", HELP),
    "what a post began": ("/groups/discuss/?post={post}", "/groups/discuss/", WORDS),
}


async def _a_form(client: httpx.AsyncClient, path: str, action: str) -> dict[str, str]:
    """What a browser would send of a form as it is shown."""
    page = html.document_fromstring((await client.get(path)).text)
    (form,) = (one for one in page.forms if one.get("action") == action)
    return {name: value for name, value in form.form_values() if name != "preview"}


async def _new_discussion(place: Place, **typed: str) -> dict[str, str]:
    form = await _a_form(place.member, f"{place.url}d/new/", f"{place.url}d/")
    return form | WORDS | typed


async def _count(doors: Doors, table: type[Topic] | type[Group] | type[SentForm]) -> int:
    async with doors.reading() as db:
        return await db.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("what", FORMS)
@pytest.mark.parametrize("limits", ["on", "off"])
async def test_it_is_begun_once_and_both_lead_to_it(
    doors: Doors, signed_in: SignedIn, settings, what: str, limits: str
) -> None:
    settings.__dict__["rate_limits"] = limits
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        post = (await a_post(db)).id
    path, action, words = FORMS[what]
    path, action = (one.format(group=place.url, post=post) for one in (path, action))
    typed = await _a_form(place.member, path, action) | {"group": place.slug} | words

    first, second = [await place.member.post(action, data=typed) for _time in range(2)]

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    assert (await place.member.get(second.headers["location"])).status_code == 200
    assert await _count(doors, Topic) == 1


async def test_at_the_same_moment_too(doors: Doors, signed_in: SignedIn, no_limits) -> None:
    place = await a_place(doors, signed_in)
    typed = await _new_discussion(place)

    answers = await asyncio.gather(
        *(place.member.post(f"{place.url}d/", data=typed) for _time in range(5))
    )

    assert len({answer.headers["location"] for answer in answers}) == 1
    assert await _count(doors, Topic) == 1


async def test_a_group_is_begun_once(doors: Doors, signed_in: SignedIn) -> None:
    await a_place(doors, signed_in)
    owner = await signed_in(Role.OWNER)
    typed = await _a_form(owner, "/groups/new/", "/groups/new/")
    typed |= {"name": "Gardens", "purpose": "Growing things.", "visibility": "hidden"}

    first, second = [await owner.post("/groups/new/", data=typed) for _time in range(2)]

    assert first.headers["location"] == second.headers["location"]
    assert (await owner.get(second.headers["location"])).status_code == 200
    assert await _count(doors, Group) == 2


async def test_other_words_or_a_fresh_form_are_another_discussion(
    doors: Doors, signed_in: SignedIn, no_limits
) -> None:
    place = await a_place(doors, signed_in)
    typed = await _new_discussion(place)
    await place.member.post(f"{place.url}d/", data=typed)

    await place.member.post(f"{place.url}d/", data=typed | {"title": "Who is hiring now?"})
    assert await _count(doors, Topic) == 2

    with clock.moved(timedelta(minutes=1)):
        fresh = await _new_discussion(place)
        await place.member.post(f"{place.url}d/", data=fresh)
    assert await _count(doors, Topic) == 3


async def test_what_was_refused_can_be_sent_again(doors: Doors, signed_in: SignedIn) -> None:
    place = await a_place(doors, signed_in)
    typed, mute = await _new_discussion(place), f"{place.url}members/{place.member_id}/mute"
    await place.owner.post(mute, data={"days": "1"})

    refused = await place.member.post(f"{place.url}d/", data=typed)
    await place.owner.post(f"{mute}/end")
    begun = await place.member.post(f"{place.url}d/", data=typed)

    assert (refused.status_code, begun.status_code) == (403, 303)
    assert await _count(doors, Topic) == 1


async def test_what_was_sent_is_kept_for_a_day_and_goes_with_its_sender(
    doors: Doors, signed_in: SignedIn, no_limits
) -> None:
    place = await a_place(doors, signed_in)
    await place.member.post(f"{place.url}d/", data=await _new_discussion(place))
    async with doors.unit_of_work() as db:
        await forget_what_is_old(db, clock.now() + timedelta(hours=23))
    assert await _count(doors, SentForm) == 1
    async with doors.unit_of_work() as db:
        await forget_what_is_old(db, clock.now() + timedelta(hours=25))
    assert await _count(doors, SentForm) == 0

    await place.member.post(f"{place.url}d/", data=await _new_discussion(place, title="Again"))
    async with doors.unit_of_work() as db:
        mika = Actor(user_id=place.member_id, name="Mika")
        await erase_account(db, mika, SECRETS, texts_go=False)
    assert await _count(doors, SentForm) == 0


@pytest.fixture
def no_limits(settings) -> None:
    settings.__dict__["rate_limits"] = "off"
