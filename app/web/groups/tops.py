"""What stands at the top of a group's pages, and rows of people: made here for all of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.i18n import _
from app.discussions.topics.taken_up import Subject
from app.groups.counting import STILL, stir_of
from app.groups.models import (
    Group,
    GroupState,
    MemberRole,
    MemberState,
    Sharing,
    TopicKind,
    Visibility,
)
from app.groups.policy import may_join, may_moderate_here, may_run
from app.groups.queries import ListedMember, Standing
from app.posts.addresses import address, comment_address
from app.web.groups.addresses import group_url
from app.web.groups.pages import About, Face, GroupTop, Tab

_WEEK = timedelta(days=7)


async def top_of(
    session: AsyncSession,
    me: Actor,
    here: Standing,
    current: str,
    *,
    may_read: bool,
    is_lead: bool = False,
) -> GroupTop:
    """The top of a group's page, of which `current` is the tab; a lead says what moves in the group, too."""
    group, at = here.group, clock.now()
    keeps = bool(may_moderate_here(me, here))
    stir = await stir_of(session, group.id, at - _WEEK, counts_asking=keeps) if is_lead else STILL
    return GroupTop(
        name=group.name,
        url=group_url(group.slug),
        purpose=group.purpose,
        members=group.member_count,
        new_this_week=stir.joined,
        is_public=group.visibility == Visibility.PUBLIC,
        notice=_notice(group, at),
        tabs=_tabs(me, here, current, may_read=may_read),
        may_join=_offers_joining(me, here, at),
        join_url=group_url(group.slug, "join/"),
        my_state=_state_of(here, at),
        may_leave=here.is_inside or _has_asked(here),
        asking=stir.asking,
    )


def face_of(member: ListedMember) -> Face:
    """A member as a list of people shows one."""
    return Face(
        name=member.name,
        url=f"/people/{member.slug}/",
        photo_url=address(member.photo_path) if member.photo_path else "",
        initial=initial_of(member.name),
        role=role_said(member.role) if member.role != MemberRole.MEMBER else "",
        since=member.joined_at,
        user_id=member.user_id,
    )


def faces_of(members: Sequence[ListedMember]) -> list[Face]:
    """The same for several."""
    return [face_of(member) for member in members]


def initial_of(name: str) -> str:
    """The first letter of a name, for where there is no photo."""
    return next((letter for letter in name if letter.isalnum()), "?").upper()


def role_said(role: MemberRole) -> str:
    """What somebody is in a group, in a word."""
    words = {MemberRole.OWNER: _("owner"), MemberRole.MODERATOR: _("moderator")}
    return words.get(role, _("member"))


def about_of(subject: Subject | None) -> About | None:
    """What a topic was taken up from, as its page says it."""
    if subject is None:
        return None
    title = subject.post_title or _("Untitled")
    if subject.comment_id is None:
        return About(title, address(subject.post_path), "")
    url = comment_address(subject.post_path, subject.page, subject.comment_id)
    return About(title, url, subject.name or _("Anonymous"))


def _tabs(me: Actor, here: Standing, current: str, *, may_read: bool) -> list[Tab]:
    slug = here.group.slug
    rows = [("", _("Discussions"))] if may_read else []
    if may_read and TopicKind.ASK in here.group.kinds:
        rows.append(("asks/", _("Asks")))
    if may_read and TopicKind.OFFER in here.group.kinds:
        rows.append(("offers/", _("Offers")))
    if may_read and here.group.sharing != Sharing.NOBODY:
        rows.append(("resources/", _("Resources")))
    rows.append(("about/", _("About")))
    if here.is_inside or may_moderate_here(me, here):
        rows.append(("members/", _("Members")))
    if may_moderate_here(me, here) or may_run(me, here):
        rows.append(("keep/", _("Keeping it")))
    return [Tab(title, group_url(slug, rest), rest == current) for rest, title in rows]


def _notice(group: Group, at: datetime) -> str:
    if group.state == GroupState.READ_ONLY:
        return _("This group is there to be read: nothing new is said in it.")
    if group.read_only_until is not None and group.read_only_until > at:
        return _("For now this group can only be read.")
    return ""


def _offers_joining(me: Actor, here: Standing, at: datetime) -> bool:
    if here.is_inside or _has_asked(here):
        return False
    mine = here.membership
    is_invited = mine is not None and mine.state == MemberState.INVITED
    # Who is not signed in is asked to on the way.
    return not me.is_signed_in or bool(may_join(me, here, at, is_invited=is_invited))


def _has_asked(here: Standing) -> bool:
    return here.membership is not None and here.membership.state == MemberState.REQUESTED


def _state_of(here: Standing, at: datetime) -> str:
    mine = here.membership
    if mine is None or mine.state == MemberState.LEFT:
        return ""
    if mine.state == MemberState.REQUESTED:
        return _("You have asked to join. A moderator decides about it.")
    if mine.state == MemberState.MUTED and (mine.until is None or mine.until > at):
        return _("You can read here, but not write, for now.")
    if mine.state == MemberState.BANNED and (mine.until is None or mine.until > at):
        return _("You were put out of this group.")
    return ""
