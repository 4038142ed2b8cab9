"""A member's feed: what they said in public, wherever, and nothing else; and only where they show it."""

import pytest

from app.accounts.models import User
from app.groups.profiles.models import Audience
from tests.groups.building import a_place, answer, begin
from tests.groups.profiles.membership import a_profile
from tests.web.feed_readers import FORMATS, feed_at, titles_at
from tests.world import a_comment, a_draft, a_page, a_post

pytestmark = pytest.mark.anyio

FEED = "/people/mika/feed/"


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def _outspoken(doors, signed_in, seen_by=Audience.PUBLIC, **choices):
    """Mika, who spoke in a group and under a post."""
    place = await a_place(doors, signed_in, **choices)
    async with doors.unit_of_work() as db:
        mika = await db.get_one(User, place.member_id)
        await a_profile(db, mika, seen_by=seen_by)
        post = await a_post(db)
        await a_comment(db, "Under a post", under=post, by="Mika", user_id=mika.id)
        await a_comment(db, "Waits", under=post, by="Mika", user_id=mika.id, status="pending")
        await a_comment(db, "Hidden", under=await a_draft(db), by="Mika", user_id=mika.id)
        await a_comment(db, "Another's", under=post, by="Tom")
    topic = (await begin(place.owner, place, "Where to?")).headers["location"]
    await answer(place.member, topic, "To Leeds.")
    return place, topic


async def test_what_a_member_said_in_public_is_one_feed_in_three_formats(visitor, doors, signed_in):
    place, topic = await _outspoken(doors, signed_in)

    for suffix in FORMATS:
        text = (await visitor.get(FEED + suffix)).text
        assert "Leeds" in text
        assert "Under a post" in text
        for word in ("Waits", "Hidden", "Another's"):
            assert word not in text
    feed = await feed_at(visitor, FEED)
    assert [one.title for one in feed.entries] == [
        "Mika on Where to?", "Comment on A letter a week by Mika",
    ]  # fmt: skip
    assert feed.feed.link == "http://blog.example/people/mika/"
    assert f'{FEED}atom/"' in (await visitor.get("/people/mika/")).text
    await answer(place.member, topic, "Or to York.")
    assert "York" in (await visitor.get(FEED)).text


@pytest.mark.parametrize("seen_by", [Audience.MEMBERS, Audience.GROUPS, Audience.ME])
async def test_who_shows_it_to_fewer_has_no_feed(visitor, doors, signed_in, seen_by):
    place, _topic = await _outspoken(doors, signed_in, seen_by)

    for suffix in FORMATS:
        assert (await visitor.get(FEED + suffix)).status_code == 404
    assert (await place.member.get(FEED)).status_code == 404
    assert FEED not in (await visitor.get("/people/mika/")).text


@pytest.mark.parametrize("visibility", ["members", "hidden"])
async def test_what_is_said_among_members_is_not_in_it(visitor, doors, signed_in, visibility):
    await _outspoken(doors, signed_in, visibility=visibility)

    assert len(await titles_at(visitor, FEED)) == 1
    assert "Leeds" not in (await visitor.get(FEED)).text


async def test_an_imported_page_at_nobodys_address_keeps_its_comments_feed(visitor, doors):
    async with doors.unit_of_work() as db:
        jane = await a_page(db, "Jane")
        jane.path = "/people/jane/"
        await a_comment(db, "About her", under=jane)

    assert len(await titles_at(visitor, f"{jane.path}feed/")) == 1
    assert (await visitor.get("/people/nobody/feed/")).status_code == 404
