"""Blocks: mutual, silent, and of no more force than that."""

import pytest
from sqlalchemy import select

from app.accounts.actor import VISITOR, Actor
from app.accounts.blocks import block, is_blocked_between, seen_by, unblock
from app.accounts.models import Block, User
from app.core import clock
from app.core.errors import Invalid, NotFound, SignInNeeded
from tests.world import a_member

pytestmark = pytest.mark.anyio


def _as(user):
    return Actor(user_id=user.id, name=user.name)


async def _seen(session, actor):
    return set(await session.scalars(select(User.name).where(seen_by(actor, User.id))))


async def test_who_blocks_somebody_is_seen_by_them_no_more_than_they_see(session):
    ada, bo, cy = [await a_member(session, name) for name in ("Ada", "Bo", "Cy")]

    await block(session, _as(ada), bo.id, clock.now())

    assert await _seen(session, _as(ada)) == {"Ada", "Cy"}
    assert await _seen(session, _as(bo)) == {"Bo", "Cy"}
    assert await _seen(session, _as(cy)) == {"Ada", "Bo", "Cy"}
    assert await _seen(session, VISITOR) == {"Ada", "Bo", "Cy"}
    assert await is_blocked_between(session, bo.id, ada.id)


async def test_blocking_twice_is_blocking_once_and_can_be_taken_back(session):
    ada, bo = await a_member(session, "Ada"), await a_member(session, "Bo")

    for _ in range(2):
        await block(session, _as(ada), bo.id, clock.now())
    assert len((await session.scalars(select(Block))).all()) == 1

    await unblock(session, _as(bo), ada.id)
    assert await is_blocked_between(session, ada.id, bo.id), "nobody takes back another's"
    await unblock(session, _as(ada), bo.id)
    assert not await is_blocked_between(session, ada.id, bo.id)


async def test_nobody_blocks_themselves_nor_somebody_who_is_not_there(session):
    ada = await a_member(session, "Ada")

    with pytest.raises(Invalid):
        await block(session, _as(ada), ada.id, clock.now())
    with pytest.raises(NotFound):
        await block(session, _as(ada), 4711, clock.now())
    with pytest.raises(SignInNeeded):
        await block(session, VISITOR, ada.id, clock.now())
