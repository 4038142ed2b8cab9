"""A promise, reported by one of its two sides."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core.i18n import _
from app.moderation.kinds import ThingKind
from app.networking.promises.models import Promise, PromiseStep
from app.networking.promises.queries import promises_open_to
from app.reporting.things import Source, Thing

_Promiser, _Promisee = aliased(User), aliased(User)


async def _find(session: AsyncSession, actor: Actor, promise_id: int) -> Thing | None:
    return (await _those(session, (Promise.id == promise_id) & promises_open_to(actor))).get(
        promise_id
    )


async def _read(session: AsyncSession, ids: Sequence[int]) -> Mapping[int, Thing]:
    return await _those(session, Promise.id.in_(ids))


async def _those(session: AsyncSession, which: ColumnElement[bool]) -> Mapping[int, Thing]:
    query = (
        select(Promise, _Promiser.name, _Promisee.name)
        .outerjoin(_Promiser, _Promiser.id == Promise.promiser_id)
        .outerjoin(_Promisee, _Promisee.id == Promise.promisee_id)
        .where(which)
    )
    found = (await session.execute(query)).all()
    notes: dict[int, list[str]] = {promise.id: [] for promise, _one, _other in found}
    steps = select(PromiseStep.promise_id, PromiseStep.note).where(
        PromiseStep.promise_id.in_(notes), PromiseStep.note != ""
    )
    for promise_id, note in await session.execute(steps.order_by(PromiseStep.id)):
        notes[promise_id].append(note)
    return {
        promise.id: _thing(promise, promiser or "", promisee or "", notes[promise.id])
        for promise, promiser, promisee in found
    }


def _thing(promise: Promise, promiser: str, promisee: str, notes: Sequence[str]) -> Thing:
    sides = (promise.promiser_id, promise.promisee_id)
    names = {"one": promiser or _("Former member"), "other": promisee or _("Former member")}
    return Thing(
        kind=ThingKind.PROMISE,
        id=promise.id,
        name=_("%(one)s to %(other)s") % names,
        path=f"/promises/{promise.id}/",
        people=frozenset(one for one in sides if one is not None),
        said=[(_("The promise"), promise.text), *((_("A note"), note) for note in notes)],
        is_private=True,
    )


PROMISES = Source(Promise, _find, _read)
