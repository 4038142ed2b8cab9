"""Who sees which resource: the `where` of every query, of the site's own and of those that groups keep."""

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import aliased

from app.accounts.actor import Actor
from app.accounts.blocks import seen_by
from app.groups.models import Group, MemberRole, Membership
from app.groups.queries import INSIDE, belongs_to, groups_read_by
from app.resources.models import Access, Resource, ResourceState

IS_OF_THE_SITE: ColumnElement[bool] = Resource.group_id.is_(None)

_SHOWN_TO_ALL = (Access.EVERYONE, Access.ADDRESS)
_WAS_PUBLIC = (ResourceState.PUBLISHED, ResourceState.RETIRED)
_STEWARDS = (MemberRole.MODERATOR, MemberRole.OWNER)


def within_reach(actor: Actor) -> ColumnElement[bool]:
    """Resources of the whole site, and of groups in which this actor reads."""
    read = select(Group.id).where(groups_read_by(actor)).correlate(None)
    return or_(IS_OF_THE_SITE, Resource.group_id.in_(read))


def resources_visible_to(actor: Actor) -> ColumnElement[bool]:
    """What was published, for those it is for, retired or not; and what is theirs to change.

    What a group keeps is bounded by the group first, and then by whom it is for there. Across a block
    nobody sees what the other put into a group.
    """
    shown = (*_SHOWN_TO_ALL, Access.MEMBERS) if actor.is_signed_in else _SHOWN_TO_ALL
    is_for_them: ColumnElement[bool] = Resource.access.in_(shown)
    if actor.is_signed_in:
        for_group = true() if actor.is_owner else belongs_to(actor, Resource.group_id)
        is_for_them = or_(is_for_them, and_(Resource.access == Access.GROUP, for_group))
    published = and_(
        Resource.status.in_(_WAS_PUBLIC),
        Resource.published_at.is_not(None),
        is_for_them,
        or_(IS_OF_THE_SITE, seen_by(actor, Resource.owner_id)),
    )
    return and_(within_reach(actor), or_(published, _theirs(actor)))


def in_library(actor: Actor) -> ColumnElement[bool]:
    """What the site's library lists: what can be had, of all that they may see."""
    return and_(IS_OF_THE_SITE, shared_with(actor))


def shared_with(actor: Actor) -> ColumnElement[bool]:
    """What can be had by them, be it the site's or a group's."""
    return and_(resources_visible_to(actor), Resource.status == ResourceState.PUBLISHED)


def manageable_by(actor: Actor) -> ColumnElement[bool]:
    """What is theirs to change, whatever state it is in. Whether they may just now is for the policy to say."""
    return and_(within_reach(actor), _theirs(actor))


def _theirs(actor: Actor) -> ColumnElement[bool]:
    own = Resource.owner_id == actor.user_id if actor.user_id is not None else false()
    of_site = true() if actor.writes_every_post else own
    return or_(and_(IS_OF_THE_SITE, of_site), and_(~IS_OF_THE_SITE, _theirs_in_group(actor, own)))


def _theirs_in_group(actor: Actor, own: ColumnElement[bool]) -> ColumnElement[bool]:
    """Their own as long as they are in the group; all of it for who keeps the group, and editors in it."""
    if actor.is_owner or actor.user_id is None:
        return true() if actor.is_owner else false()
    mine = aliased(Membership)
    keeps = true() if actor.writes_every_post else mine.role.in_(_STEWARDS)
    return exists().where(
        mine.group_id == Resource.group_id,
        mine.user_id == actor.user_id,
        mine.state.in_(INSIDE),
        or_(own, keeps),
    )
