"""Links that work once."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.links import find_link, make_link, use_link
from app.accounts.models import LinkPurpose
from app.core import clock
from app.core.errors import Gone, NotFound
from app.work import Doors

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


async def test_a_link_says_what_it_is_about_and_works_once(session: AsyncSession) -> None:
    token = await make_link(
        session, LinkPurpose.MODERATE, subject_id=9, payload={"decision": "spam"}, lifetime=HOUR
    )

    looked_at = await find_link(session, LinkPurpose.MODERATE, token)
    used = await use_link(session, LinkPurpose.MODERATE, token)

    assert (looked_at.subject_id, used.payload) == (9, {"decision": "spam"})
    with pytest.raises(Gone):
        await use_link(session, LinkPurpose.MODERATE, token)


@pytest.mark.parametrize("altered", ["", "x", "of another purpose"])
async def test_a_link_that_was_never_sent_is_not_found(session: AsyncSession, altered: str) -> None:
    token = await make_link(session, LinkPurpose.MODERATE, lifetime=HOUR)
    if altered == "of another purpose":
        asked = (LinkPurpose.PASSWORD, token)
    else:
        asked = (LinkPurpose.MODERATE, altered and token + altered)

    with pytest.raises(NotFound):
        await find_link(session, *asked)


async def test_a_link_expires(session: AsyncSession) -> None:
    token = await make_link(session, LinkPurpose.MODERATE, lifetime=HOUR)

    with clock.moved(HOUR), pytest.raises(Gone):
        await use_link(session, LinkPurpose.MODERATE, token)


async def test_of_two_who_use_a_link_at_once_one_wins(doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        token = await make_link(db, LinkPurpose.MODERATE, lifetime=HOUR)

    async def press() -> bool:
        try:
            async with doors.unit_of_work() as db:
                await use_link(db, LinkPurpose.MODERATE, token)
                await asyncio.sleep(0.01)
        except Gone:
            return False
        return True

    assert sorted(await asyncio.gather(*(press() for _ in range(5)))) == [False] * 4 + [True]
