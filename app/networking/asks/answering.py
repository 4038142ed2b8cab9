"""Members answer an ask or an offer, and its owner says yes or no: from a yes on it is a promise."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.answers import require
from app.core.errors import Conflict, Invalid
from app.core.events import record
from app.core.i18n import _
from app.networking.asks.dates import within_reach
from app.networking.asks.events import HelpAgreed, HelpDeclined, HelpOffered
from app.networking.asks.limits import keep_within_answers
from app.networking.asks.models import Ask, Helping, HelpWay, Offer
from app.networking.asks.moves import (
    Act,
    HelpState,
    OfferState,
    Part,
    ask_moved,
    help_moved,
    offer_moved,
)
from app.networking.asks.policy import is_live, may_answer, may_decide, may_take_back
from app.networking.asks.queries import (
    Matter,
    get_helping,
    get_matter,
    hold_acting,
    next_free_on,
)
from app.site.models import SiteRow

Place = tuple[str, int]


async def answer(
    session: AsyncSession,
    actor: Actor,
    site: SiteRow,
    place: Place,
    way: HelpWay,
    words: str,
    due_on: date,
) -> Helping:
    """Offer to help with an ask, or want what is offered; `place` a group's slug and the topic's id.

    Raises NotFound, Forbidden, SignInNeeded, Invalid, Conflict, TooMany.
    """
    matter, at = await get_matter(session, actor, *place, lock=True), clock.now()
    require(may_answer(actor, matter.here, matter.topic, matter.detail, at))
    if (way == HelpWay.WISH) != isinstance(matter.detail, Offer):
        raise Invalid(_("That can't be answered in this way."))
    within_reach(due_on, "due_on", site.timezone, at, first=1)
    await _refuse_full(session, matter, at)
    await keep_within_answers(session, actor.user_id or 0, matter.topic.id, at)
    helping = await _written(session, actor, matter, at)
    helping.way, helping.words, helping.due_on = way, words, due_on
    await session.flush()
    owner_id = matter.topic.user_id or 0
    record(
        session,
        HelpOffered(
            topic_id=helping.topic_id, helping_id=helping.id, owner_id=owner_id,
            helper_id=helping.user_id,
        ),
    )  # fmt: skip
    return helping


async def accept(session: AsyncSession, actor: Actor, place: Place, helping_id: int) -> Helping:
    """Say yes to an answer. Raises NotFound, Forbidden, Conflict."""
    matter, helping, at = await _to_decide(session, actor, place, helping_id)
    detail, topic = matter.detail, matter.topic
    if not is_live(detail, at):
        raise Conflict(_("This is not open any more."))
    await _refuse_full(session, matter, at)
    _move(helping, Act.ACCEPT, Part.OWNER, at)
    if isinstance(detail, Ask):
        detail.state = ask_moved(detail.state_at(at), Act.ACCEPT, Part.OWNER) or detail.state
    else:
        detail.taken += 1
        act = Act.ACCEPT_LAST if detail.taken >= detail.times else Act.ACCEPT
        detail.state = offer_moved(detail.state_at(at), act, Part.OWNER) or detail.state
    await session.flush()
    record(
        session,
        HelpAgreed(
            topic_id=topic.id, helping_id=helping.id, owner_id=topic.user_id or 0,
            helper_id=helping.user_id, touches=matter.touches,
        ),
    )  # fmt: skip
    return helping


async def decline(session: AsyncSession, actor: Actor, place: Place, helping_id: int) -> None:
    """Say no to an answer. Raises NotFound, Forbidden, Conflict."""
    matter, helping, at = await _to_decide(session, actor, place, helping_id)
    _move(helping, Act.DECLINE, Part.OWNER, at)
    await session.flush()
    gone = HelpDeclined(topic_id=matter.topic.id, helping_id=helping.id, helper_id=helping.user_id)
    record(session, gone)


async def take_back(session: AsyncSession, actor: Actor, place: Place, helping_id: int) -> None:
    """Take one's own answer back, as long as nobody said yes to it. Raises NotFound, Conflict."""
    matter, at = await get_matter(session, actor, *place, lock=True), clock.now()
    helping = await get_helping(session, actor, matter.topic.id, helping_id)
    require(may_take_back(actor, helping.user_id))
    _move(helping, Act.TAKE_BACK, Part.HELPER, at)
    await session.flush()


async def _refuse_full(session: AsyncSession, matter: Matter, at: datetime) -> None:
    detail = matter.detail
    if isinstance(detail, Offer) and detail.state_at(at) == OfferState.FULL:
        day = await next_free_on(session, detail, at)
        if day is None:
            raise Conflict(_("All of it is taken."))
        says = _("All of it is taken. Please ask again on %(day)s.")
        raise Conflict(says % {"day": day.isoformat()})


async def _written(session: AsyncSession, actor: Actor, matter: Matter, at: datetime) -> Helping:
    """The row of the actor's answer: one each, which may be given again after it came to nothing."""
    query = select(Helping).where(
        Helping.topic_id == matter.topic.id, Helping.user_id == actor.user_id
    )
    helping = await session.scalar(query.execution_options(populate_existing=True))
    if helping is not None:
        _move(helping, Act.ANSWER_AGAIN, Part.HELPER, at)
        helping.made_at, helping.answered_at = at, None
        return helping
    helping = Helping(
        topic_id=matter.topic.id, user_id=actor.user_id, way=HelpWay.HELP, words="",
        due_on=at.date(), made_at=at,
    )  # fmt: skip
    session.add(helping)
    return helping


async def _to_decide(
    session: AsyncSession, actor: Actor, place: Place, helping_id: int
) -> tuple[Matter, Helping, datetime]:
    whose = select(Helping.user_id).where(Helping.id == helping_id)
    await hold_acting(session, actor, await session.scalar(whose))
    matter = await get_matter(session, actor, *place, lock=True)
    require(may_decide(actor, matter.topic))
    helping = await get_helping(session, actor, matter.topic.id, helping_id)
    return matter, helping, clock.now()


def _move(helping: Helping, act: Act, part: Part, at: datetime) -> None:
    after = help_moved(HelpState(helping.state), act, part)
    if after is None:
        raise Conflict(_state_in_words(HelpState(helping.state)))
    helping.state, helping.answered_at = after, at


def _state_in_words(state: HelpState) -> str:
    words = {
        HelpState.WAITING: _("This was answered already, and waits for a yes."),
        HelpState.PROMISED: _("This is promised already."),
        HelpState.KEPT: _("This is done already."),
        HelpState.ENDED: _("This came to nothing."),
        HelpState.DECLINED: _("This was declined already."),
        HelpState.WITHDRAWN: _("This was taken back."),
    }
    return words[state]
