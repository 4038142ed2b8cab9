"""Feeds of groups: what everybody may read, in three formats; and nothing of any other group."""

import re

import feedparser
import pytest
from lxml import etree
from sqlalchemy import func, select

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.discussions.actions import remove
from app.discussions.models import Comment
from tests.groups.building import a_group, a_place, answer, begin
from tests.world import a_member

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def _lively(doors, signed_in, **choices):
    place = await a_place(doors, signed_in, **choices)
    topic = (await begin(place.member, place, "Who is hiring?", tags="work")).headers["location"]
    await answer(place.owner, topic, "Somebody in *Leeds*.")
    return place, topic


@pytest.mark.parametrize("suffix", ["", "atom/"])
async def test_a_group_has_feeds_of_what_is_begun_and_of_what_is_answered(
    visitor, doors, signed_in, suffix
):
    place, topic = await _lively(doors, signed_in)

    begun = feedparser.parse((await visitor.get(f"{place.url}feed/{suffix}")).content)
    answers = feedparser.parse((await visitor.get(f"{place.url}replies/feed/{suffix}")).content)
    whole = feedparser.parse((await visitor.get(f"{topic}feed/{suffix}")).content)

    assert [one.title for one in begun.entries] == ["Who is hiring?"]
    assert begun.entries[0].link.endswith(topic)
    assert [one.title for one in answers.entries] == ["Olga on Who is hiring?"]
    assert re.search(r"/groups/job-search/r/\d+$", answers.entries[0].link)
    assert {one.id for one in whole.entries} == {begun.entries[0].id, answers.entries[0].id}
    assert len({begun.feed.get("id", ""), answers.feed.get("id", "")} - {""}) in (0, 2)


async def test_a_json_feed_says_the_same(visitor, doors, signed_in):
    place, _topic = await _lively(doors, signed_in)

    feed = (await visitor.get(f"{place.url}feed/json/")).json()

    assert [one["title"] for one in feed["items"]] == ["Who is hiring?"]
    assert feed["items"][0]["tags"] == ["work"]


async def test_the_page_of_a_group_names_its_feed(visitor, doors, signed_in):
    place, topic = await _lively(doors, signed_in)

    assert f'{place.url}feed/"' in (await visitor.get(place.url)).text
    assert f'{topic}feed/atom/"' in (await visitor.get(topic)).text


@pytest.mark.parametrize("visibility", ["members", "hidden"])
async def test_what_is_said_among_members_is_in_no_feed(visitor, doors, signed_in, visibility):
    place, topic = await _lively(doors, signed_in, visibility=visibility)

    for path in (f"{place.url}feed/", f"{place.url}replies/feed/", f"{topic}feed/"):
        assert (await visitor.get(path)).status_code == 404
        assert (await place.member.get(path)).status_code == 404
    for path in ("/feed/", "/comments/feed/", "/comments/feed/?page=60"):
        assert "Leeds" not in (await visitor.get(path)).text


async def test_a_reply_that_is_removed_leaves_the_feed_in_the_next_answer(
    visitor, doors, signed_in
):
    place, topic = await _lively(doors, signed_in)
    path = f"{place.url}replies/feed/"
    assert "Leeds" in (await visitor.get(path)).text

    async with doors.unit_of_work() as db:
        newest = await db.scalar(select(func.max(Comment.id)))
        await remove(db, OWNER_AT_THE_MACHINE, newest)

    assert "Leeds" not in (await visitor.get(path)).text
    assert "0 replies" in (await visitor.get(topic)).text


async def test_the_list_of_feeds_names_those_of_public_groups_at_once_and_no_others(
    visitor, doors, signed_in
):
    assert "/groups/" not in (await visitor.get("/feeds.opml")).text
    async with doors.unit_of_work() as db:
        olga = await a_member(db, "Olga")
        await a_group(db, "Open", by=olga, kinds=["discussion", "ask"])
        await a_group(db, "Secret", by=olga, visibility="hidden")
        await a_group(db, "Closed to some", by=olga, visibility="members")

    listed = etree.fromstring((await visitor.get("/feeds.opml")).content).iter("outline")

    of_groups = [one.get("xmlUrl") for one in listed if one.get("xmlUrl", "").count("/") > 4]
    base = "http://blog.example/groups/open/"
    below = [f"{base}feed/", f"{base}replies/feed/", f"{base}asks/feed/"]
    assert [url for url in of_groups if "/groups/" in url] == below
    assert "http://blog.example/asks/feed/" in of_groups
    for url in of_groups:
        assert (await visitor.get(url.removeprefix("http://blog.example"))).status_code == 200
