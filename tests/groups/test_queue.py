"""What is said in groups, in the moderators' queue: who sees it there, and who decides about it."""

import re

import pytest
from sqlalchemy import func, select

from app.accounts.actor import Role
from app.discussions.models import Comment, CommentStatus
from app.discussions.questions import questions_about
from app.groups.models import Group, Topic
from app.moderation.models import Tab
from tests.agreement import disagreements
from tests.groups.building import a_group, a_membership, a_place, answer, begin
from tests.networking.asks.asking import ask_for
from tests.web.test_mod_queue import names_in
from tests.world import a_comment, a_member, a_post

pytestmark = pytest.mark.anyio

PENDING = CommentStatus.PENDING


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def _newest(doors):
    async with doors.reading() as db:
        return await db.scalar(select(func.max(Comment.id)))


async def _held(doors, place, title="Who is hiring?"):
    """Something that waits in a group: its comment's id."""
    assert (await begin(place.member, place, title)).status_code == 303
    return await _newest(doors)


async def _a_moderator(doors, signed_in, group_id, name="Mona"):
    async with doors.unit_of_work() as db:
        mona = await a_member(db, name)
        await a_membership(db, await db.get_one(Group, group_id), mona, role="moderator")
    return await signed_in(user=mona)


async def test_what_waits_in_a_group_stands_in_the_queue_with_where_it_was_said(doors, signed_in):
    place = await a_place(doors, signed_in, holds_first=2)
    number = await _held(doors, place)
    moderator = await signed_in(Role.MODERATOR)

    for client in (moderator, place.owner):
        queue = await client.get("/mod/")
        assert names_in(queue) == ["Mika"]
        assert "Who is hiring?" in queue.text
        assert "Job search" in queue.text
        assert f'href="/groups/job-search/r/{number}"' in queue.text
    assert (await place.member.get("/mod/")).status_code == 403


async def test_those_who_keep_a_group_see_their_own_and_nothing_else(doors, signed_in):
    place = await a_place(doors, signed_in, holds_first=2)
    await _held(doors, place)
    async with doors.unit_of_work() as db:
        await a_comment(db, under=await a_post(db), by="Ada", status=PENDING)
        other = await a_group(db, "Gardens", by=await a_member(db, "Gail"))
    keeper = await _a_moderator(doors, signed_in, other.id)

    assert names_in(await place.owner.get("/mod/")) == ["Mika"]
    assert names_in(await keeper.get("/mod/")) == []
    assert names_in(await keeper.get(f"/mod/?group={place.group_id}")) == []
    assert "Job search" not in (await keeper.get(f"/mod/?group={place.group_id}")).text
    assert names_in(await place.owner.get("/mod/?q=hiring")) == ["Mika"]
    assert names_in(await keeper.get("/mod/?q=hiring")) == []
    assert names_in(await place.owner.get("/mod/?q=green")) == []


async def test_they_are_told_no_address_and_no_more_than_their_group_is_about(doors, signed_in):
    place = await a_place(doors, signed_in, holds_first=2)
    await _held(doors, place)
    moderator = await signed_in(Role.MODERATOR)

    theirs, all_of_it = [(await one.get("/mod/")).text for one in (place.owner, moderator)]

    for word in ("mika@members", "127.0.0.1", "Block …", "Stop trusting", "/standing"):
        assert word not in theirs
    assert "Block …" in all_of_it


@pytest.mark.parametrize(
    ("noun", "becomes"),
    [("approval", "approved"), ("spam", "spam"), ("removal", "removed")],
)
async def test_they_decide_and_take_it_back(doors, signed_in, noun, becomes):
    place = await a_place(doors, signed_in, holds_first=2)
    number = await _held(doors, place)

    done = await place.owner.post(f"/mod/comments/{number}/{noun}", data={"back": "/mod/"})
    assert done.status_code == 303
    async with doors.reading() as db:
        assert (await db.get_one(Comment, number)).status == becomes
        assert (await db.scalar(select(Topic.is_shown))) is (becomes == "approved")
    decision = re.search(r"done=(\d+)", done.headers["location"])[1]
    log = await place.owner.get("/mod/log/")
    assert f"/mod/comments/{number}" in log.text
    undone = await place.owner.post(f"/mod/decisions/{decision}/reversal", data={"back": "/mod/"})
    assert undone.status_code == 303
    async with doors.reading() as db:
        assert (await db.get_one(Comment, number)).status == PENDING
        assert not await db.scalar(select(Topic.is_shown))
        assert await disagreements(db) == []


