"""How groups are read. Who may know of one, and who may read in it, is a condition of each query."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    false,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.accounts.actor import Actor
from app.accounts.blocks import seen_by
from app.accounts.models import User
from app.core import clock
from app.core.errors import NotFound
from app.core.i18n import _
from app.groups.models import (
    Group,
    GroupState,
    Invitation,
    MemberRole,
    Membership,
    MemberState,
    Visibility,
)

# Who is in it, and reads; a muted member says nothing.
INSIDE = (MemberState.ACTIVE, MemberState.MUTED)
# Written out, as `ix_memberships_inside` and `ix_memberships_keepers` have it.
_INSIDE: list[Any] = [literal_column(f"'{state}'") for state in INSIDE]
IS_INSIDE = Membership.state.in_(_INSIDE)
_KEEPS_IT = Membership.role != literal_column(f"'{MemberRole.MEMBER}'")
_PAGE = 50
# Made once: that costs more than the queries it stands in.
_MINE = aliased(Membership)


def is_inside(membership: Any) -> ColumnElement[bool]:
    """That somebody is in a group, muted or not, by an alias of `Membership`."""
    inside: ColumnElement[bool] = membership.state.in_(_INSIDE)
    return inside


def keeps_group(membership: Any, at: datetime) -> ColumnElement[bool]:
    """That somebody decides in a group as its moderator or owner, by `Membership` or an alias: not while muted."""
    is_over = and_(membership.state == MemberState.MUTED, membership.until <= at)
    keeps: ColumnElement[bool] = and_(
        membership.role != MemberRole.MEMBER, or_(membership.state == MemberState.ACTIVE, is_over)
    )
    return keeps


def belongs_to(actor: Actor, group_id: Any) -> ColumnElement[bool]:
    """That the actor is inside the group whose id stands in a column."""
    if actor.user_id is None:
        return false()
    return exists().where(
        _MINE.group_id == group_id, _MINE.user_id == actor.user_id, is_inside(_MINE)
    )


def groups_known_to(actor: Actor) -> ColumnElement[bool]:
    """The groups of which the actor may know: all but hidden ones, which only those inside know.

    Who was invited knows, too; an owner of the site may enter any.
    """
    if actor.is_owner:
        return Group.state != GroupState.CLOSED
    is_invited = exists().where(
        _MINE.group_id == Group.id,
        _MINE.user_id == actor.user_id,
        _MINE.state == MemberState.INVITED,
    )
    knows = or_(
        Group.visibility != Visibility.HIDDEN,
        belongs_to(actor, Group.id),
        is_invited if actor.user_id is not None else false(),
    )
    return and_(Group.state != GroupState.CLOSED, knows)


def groups_read_by(actor: Actor) -> ColumnElement[bool]:
    """The groups in which the actor may read what is said."""
    if actor.is_owner:
        return Group.state != GroupState.CLOSED
    reads = or_(Group.visibility == Visibility.PUBLIC, belongs_to(actor, Group.id))
    return and_(Group.state != GroupState.CLOSED, reads)


class Standing(NamedTuple):
    """A group, and what somebody is in it; `membership` is None for who never had to do with it."""

    group: Group
    membership: Membership | None

    @property
    def is_inside(self) -> bool:
        """Whether they are a member, muted or not."""
        return self.membership is not None and self.membership.state in INSIDE

    @property
    def is_muted(self) -> bool:
        """Whether they read and say nothing just now."""
        return self.membership is not None and self.membership.is_muted(clock.now())

    @property
    def role(self) -> MemberRole | None:
        """Their role; None for who is not inside, and no more than a member's as long as they are muted."""
        if self.membership is None or not self.is_inside:
            return None
        return MemberRole.MEMBER if self.is_muted else self.membership.role


async def get_group(session: AsyncSession, actor: Actor, slug: str) -> Standing:
    """A group that the actor may know of, and what they are in it. Raises NotFound."""
    return await _standing(session, actor, and_(Group.slug == slug, groups_known_to(actor)))


async def get_group_to_read(session: AsyncSession, actor: Actor, slug: str) -> Standing:
    """A group in which the actor may read. Raises NotFound, as for one that is not there."""
    return await _standing(session, actor, and_(Group.slug == slug, groups_read_by(actor)))


async def standing_in(session: AsyncSession, actor: Actor, group_id: int) -> Standing:
    """The same by the group's number. Raises NotFound."""
    return await _standing(session, actor, and_(Group.id == group_id, groups_read_by(actor)))


