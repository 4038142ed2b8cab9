"""Moderators try once more what the mail could not do, and note who wants no more of it."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.core import clock
from app.core.errors import Conflict, Invalid, NotFound
from app.core.i18n import _
from app.core.jobs import enqueue
from app.core.mail import is_deliverable
from app.moderation.policy import require_moderator
from app.notifications.bounces import forget_bounces, note_complaint
from app.notifications.letters import send_letters
from app.notifications.models import Letter


async def send_again(session: AsyncSession, actor: Actor, letter_id: int) -> Letter:
    """Put a letter that failed back into the box, as it was; its address counts as one that mail reaches.

    Raises Forbidden, NotFound, and Conflict for one that has not failed.
    """
    require_moderator(actor)
    letter = await session.get(Letter, letter_id, with_for_update=True, populate_existing=True)
    if letter is None:
        raise NotFound(_("There is no such letter."))
    if letter.failed_at is None:
        raise Conflict(_("This letter has not failed: it was sent, or waits to be."))
    letter.failed_at = letter.retry_at = None
    letter.resent_at, letter.tries, letter.trouble = clock.now(), 0, ""
    await forget_bounces(session, letter.recipient)
    record_audit(session, actor, "letter sent again", f"letter:{letter.id}")
    await enqueue(session, send_letters, once="letters")
    return letter


async def write_again_to(session: AsyncSession, actor: Actor, address: str) -> None:
    """Let an address have letters again from now on. Raises Forbidden, and NotFound for one that has them."""
    require_moderator(actor)
    if not await forget_bounces(session, address):
        raise NotFound(_("Nothing is known against this address."))
    record_audit(session, actor, "mail to an address switched on again", "letters")


async def write_no_more_to(session: AsyncSession, actor: Actor, address: str) -> None:
    """Somebody complained of a letter: none goes there any more. Raises Forbidden, and Invalid for no address."""
    require_moderator(actor)
    if not is_deliverable(address.strip()):
        raise Invalid(_("This does not look like an e-mail address."))
    await note_complaint(session, address)
    record_audit(session, actor, "mail to an address switched off", "letters")
