"""Who may do what in a group. Pure, so that it reads as a table."""

from datetime import datetime

from app.accounts.actor import Actor
from app.core.answers import YES, Answer, no, not_signed_in
from app.core.i18n import _
from app.groups.models import (
    GroupState,
    Joining,
    MemberRole,
    Membership,
    MemberState,
    Topic,
    TopicKind,
    Visibility,
)
from app.groups.queries import Standing

_STEWARDS = (MemberRole.MODERATOR, MemberRole.OWNER)
_RANKS = {MemberRole.MEMBER: 0, MemberRole.MODERATOR: 1, MemberRole.OWNER: 2}


def may_found_groups(actor: Actor, *, members_may: bool) -> Answer:
    """Begin a new group."""
    if not actor.is_signed_in:
        return not_signed_in(_("Sign in to begin a group."))
    is_allowed = actor.is_owner or members_may
    return YES if is_allowed else no(_("Groups are begun by the owners of this site."))


def may_join(actor: Actor, here: Standing, at: datetime, *, is_invited: bool = False) -> Answer:
    """Become a member, or ask to."""
    if not actor.is_signed_in:
        return not_signed_in(_("Sign in to join this group."))
    mine = here.membership
    if mine is not None and mine.state == MemberState.BANNED and not mine.is_over(at):
        return no(_("You cannot join this group."))
    if here.is_inside:
        return no(_("You are a member already."))
    if here.group.joining == Joining.INVITE and not is_invited:
        return no(_("One joins this group by invitation."))
    return YES


def may_speak(actor: Actor, here: Standing, at: datetime) -> Answer:
    """Say anything in a group: for active members, as long as it is not there to be read alone."""
    if not actor.is_signed_in:
        return not_signed_in(_("Sign in to take part."))
    mine, group = here.membership, here.group
    if mine is None or not here.is_inside:
        return no(_("Only members of this group take part. You can join it."))
    if mine.is_muted(at):
        return no(_("You can read here, but not write, for now."))
    is_read_only = group.state != GroupState.ACTIVE or (
        group.read_only_until is not None and group.read_only_until > at
    )
    if is_read_only and here.role not in _STEWARDS:
        return no(_("This group can only be read just now."))
    return YES


def may_start(actor: Actor, here: Standing, kind: TopicKind, at: datetime) -> Answer:
    """Begin a discussion, an ask or an offer."""
    speaks = may_speak(actor, here, at)
    if not speaks:
        return speaks
    if kind not in here.group.kinds:
        return no(_("That is not begun in this group."))
    if not here.group.members_start and here.role not in _STEWARDS:
        return no(_("In this group, moderators begin the discussions."))
    return YES


def may_reply_to(actor: Actor, here: Standing, topic: Topic, at: datetime) -> Answer:
    """Say something in a discussion."""
    speaks = may_speak(actor, here, at)
    if not speaks:
        return speaks
    if topic.is_locked and not may_moderate_here(actor, here):
        return no(_("This discussion is closed."))
    return YES


def may_solve(actor: Actor, here: Standing, topic: Topic, at: datetime) -> Answer:
    """Say what solved a discussion: whoever began it, as long as they take part, and those who decide there."""
    decides, mine = may_moderate_here(actor, here), here.membership
    if decides or not actor.is_signed_in:
        return decides
    if topic.user_id != actor.user_id:
        return no(_("Only whoever began it, and moderators of this group, say what solved it."))
    if mine is None or not here.is_inside:
        return no(_("Only members of this group take part. You can join it."))
    return no(_("You can read here, but not write, for now.")) if mine.is_muted(at) else YES


def may_moderate_here(actor: Actor, here: Standing) -> Answer:
    """Decide about what is said in a group, and who is muted or banned: its own, and the site's moderators.

    Those of the site decide about a hidden group only where they are members; its held items and
    reports are in their queue all the same. Who is muted only reads, whatever their role.
    """
    if not actor.is_signed_in:
        return not_signed_in(_("Sign in to decide here."))
    if here.role in _STEWARDS or actor.is_owner:
        return YES
    if actor.moderates and (here.is_inside or here.group.visibility != Visibility.HIDDEN):
        return YES
    if here.is_muted:
        return no(_("You can read here, but not write, for now."))
    return no(_("Only moderators of this group decide about it."))


def may_run(actor: Actor, here: Standing) -> Answer:
    """Settings, moderators, archive: its owners, and those of the site."""
    if not actor.is_signed_in:
        return not_signed_in(_("Sign in to change this group."))
    if here.role == MemberRole.OWNER or actor.is_owner:
        return YES
    return no(_("Only owners of this group change it."))


def may_act_on_member(
    actor: Actor, here: Standing, other: Membership, *, owns_site: bool
) -> Answer:
    """Mute, ban or remove somebody: nobody with a higher role, in the group or on the site, and not oneself.

    `owns_site` is whether the other is an owner of the site.
    """
    allowed = may_moderate_here(actor, here)
    if not allowed:
        return allowed
    if other.user_id == actor.user_id:
        return no(_("That would be yourself."))
    if actor.is_owner:
        return YES
    own = max(_RANKS[here.role] if here.role else 0, int(actor.moderates))
    is_inside = other.state in (MemberState.ACTIVE, MemberState.MUTED)
    is_higher = owns_site or (is_inside and _RANKS[other.role] > own)
    return no(_("That person has a higher role than you.")) if is_higher else YES
