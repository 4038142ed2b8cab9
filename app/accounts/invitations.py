"""Invitations: links that members hand out, by which so many people may sign up until a day."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.accounts.models import Invitation, SignUpMode, User
from app.accounts.policy import may_invite
from app.core import clock
from app.core.answers import require
from app.core.errors import Gone, Invalid, NotFound
from app.core.i18n import _
from app.core.secrets import hashed, new_token
from app.core.text import one_line

NOTE_LENGTH = 80
MOST_USES = 100
MOST_DAYS = 90
# Open at once, of somebody who is no owner; and the people each of theirs may bring.
MOST_OPEN = 10
MOST_USES_OF_MEMBERS = 10
_SHOWN = 200


async def invite(
    session: AsyncSession,
    actor: Actor,
    mode: SignUpMode,
    *,
    note: str = "",
    uses: int = 1,
    days: int = 14,
) -> str:
    """The token of a new invitation, shown this once. Raises SignInNeeded, Forbidden, Invalid."""
    require(may_invite(actor, mode))
    most = MOST_USES if actor.is_owner else MOST_USES_OF_MEMBERS
    if not (1 <= uses <= most and 1 <= days <= MOST_DAYS):
        said = _("An invitation is for 1 to %(uses)d people, and lasts 1 to %(days)d days.")
        raise Invalid(said % {"uses": most, "days": MOST_DAYS})
    note, now = one_line(note), clock.now()
    if len(note) > NOTE_LENGTH:
        raise Invalid(_("At most %(number)s characters, please.") % {"number": NOTE_LENGTH})
    # Their row is the lock of counting.
    await session.scalar(select(User.id).where(User.id == actor.user_id).with_for_update())
    mine = await invitations_of(session, actor.user_id or 0)
    if not actor.is_owner and sum(one.is_open(now) for one in mine) >= MOST_OPEN:
        raise Invalid(_("There are ten open ones already. Revoke one first."))
    token = new_token()
    invitation = Invitation(
        user_id=actor.user_id,
        token_hash=hashed(token),
        note=note,
        uses_allowed=uses,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(invitation)
    await session.flush()
    record_audit(session, actor, "invitation made", f"invitation:{invitation.id}")
    return token


async def revoke_invitation(session: AsyncSession, actor: Actor, invitation_id: int) -> None:
    """Let nobody come in by it any more. Raises NotFound for one that is not theirs; all are an owner's."""
    query = select(Invitation).where(Invitation.id == invitation_id).with_for_update()
    if not actor.is_owner:
        query = query.where(Invitation.user_id == actor.user_id)
    found = await session.scalar(query)
    if found is None:
        raise NotFound
    if found.revoked_at is None:
        found.revoked_at = clock.now()
        record_audit(session, actor, "invitation revoked", f"invitation:{found.id}")


async def find_invitation(session: AsyncSession, token: str) -> Invitation:
    """The invitation of a token, still open. Raises Gone for any other: whether it ever was is nobody's business."""
    found = await session.scalar(select(Invitation).where(Invitation.token_hash == hashed(token)))
    if found is None or not found.is_open(clock.now()):
        raise _spent()
    return found


async def use_invitation(session: AsyncSession, invitation_id: int) -> None:
    """Somebody came in by it. Of two who take its last place, one is told that it is gone."""
    query = select(Invitation).where(Invitation.id == invitation_id).with_for_update()
    found = await session.scalar(query.execution_options(populate_existing=True))
    if found is None or not found.is_open(clock.now()):
        raise _spent()
    found.uses += 1


async def invitations_of(session: AsyncSession, user_id: int) -> Sequence[Invitation]:
    """Somebody's, the newest first."""
    query = select(Invitation).where(Invitation.user_id == user_id)
    return (await session.scalars(query.order_by(Invitation.id.desc()).limit(_SHOWN))).all()


async def all_invitations(session: AsyncSession) -> Sequence[tuple[Invitation, str]]:
    """Everybody's, the newest first, with who hands it out: for owners."""
    query = select(Invitation, User.name).join(User, User.id == Invitation.user_id)
    rows = await session.execute(query.order_by(Invitation.id.desc()).limit(_SHOWN))
    return [(invitation, name) for invitation, name in rows]


def _spent() -> Gone:
    return Gone(_("This invitation can't be used any more. Ask for a new one."))
