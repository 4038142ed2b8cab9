"""Who asks to join a group stands in its moderators' queue, as long as nobody has answered."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core import clock
from app.groups.models import Group, JoinRequest, Membership, MemberState
from app.moderation.cases import close_case, locked_case, open_case
from app.moderation.kinds import ThingKind
from app.moderation.models import Case, Decision, Tab


class Request(NamedTuple):
    """Somebody who asks, as whoever decides reads it."""

    user_id: int
    name: str
    handle: str
    answers: Sequence[dict[str, str]]


async def put_in_queue(session: AsyncSession, member: Membership, at: datetime) -> None:
    """Somebody asks: their request waits for those who keep the group. The group's row is locked."""
    number = await _number_of(session, member.group_id, member.user_id)
    if number is None:
        request = JoinRequest(group_id=member.group_id, user_id=member.user_id)
        session.add(request)
        await session.flush()
        number = request.id
    if await locked_case(session, ThingKind.JOINING, number) is None:
        case = Case(
            kind=ThingKind.JOINING, item_id=number, group_id=member.group_id, tab=Tab.NEEDS,
            arrived_at=at, moved_at=at,
        )  # fmt: skip
        await open_case(session, case)


async def take_from_queue(
    session: AsyncSession, group_id: int, user_id: int, *, verb: str = "", by: int | None = None
) -> None:
    """It waits no more: with a `verb` because somebody answered, which is written into the log."""
    number = await _number_of(session, group_id, user_id)
    case = await locked_case(session, ThingKind.JOINING, number or 0)
    if case is None:
        return
    await close_case(session, case)
    if verb:
        became = "member" if verb == "accept" else "declined"
        session.add(
            Decision(
                at=clock.now(), user_id=by, kind=case.kind, item_id=case.item_id, verb=verb,
                was="requested", became=became,
            )
        )  # fmt: skip
    await session.flush()


async def forget_requests(session: AsyncSession, user_id: int) -> None:
    """Of whoever has no account any more nothing waits."""
    groups = select(JoinRequest.group_id).where(JoinRequest.user_id == user_id)
    for group_id in (await session.scalars(groups)).all():
        await take_from_queue(session, group_id, user_id)
    await session.execute(delete(JoinRequest).where(JoinRequest.user_id == user_id))


async def requests_of(session: AsyncSession, numbers: Sequence[int]) -> Mapping[int, Request]:
    """Who asks, by the numbers of their requests. For those who may see their cases. One query."""
    if not numbers:
        return {}
    theirs = and_(
        Membership.group_id == JoinRequest.group_id, Membership.user_id == JoinRequest.user_id
    )
    query = (
        select(JoinRequest.id, User.id, User.name, User.slug, Membership.answers)
        .join(Group, Group.id == JoinRequest.group_id)
        .join(User, User.id == JoinRequest.user_id)
        .join(Membership, theirs)
        .where(JoinRequest.id.in_(numbers), Membership.state == MemberState.REQUESTED)
    )
    return {row[0]: Request(*row[1:]) for row in await session.execute(query)}


class Asking(NamedTuple):
    """Somebody who asks to join, and what they answered."""

    user_id: int
    name: str
    slug: str
    asked_at: datetime
    answers: Sequence[dict[str, str]]


async def asking_to_join(
    session: AsyncSession,
    group_id: int,
    most: int = 100,
    *,
    after: tuple[datetime, int] | None = None,
) -> list[Asking]:
    """Who asks to join, the longest first. For those who decide about it: whoever calls has asked."""
    query = (
        select(User.id, User.name, User.slug, Membership.asked_at, Membership.answers)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.group_id == group_id, Membership.state == MemberState.REQUESTED)
        .order_by(Membership.asked_at, User.id)
        .limit(most)
    )
    if after is not None:
        query = query.where(tuple_(Membership.asked_at, User.id) > tuple_(*after))
    return [Asking(*row) for row in await session.execute(query)]


async def _number_of(session: AsyncSession, group_id: int, user_id: int) -> int | None:
    query = select(JoinRequest.id).where(
        JoinRequest.group_id == group_id, JoinRequest.user_id == user_id
    )
    found: int | None = await session.scalar(query)
    return found
