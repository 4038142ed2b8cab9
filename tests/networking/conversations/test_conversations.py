"""Conversations: read by their parties alone, bounded, paged, closed, left, and gone in the end."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.accounts.blocks import block, unblock
from app.core import clock
from app.core.limits import Allowance
from app.networking.conversations.actions import (
    forget_conversations_of,
    leave,
    open_conversation,
    tidy_conversations,
    write,
)
from app.networking.conversations.models import Conversation, Message, OwnerKind, Party
from app.networking.conversations.queries import to_be_told
from app.work import Doors
from tests.conftest import CountQueries, SignedIn
from tests.networking.introductions.meeting import as_
from tests.world import a_member

pytestmark = pytest.mark.anyio

HERE = "/conversations/1/"


async def two_people(db, *more: str):
    people = [await a_member(db, name) for name in ("Ada", "Bo", *more)]
    ids = [user.id for user in people]
    await open_conversation(db, OwnerKind.PROMISE, 7, ids)
    return people


async def many_messages(db, author, number: int) -> None:
    for n in range(number):
        await write(db, as_(author), 1, f"Message {n:03}")
        await db.delete(await db.get_one(Allowance, f"message:user:{author.id}"))
        await db.flush()


async def test_parties_alone_read_and_write(doors: Doors, signed_in: SignedIn) -> None:
    async with doors.unit_of_work() as db:
        ada, bo = await two_people(db)
    here, there, elsewhere = (
        await signed_in(user=ada),
        await signed_in(user=bo),
        await signed_in(Role.OWNER),
    )

    sent = await here.post(HERE + "messages/", data={"text": "Hello <b>Bo</b>, *well*?"})

    assert (sent.status_code, sent.headers["location"]) == (303, HERE + "#message-1")
    read = (await there.get(HERE)).text
    assert "&lt;b&gt;Bo&lt;/b&gt;, <em>well</em>?" in read
    nothing = await elsewhere.get("/conversations/99/")
    assert (await elsewhere.get(HERE)).content == nothing.content
    for act in ("messages/", "leaving", "closing"):
        assert (await elsewhere.post(HERE + act, data={"text": "x"})).status_code == 404


@pytest.mark.parametrize("text", ["", "  \n ", "\x00\x07", "x" * 5001])
async def test_a_text_out_of_bounds_comes_back_with_what_was_typed(
    doors: Doors, signed_in: SignedIn, text: str
) -> None:
    async with doors.unit_of_work() as db:
        ada, _bo = await two_people(db)
    here = await signed_in(user=ada)

    answer = await here.post(HERE + "messages/", data={"text": text})

    assert answer.status_code == 422
    assert 'href="#text"' in answer.text
    assert text.strip("\x00\x07 \n") in answer.text


async def test_control_characters_are_dropped_and_letters_composed(session) -> None:
    ada, _bo = await two_people(session)

    message = await write(session, as_(ada), 1, " Cafe\u0301\x07 \r\n")

    assert message.body_source == "Caf\u00e9"


async def test_who_writes_too_quickly_waits_and_loses_nothing(
    doors: Doors, signed_in: SignedIn
) -> None:
    async with doors.unit_of_work() as db:
        ada, _bo = await two_people(db)
    here = await signed_in(user=ada)

    await here.post(HERE + "messages/", data={"text": "One."})
    answer = await here.post(HERE + "messages/", data={"text": "Two, at once."})

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) in (1, 2, 3)
    assert "Two, at once." in answer.text


async def test_what_is_written_to_a_blocker_looks_delivered_and_goes_nowhere(
    doors: Doors, signed_in: SignedIn
) -> None:
    async with doors.unit_of_work() as db:
        ada, bo = await two_people(db)
        await block(db, as_(bo), ada.id, clock.now())
    here, there = await signed_in(user=ada), await signed_in(user=bo)

    sent = await here.post(HERE + "messages/", data={"text": "Are you there?"})

    assert sent.status_code == 303
    assert "Are you there?" in (await here.get(HERE)).text
    assert "Are you there?" not in (await there.get(HERE)).text
    async with doors.unit_of_work() as db:
        assert await to_be_told(db, 1) == []
        await unblock(db, as_(bo), ada.id)
        assert await to_be_told(db, 1) == [bo.id]


async def test_a_closed_conversation_can_be_read_and_not_written_in(
    doors: Doors, signed_in: SignedIn
) -> None:
    async with doors.unit_of_work() as db:
        ada, bo = await two_people(db)
        await write(db, as_(bo), 1, "So long.")
    here = await signed_in(user=ada)

    assert (await here.post(HERE + "closing")).status_code == 303

    page = (await here.get(HERE)).text
    assert "So long." in page
    assert "closed" in page
    answer = await here.post(HERE + "messages/", data={"text": "Wait!"})
    assert answer.status_code == 403


async def test_who_leaves_reads_no_more_and_the_last_one_closes_it(session) -> None:
    ada, bo, cy = await two_people(session, "Cy")
    conversation = await session.get_one(Conversation, 1)

    await leave(session, as_(ada), 1)
    assert conversation.is_open
    await leave(session, as_(bo), 1)

    assert not conversation.is_open
    assert (await session.get_one(Party, (1, cy.id))).left_at is None


async def test_messages_are_paged_by_key_at_a_constant_price(
    doors: Doors, signed_in: SignedIn, count_queries: CountQueries
) -> None:
    async with doors.unit_of_work() as db:
        ada, bo = await two_people(db)
        await many_messages(db, bo, 3)
    here = await signed_in(user=ada)
    await here.get(HERE)
    with count_queries() as few:
        await here.get(HERE)
    async with doors.unit_of_work() as db:
        await many_messages(db, bo, 60)

    with count_queries() as many:
        newest = (await here.get(HERE)).text

    assert len(few) == len(many) <= 6
    assert "Message 059" in newest
    older = newest.partition(f'href="{HERE}?before=')[2].partition('"')[0]
    earlier = (await here.get(f"{HERE}?before={older}")).text
    assert "Message 059" not in earlier
    assert "Message 002" in earlier
    assert (await here.get(f"{HERE}?before=abc")).status_code == 200


async def test_it_is_gone_a_year_after_it_was_closed(session) -> None:
    ada, _bo = await two_people(session)
    await write(session, as_(ada), 1, "Hello.")
    now = clock.now()

    await tidy_conversations(session, now + timedelta(days=364))
    conversation = await session.get_one(Conversation, 1)
    assert conversation.is_open
    await tidy_conversations(session, now + timedelta(days=366))
    await session.refresh(conversation)
    assert not conversation.is_open
    await tidy_conversations(session, now + timedelta(days=366 + 364))
    assert await session.scalar(select(Message.id)) == 1
    await tidy_conversations(session, now + timedelta(days=366 + 366))

    for table in (Conversation, Message, Party):
        assert (await session.execute(select(table))).first() is None


async def test_an_erased_account_leaves_no_word_and_closes_what_it_leaves(session) -> None:
    ada, bo = await two_people(session)
    await write(session, as_(ada), 1, "Mine.")
    await write(session, as_(bo), 1, "Yours.")

    await forget_conversations_of(session, ada.id)

    assert [text for (text,) in await session.execute(select(Message.body_source))] == ["Yours."]
    assert not (await session.get_one(Conversation, 1)).is_open
