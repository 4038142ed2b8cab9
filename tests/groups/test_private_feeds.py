"""Feeds by a secret link: what one member reads, in three formats, for as long as they may."""

import re

import feedparser
import pytest
from lxml import etree
from sqlalchemy import select, update

from app.accounts.actor import Actor, Role
from app.accounts.feed_tokens import FeedToken
from app.accounts.models import Block, User
from app.core import clock
from app.core.secrets import hashed, secrets_of
from app.discussions.models import Comment
from app.groups.models import Membership, MemberState
from app.main import create_app
from app.moderation.kinds import ThingKind
from app.reporting.making import report_thing
from app.web.errors import loggable
from tests.groups.building import a_group, a_place, answer, begin
from tests.groups.profiles.membership import a_profile
from tests.visiting import running, visiting
from tests.web.feed_readers import FORMATS, titles_at
from tests.world import a_comment, a_member, a_post

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def links(client, feed):
    """Paths of the new links to a feed: they are shown this once."""
    made = await client.post(f"/account/feeds/{feed}")
    assert made.status_code == 200
    assert made.headers["cache-control"] == "no-store"
    return re.findall(r"<code>http://blog\.example(/f/[^<]+)</code>", made.text)


async def _hidden(doors, signed_in, **choices):
    place = await a_place(doors, signed_in, visibility="hidden", **choices)
    topic = (await begin(place.member, place)).headers["location"]
    await answer(place.owner, topic, "Somebody in Leeds, @mika.")
    return place, topic


async def test_one_link_opens_all_feeds_of_a_hidden_group_in_three_formats(
    visitor, doors, signed_in
):
    place, topic = await _hidden(doors, signed_in)

    begun, replies, asks, offers = await links(place.member, f"group-{place.group_id}")

    token = begun.split("/")[2]
    assert len(token) == 43  # 32 bytes in base64
    async with doors.reading() as db:
        assert await db.scalar(select(FeedToken.token_hash)) == hashed(token)
    for suffix in FORMATS:
        whole = await visitor.get(
            f"/f/{token}/d/{topic.rpartition('/d/')[2].split('-')[0]}/feed/{suffix}"
        )
        assert "Leeds" in whole.text
        assert "Leeds" in (await visitor.get(replies + suffix)).text
        page = await visitor.get(begun + suffix)
        assert page.headers["x-robots-tag"] == "noindex"
        assert page.headers["cache-control"] == "private, no-cache"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "Who is hiring?" in page.text
    assert await titles_at(visitor, begun) == ["Who is hiring?"]
    assert await titles_at(visitor, asks) == await titles_at(visitor, offers) == []
    assert token not in (await place.member.get("/account/feeds/")).text


@pytest.mark.parametrize("state", [MemberState.LEFT, MemberState.BANNED])
async def test_a_link_opens_nothing_to_who_is_not_in_the_group_any_more(
    visitor, doors, signed_in, state
):
    place, _topic = await _hidden(doors, signed_in)
    begun, *_others = await links(place.member, f"group-{place.group_id}")
    assert (await visitor.get(begun)).status_code == 200

    async with doors.unit_of_work() as db:
        await db.execute(
            update(Membership).where(Membership.user_id == place.member_id).values(state=state)
        )

    assert (await visitor.get(begun)).status_code == 404
    page = (await place.member.get("/account/feeds/")).text
    assert "Job search" not in page
    assert f"/account/feeds/group-{place.group_id}/revocation" in page
    again = await place.member.post(f"/account/feeds/group-{place.group_id}")
    assert again.status_code == 404


async def test_a_revoked_a_replaced_and_an_unknown_link_are_not_found(visitor, doors, signed_in):
    place, _topic = await _hidden(doors, signed_in)
    first, *_others = await links(place.member, f"group-{place.group_id}")
    second, *_others = await links(place.member, f"group-{place.group_id}")

    assert (await visitor.get(first)).status_code == 404
    assert (await visitor.get(second)).status_code == 200
    await place.member.post(f"/account/feeds/group-{place.group_id}/revocation")
    for path in (second, "/f/x/feed/", "/f/x/queue/feed/", "/f/x/mentions/feed/atom/"):
        assert (await visitor.get(path)).status_code == 404


async def test_a_reader_that_has_a_private_feed_is_told_so_without_it(visitor, doors, signed_in):
    place, topic = await _hidden(doors, signed_in)
    _begun, replies, *_others = await links(place.member, f"group-{place.group_id}")
    first = await visitor.get(replies)
    known = {"If-None-Match": first.headers["etag"]}

    again = await visitor.get(replies, headers=known)
    dated = await visitor.get(
        replies, headers={"If-Modified-Since": first.headers["last-modified"]}
    )
    head = await visitor.head(replies)

    assert (again.status_code, again.content) == (304, b"")
    assert dated.status_code == 304
    assert (head.status_code, head.content) == (200, b"")
    await answer(place.owner, topic, "And in York.")
    assert "York" in (await visitor.get(replies, headers=known)).text


async def test_where_somebody_is_named_is_in_a_feed_of_theirs_as_far_as_they_may_read_it(
    visitor, doors, signed_in, run_jobs
):
    place, topic = await _hidden(doors, signed_in)
    # Not an answer to Mika, who would be told of that instead.
    await answer(place.owner, topic, "Ask @mika about it.")
    await run_jobs()
    (mine,) = await links(place.member, "mentions")

    found = feedparser.parse((await visitor.get(mine)).content)
    assert [one.title for one in found.entries] == ["Olga on Who is hiring?"] * 2
    assert "Ask @mika" in found.entries[0].summary

    async with doors.unit_of_work() as db:
        db.add(Block(user_id=place.member_id, blocked_id=place.owner_id, at=clock.now()))
    assert await titles_at(visitor, mine) == []


