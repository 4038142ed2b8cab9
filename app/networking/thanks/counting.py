"""“Thanked by N people”: how many different people sent notes that still stand, by the common rules of counting."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.accounts.models import Block, User
from app.discussions.models import CommentKind
from app.groups.models import Topic
from app.moderation.kinds import ThingKind
from app.moderation.reports import is_disputed
from app.networking.thanks.models import ThankedFor, Thanks

# The common rules: both accounts proved and this old when it happened, and so many of a pair in so long.
OLD_ENOUGH = timedelta(days=30)
MOST_OF_A_PAIR, IN = 2, timedelta(days=90)


async def thanked_by(session: AsyncSession, user_id: int) -> int:
    """How many different people have thanked somebody; whether it is shown, their profile decides."""
    sender, receiver = aliased(User), aliased(User)
    blocked = select(Block.user_id).where(
        or_(
            and_(Block.user_id == Thanks.from_id, Block.blocked_id == Thanks.to_id),
            and_(Block.user_id == Thanks.to_id, Block.blocked_id == Thanks.from_id),
        )
    )
    query = (
        select(Thanks.from_id, Thanks.sent_at, sender.created_at, receiver.created_at)
        .join(sender, sender.id == Thanks.from_id)
        .join(receiver, receiver.id == Thanks.to_id)
        .where(
            Thanks.to_id == user_id,
            Thanks.withdrawn_at.is_(None),
            sender.email_confirmed_at.is_not(None),
            receiver.email_confirmed_at.is_not(None),
            ~blocked.exists(),
            ~_is_of_something_disputed(),
        )
    )
    return len({
        from_id
        for from_id, sent_at, *begun in await session.execute(query)
        if are_old_enough(begun, sent_at)
    })  # fmt: skip


def _is_of_something_disputed() -> ColumnElement[bool]:
    """That what somebody is thanked for is reported, and nobody has dismissed that."""
    of = Thanks.source_kind
    opening = select(Topic.opening_id).where(Topic.id == Thanks.source_id).scalar_subquery()
    said, began = (ThankedFor.COMMENT, ThankedFor.REPLY), (ThankedFor.ASK, ThankedFor.LEAD)
    return or_(
        and_(of == ThankedFor.PROMISE, is_disputed(ThingKind.PROMISE, Thanks.source_id)),
        and_(of == ThankedFor.INTRODUCTION, is_disputed(ThingKind.INTRODUCTION, Thanks.source_id)),
        and_(of.in_(said), is_disputed(CommentKind.COMMENT, Thanks.source_id)),
        and_(of.in_(began), is_disputed(CommentKind.COMMENT, opening)),
    )


def are_old_enough(begun: Iterable[datetime | None], at: datetime) -> bool:
    """Whether both accounts were thirty days old; those that came along in an import have no day, and are."""
    return all(one is None or one <= at - OLD_ENOUGH for one in begun)


def within_the_cap(moments: Iterable[datetime]) -> list[datetime]:
    """Of what one pair did, what counts: at most two in any ninety days."""
    counted: list[datetime] = []
    for at in sorted(moments):
        if len([one for one in counted if one > at - IN]) < MOST_OF_A_PAIR:
            counted.append(at)
    return counted
