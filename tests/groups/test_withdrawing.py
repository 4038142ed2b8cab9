"""What somebody said in a group is taken back by themselves: asked first, gone at once, and known to be their wish."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.actor import Role
from app.core import clock
from app.discussions.models import Comment, CommentStatus
from app.groups.models import Topic
from app.moderation.models import Decision
from app.moderation.report_models import Report, ReportState
from app.notifications.notices.models import Notice
from tests.groups.building import a_place, answer, begin

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def _said(place, topic, text="I know somebody.", by=None, **fields):
    """An answer of the member's, unless `by` says whose; its number, and where it is withdrawn."""
    reply = (await answer(by or place.member, topic, text, **fields)).headers["location"]
    number = int(reply.rpartition("-")[2])
    return number, f"{place.url}r/{number}/withdrawal/"


async def test_a_reply_is_withdrawn_after_a_question_and_is_nowhere_any_more(
    doors, signed_in, visitor
):
    place = await a_place(doors, signed_in)
    topic = (await begin(place.owner, place)).headers["location"]
    _number, link = await _said(place, topic)
    assert f'href="{link}"' in (await place.member.get(topic)).text
    assert link not in (await place.owner.get(topic)).text

    with clock.moved(timedelta(days=3)):
        question = await place.member.get(link)
        assert "I know somebody." in question.text
        assert "I know somebody." in (await visitor.get(topic)).text
        done = await place.member.post(link)

    assert (done.status_code, done.headers["location"]) == (303, topic)
    for reader in (visitor, place.owner, place.member):
        page = (await reader.get(topic)).text
        assert "I know somebody." not in page
        assert "0 replies" in page
        # Nobody answered it, so no line keeps its place.
        assert "This was removed." not in page
    assert "I know somebody." not in (await visitor.get(f"{place.url}replies/feed/")).text
    assert "I know somebody." not in (await visitor.get("/search/?q=somebody")).text
    assert (await place.member.get(link)).status_code == 403
    assert (await place.member.post(link)).status_code == 403
    async with doors.reading() as db:
        assert await db.scalar(select(Topic.reply_count)) == 0


async def test_where_it_was_answered_a_line_without_a_name_keeps_its_place(
    doors, signed_in, visitor
):
    place = await a_place(doors, signed_in)
    topic = (await begin(place.owner, place)).headers["location"]
    number, link = await _said(place, topic)
    await _said(place, topic, "Who is it?", by=place.owner, comment_parent=str(number))

    await place.member.post(link)

    page = (await visitor.get(topic)).text
    gone = re.search(rf'<article class="comment" id="reply-{number}">(.*?)</article>', page)[1]
    assert "This was removed." in gone
    assert "Mika" not in gone
    assert "Who is it?" in page


async def test_moderators_see_that_its_author_took_it_back_and_nobody_can_appeal(
    doors, signed_in, visitor
):
    place = await a_place(doors, signed_in)
    topic = (await begin(place.owner, place)).headers["location"]
    number, link = await _said(place, topic)
    await place.member.post(link)
    site_owner = await signed_in(Role.OWNER)

    removed = (await place.owner.get("/mod/?tab=removed")).text
    log = (await site_owner.get("/mod/log/")).text
    late = await place.owner.post(f"/mod/comments/{number}/spam", data={"version": "1"})

    assert "Its author has withdrawn it." in removed
    assert "Its author withdrew this" in log
    assert late.status_code == 409
    assert "Its author withdrew this" in late.text
    async with doors.reading() as db:
        [entry] = await db.scalars(select(Decision).where(Decision.verb == "withdraw"))
        assert (entry.user_id, entry.was, entry.became) == (place.member_id, "approved", "removed")
        told = select(func.count()).where(
            Notice.user_id == place.member_id, Notice.kind == "comment_removed"
        )
        assert await db.scalar(told) == 0
    # Their wish stands, whatever a moderator thinks of it.
    again = await place.owner.post(f"/mod/comments/{number}/approval", data={"back": "/mod/"})
    assert again.status_code == 409
    assert "it stays out of sight" in again.text
    assert "I know somebody." not in (await visitor.get(topic)).text


async def test_nobody_withdraws_what_another_said(doors, signed_in, visitor):
    place = await a_place(doors, signed_in)
    topic = (await begin(place.owner, place)).headers["location"]
    _number, link = await _said(place, topic)
    stranger = await signed_in()

    for somebody, status in ((place.owner, 404), (stranger, 404), (visitor, 401)):
        assert (await somebody.get(link)).status_code == status
        assert (await somebody.post(link)).status_code == status

    assert "I know somebody." in (await visitor.get(topic)).text


async def test_who_has_left_or_finds_it_closed_may_still_take_back_their_words(
    doors, signed_in, visitor
):
    place = await a_place(doors, signed_in)
    topic = (await begin(place.owner, place)).headers["location"]
    _number, link = await _said(place, topic)
    _other, second = await _said(place, topic, "And another.")
    at = re.search(r"/d/(\d+)", topic)[1]
    await place.owner.post(f"{place.url}d/{at}/lock", data={"is": "1"})
    assert (await place.member.post(link)).status_code == 303
    assert (await place.member.post(f"{place.url}membership/end")).status_code == 303

    assert (await place.member.post(second)).status_code == 303
    assert "And another." not in (await visitor.get(topic)).text


async def test_a_discussion_is_withdrawn_only_before_anybody_has_answered(
    doors, signed_in, visitor
):
    place = await a_place(doors, signed_in)
    topics = [(await begin(place.member, place, title)).headers["location"] for title in ("A", "B")]
    await _said(place, topics[1], by=place.owner)
    async with doors.reading() as db:
        first, second = list(await db.scalars(select(Topic.opening_id).order_by(Topic.id)))
    link, answered = (f"{place.url}r/{one}/withdrawal/" for one in (first, second))
    assert link in (await place.member.get(topics[0])).text
    assert answered not in (await place.member.get(topics[1])).text

    done, refused = await place.member.post(link), await place.member.post(answered)

    assert done.headers["location"] == place.url
    assert refused.status_code == 403
    assert "Others have answered it" in refused.text
    assert (await visitor.get(topics[0])).status_code == 404
    assert (await visitor.get(topics[1])).status_code == 200
    # To who began it nothing is said to wait.
    assert "waits for a moderator" not in (await place.member.get(place.url)).text
    assert "waits for a moderator" not in (await place.member.get(topics[0])).text


async def test_a_new_text_that_waits_goes_with_it_and_who_reported_it_is_told(doors, signed_in):
    place = await a_place(doors, signed_in)
    topic = (await begin(place.owner, place)).headers["location"]
    number, link = await _said(place, topic)
    links = " ".join(f"https://shop{n}.example/" for n in range(4))
    await place.member.post(f"{place.url}r/{number}/text/", data={"comment": links, "version": "2"})
    form = {"comment": str(number), "reason": "advert"}
    await place.owner.post("/report/", data=form)

    assert (await place.member.post(link)).status_code == 303

    queue = (await place.owner.get("/mod/")).text
    assert "shop0" not in queue
    async with doors.reading() as db:
        comment = await db.get_one(Comment, number)
        assert comment.status == CommentStatus.REMOVED
        assert [one.state for one in await db.scalars(select(Report))] == [ReportState.UPHELD]