async def test_what_waits_is_in_a_feed_for_who_decides_about_it_and_as_long_as_they_do(
    visitor, doors, signed_in
):
    async with doors.unit_of_work() as db:
        mo = await a_member(db, "Mo", roles=[Role.MODERATOR])
        post = await a_post(db)
        held = await a_comment(
            db,
            "Buy this",
            under=post,
            by="Spammer",
            author_email="me@spam.example",
            status="pending",
        )
        await a_comment(db, "Fine", under=post)
    moderator = await signed_in(user=mo)
    (queue,) = await links(moderator, "queue")

    feed = feedparser.parse((await visitor.get(queue)).content)

    (entry,) = feed.entries
    assert entry.title == "Spammer on A letter a week"
    assert entry.link == f"http://blog.example/mod/#case-{held.id}"
    for suffix in FORMATS:
        assert "me@spam.example" not in (await visitor.get(queue + suffix)).text
    async with doors.unit_of_work() as db:
        await db.execute(update(User).where(User.id == mo.id).values(roles=[]))
    assert (await visitor.get(queue)).status_code == 404
    assert (await moderator.post("/account/feeds/queue")).status_code == 404


async def test_what_is_reported_and_no_comment_is_not_taken_for_the_comment_of_its_number(
    visitor, doors, signed_in, settings
):
    await _hidden(doors, signed_in)
    async with doors.unit_of_work() as db:
        mo = await a_member(db, "Mo", roles=[Role.MODERATOR])
        comment_id = (await db.scalars(select(Comment.id).order_by(Comment.id))).first()
        # Numbers of people and of comments begin alike.
        about = (ThingKind.PROFILE, comment_id)
        user = await db.get_one(User, comment_id)
        await a_profile(db, user, is_listed=True)
        who = Actor(user_id=mo.id, name=mo.name)
        await report_thing(
            db, who, secrets_of(settings), about, "attack", "Look.", address="203.0.113.5"
        )
    moderator = await signed_in(user=mo)
    (queue,) = await links(moderator, "queue")

    assert await titles_at(visitor, queue) == []
    assert "Look." in (await moderator.get("/mod/?tab=reported")).text


async def test_whoever_keeps_a_group_finds_in_that_feed_what_waits_in_it(visitor, doors, signed_in):
    place = await a_place(doors, signed_in, holds_first=2)
    await begin(place.member, place, "Held for now")
    async with doors.unit_of_work() as db:
        await a_comment(db, "Elsewhere", under=await a_post(db), status="pending")
    (queue,) = await links(place.owner, "queue")

    assert await titles_at(visitor, queue) == ["Mika on Held for now"]
    assert (await place.member.post("/account/feeds/queue")).status_code == 404


async def test_all_feeds_of_ones_groups_come_as_one_list_with_a_link_for_each_that_needs_one(
    visitor, doors, signed_in
):
    place, _topic = await _hidden(doors, signed_in)
    before, *_others = await links(place.member, f"group-{place.group_id}")
    async with doors.unit_of_work() as db:
        mika = await db.get_one(User, place.member_id)
        await a_group(db, "Open & odd", by=mika, kinds=["discussion"])

    taken = await place.member.post("/account/feeds/groups.opml")

    assert taken.headers["content-type"].startswith("text/x-opml")
    assert taken.headers["cache-control"] == "no-store"
    outlines = [dict(one.attrib) for one in etree.fromstring(taken.content).iter("outline")]
    assert [one["text"] for one in outlines] == [
        "Job search", "Replies in Job search", "Asks in Job search", "Offers in Job search",
        "Open & odd", "Replies in Open & odd",
    ]  # fmt: skip
    assert outlines[0]["htmlUrl"] == f"http://blog.example{place.url}"
    assert outlines[4]["xmlUrl"] == "http://blog.example/groups/open-odd/feed/"
    for one in outlines:
        path = one["xmlUrl"].removeprefix("http://blog.example")
        assert (await visitor.get(path)).status_code == 200
    assert (await visitor.get(before)).status_code == 404


async def test_links_end_with_the_account(visitor, doors, signed_in):
    async with doors.unit_of_work() as db:
        nora = await a_member(db, "Nora", password="correct horse battery")
    browser = await signed_in(user=nora)
    (mine,) = await links(browser, "mentions")
    assert (await visitor.get(mine)).status_code == 200

    erasing = {"password": "correct horse battery", "texts": "stay"}
    erased = await browser.post("/account/erasing", data=erasing)

    assert erased.status_code == 303
    assert (await visitor.get(mine)).status_code == 404


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/f/secret/replies/feed/", "/f/…/replies/feed/"),
        ("/f/secret", "/f/…"),
        ("/c/12/secret/", "/c/12/…/"),
        ("/feed/", "/feed/"),
    ],
)
def test_no_log_has_the_secret_of_a_link(path, logged):
    assert loggable(path) == logged


async def test_who_fetches_a_private_feed_whole_too_often_is_told_to_wait(
    visitor, doors, signed_in, settings
):
    place, _topic = await _hidden(doors, signed_in)
    begun, *_others = await links(place.member, f"group-{place.group_id}")
    app = create_app(settings.model_copy(update={"rate_limits": "on"}))
    async with running(app), visiting(app) as reader:
        etag = (await reader.get(begun)).headers["etag"]
        for _time in range(29):
            await reader.get(begun)

        refused = await reader.get(begun)
        known = await reader.get(begun, headers={"If-None-Match": etag})

    assert (refused.status_code, known.status_code) == (429, 304)
    assert int(refused.headers["retry-after"]) > 0
    assert begun.split("/")[2] not in refused.text
