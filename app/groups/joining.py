"""How people come into a group, and how they go."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.core import clock
from app.core.answers import require
from app.core.errors import Conflict, Gone, Invalid, NotFound, WrongFields
from app.core.events import record
from app.core.i18n import _
from app.core.secrets import hashed, new_token
from app.groups.events import MemberJoined, MemberLeft, MembershipAsked, MembershipDeclined
from app.groups.models import (
    Group,
    GroupState,
    Invitation,
    Joining,
    MemberRole,
    Membership,
    MemberState,
)
from app.groups.policy import may_join, may_moderate_here
from app.groups.queries import Standing, has_other_owner, lock_group
from app.groups.requests import put_in_queue, take_from_queue

INVITATION_LASTS = timedelta(days=14)
MOST_USES = 500
_LONGEST_ANSWER = 1000


async def join(
    session: AsyncSession,
    actor: Actor,
    slug: str,
    *,
    accepts_rules: bool,
    answers: Sequence[str] = (),
) -> Membership:
    """Become a member where that is open, or ask to; sent twice it is done once.

    Raises NotFound, Forbidden, Invalid, SignInNeeded.
    """
    here = await lock_group(session, actor, slug)
    at, mine = clock.now(), here.membership
    if mine is not None and here.is_inside:
        return mine
    is_invited = mine is not None and mine.state == MemberState.INVITED
    require(may_join(actor, here, at, is_invited=is_invited))
    _require_rules(here.group, accepts_rules=accepts_rules)
    if is_invited or here.group.joining == Joining.OPEN:
        return await _enter(session, here, actor.user_id, at)
    return await _ask(session, here, actor.user_id, answers, at)


async def join_by_invitation(
    session: AsyncSession, actor: Actor, token: str, *, accepts_rules: bool
) -> Standing:
    """Become a member by a link; it is used up by that, once. Raises NotFound, Gone, Forbidden, Invalid."""
    invitation, here = await find_invitation(session, actor, token, lock=True)
    if here.is_inside:
        return here
    at = clock.now()
    require(may_join(actor, here, at, is_invited=True))
    _require_rules(here.group, accepts_rules=accepts_rules)
    invitation.uses += 1
    membership = await _enter(session, here, actor.user_id, at)
    return Standing(here.group, membership)


async def find_invitation(
    session: AsyncSession, actor: Actor, token: str, *, lock: bool = False
) -> tuple[Invitation, Standing]:
    """The invitation of a link, and its group. Raises NotFound; Gone where it is over, but for members."""
    query = (
        select(Invitation, Group, Membership)
        .join(Group, Group.id == Invitation.group_id)
        .outerjoin(
            Membership,
            (Membership.group_id == Group.id) & (Membership.user_id == actor.user_id),
        )
        .where(Invitation.token_hash == hashed(token), Group.state != GroupState.CLOSED)
    )
    if lock:
        query = query.with_for_update(of=(Group, Invitation))
        query = query.execution_options(populate_existing=True)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such invitation."))
    invitation, here = row[0], Standing(*row[1:])
    is_void = invitation.revoked_at is not None or invitation.expires_at <= clock.now()
    # Whoever came in by it and follows it again gets to the group.
    if not here.is_inside and (is_void or invitation.uses >= invitation.most_uses):
        raise Gone(_("This invitation is over. Ask whoever sent it for another."))
    return invitation, here


async def invite(
    session: AsyncSession,
    actor: Actor,
    slug: str,
    *,
    lasts: timedelta = INVITATION_LASTS,
    uses: int = 1,
) -> tuple[Invitation, str]:
    """Make a link that lets people in; its secret is told here and never again."""
    here = await lock_group(session, actor, slug)
    require(may_moderate_here(actor, here))
    if not 1 <= uses <= MOST_USES or not timedelta() < lasts <= timedelta(days=365):
        raise Invalid(_("An invitation is for 1 to 500 people, and for a year at most."))
    token, at = new_token(), clock.now()
    invitation = Invitation(
        group_id=here.group.id, token_hash=hashed(token), made_by=actor.user_id, made_at=at,
        expires_at=at + lasts, most_uses=uses,
    )  # fmt: skip
    session.add(invitation)
    await session.flush()
    _log(session, actor, here.group, "invitation made", {"uses": uses})
    return invitation, token


async def revoke(session: AsyncSession, actor: Actor, slug: str, invitation_id: int) -> None:
    """End an invitation. Raises NotFound."""
    here = await lock_group(session, actor, slug)
    require(may_moderate_here(actor, here))
    invitation = await session.get(Invitation, invitation_id)
    if invitation is None or invitation.group_id != here.group.id:
        raise NotFound(_("There is no such invitation."))
    if invitation.revoked_at is None:
        invitation.revoked_at = clock.now()
        _log(session, actor, here.group, "invitation ended", {"invitation": invitation.id})


async def accept(session: AsyncSession, actor: Actor, slug: str, user_id: int) -> Membership:
    """Let in somebody who asked. Raises NotFound, Forbidden; Conflict where that was decided already."""
    here, asking = await _asked(session, actor, slug, user_id)
    entered = await _enter(
        session, Standing(here.group, asking), user_id, clock.now(), accepted_by=actor.user_id
    )
    await take_from_queue(session, here.group.id, user_id, verb="accept", by=actor.user_id)
    _log(session, actor, here.group, "member accepted", {"user": user_id})
    return entered


async def decline(session: AsyncSession, actor: Actor, slug: str, user_id: int) -> None:
    """Let somebody who asked not in; they may ask again. Raises as `accept` does."""
    here, asking = await _asked(session, actor, slug, user_id)
    await _asks_no_more(session, asking)
    await take_from_queue(session, here.group.id, user_id, verb="decline", by=actor.user_id)
    _log(session, actor, here.group, "member declined", {"user": user_id})
    record(session, MembershipDeclined(group_id=here.group.id, user_id=user_id))


async def leave(session: AsyncSession, actor: Actor, slug: str) -> None:
    """Be no member any more, or take back having asked. The last owner stays. Raises Conflict, NotFound."""
    here = await lock_group(session, actor, slug)
    mine = here.membership
    if mine is None or mine.state == MemberState.BANNED:
        raise NotFound(_("You are no member of this group."))
    if not here.is_inside:
        await _asks_no_more(session, mine)
        await take_from_queue(session, here.group.id, mine.user_id)
        return
    if mine.role == MemberRole.OWNER and not await has_other_owner(session, here.group, mine):
        raise Conflict(_("You are its only owner. Make somebody else an owner first."))
    # Else leaving and coming back would be a way out of it.
    mine.left_muted = mine.is_muted(clock.now())
    mine.state, mine.role, mine.version = MemberState.LEFT, MemberRole.MEMBER, mine.version + 1
    await count_out(session, here.group, mine.user_id)


async def count_out(
    session: AsyncSession, group: Group, user_id: int, *, is_banned: bool = False
) -> None:
    """One member less; the group's row is locked."""
    group.member_count = max(group.member_count - 1, 0)
    await session.flush()
    record(
        session,
        MemberLeft(
            group_id=group.id, user_id=user_id, is_banned=is_banned, touches=_touched(group)
        ),
    )


