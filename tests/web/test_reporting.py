"""Readers report what should not be there, and moderators answer with what they decide."""

import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.discussions.models import Comment
from app.moderation.report_models import Report
from tests.agreement import disagreements
from tests.groups.building import a_place, answer, begin
from tests.web.test_mod_queue import names_in
from tests.world import a_comment, a_post

pytestmark = pytest.mark.anyio


async def _report(client, number, reason="attack", note=""):
    return await client.post(
        "/report/", data={"comment": str(number), "reason": reason, "note": note}
    )


async def _states(doors):
    async with doors.reading() as db:
        return list(await db.scalars(select(Report.state).order_by(Report.id)))


async def _a_comment(doors):
    async with doors.unit_of_work() as db:
        return (await a_comment(db, under=await a_post(db), by="Bo", case={})).id


async def test_a_visitor_reports_a_comment_and_moderators_find_it_with_the_reason(
    doors, signed_in, visitor
):
    number = await _a_comment(doors)
    moderator = await signed_in(Role.MODERATOR)

    form = await visitor.get(f"/report/?comment={number}")
    sent = await _report(visitor, number, "hate", "The last line.")
    thanks = await visitor.get(sent.headers["location"])
    queue = await moderator.get("/mod/?tab=reported")

    assert form.status_code == 200
    assert form.headers["cache-control"] == "no-store"
    assert sent.status_code == 303
    assert "Moderators will look at it" in thanks.text
    assert names_in(queue) == ["Bo"]
    assert "Hate or threats (a visitor): The last line." in queue.text
    assert names_in(await moderator.get("/mod/?tab=recent")) == []
    async with doors.reading() as db:
        assert await disagreements(db) == []
        assert "127.0.0.1" not in (await db.scalar(select(Report.reporter)))


async def test_the_link_stands_with_each_comment_and_leads_nobody_to_what_is_not_shown(
    doors, visitor
):
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        shown = await a_comment(db, under=post, by="Bo")
        held = await a_comment(db, under=post, by="Cy", status="pending")

    page = await visitor.get(post.path)

    assert f'href="/report/?comment={shown.id}" rel="nofollow"' in page.text
    for number in (held.id, 99, "x"):
        assert (await visitor.get(f"/report/?comment={number}")).status_code == 404
        assert (await _report(visitor, number)).status_code == 404


async def test_without_a_reason_the_form_comes_again_with_what_was_typed(doors, visitor):
    number = await _a_comment(doors)

    again = await _report(visitor, number, "nonsense", "My words.")

    assert again.status_code == 422
    assert "Please choose a reason." in again.text
    assert "My words." in again.text
    assert (await _report(visitor, number, note="x" * 1001)).status_code == 422
    assert await _states(doors) == []


async def test_a_second_report_by_the_same_reader_is_a_duplicate(doors, visitor, signed_in):
    number = await _a_comment(doors)

    for _ in range(2):
        await _report(visitor, number)
    await _report(await signed_in(), number)

    assert await _states(doors) == ["open", "duplicate", "open"]


async def test_nobody_reports_without_end(doors, visitor):
    number = await _a_comment(doors)

    answers = [(await _report(visitor, number)).status_code for _ in range(11)]

    assert answers == [303] * 10 + [429]


@pytest.mark.parametrize(
    ("noun", "state"), [("approval", "dismissed"), ("removal", "upheld"), ("spam", "upheld")]
)
async def test_a_decision_answers_the_reports_and_undo_opens_them_again(
    doors, visitor, signed_in, noun, state
):
    number = await _a_comment(doors)
    await _report(visitor, number)
    moderator = await signed_in(Role.MODERATOR)
    assert "Keep it" in (await moderator.get("/mod/?tab=reported")).text

    done = await moderator.post(f"/mod/comments/{number}/{noun}", data={"back": "/mod/"})
    assert await _states(doors) == [state]
    assert names_in(await moderator.get("/mod/?tab=reported")) == []
    decision = done.headers["location"].rpartition("done=")[2].partition("#")[0]
    undone = await moderator.post(f"/mod/decisions/{decision}/reversal", data={"back": "/mod/"})

    assert undone.status_code == 303
    assert await _states(doors) == ["open"]
    assert names_in(await moderator.get("/mod/?tab=reported")) == ["Bo"]
    async with doors.reading() as db:
        assert await disagreements(db) == []


async def test_a_hidden_groups_member_reports_to_its_moderators_and_the_sites(
    doors, signed_in, visitor, settings
):
    settings.__dict__["rate_limits"] = "off"
    place = await a_place(doors, signed_in, visibility="hidden")
    topic = (await begin(place.owner, place)).headers["location"]
    await answer(place.owner, topic, "A nasty thing.")
    async with doors.reading() as db:
        number = await db.scalar(select(Comment.id).order_by(Comment.id.desc()).limit(1))
    moderator, stranger = await signed_in(Role.MODERATOR), await signed_in()

    assert f"/report/?comment={number}" in (await place.member.get(topic)).text
    assert (await _report(visitor, number)).status_code == 404
    assert (await _report(stranger, number)).status_code == 404
    assert (await _report(place.member, number, note="Look.")).status_code == 303
    for client in (moderator, place.owner):
        queue = await client.get("/mod/?tab=reported")
        assert names_in(queue) == ["Olga"]
        assert "A nasty thing." in queue.text
        # Whose it is learns why, and not who says so.
        is_told = client is moderator
        assert ("Attacks a person (Mika): Look." in queue.text) is is_told
        assert "Attacks a person" in queue.text
    removed = await moderator.post(f"/mod/comments/{number}/removal", data={"back": "/mod/"})
    assert removed.status_code == 303
    assert await _states(doors) == ["upheld"]