async def test_what_happens_elsewhere_is_not_theirs_to_decide(doors, signed_in):
    place = await a_place(doors, signed_in, holds_first=2)
    number = await _held(doors, place)
    async with doors.unit_of_work() as db:
        said = await a_comment(db, under=await a_post(db), by="Ada", status=PENDING)
        other = await a_group(db, "Gardens", by=await a_member(db, "Gail"))
    stranger = await _a_moderator(doors, signed_in, other.id)

    for noun in ("approval", "spam", "removal", "hold", "lock", "edition", "answer"):
        answers = [
            await place.owner.post(f"/mod/comments/{said.id}/{noun}", data={"text": "No."}),
            await stranger.post(f"/mod/comments/{number}/{noun}", data={"text": "No."}),
            await place.member.post(f"/mod/comments/{number}/{noun}", data={"text": "No."}),
        ]
        assert [one.status_code for one in answers] == [403, 403, 403], noun
    assert (await place.owner.get(f"/mod/comments/{said.id}")).status_code == 404
    assert (await stranger.get(f"/mod/comments/{number}")).status_code == 404
    for address in (
        "/mod/outbox/",
        f"/mod/comments/{number}/note",
        f"/mod/comments/{number}/block",
    ):
        assert (await place.owner.get(address)).status_code == 403
    async with doors.reading() as db:
        assert set(await db.scalars(select(Comment.status))) == {"pending"}


async def test_of_a_hidden_group_the_sites_moderators_see_only_what_is_brought_to_them(
    doors, signed_in
):
    place = await a_place(doors, signed_in, visibility="hidden", holds_first=1)
    number = await _held(doors, place)
    moderator, owner = await signed_in(Role.MODERATOR), await signed_in(Role.OWNER)

    assert names_in(await moderator.get("/mod/")) == ["Mika"]
    done = await moderator.post(f"/mod/comments/{number}/approval", data={"back": "/mod/"},
                                headers={"hx-request": "true"})  # fmt: skip
    assert done.status_code == 200
    assert names_in(await moderator.get("/mod/?tab=recent")) == []
    assert names_in(await owner.get("/mod/?tab=recent")) == ["Mika"]
    assert names_in(await place.owner.get("/mod/?tab=recent")) == ["Mika"]

    await begin(place.member, place, "Another one")
    shown = await _newest(doors)
    assert (await moderator.get(f"/mod/comments/{shown}")).status_code == 404
    assert (
        await moderator.post(f"/mod/comments/{shown}/removal", data={"back": "/mod/"})
    ).status_code == 403
    decision = re.search(r"/mod/decisions/(\d+)/reversal", done.text)[1]
    undone = await moderator.post(f"/mod/decisions/{decision}/reversal", data={"back": "/mod/"})
    assert undone.status_code == 303


@pytest.mark.parametrize(
    ("kind", "found"),
    [("discussion", 1), ("ask", 1), ("offer", 0), ("reply", 1), ("comment", 1), ("", 4)],
)
async def test_the_list_is_narrowed_to_a_kind_of_thing(doors, signed_in, kind, found):
    place = await a_place(doors, signed_in, holds_first=0)
    topic = (await begin(place.owner, place, "One")).headers["location"]
    async with doors.unit_of_work() as db:
        (await db.get_one(Group, place.group_id)).holds_first = 9
        await a_comment(db, under=await a_post(db), by="Ada", status=PENDING)
    await answer(place.member, topic)
    await begin(place.member, place, "Two")
    await ask_for(place.member, place, "Three")
    moderator = await signed_in(Role.MODERATOR)

    assert len(names_in(await moderator.get(f"/mod/?type={kind}"))) == found


