"""Two people and the steps between them: builders that read like speech."""

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core import clock
from app.core.events import take_recorded
from app.networking.promises.actions import Deed, act
from app.networking.promises.keeping import keep_promises
from app.networking.promises.making import Wanted, make
from app.networking.promises.models import Promise
from app.networking.promises.moves import Act
from tests.world import a_member, the_site

A_DAY = timedelta(days=1)


def as_(user: User) -> Actor:
    return Actor(user_id=user.id, name=user.name)


async def two_people(session: AsyncSession, **fields: Any) -> tuple[User, User]:
    """Ada promises, Bo is promised."""
    await the_site(session)
    old = clock.now() - timedelta(days=100)
    fields = {"created_at": old, "email_confirmed_at": old} | fields
    return await a_member(session, "Ada Brown", **fields), await a_member(
        session, "Bo Carter", **fields
    )


async def offered(
    session: AsyncSession, ada: User, bo: User, *, days: int = 10, **fields: Any
) -> Promise:
    """Ada offers Bo a promise, due in so many days."""
    due = (clock.now() + days * A_DAY).date().isoformat()
    wanted = {"other_id": bo.id, "by_promiser": True, "text": "The list of mills.", "due": due}
    return await make(session, as_(ada), Wanted(**(wanted | fields)))


async def requested(session: AsyncSession, bo: User, ada: User, **fields: Any) -> Promise:
    """Bo asks Ada for one."""
    return await offered(session, bo, ada, by_promiser=False, **fields)


async def does(
    session: AsyncSession, who: User, promise: Promise, what: Act, **fields: Any
) -> Promise:
    return await act(session, as_(who), promise.id, Deed(act=what, **fields))


async def an_open_one(session: AsyncSession, ada: User, bo: User, **fields: Any) -> Promise:
    """… and Bo accepts it."""
    promise = await offered(session, ada, bo, **fields)
    return await does(session, bo, promise, Act.ACCEPT)


async def a_done_one(session: AsyncSession, ada: User, bo: User, **fields: Any) -> Promise:
    """… and Ada says that it is done."""
    return await does(session, ada, await an_open_one(session, ada, bo, **fields), Act.SAY_DONE)


async def a_kept_one(session: AsyncSession, ada: User, bo: User, **fields: Any) -> Promise:
    """… and Bo confirms it."""
    return await does(session, bo, await a_done_one(session, ada, bo, **fields), Act.CONFIRM)


async def kept_at(session: AsyncSession, later: timedelta) -> list[Any]:
    """What the schedule does, so much later: the events it records."""
    take_recorded(session)
    with clock.moved(later):
        await keep_promises(session, clock.now())
    return take_recorded(session)
