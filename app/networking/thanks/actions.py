"""Thanking, agreeing that others read it, and taking it back."""

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.blocks import is_blocked_between
from app.accounts.policy import may_have_account_page
from app.accounts.queries import get_user
from app.core import clock
from app.core.answers import require
from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import record
from app.core.i18n import _, marked
from app.core.text import clean_text
from app.networking.thanks.events import ThanksSent
from app.networking.thanks.models import LONGEST_THANKS, ThankedFor, Thanks


async def say_thanks(
    session: AsyncSession,
    actor: Actor,
    to_id: int,
    *,
    source: tuple[ThankedFor, int],
    note: str,
    is_public: bool,
) -> Thanks:
    """Thank somebody for one thing, once; whether there is reason to, the caller has seen to.

    Raises Invalid, and Conflict where it was done. To a blocker it looks sent and goes nowhere: they
    see nothing of whom they blocked.
    """
    require(may_have_account_page(actor))
    if to_id == actor.user_id:
        raise Invalid(_("You cannot thank yourself."))
    words = cleaned(note)
    thanks = await _to_be_sent(session, actor.user_id or 0, to_id, source)
    thanks.note, thanks.is_public, thanks.sent_at = words, is_public, clock.now()
    thanks.agreed_at = thanks.withdrawn_at = None
    await session.flush()
    if not await is_blocked_between(session, actor.user_id or 0, to_id):
        record(session, ThanksSent(thanks_id=thanks.id, user_id=to_id))
    return thanks


async def agree(session: AsyncSession, actor: Actor, thanks_id: int, *, shown: bool) -> Thanks:
    """Let others read a note one was sent, or not any more. Raises NotFound."""
    thanks = await _own(session, thanks_id, actor, Thanks.to_id == actor.user_id)
    if not thanks.is_public and shown:
        raise Invalid(_("Its sender wants it to stay between you."))
    thanks.agreed_at = clock.now() if shown else None
    await session.flush()
    return thanks


async def take_back(session: AsyncSession, actor: Actor, thanks_id: int) -> None:
    """Withdraw a note one has sent: it is seen and counted no more. Raises NotFound."""
    thanks = await _own(session, thanks_id, actor, Thanks.from_id == actor.user_id)
    thanks.withdrawn_at, thanks.agreed_at = clock.now(), None
    await session.flush()


async def forget_thanks_of(session: AsyncSession, user_id: int) -> None:
    """Somebody's account is erased, with the notes they sent and got."""
    theirs = or_(Thanks.from_id == user_id, Thanks.to_id == user_id)
    await session.execute(delete(Thanks).where(theirs))


def cleaned(note: str) -> str:
    """A note as it is kept. Raises Invalid."""
    words = clean_text(note).replace("\r\n", "\n").strip()
    if len(words) > LONGEST_THANKS:
        says = _("At most %(number)s characters, please.") % {"number": LONGEST_THANKS}
        raise Invalid(says, fields={"note": says})
    return words


async def _to_be_sent(
    session: AsyncSession, mine: int, to_id: int, source: tuple[ThankedFor, int]
) -> Thanks:
    """A new row, or the one that was withdrawn. Raises Conflict where there is one that stands."""
    # Of two who send at once, one after the other.
    await get_user(session, mine, locked=True)
    same_source = and_(Thanks.source_kind == source[0], Thanks.source_id == source[1])
    query = select(Thanks).where(Thanks.from_id == mine, Thanks.to_id == to_id, same_source)
    thanks = await session.scalar(query)
    if thanks is None:
        thanks = Thanks(from_id=mine, to_id=to_id, source_kind=source[0], source_id=source[1])
        session.add(thanks)
    elif thanks.withdrawn_at is None:
        raise Conflict(_("You have thanked them for this already."))
    return thanks


async def _own(
    session: AsyncSession, thanks_id: int, actor: Actor, whose: ColumnElement[bool]
) -> Thanks:
    require(may_have_account_page(actor))
    query = select(Thanks).where(Thanks.id == thanks_id, whose, Thanks.withdrawn_at.is_(None))
    found: Thanks | None = await session.scalar(query.with_for_update())
    if found is None:
        raise NotFound(marked("There is no such note."))
    return found
