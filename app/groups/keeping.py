"""What moderators of a group do about its members: mute, ban, appoint. Everything is in the group's log."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.accounts.queries import is_site_owner
from app.core import clock
from app.core.answers import require
from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import record
from app.core.i18n import _
from app.groups.events import MemberMuted
from app.groups.joining import count_out
from app.groups.models import MemberRole, Membership, MemberState
from app.groups.policy import may_act_on_member, may_run
from app.groups.queries import INSIDE, Standing, has_other_owner, lock_group
from app.groups.requests import take_from_queue


async def mute(
    session: AsyncSession, actor: Actor, slug: str, user_id: int, *, until: datetime | None
) -> None:
    """Let somebody only read, until then or for good. Raises NotFound, Forbidden, Conflict."""
    here, member = await _member(session, actor, slug, user_id)
    if member.state not in INSIDE:
        raise Conflict(_("They are no member any more."))
    member.state, member.until, member.version = MemberState.MUTED, until, member.version + 1
    _log(session, actor, here, "member muted", member)
    record(session, MemberMuted(group_id=here.group.id, user_id=user_id))


async def unmute(session: AsyncSession, actor: Actor, slug: str, user_id: int) -> None:
    """Let somebody write again. Raises NotFound, Forbidden, Conflict."""
    here, member = await _member(session, actor, slug, user_id)
    if member.state != MemberState.MUTED:
        raise Conflict(_("They are not muted any more."))
    member.state, member.until, member.version = MemberState.ACTIVE, None, member.version + 1
    _log(session, actor, here, "member unmuted", member)


async def ban(
    session: AsyncSession, actor: Actor, slug: str, user_id: int, *, until: datetime | None
) -> Standing:
    """Put somebody out, until then or for good; what they wrote is another act's business."""
    here, member = await _member(session, actor, slug, user_id)
    was_inside = member.state in INSIDE
    if member.state == MemberState.REQUESTED:
        await take_from_queue(session, member.group_id, user_id, verb="decline", by=actor.user_id)
    if member.state == MemberState.BANNED and member.until == until:
        return here
    member.state, member.until, member.version = MemberState.BANNED, until, member.version + 1
    member.role, member.left_muted = MemberRole.MEMBER, False
    _log(session, actor, here, "member banned", member)
    if was_inside:
        await count_out(session, here.group, user_id, is_banned=True)
    return here


async def lift_ban(session: AsyncSession, actor: Actor, slug: str, user_id: int) -> None:
    """Let somebody join again; they are no member by that. Raises Conflict."""
    here, member = await _member(session, actor, slug, user_id)
    if member.state != MemberState.BANNED:
        raise Conflict(_("They are not banned any more."))
    member.state, member.until, member.version = MemberState.LEFT, None, member.version + 1
    _log(session, actor, here, "ban lifted", member)


async def appoint(
    session: AsyncSession, actor: Actor, slug: str, user_id: int, role: MemberRole
) -> None:
    """Give a member a role, unless they are muted. The last owner stays one. Raises NotFound, Forbidden, Conflict."""
    here = await lock_group(session, actor, slug)
    require(may_run(actor, here))
    member = await _row(session, here, user_id)
    if member.state not in INSIDE:
        raise Conflict(_("They are no member any more."))
    if role != MemberRole.MEMBER and member.is_muted(clock.now()):
        raise Conflict(_("They are muted here: let them write again first."))
    if member.role == MemberRole.OWNER != role and not await has_other_owner(
        session, here.group, member
    ):
        raise Conflict(_("A group has an owner. Make somebody else one first."))
    if member.role == role:
        return
    member.role, member.version = role, member.version + 1
    _log(session, actor, here, "member appointed", member)


async def _member(
    session: AsyncSession, actor: Actor, slug: str, user_id: int
) -> tuple[Standing, Membership]:
    here = await lock_group(session, actor, slug)
    member = await _row(session, here, user_id)
    owns_site = await is_site_owner(session, user_id)
    require(may_act_on_member(actor, here, member, owns_site=owns_site))
    if member.role == MemberRole.OWNER and member.state in INSIDE:
        raise Invalid(_("An owner of the group has to be made a member first."))
    return here, member


async def _row(session: AsyncSession, here: Standing, user_id: int) -> Membership:
    member = await session.get(Membership, (here.group.id, user_id), populate_existing=True)
    if member is None:
        raise NotFound(_("They are no member of this group."))
    return member


def _log(
    session: AsyncSession, actor: Actor, here: Standing, what: str, member: Membership
) -> None:
    after = {
        "user": member.user_id, "role": str(member.role), "state": str(member.state),
        "until": member.until.isoformat() if member.until else None,
    }  # fmt: skip
    record_audit(session, actor, what, f"group:{here.group.id}", after=after)
