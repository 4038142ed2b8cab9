"""“Thanked by N people”: how many different people sent notes that still stand, by the common rules of counting."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.discussions.models import CommentKind
from app.groups.models import Topic
from app.moderation.kinds import ThingKind
from app.moderation.reports import is_disputed
from app.networking.common.counting import LOOKS_BACK, CountedAct, stands
from app.networking.common.queries import accounts_of, apart_of
from app.networking.thanks.models import ThankedFor, Thanks


async def count_senders(
    session: AsyncSession, ids: Sequence[int], at: datetime
) -> Mapping[int, int]:
    """How many people thanked each of these in the last twelve months; of one person a dozen notes are one."""
    query = select(Thanks.id, Thanks.from_id, Thanks.to_id, Thanks.sent_at).where(
        Thanks.to_id.in_(ids),
        Thanks.withdrawn_at.is_(None),
        Thanks.sent_at > at - LOOKS_BACK,
        ~_is_of_something_disputed(),
    )
    rows = (await session.execute(query)).all()
    accounts = await accounts_of(session, {person for _, *two, _ in rows for person in two})
    apart = await apart_of(session, ids)
    senders = defaultdict[int, set[int]](set)
    for number, by, to, sent_at in rows:
        act = CountedAct(
            id=number, by=by, to=to, begun_at=sent_at, at=sent_at, blocked=apart.are(by, to)
        )
        if stands(act, accounts, at):
            senders[to].add(by)
    return {user_id: len(those) for user_id, those in senders.items()}


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
