"""How an ask or an offer ends: by whoever began it, who says how it went."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.answers import require
from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import record
from app.core.i18n import _
from app.networking.asks.dates import end_of, within_reach
from app.networking.asks.events import AskChanged, AskEnded
from app.networking.asks.models import Ask, Helping, Offer
from app.networking.asks.moves import (
    STAYS_FOR,
    Act,
    AskState,
    HelpState,
    OfferState,
    Part,
    ask_moved,
    help_moved,
    offer_moved,
)
from app.networking.asks.policy import may_decide
from app.networking.asks.queries import Matter, get_matter
from app.site.models import SiteRow


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went: met or not, by which answer where it was one of those given here, and in some words."""

    is_met: bool
    helping_id: int | None = None
    note: str = ""


async def extend(
    session: AsyncSession, actor: Actor, site: SiteRow, place: tuple[str, int], needed_by: date
) -> None:
    """Ask once more, until a later day. Raises NotFound, Forbidden, Invalid, Conflict."""
    matter, ask = await own_ask(session, actor, place)
    at = clock.now()
    before = ask.state_at(at)
    after = ask_moved(before, Act.EXTEND, Part.OWNER, is_extended=ask.is_extended)
    if after is None:
        says = _("This was extended once already.") if ask.is_extended else state_in_words(ask, at)
        raise Conflict(says)
    within_reach(needed_by, "needed_by", site.timezone, at)
    if needed_by <= ask.needed_by:
        says = _("Please name a later day than before.")
        raise Invalid(says, fields={"needed_by": says})
    ask.state, ask.is_extended, ask.needed_by = after, True, needed_by
    ask.expires_at, ask.ended_at = end_of(needed_by, site.timezone) + STAYS_FOR, None
    await session.flush()
    record(session, AskChanged(topic_id=matter.topic.id, touches=matter.touches))


async def say_how_it_went(
    session: AsyncSession, actor: Actor, place: tuple[str, int], outcome: Outcome
) -> int | None:
    """Close an ask by saying how it went; returns who met it. Raises NotFound, Forbidden, Conflict."""
    matter, ask = await own_ask(session, actor, place)
    at = clock.now()
    act = Act.SAY_MET if outcome.is_met else Act.SAY_NOT_MET
    after = ask_moved(ask.state_at(at), act, Part.OWNER)
    if after is None:
        raise Conflict(state_in_words(ask, at))
    if outcome.is_met and outcome.helping_id is not None:
        ask.met_by = await _credited(session, ask, outcome.helping_id)
    ask.state, ask.outcome, ask.ended_at = after, outcome.note, at
    await session.flush()
    ended = AskEnded(
        topic_id=matter.topic.id, owner_id=matter.topic.user_id or 0, met_by=ask.met_by or 0,
        touches=matter.touches,
    )  # fmt: skip
    record(session, ended)
    return ask.met_by


async def withdraw(session: AsyncSession, actor: Actor, place: tuple[str, int]) -> None:
    """Take an ask back that nobody has promised anything for. Raises NotFound, Forbidden, Conflict."""
    matter, ask = await own_ask(session, actor, place)
    at = clock.now()
    after = ask_moved(ask.state_at(at), Act.WITHDRAW, Part.OWNER)
    if after is None:
        raise Conflict(state_in_words(ask, at))
    ask.state, ask.ended_at = after, at
    await session.flush()
    record(session, AskChanged(topic_id=matter.topic.id, touches=matter.touches))


async def close_offer(
    session: AsyncSession, actor: Actor, place: tuple[str, int], note: str = ""
) -> None:
    """Offer it no longer; what was promised stays promised. Raises NotFound, Forbidden, Conflict."""
    matter = await get_matter(session, actor, *place, lock=True)
    require(may_decide(actor, matter.topic))
    offer, at = matter.detail, clock.now()
    if not isinstance(offer, Offer):
        raise NotFound(_("There is no such offer."))
    after = offer_moved(offer.state_at(at), Act.CLOSE, Part.OWNER)
    if after is None:
        raise Conflict(state_in_words(offer, at))
    offer.state, offer.outcome, offer.ended_at = after, note, at
    await session.flush()
    record(session, AskChanged(topic_id=matter.topic.id, touches=matter.touches))


def state_in_words(matter: Ask | Offer, at: datetime) -> str:
    """The state as a sentence, for pages and for who comes too late."""
    if isinstance(matter, Ask):
        return _ask_words(matter.state_at(at))
    return _offer_words(matter.state_at(at))


def _ask_words(state: AskState) -> str:
    words = {
        AskState.OPEN: _("Open: nobody has promised anything yet."),
        AskState.IN_HAND: _("In hand: somebody has promised to help."),
        AskState.MET: _("Met."),
        AskState.CLOSED: _("Closed: it was not met here."),
        AskState.EXPIRED: _("Its time is over."),
        AskState.WITHDRAWN: _("Withdrawn by whoever asked."),
    }
    return words[state]


def _offer_words(state: OfferState) -> str:
    words = {
        OfferState.OPEN: _("Open: it can be had."),
        OfferState.FULL: _("Full: all of it is taken."),
        OfferState.CLOSED: _("Closed: it is not offered any more."),
        OfferState.EXPIRED: _("Its time is over."),
    }
    return words[state]


async def own_ask(
    session: AsyncSession, actor: Actor, place: tuple[str, int]
) -> tuple[Matter, Ask]:
    """One's own ask, its row locked. Raises NotFound, Forbidden."""
    matter = await get_matter(session, actor, *place, lock=True)
    require(may_decide(actor, matter.topic))
    if not isinstance(matter.detail, Ask):
        raise NotFound(_("There is no such ask."))
    return matter, matter.detail


async def _credited(session: AsyncSession, ask: Ask, helping_id: int) -> int:
    """Who gave the answer that met it: theirs counts as kept."""
    query = select(Helping).where(Helping.id == helping_id, Helping.topic_id == ask.topic_id)
    helping = await session.scalar(query.execution_options(populate_existing=True))
    if helping is None:
        says = _("Choose one of those who answered, or nobody.")
        raise Invalid(says, fields={"helping": says})
    after = help_moved(HelpState(helping.state), Act.SAY_MET, Part.OWNER)
    if after is not None:
        helping.state, helping.answered_at = after, clock.now()
        ask.kept += 1
    elif helping.state != HelpState.KEPT:
        says = _("Choose one of those who answered, or nobody.")
        raise Invalid(says, fields={"helping": says})
    return helping.user_id
