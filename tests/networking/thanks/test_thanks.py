"""Thanks: shown if both want it, taken back by who sent it, and counted by people, not by notes."""

from datetime import timedelta

import pytest

from app.accounts.blocks import block
from app.core import clock
from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import take_recorded
from app.moderation.kinds import ThingKind
from app.moderation.report_models import Report
from app.networking.thanks.actions import agree, forget_thanks_of, say_thanks, take_back
from app.networking.thanks.figures import count_senders
from app.networking.thanks.models import ThankedFor
from app.networking.thanks.queries import thanks_received, thanks_shown_of
from app.work import Doors
from tests.conftest import SignedIn
from tests.networking.introductions.meeting import as_
from tests.world import a_member

pytestmark = pytest.mark.anyio


async def thanked(session, sender, receiver, *, source_id=1, note="Thank you.", is_public=True):
    source = (ThankedFor.INTRODUCTION, source_id)
    return await say_thanks(
        session, as_(sender), receiver.id, source=source, note=note, is_public=is_public
    )


async def shown(session, receiver, reader):
    return [note.note for note in await thanks_shown_of(session, as_(reader), receiver.id)]


async def test_a_note_is_shown_when_sender_and_receiver_want_it(session) -> None:
    ada, bo, cy = [await a_member(session, name) for name in ("Ada", "Bo", "Cy")]
    note = await thanked(session, ada, bo)
    assert await shown(session, bo, cy) == []

    await agree(session, as_(bo), note.id, shown=True)
    assert await shown(session, bo, cy) == ["Thank you."]
    await agree(session, as_(bo), note.id, shown=False)

    assert await shown(session, bo, cy) == []


async def test_what_its_sender_wants_between_the_two_is_never_shown(session) -> None:
    ada, bo = await a_member(session, "Ada"), await a_member(session, "Bo")
    note = await thanked(session, ada, bo, is_public=False)

    with pytest.raises(Invalid):
        await agree(session, as_(bo), note.id, shown=True)

    assert await shown(session, bo, ada) == []
    assert len(await thanks_received(session, as_(bo))) == 1


async def test_who_sent_it_takes_it_back_and_may_send_another(session) -> None:
    ada, bo = await a_member(session, "Ada"), await a_member(session, "Bo")
    note = await thanked(session, ada, bo)
    await agree(session, as_(bo), note.id, shown=True)
    with pytest.raises(Conflict):
        await thanked(session, ada, bo)
    with pytest.raises(NotFound):
        await take_back(session, as_(bo), note.id)

    await take_back(session, as_(ada), note.id)

    assert await thanks_received(session, as_(bo)) == []
    again = await thanked(session, ada, bo, note="Once more.")
    assert again.id == note.id
    assert again.agreed_at is None


async def test_nobody_thanks_themselves_or_at_length(session) -> None:
    ada, bo = await a_member(session, "Ada"), await a_member(session, "Bo")

    with pytest.raises(Invalid):
        await thanked(session, ada, ada)
    with pytest.raises(Invalid):
        await thanked(session, ada, bo, note="x" * 501)


async def test_a_blocker_is_not_told_and_sees_nothing(session) -> None:
    ada, bo = await a_member(session, "Ada"), await a_member(session, "Bo")
    await block(session, as_(bo), ada.id, clock.now())
    take_recorded(session)

    await thanked(session, ada, bo)

    assert take_recorded(session) == []
    assert await thanks_received(session, as_(bo)) == []


async def test_an_erased_account_takes_its_notes_with_it(session) -> None:
    ada, bo = await a_member(session, "Ada"), await a_member(session, "Bo")
    await thanked(session, ada, bo)
    await thanked(session, bo, ada)

    await forget_thanks_of(session, ada.id)

    assert await thanks_received(session, as_(bo)) == []


async def thanked_by(session, user_id):
    return (await count_senders(session, [user_id], clock.now())).get(user_id, 0)


async def of_old(session, *people):
    """Let these accounts be old enough to count."""
    for user in people:
        user.created_at = clock.now() - timedelta(days=31)
    await session.flush()


async def test_people_are_counted_not_notes(session) -> None:
    ada, bo, cy = [await a_member(session, name) for name in ("Ada", "Bo", "Cy")]
    await of_old(session, ada, bo, cy)
    await thanked(session, ada, bo)
    await thanked(session, ada, bo, source_id=2)
    note = await thanked(session, cy, bo, is_public=False)
    assert await thanked_by(session, bo.id) == 2

    await take_back(session, as_(cy), note.id)

    assert await thanked_by(session, bo.id) == 1
    await block(session, as_(ada), bo.id, clock.now())
    assert await thanked_by(session, bo.id) == 0


@pytest.mark.parametrize(("state", "counted"), [("open", 0), ("upheld", 0), ("dismissed", 1)])
async def test_thanks_for_what_is_reported_count_once_that_is_dismissed(
    session, state, counted
) -> None:
    ada, bo = await a_member(session, "Ada"), await a_member(session, "Bo")
    await of_old(session, ada, bo)
    await thanked(session, ada, bo, source_id=7)
    for item, kind in ((7, ThingKind.PROMISE), (8, ThingKind.INTRODUCTION)):
        # Neither is what the thanks are for.
        session.add(a_report(kind, item, "open"))
    await session.flush()
    assert await thanked_by(session, bo.id) == 1

    session.add(a_report(ThingKind.INTRODUCTION, 7, state))
    await session.flush()

    assert await thanked_by(session, bo.id) == counted


def a_report(kind, item_id, state):
    return Report(
        kind=kind, item_id=item_id, reporter="somebody", reason="other", state=state, at=clock.now()
    )


async def test_a_new_account_and_an_unproved_one_do_not_count(session) -> None:
    ada, bo, cy = [await a_member(session, name) for name in ("Ada", "Bo", "Cy")]
    await of_old(session, bo, cy)
    cy.email_confirmed_at = None
    await thanked(session, ada, bo)
    await thanked(session, cy, bo)

    assert await thanked_by(session, bo.id) == 0


async def test_the_receiver_decides_on_a_page_who_reads_a_note(
    doors: Doors, signed_in: SignedIn
) -> None:
    async with doors.unit_of_work() as db:
        ada, bo = await a_member(db, "Ada"), await a_member(db, "Bo")
        note = await thanked(db, ada, bo, note="You saved my spring.")
    here, there = await signed_in(user=bo), await signed_in(user=ada)
    assert "You saved my spring." in (await here.get("/intros/thanks/")).text

    answer = await here.post(f"/intros/thanks/{note.id}/showing", data={"shown": "1"})

    assert answer.status_code == 303
    assert "Show it no more" in (await here.get("/intros/thanks/")).text
    refused = await there.post(f"/intros/thanks/{note.id}/showing", data={"shown": "1"})
    assert refused.status_code == 404
    assert (await there.post(f"/intros/thanks/{note.id}/withdrawal")).status_code == 303
    assert "You saved my spring." not in (await here.get("/intros/thanks/")).text
