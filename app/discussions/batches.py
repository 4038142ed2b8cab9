"""One act on many cases: begun at once, done piece by piece, taken back within a day.

A piece is one unit of work and says how far it came, so whoever is killed goes on where they were.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core import clock
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.core.events import record
from app.core.i18n import _
from app.discussions.appeals import NotYours
from app.discussions.chosen import ABOUT_REPORTS, chosen_by, how_many, withdrawn_in
from app.discussions.deciding import BECOMES, decide
from app.discussions.events import BatchFinished, BatchStarted, BatchUndoAsked
from app.discussions.matters import Withdrawn
from app.discussions.models import Comment, CommentKind, Thread
from app.discussions.reach import ARE_COMMENTS, deciding_actor
from app.discussions.undoing import undo
from app.groups.answering import answer_request
from app.moderation.kinds import ThingKind
from app.moderation.models import AuthorKey, Batch, Case, Decision

# One unit of work: short enough that nobody waits for the pen.
PIECE = 200
# By hand; what a filter or a search finds may be more.
MOST_CHOSEN = 500
UNDONE_WITHIN = timedelta(days=1)
_COMMENTS = frozenset(map(str, CommentKind))


@dataclass(frozen=True)
class Reports:
    """How reports of what is no comment are answered, and that is taken back: handed in by who owns them."""

    # A case, the verb for its reports, and the act it is part of.
    answer: Callable[[AsyncSession, Actor, int, str, int], Awaitable[Any]]
    take_back: Callable[[AsyncSession, Actor, Decision], Awaitable[Any]]


async def start_batch(
    session: AsyncSession, actor: Actor, verb: str, chosen: dict[str, Any], *, reason: str = ""
) -> Batch:
    """Write an act down that the worker is to do.

    `chosen` is `{"ids": […]}` of comments, beside them `"cases"` of what is none;
    `{"filter": {fields of an address}}`; or `{"author": id}` for all that an
    author has waiting or shown, and `{"member": id, "group": id}` for all that a member has in a group.
    Raises Forbidden, and Invalid for nothing or for too much.
    """
    _require_many(actor)
    batch = await begin_batch(session, actor, verb, chosen, reason=reason)
    if batch is None:
        raise Invalid(_("Nothing was chosen."))
    return batch


async def begin_batch(
    session: AsyncSession, actor: Actor, verb: str, chosen: dict[str, Any], *, reason: str = ""
) -> Batch | None:
    """The same, for whoever has asked whether the actor may; None where there is nothing to be done."""
    if verb not in BECOMES:
        raise Invalid(_("There is no such decision."))
    batch = Batch(
        user_id=actor.user_id,
        verb=verb,
        chosen={**chosen, "reason": reason},
        created_at=clock.now(),
    )
    batch.total = await how_many(session, actor, batch)
    if not batch.total:
        return None
    batch.done = batch.reached = batch.left_alone = 0
    session.add(batch)
    await session.flush()
    record(session, BatchStarted(batch_id=batch.id))
    return batch


async def get_batch(session: AsyncSession, actor: Actor, batch_id: int) -> Batch:
    """An act that somebody may watch: moderators any, others their own. Raises NotFound."""
    batch = await session.get(Batch, batch_id)
    if batch is None:
        raise NotFound(_("There is no such act."))
    _require_seen(actor, batch)
    return batch


async def run_piece(session: AsyncSession, batch_id: int, reports: Reports) -> bool:
    """Decide about the next few. Returns whether there are more. Raises NotFound."""
    batch = await _locked(session, batch_id)
    if batch.finished_at is not None or batch.undo_asked_at is not None:
        return False
    actor = await _actor_of(session, batch)
    query = select(Case.id, Case.item_id, Case.kind).where(
        chosen_by(batch, actor), Case.id > batch.reached
    )
    rows = (await session.execute(query.order_by(Case.id).limit(PIECE))).all()
    await lock_all(session, [row.item_id for row in rows if row.kind in _COMMENTS])
    for row in rows:
        try:
            await _decide(session, actor, row, batch, reports)
            batch.done += 1
        except NotYours:
            # Their own: somebody else decides about it.
            batch.left_alone += 1
        except Withdrawn:
            # Between the question and its lock. Below it is counted if it was chosen one by one; of a
            # list it has gone, as has what somebody else decided meanwhile.
            pass
        batch.reached = row.id
    if len(rows) < PIECE:
        batch.finished_at = clock.now()
        # What somebody else decided meanwhile was not there to be decided any more.
        batch.total = batch.done
        batch.withdrawn = await withdrawn_in(session, actor, batch)
        record(session, BatchFinished(batch_id=batch.id))
    await session.flush()
    return batch.finished_at is None


async def ask_undo(session: AsyncSession, actor: Actor, batch_id: int) -> Batch:
    """Have all of an act taken back; what is still to be done of it is left.

    Raises NotFound, Forbidden, and Conflict where it is too late or done already.
    """
    _require_many(actor)
    batch = await _locked(session, batch_id)
    _require_seen(actor, batch)
    if batch.undo_asked_at is not None:
        raise Conflict(_("This is being taken back already."))
    if clock.now() - batch.created_at > UNDONE_WITHIN:
        raise Conflict(_("This was done more than a day ago."))
    batch.undo_asked_at = clock.now()
    batch.finished_at = batch.finished_at or batch.undo_asked_at
    batch.total, batch.done, batch.reached, batch.left_alone = batch.done, 0, 0, 0
    await session.flush()
    record(session, BatchUndoAsked(batch_id=batch.id))
    return batch


async def undo_piece(session: AsyncSession, batch_id: int, reports: Reports) -> bool:
    """Take the next few decisions back, and leave alone what was decided otherwise since."""
    batch = await _locked(session, batch_id)
    if batch.undo_asked_at is None or batch.undone_at is not None:
        return False
    actor = await _actor_of(session, batch)
    decisions = (await session.scalars(_to_undo(batch))).all()
    await lock_all(session, [one.item_id for one in decisions if one.kind in _COMMENTS])
    for decision in decisions:
        try:
            if decision.kind in _COMMENTS:
                await undo(session, actor, decision.id)
            else:
                await reports.take_back(session, actor, decision)
        except (Conflict, NotYours):
            batch.left_alone += 1
        batch.reached = decision.id
    batch.done += len(decisions)
    if len(decisions) < PIECE:
        batch.undone_at = clock.now()
        batch.done = batch.total
    await session.flush()
    return batch.undone_at is None


async def lock_all(session: AsyncSession, comment_ids: Sequence[int]) -> None:
    """Lock all that decisions about these comments change: threads, then authors, then cases, each by id.

    So that two who decide about many at once wait for each other, and never for ever.
    """
    these = Comment.id.in_(comment_ids)
    threads = select(Comment.thread_id).where(these)
    authors = select(Comment.author_key_id).where(these)
    for table, where in (
        (Thread, Thread.id.in_(threads)),
        (AuthorKey, AuthorKey.id.in_(authors)),
        (Case, and_(Case.item_id.in_(comment_ids), ARE_COMMENTS)),
    ):
        await session.execute(select(table.id).where(where).order_by(table.id).with_for_update())


async def _decide(
    session: AsyncSession, actor: Actor, row: Any, batch: Batch, reports: Reports
) -> None:
    """Decide about one case. Raises NotYours."""
    if row.kind in _COMMENTS:
        reason = str(batch.chosen.get("reason", ""))
        await decide(session, actor, row.item_id, batch.verb, reason=reason, batch_id=batch.id)
        return
    try:
        if row.kind == ThingKind.JOINING:
            await answer_request(session, actor, row.item_id, batch.verb)
        else:
            await reports.answer(session, actor, row.id, ABOUT_REPORTS[batch.verb], batch.id)
    except Conflict:
        # Somebody else has answered meanwhile.
        return


def _to_undo(batch: Batch) -> Select[Decision]:
    verbs = (batch.verb, ABOUT_REPORTS.get(batch.verb, ""))
    mine = and_(Decision.batch_id == batch.id, Decision.verb.in_(verbs))
    query = select(Decision).where(mine, Decision.id > batch.reached)
    return query.order_by(Decision.id).limit(PIECE)


def _require_many(actor: Actor) -> None:
    if not (actor.moderates or actor.keeps_groups):
        raise Forbidden(_("Only moderators decide about comments."))


def _require_seen(actor: Actor, batch: Batch) -> None:
    if not actor.moderates and batch.user_id != actor.user_id:
        raise NotFound(_("There is no such act."))


async def _locked(session: AsyncSession, batch_id: int) -> Batch:
    batch = await session.get(Batch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None:
        raise NotFound(_("There is no such act."))
    return batch


async def _actor_of(session: AsyncSession, batch: Batch) -> Actor:
    """Who began it, with the roles they have today. Raises Forbidden."""
    user = await session.get(User, batch.user_id) if batch.user_id is not None else None
    if user is None:
        raise Forbidden(_("Whoever began this is not here any more."))
    return await deciding_actor(session, user)
