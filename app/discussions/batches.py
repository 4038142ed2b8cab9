"""One act on many comments: begun at once, done piece by piece, taken back within a day.

A piece is one unit of work and says how far it came, so whoever is killed goes on where they were.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core import clock
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.core.events import record
from app.core.i18n import _
from app.discussions.appeals import NotYours, is_not_appealed
from app.discussions.deciding import BECOMES, decide
from app.discussions.events import BatchFinished, BatchStarted, BatchUndoAsked
from app.discussions.models import Comment, Thread
from app.discussions.reach import ARE_COMMENTS, cases_listed, cases_of, deciding_actor
from app.discussions.undoing import undo
from app.groups.answering import ANSWERS, answer_request
from app.groups.requests import requests_of
from app.moderation.kinds import ThingKind
from app.moderation.models import AuthorKey, Batch, Case, Decision, Tab
from app.moderation.sought import read_sought

# One unit of work: short enough that nobody waits for the pen.
PIECE = 200
# By hand; what a filter or a search finds may be more.
MOST_CHOSEN = 500
UNDONE_WITHIN = timedelta(days=1)


async def start_batch(
    session: AsyncSession, actor: Actor, verb: str, chosen: dict[str, Any], *, reason: str = ""
) -> Batch:
    """Write an act down that the worker is to do.

    `chosen` is `{"ids": […]}` of comments, beside them `"cases"` of people who ask to join a group;
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


async def how_many(session: AsyncSession, actor: Actor, batch: Batch) -> int:
    """How many comments an act is about: counted once, before it begins."""
    where = _chosen(batch, actor)
    return await session.scalar(select(func.count()).select_from(Case).where(where)) or 0


async def some_of(
    session: AsyncSession, actor: Actor, batch: Batch, most: int
) -> Sequence[Comment]:
    """A few of the comments an act is about, to look at before it begins."""
    where = and_(_chosen(batch, actor), ARE_COMMENTS)
    some = select(Case.item_id).where(where).order_by(Case.id).limit(most).subquery()
    query = select(Comment).join(some, some.c.item_id == Comment.id).order_by(Comment.id)
    return (await session.scalars(query)).all()


async def some_who_ask(
    session: AsyncSession, actor: Actor, batch: Batch, most: int
) -> Sequence[str]:
    """The names of a few who ask to join a group and would be answered by it: that is not taken back."""
    where = and_(_chosen(batch, actor), Case.kind == ThingKind.JOINING)
    some = select(Case.item_id).where(where).order_by(Case.id).limit(most)
    return [
        one.name for one in (await requests_of(session, list(await session.scalars(some)))).values()
    ]


async def get_batch(session: AsyncSession, actor: Actor, batch_id: int) -> Batch:
    """An act that somebody may watch: moderators any, others their own. Raises NotFound."""
    batch = await session.get(Batch, batch_id)
    if batch is None:
        raise NotFound(_("There is no such act."))
    _require_seen(actor, batch)
    return batch


async def run_piece(session: AsyncSession, batch_id: int) -> bool:
    """Decide about the next few. Returns whether there are more. Raises NotFound."""
    batch = await _locked(session, batch_id)
    if batch.finished_at is not None or batch.undo_asked_at is not None:
        return False
    actor = await _actor_of(session, batch)
    query = select(Case.id, Case.item_id, Case.kind).where(
        _chosen(batch, actor), Case.id > batch.reached
    )
    rows = (await session.execute(query.order_by(Case.id).limit(PIECE))).all()
    await lock_all(session, [row.item_id for row in rows if row.kind != ThingKind.JOINING])
    for row in rows:
        if row.kind == ThingKind.JOINING:
            await _answer(session, actor, row.item_id, batch.verb)
        else:
            await decide(
                session, actor, row.item_id, batch.verb,
                reason=str(batch.chosen.get("reason", "")), batch_id=batch.id,
            )  # fmt: skip
        batch.reached = row.id
    batch.done += len(rows)
    if len(rows) < PIECE:
        batch.finished_at = clock.now()
        # What somebody else decided meanwhile was not there to be decided any more.
        batch.total = batch.done
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
    batch.total, batch.done, batch.reached = batch.done, 0, 0
    await session.flush()
    record(session, BatchUndoAsked(batch_id=batch.id))
    return batch


async def undo_piece(session: AsyncSession, batch_id: int) -> bool:
    """Take the next few decisions back, and leave alone what was decided otherwise since."""
    batch = await _locked(session, batch_id)
    if batch.undo_asked_at is None or batch.undone_at is not None:
        return False
    actor = await _actor_of(session, batch)
    rows = (await session.execute(_to_undo(batch))).all()
    await lock_all(session, [row.item_id for row in rows])
    for row in rows:
        try:
            await undo(session, actor, row.id)
        except (Conflict, NotYours):
            batch.left_alone += 1
        batch.reached = row.id
    batch.done += len(rows)
    if len(rows) < PIECE:
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


def _chosen(batch: Batch, actor: Actor) -> ColumnElement[bool]:
    """The cases an act is about, as they stood when it began, as far as they are the actor's to decide."""
    ours: ColumnElement[bool] = ARE_COMMENTS
    if batch.verb in ANSWERS:
        ours = or_(ours, Case.kind == ThingKind.JOINING)
    return and_(_meant(batch, actor), ours, cases_of(actor))


def _meant(batch: Batch, actor: Actor) -> ColumnElement[bool]:
    chosen = batch.chosen
    if "ids" in chosen:
        said = and_(Case.item_id.in_([int(one) for one in chosen["ids"]]), ARE_COMMENTS)
        asked = and_(
            Case.id.in_([int(one) for one in chosen.get("cases", ())]),
            Case.kind == ThingKind.JOINING,
        )
        return and_(or_(said, asked), is_not_appealed())
    before = Case.moved_at <= batch.created_at
    if "author" in chosen:
        shown = Case.tab.in_((Tab.NEEDS, Tab.RECENT))
        theirs = Case.author_key_id == int(chosen["author"])
        return and_(theirs, shown, before, is_not_appealed())
    if "member" in chosen:
        keys = select(AuthorKey.id).where(AuthorKey.user_id == int(chosen["member"]))
        theirs = and_(Case.author_key_id.in_(keys), Case.group_id == int(chosen["group"]))
        return and_(theirs, Case.tab.in_((Tab.NEEDS, Tab.RECENT)), before, is_not_appealed())
    sought = read_sought(chosen.get("filter", {}))
    found = cases_listed(sought, actor, batch.created_at)
    return and_(found, before, is_not_appealed())


async def _answer(session: AsyncSession, actor: Actor, number: int, verb: str) -> None:
    try:
        await answer_request(session, actor, number, verb)
    except Conflict:
        # Somebody else has answered meanwhile.
        return


def _to_undo(batch: Batch) -> Select[int, int]:
    return (
        select(Decision.id, Decision.item_id)
        .where(
            Decision.batch_id == batch.id, Decision.verb == batch.verb, Decision.id > batch.reached
        )
        .order_by(Decision.id)
        .limit(PIECE)
    )


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