async def test_many_are_decided_at_once_within_their_own_group(doors, signed_in):
    place = await a_place(doors, signed_in, holds_first=9)
    for title in ("One", "Two"):
        await _held(doors, place, title)
    async with doors.unit_of_work() as db:
        said = await a_comment(db, under=await a_post(db), by="Ada", status=PENDING)
        other = await a_group(db, "Gardens", by=await a_member(db, "Gail"))
    stranger = await _a_moderator(doors, signed_in, other.id)

    fields = {"verb": "approve", "scope": "filter", "back": "/mod/"}
    preview = await place.owner.post("/mod/batches/preview", data=fields)
    begun = await place.owner.post("/mod/batches", data=fields)
    by_hand = await place.owner.post(
        "/mod/batches", data={"verb": "spam", "scope": "chosen", "chosen": str(said.id)}
    )

    assert "Approve 2 comments" in preview.text
    assert begun.status_code == 303
    assert by_hand.status_code == 422
    batch = begun.headers["location"]
    assert (await stranger.get(batch)).status_code == 404
    assert (await stranger.post(f"{batch}/reversal")).status_code == 404
    assert (await place.owner.get(batch)).status_code == 200


async def test_the_numbers_of_the_tabs_are_those_of_the_rows(doors, signed_in):
    place = await a_place(doors, signed_in, visibility="hidden", holds_first=2)
    await _held(doors, place)
    async with doors.unit_of_work() as db:
        await a_comment(db, under=await a_post(db), by="Ada", status=PENDING)
        await a_comment(db, under=await a_post(db), by="Bo")
    keeper, moderator = place.owner, await signed_in(Role.MODERATOR)
    number = await _newest(doors) - 2
    await keeper.post(f"/mod/comments/{number}/spam", data={"back": "/mod/"})

    for client in (keeper, moderator, await signed_in(Role.OWNER)):
        for tab in (Tab.NEEDS, Tab.SPAM, Tab.RECENT):
            page = await client.get(f"/mod/?tab={tab}")
            assert _number_of(page, tab) == len(names_in(page)), tab


def _number_of(page, tab):
    href = "/mod/" if tab == Tab.NEEDS else f"/mod/\\?tab={tab}"
    link = re.search(rf'<a[^>]*href="{href}"[^>]*>(.*?)</a>', page.text, re.S)[1]
    return int(re.search(r"(\d+)", re.sub(r"<kbd.*?</kbd>", "", link))[1])


async def test_the_door_stands_at_the_foot_of_every_page(doors, signed_in):
    place = await a_place(doors, signed_in)

    assert 'href="/mod/"' in (await place.owner.get("/")).text
    assert 'href="/mod/"' not in (await place.member.get("/")).text


async def test_closing_the_discussion_from_the_queue_closes_the_topic(doors, signed_in):
    place = await a_place(doors, signed_in)
    await begin(place.member, place)
    number = await _newest(doors)

    await place.owner.post(f"/mod/comments/{number}/lock", data={"locked": "1"})

    async with doors.reading() as db:
        assert await db.scalar(select(Topic.is_locked))
    assert "Open the discussion" in (await place.owner.get("/mod/?tab=recent")).text


async def test_a_page_of_the_queue_asks_as_often_for_many_groups_as_for_one(
    doors, signed_in, count_queries
):
    place = await a_place(doors, signed_in, holds_first=9)
    await _held(doors, place)
    moderator = await signed_in(Role.MODERATOR)
    await moderator.get("/mod/")
    with count_queries() as few:
        await moderator.get("/mod/")
    for title in ("One", "Two", "Three"):
        await _held(doors, place, title)
    with count_queries() as many:
        assert len(names_in(await moderator.get("/mod/"))) == 4

    assert len(few) == len(many)


async def test_akismet_is_asked_about_a_reply_at_its_own_address(doors, signed_in, settings):
    place = await a_place(doors, signed_in, holds_first=2)
    number = await _held(doors, place)
    here = f"{settings.base_url}/groups/job-search/r/{number}"

    async with doors.reading() as db:
        asked = (await questions_about(db, settings, [number]))[number]

    assert asked.comment_type == "forum-post"
    assert asked.permalink == here
