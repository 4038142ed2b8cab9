"""Who sees what of whom: the one place that decides it.

Each piece of a profile says for whom it is; every query asks here whether `actor` is one of those,
in the database, so that what somebody may not see is never read.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, true
from sqlalchemy.orm import aliased

from app.accounts.actor import Actor
from app.accounts.blocks import seen_by
from app.accounts.models import User
from app.accounts.queries import HAS_ACCOUNT
from app.groups.models import Group, GroupState, Membership
from app.groups.profiles.models import Audience, Profile, ProfileWord, WordKind
from app.groups.queries import INSIDE

# For "show me what a member sees": somebody who is nobody, in no group, whom nobody blocked.
SOME_MEMBER = Actor(user_id=0, name="")

_OF_KIND = {
    WordKind.PLACE: Profile.place_seen_by,
    WordKind.CAN_HELP: Profile.can_help_seen_by,
    WordKind.LOOKING_FOR: Profile.looking_for_seen_by,
}
# Made once: a page of people stands in a query with ten of each.
_MINE, _THEIRS = aliased(Membership), aliased(Membership)


def shown_to(actor: Actor, audience: Any, user_id: Any) -> ColumnElement[bool]:
    """That a piece for this `audience`, of the user in the column `user_id`, is for `actor`, too."""
    if actor.user_id is None:
        is_public: ColumnElement[bool] = audience == Audience.PUBLIC
        return is_public
    return or_(
        audience.in_((Audience.PUBLIC, Audience.MEMBERS)),
        and_(audience == Audience.GROUPS, share_a_group(actor, user_id)),
        user_id == actor.user_id,
    )


def share_a_group(actor: Actor, user_id: Any) -> ColumnElement[bool]:
    """That `actor` and the user in the column `user_id` are both inside one group that is not closed."""
    if actor.user_id is None:
        return false()
    return exists().where(
        _MINE.user_id == actor.user_id,
        _MINE.state.in_(INSIDE),
        _THEIRS.group_id == _MINE.group_id,
        _THEIRS.user_id == user_id,
        _THEIRS.state.in_(INSIDE),
        Group.id == _MINE.group_id,
        Group.state != GroupState.CLOSED,
    )


def people_visible_to(actor: Actor) -> ColumnElement[bool]:
    """That there is a page about this `User` for `actor`: of everybody with an account, but across a block."""
    return and_(HAS_ACCOUNT, seen_by(actor, User.id))


def entries_visible_to(actor: Actor) -> ColumnElement[bool]:
    """That a `User` with a `Profile` stands in the directory that `actor` reads; one's own entry, too."""
    entry = shown_to(actor, Profile.entry_seen_by, Profile.user_id)
    return and_(Profile.is_listed == true(), entry, people_visible_to(actor))


def words_visible_to(actor: Actor) -> ColumnElement[bool]:
    """That a `ProfileWord` is shown to `actor`; asked of words that are joined with their `Profile`."""
    of_each_kind = (
        and_(ProfileWord.kind == kind, shown_to(actor, audience, Profile.user_id))
        for kind, audience in _OF_KIND.items()
    )
    return or_(*of_each_kind)
