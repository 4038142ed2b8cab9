"""What both sides of a promise let others see, where it was made: the members of the group, and nobody else."""

from collections.abc import Collection, Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.blocks import seen_by
from app.core import clock
from app.discussions.models import Comment, Thread
from app.moderation.kinds import ThingKind
from app.moderation.reports import is_disputed
from app.networking.asks.models import Helping
from app.networking.promises.models import Promise, SourceKind
from app.networking.promises.moves import State
from app.networking.promises.queries import Found, read_promises, with_names

_OF_HELP = (SourceKind.ASK, SourceKind.OFFER)


async def stands_in_a_group(session: AsyncSession, promise: Promise) -> bool:
    """Whether there is a place where members of a group could read it."""
    if promise.source_kind != SourceKind.COMMENT:
        return promise.source_kind in _OF_HELP
    query = select(Thread.topic_id).join(Comment, Comment.thread_id == Thread.id)
    return await session.scalar(query.where(Comment.id == promise.source_id)) is not None


async def promises_shown_in(
    session: AsyncSession, actor: Actor, topic_id: int, comment_ids: Collection[int]
) -> Sequence[Found]:
    """Those made of these replies of a topic, and of answers to what it asks or offers; one query.

    Whether the actor is in its group the caller has seen to.
    """
    at, helpings = clock.now(), select(Helping.id).where(Helping.topic_id == topic_id)
    made_here = or_(
        and_(Promise.source_kind == SourceKind.COMMENT, Promise.source_id.in_(comment_ids)),
        and_(Promise.source_kind.in_(_OF_HELP), Promise.source_id.in_(helpings)),
    )
    shown = and_(
        made_here,
        Promise.promiser_shows,
        Promise.promisee_shows,
        Promise.goes_nowhere.is_(False),
        # Nothing that went wrong is ever public, whether or not it is written down yet.
        or_(
            Promise.state.in_((State.DONE, State.KEPT)),
            and_(Promise.state == State.OPEN, Promise.runs_out_at > at),
        ),
        ~is_disputed(ThingKind.PROMISE, Promise.id),
        Promise.promiser_id.is_not(None),
        Promise.promisee_id.is_not(None),
        seen_by(actor, Promise.promiser_id),
        seen_by(actor, Promise.promisee_id),
    )
    return await read_promises(session, with_names().where(shown).order_by(Promise.id))
