"""The panel above the replies of an ask or an offer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.errors import AppError
from app.discussions.topics.reading import TopicHere
from app.groups.models import Topic
from app.networking.asks.closing import state_in_words
from app.networking.asks.dates import FARTHEST, USUALLY, today_in
from app.networking.asks.models import Ask, HelpKind, HelpWay, Offer
from app.networking.asks.moves import (
    Act,
    HelpState,
    OfferState,
    Part,
    ask_moved,
    help_moved,
    offer_moved,
)
from app.networking.asks.policy import is_live, may_answer, may_decide, may_pass_on
from app.networking.asks.queries import AnswerGiven, answers_to, find_detail
from app.networking.asks.thanking import may_thank
from app.networking.thanks.models import ThankedFor
from app.networking.thanks.queries import find_own_thanks
from app.site.models import SiteRow
from app.web.asks.addresses import acts_url, introducing_url
from app.web.asks.panel_page import AnswerRow, Panel
from app.web.asks.words import day_in_words, help_state_in_words, name_of_help
from app.web.forms import FieldError


@dataclass(frozen=True, slots=True)
class Refused:
    """A form of the panel that was not taken: which, what was typed, and why."""

    form: str
    error: AppError
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()


async def panel_of(
    db: AsyncSession, me: Actor, found: TopicHere, site: SiteRow, refused: Refused | None = None
) -> Panel | None:
    """What a topic asks or offers, and what the actor can do about it; None for a discussion."""
    detail = await find_detail(db, found.topic)
    if detail is None:
        return None
    at, topic, here = clock.now(), found.topic, found.here
    today = today_in(site.timezone, at)
    is_own = bool(may_decide(me, topic))
    answers = await answers_to(db, me, topic)
    day = detail.needed_by if isinstance(detail, Ask) else detail.valid_until
    first = today + timedelta(days=1)
    return Panel(
        is_ask=isinstance(detail, Ask),
        kind=name_of_help(HelpKind(detail.kind)),
        day=day_in_words(site, day),
        is_late=isinstance(detail, Ask) and day < today,
        left=detail.times - detail.taken if isinstance(detail, Offer) else 0,
        times=detail.times if isinstance(detail, Offer) else 0,
        state=state_in_words(detail, at),
        is_live=is_live(detail, at),
        is_full=isinstance(detail, Offer) and detail.state_at(at) == OfferState.FULL,
        is_commercial=detail.is_commercial,
        kept=detail.kept,
        outcome=detail.outcome,
        acts=acts_url(here.group.slug, topic.id),
        answers=[_answer(site, me, one) for one in answers],
        is_own=is_own,
        may_answer=may_answer(me, here, topic, detail, at),
        has_answered=not is_own and any(not _may_answer_again(one) for one in answers),
        may_pass_on=bool(may_pass_on(me, here, topic, detail, at)),
        **_own_acts(detail, is_own=is_own),
        may_be_met=is_own and isinstance(detail, Ask) and detail.kept > 0,
        introduce_url=introducing_url(topic.id) if _is_introducing(me, answers) else "",
        **await _thanks(db, me, topic, detail),
        first_day=first.isoformat(),
        last_day=(today + FARTHEST).isoformat(),
        usual_day=max(first, min(day, today + USUALLY)).isoformat(),
        form=refused.form if refused else "",
        typed=refused.typed if refused else {},
        errors=refused.errors if refused else (),
    )


def _is_introducing(me: Actor, answers: Sequence[AnswerGiven]) -> bool:
    """Whether the actor said that they know somebody, and nothing has come of it yet."""
    return any(
        one.user_id == me.user_id
        and one.way == HelpWay.INTRODUCTION
        and one.state in (HelpState.WAITING, HelpState.PROMISED)
        for one in answers
    )


async def _thanks(db: AsyncSession, me: Actor, topic: Topic, detail: Ask | Offer) -> dict[str, Any]:
    """Whether whoever asked may thank who met it; once they did, the number of their note."""
    if not (isinstance(detail, Ask) and may_thank(me, topic, detail)):
        return {"may_thank": False, "thanks_id": 0}
    sent = await find_own_thanks(db, me, ThankedFor.ASK, topic.id)
    return {"may_thank": sent is None, "thanks_id": sent.id if sent else 0}


def _may_answer_again(one: AnswerGiven) -> bool:
    return help_moved(one.state, Act.ANSWER_AGAIN, Part.HELPER) is not None


def _own_acts(detail: Ask | Offer, *, is_own: bool) -> dict[str, bool]:
    """What its owner can do: whatever the table of moves allows just now."""
    at = clock.now()
    if isinstance(detail, Offer):
        ends = offer_moved(detail.state_at(at), Act.CLOSE, Part.OWNER)
        return {"may_extend": False, "may_end": is_own and ends is not None, "may_withdraw": False}
    state = detail.state_at(at)
    longer = ask_moved(state, Act.EXTEND, Part.OWNER, is_extended=detail.is_extended)
    return {
        "may_extend": is_own and longer is not None,
        "may_end": is_own and ask_moved(state, Act.SAY_NOT_MET, Part.OWNER) is not None,
        "may_withdraw": is_own and ask_moved(state, Act.WITHDRAW, Part.OWNER) is not None,
    }


def _answer(site: SiteRow, me: Actor, one: AnswerGiven) -> AnswerRow:
    says_met = help_moved(one.state, Act.SAY_MET, Part.OWNER) is not None
    return AnswerRow(
        id=one.id,
        name=one.name,
        url=f"/people/{one.slug}/",
        is_own=one.user_id == me.user_id,
        is_introduction=one.way == HelpWay.INTRODUCTION,
        words=one.words,
        due=day_in_words(site, one.due_on),
        state=help_state_in_words(one.state),
        waits=one.state == HelpState.WAITING,
        can_have_met=says_met or one.state == HelpState.KEPT,
    )
