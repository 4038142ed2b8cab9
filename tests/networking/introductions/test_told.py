"""What the three are told in their inboxes, and what they are not."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.blocks import block
from app.accounts.leaving import erase_account
from app.core import clock
from app.networking.conversations.actions import write
from app.networking.introductions.answering import accept, decline, pass_on
from app.networking.introductions.asking import Offer, offer
from app.networking.introductions.keeping import keep_introductions
from app.networking.thanks.actions import say_thanks
from app.networking.thanks.models import ThankedFor
from app.notifications.notices.models import Notice
from app.work import Doors
from tests.conftest import SignedIn
from tests.networking.introductions.meeting import (
    Three,
    as_,
    asked,
    introduced,
    passed_on,
    three_in,
)
from tests.world import SECRETS

pytestmark = pytest.mark.anyio


async def told(doors: Doors, three: Three, *, of: str = "/intros/") -> dict[str, list[str]]:
    """The kinds of notices each of the three has, but of whom they know."""
    async with doors.reading() as db:
        rows = list(await db.scalars(select(Notice).order_by(Notice.id)))
    return {
        name: [
            row.kind for row in rows
            if row.user_id == getattr(three, name).id and row.path.startswith(of)
            and row.path != "/intros/known/" and row.gone_at is None
        ]
        for name in ("ada", "bo", "cy")
    }  # fmt: skip


async def test_each_is_told_what_is_theirs_to_know(doors: Doors) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        row = await asked(db, three)
    assert await told(doors, three) == {"ada": [], "bo": ["introduction-asked"], "cy": []}

    async with doors.unit_of_work() as db:
        await pass_on(db, as_(three.bo), row.id, "")
    assert (await told(doors, three))["cy"] == ["introduction-passed-on"]

    async with doors.unit_of_work() as db:
        await accept(db, as_(three.cy), row.id)
    assert (await told(doors, three))["ada"] == ["introduced"]

    with clock.moved(timedelta(days=31)):
        for _time in range(2):
            async with doors.unit_of_work() as db:
                await keep_introductions(db, clock.now())
    assert await told(doors, three) == {
        "ada": ["introduced", "did-you-talk"],
        "bo": ["introduction-asked"],
        "cy": ["introduction-passed-on", "introduced", "did-you-talk"],
    }


async def test_declined_and_expired_are_told_in_the_same_words(
    doors: Doors, signed_in: SignedIn
) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        row = await asked(db, three)
        await decline(db, as_(three.bo), row.id)
    ada = await signed_in(user=three.ada)

    assert (await told(doors, three))["ada"] == []
    with clock.moved(timedelta(days=14, minutes=1)):
        async with doors.unit_of_work() as db:
            await keep_introductions(db, clock.now())
    assert (await told(doors, three)) == {
        "ada": ["not-this-time"],
        "bo": ["introduction-asked"],
        "cy": [],
    }
    assert "No introduction came of your request this time" in (await ada.get("/inbox/")).text


async def test_a_blocker_is_told_nothing(doors: Doors) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        row = await asked(db, three)
        await block(db, as_(three.cy), three.ada.id, clock.now())
        await pass_on(db, as_(three.bo), row.id, "")

    assert (await told(doors, three))["cy"] == []


async def test_who_is_offered_is_asked_by_the_connector(doors: Doors) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        made = Offer(
            first_id=three.ada.id, second_id=three.cy.id, note_to_first="A", note_to_second="C"
        )
        await offer(db, as_(three.bo), made)

    kind = "introduction-passed-on"
    assert await told(doors, three) == {"ada": [kind], "bo": [], "cy": [kind]}


async def test_parties_are_told_of_messages_but_their_author(doors: Doors) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        await introduced(db, three)
    async with doors.unit_of_work() as db:
        await write(db, as_(three.ada), 1, "Hello.")

    found = await told(doors, three, of="/conversations/")
    assert found == {"ada": [], "bo": ["message"], "cy": ["message"]}


async def test_who_is_thanked_is_told(doors: Doors) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        source = (ThankedFor.INTRODUCTION, 1)
        await say_thanks(
            db, as_(three.ada), three.bo.id, source=source, note="Thank you.", is_public=False
        )

    assert (await told(doors, three))["bo"] == ["thanked"]


async def test_when_an_account_is_erased_whoever_waits_is_told(doors: Doors) -> None:
    three = await three_in(doors)
    async with doors.unit_of_work() as db:
        await passed_on(db, three)
    async with doors.unit_of_work() as db:
        await erase_account(db, as_(three.cy), SECRETS, texts_go=True)

    assert (await told(doors, three))["ada"] == ["not-this-time"]
    async with doors.unit_of_work() as db:
        with pytest.raises(Exception, match="nobody like that"):
            await asked(db, three)
