"""How the page of one introduction is put together: each of the three is shown their own side and no more."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.moderation.kinds import ThingKind
from app.networking.conversations.models import OwnerKind
from app.networking.conversations.queries import find_conversation_of, takes_part
from app.networking.introductions.models import LONGEST_NOTE, Introduction
from app.networking.introductions.moves import MET, WAITS_FOR_A_YES, Act, Part, State, moved
from app.networking.introductions.queries import Found, Person
from app.networking.introductions.thanking import may_thank
from app.networking.thanks.models import LONGEST_THANKS, ThankedFor
from app.networking.thanks.queries import find_own_thanks
from app.web.accounts.pages import head_of
from app.web.deps import Frame
from app.web.introductions.letters import badge_of, letter_to, text_by_hand
from app.web.introductions.pages import Letter, OnePage
from app.web.introductions.words import names_in, stands, title_of, tone_of
from app.web.reporting.addresses import report_url

INTROS = "/intros/"


async def one_page(db: AsyncSession, me: Actor, frame: Frame, found: Found) -> OnePage:
    """The page of one introduction for one of its three."""
    introduction, at = found.introduction, clock.now()
    part = introduction.part_of(me.user_id) or Part.REQUESTER
    names, state = names_in(found), introduction.seen_at(at, part)
    title = title_of(introduction, part, names)
    url = f"{INTROS}{introduction.id}/"
    acts = acts_of(introduction, state, part)
    thanks_id = await _thanks_sent(db, me, introduction)
    return OnePage(
        frame=frame,
        head=head_of(frame, title, url),
        id=introduction.id,
        url=url,
        report_url=report_url(ThingKind.INTRODUCTION, introduction.id),
        title=title,
        stands=stands(state, part, names),
        tone=tone_of(state),
        asked_at=introduction.asked_at,
        due_at=introduction.due_at if state in WAITS_FOR_A_YES else None,
        letter=await _letter(db, found, part),
        acts=acts,
        target_name=names["target"],
        connector_name=names["connector"],
        word_to_connector=introduction.word_to_connector if part == Part.CONNECTOR else "",
        by_hand=text_by_hand(introduction, names) if Act.FORWARD in acts else "",
        conversation=await _conversation(db, me, introduction, state),
        is_asked_whether=Act.SAY_WE_TALKED in acts
        and state != State.TALKED
        and introduction.asked_whether_at is not None,
        i_said=_said_by(introduction, part),
        may_thank=bool(may_thank(introduction, part)) and not thanks_id,
        thanks_id=thanks_id,
        longest_note=LONGEST_NOTE,
        longest_thanks=LONGEST_THANKS,
        never=_never(found, part, state),
        met_name=_met(found, part, state),
    )


def acts_of(introduction: Introduction, state: State, part: Part) -> frozenset[str]:
    """What one of the three may do now, by the table of moves."""
    acts = {act for act in Act if moved(state, act, part) is not None}
    acts.discard(Act.PASS_ON if introduction.target_id is None else Act.FORWARD)
    return frozenset(acts)


async def _letter(db: AsyncSession, found: Found, part: Part) -> Letter:
    badge = ""
    # Of two whom somebody would introduce neither has asked, nor been told that it is shown.
    has_asked = not found.introduction.by_connector
    if has_asked and part != Part.REQUESTER and found.requester.id is not None:
        badge = await badge_of(db, found.requester.id)
    return letter_to(part, found, badge)


async def _conversation(
    db: AsyncSession, me: Actor, introduction: Introduction, state: State
) -> str:
    if state not in MET:
        return ""
    conversation = await find_conversation_of(db, OwnerKind.INTRODUCTION, introduction.id)
    if conversation is None or not await takes_part(db, conversation.id, me.user_id):
        return ""
    return f"/conversations/{conversation.id}/"


async def _thanks_sent(db: AsyncSession, me: Actor, introduction: Introduction) -> int:
    if introduction.state != State.TALKED:
        return 0
    found = await find_own_thanks(db, me, ThankedFor.INTRODUCTION, introduction.id)
    return found.id if found else 0


def _said_by(introduction: Introduction, part: Part) -> bool | None:
    if part == Part.CONNECTOR:
        return None
    is_first = part == Part.REQUESTER
    return introduction.requester_talked if is_first else introduction.target_talked


def _met(found: Found, part: Part, state: State) -> str:
    """With whom one was brought together, and may promise something; empty for the connector, and before."""
    if state not in MET or part == Part.CONNECTOR:
        return ""
    other = found.target if part == Part.REQUESTER else found.requester
    return other.name


def _never(found: Found, part: Part, state: State) -> Person | None:
    """Whom one may want never to be introduced to, while it is asked."""
    if state not in WAITS_FOR_A_YES or part == Part.CONNECTOR:
        return None
    if part == Part.TARGET:
        return found.requester
    return found.target if found.introduction.by_connector else None