async def _asked(
    session: AsyncSession, actor: Actor, slug: str, user_id: int
) -> tuple[Standing, Membership]:
    here = await lock_group(session, actor, slug)
    require(may_moderate_here(actor, here))
    asking = await session.get(Membership, (here.group.id, user_id), populate_existing=True)
    if asking is None or asking.state != MemberState.REQUESTED:
        raise Conflict(_("Somebody has decided about this already, or it was taken back."))
    return here, asking


async def _asks_no_more(session: AsyncSession, asking: Membership) -> None:
    """As if they had never asked; that they left muted is not forgotten by it."""
    if asking.left_muted:
        asking.state, asking.version = MemberState.LEFT, asking.version + 1
    else:
        await session.delete(asking)
    await session.flush()


async def _ask(
    session: AsyncSession, here: Standing, user_id: int | None, answers: Sequence[str], at: datetime
) -> Membership:
    questions = here.group.questions
    told = [answer.strip()[:_LONGEST_ANSWER] for answer in answers]
    given = [*told, *("" for _each in questions)][: len(questions)]
    missing = {f"answer_{n}": _("Please answer.") for n, one in enumerate(given, 1) if not one}
    if missing:
        raise Invalid(_("Please answer each question."), fields=missing)
    mine = await _mine(session, here, user_id)
    if mine.state == MemberState.REQUESTED and mine.asked_at is not None:
        return mine
    mine.state, mine.asked_at, mine.rules_accepted_at = MemberState.REQUESTED, at, at
    mine.answers = [
        {"question": question, "answer": answer}
        for question, answer in zip(questions, given, strict=True)
    ]
    await session.flush()
    await put_in_queue(session, mine, at)
    record(session, MembershipAsked(group_id=here.group.id, user_id=mine.user_id))
    return mine


async def _enter(
    session: AsyncSession,
    here: Standing,
    user_id: int | None,
    at: datetime,
    *,
    accepted_by: int | None = None,
) -> Membership:
    mine = await _mine(session, here, user_id)
    if mine.state == MemberState.REQUESTED and mine.asked_at is not None and accepted_by is None:
        # Let in by a link meanwhile, or by a group that is open now.
        await take_from_queue(session, here.group.id, mine.user_id)
    mine.state, mine.role = MemberState.ACTIVE, MemberRole.MEMBER
    if mine.left_muted and not mine.is_over(at):
        mine.state = MemberState.MUTED
    else:
        mine.until = None
    mine.left_muted = False
    mine.joined_at, mine.rules_accepted_at = at, mine.rules_accepted_at or at
    mine.version += 1
    here.group.member_count += 1
    await session.flush()
    joined = MemberJoined(
        group_id=here.group.id,
        user_id=mine.user_id,
        accepted_by=accepted_by,
        touches=_touched(here.group),
    )
    record(session, joined)
    return mine


async def _mine(session: AsyncSession, here: Standing, user_id: int | None) -> Membership:
    if here.membership is not None:
        return here.membership
    assert user_id is not None
    mine = Membership(group_id=here.group.id, user_id=user_id, state=MemberState.REQUESTED)
    mine.role, mine.version, mine.left_muted = MemberRole.MEMBER, 1, False
    session.add(mine)
    return mine


def _require_rules(group: Group, *, accepts_rules: bool) -> None:
    if group.rules_source and not accepts_rules:
        raise WrongFields({"rules": _("To join you have to accept the rules.")})


def _touched(group: Group) -> frozenset[str]:
    return frozenset({f"group:{group.id}", "groups"})


def _log(
    session: AsyncSession, actor: Actor, group: Group, what: str, after: dict[str, object]
) -> None:
    record_audit(session, actor, what, f"group:{group.id}", after=after)