async def _standing(
    session: AsyncSession, actor: Actor, where: ColumnElement[bool], *, lock: bool = False
) -> Standing:
    mine = and_(Membership.group_id == Group.id, Membership.user_id == actor.user_id)
    query = select(Group, Membership).outerjoin(Membership, mine).where(where)
    if lock:
        query = query.with_for_update(of=Group).execution_options(populate_existing=True)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such group."))
    return Standing(*row)


async def lock_group(session: AsyncSession, actor: Actor, slug: str) -> Standing:
    """The same, to change something: the group's row is the lock of its members and counts."""
    return await _standing(
        session, actor, and_(Group.slug == slug, groups_known_to(actor)), lock=True
    )


class ListedMember(NamedTuple):
    """A member as a list shows one."""

    user_id: int
    slug: str
    name: str
    photo_path: str
    role: MemberRole
    state: MemberState
    joined_at: datetime | None


def _members(actor: Actor, group_id: int, *which: ColumnElement[bool]) -> Any:
    return (
        select(
            User.id, User.slug, User.name, User.photo_path, Membership.role, Membership.state,
            Membership.joined_at,
        )
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.group_id == group_id,
            *which,
            seen_by(actor, User.id),
        )
    )  # fmt: skip


async def members_of(
    session: AsyncSession,
    actor: Actor,
    group_id: int,
    *,
    before: tuple[datetime, int] | None = None,
    most: int = _PAGE,
    also: Sequence[ColumnElement[bool]] = (),
) -> list[ListedMember]:
    """Members, who came last first, and one more where there are more; `before` is the last one's key.

    `also` narrows it, by conditions about their `User`.
    """
    query = _members(actor, group_id, IS_INSIDE, *also)
    if before is not None:
        query = query.where(tuple_(Membership.joined_at, Membership.user_id) < tuple_(*before))
    order = (Membership.joined_at.desc(), Membership.user_id.desc())
    return [
        ListedMember(*row) for row in await session.execute(query.order_by(*order).limit(most + 1))
    ]


async def stewards_of(session: AsyncSession, actor: Actor, group_id: int) -> list[ListedMember]:
    """Its owners and moderators, owners first."""
    # Said the other way round, or SQLite would look through all who are inside.
    is_inside = Membership.state.not_in(set(MemberState) - set(INSIDE))
    query = _members(actor, group_id, _KEEPS_IT, is_inside)
    return [
        ListedMember(*row)
        for row in await session.execute(query.order_by(Membership.role.desc(), User.name))
    ]


def may_read_in(actor: Actor, here: Standing) -> bool:
    """Whether what is said in a group that was found is for the actor to read: `groups_read_by` of one."""
    return here.group.visibility == Visibility.PUBLIC or here.is_inside or actor.is_owner


async def invitations_of(
    session: AsyncSession,
    group_id: int,
    at: datetime,
    *,
    before: int | None = None,
    most: int = 100,
) -> Sequence[Invitation]:
    """Links that still let people in, the newest first. For those who keep the group: whoever calls has asked."""
    query = select(Invitation).where(
        Invitation.group_id == group_id,
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > at,
        Invitation.uses < Invitation.most_uses,
    )
    if before is not None:
        query = query.where(Invitation.id < before)
    return (await session.scalars(query.order_by(Invitation.id.desc()).limit(most))).all()


async def kept_by(session: AsyncSession, actor: Actor) -> list[tuple[str, str]]:
    """Slug and name of each group whose moderator or owner the actor is, or all for an owner of the site."""
    keeps = exists().where(
        Membership.group_id == Group.id,
        Membership.user_id == actor.user_id,
        keeps_group(Membership, clock.now()),
    )
    query = select(Group.slug, Group.name).where(
        Group.state != GroupState.CLOSED, keeps if not actor.is_owner else Group.id.is_not(None)
    )
    rows = await session.execute(query.order_by(Group.name, Group.id).limit(200))
    return [(slug, name) for slug, name in rows]


async def get_member(session: AsyncSession, group_id: int, user_id: int) -> tuple[Membership, str]:
    """Somebody who has to do with a group, and their name. Raises NotFound. Whoever calls asks who may see it."""
    query = (
        select(Membership, User.name)
        .join(User, User.id == Membership.user_id)
        .where(Membership.group_id == group_id, Membership.user_id == user_id)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound(_("They are no member of this group."))
    return row[0], row[1]


async def has_other_owner(session: AsyncSession, group: Group, mine: Membership) -> bool:
    """Whether a group belongs to somebody else, too."""
    other = select(Membership.user_id).where(
        Membership.group_id == group.id,
        Membership.role == MemberRole.OWNER,
        Membership.state.in_(INSIDE),
        Membership.user_id != mine.user_id,
    )
    return await session.scalar(other.limit(1)) is not None
