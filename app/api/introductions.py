"""Introductions: asked for, offered, and answered; each of the three is told what their page tells them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.accounts.models import User
from app.api.acting import act_on
from app.api.answering import Done, answered
from app.api.calling import Call
from app.api.fields import Line, Sent, Text, naming, require_one
from app.api.once import done_once
from app.api.operations import Asking, reads, writes
from app.api.paging import Cursor, Limit, Listing, listed, read_cursor
from app.api.routing import ApiRoute
from app.core import clock
from app.core.answers import require
from app.core.errors import Invalid, NotFound
from app.core.i18n import _
from app.core.rows import flush_changes
from app.groups.profiles.models import Badge
from app.networking.introductions.answering import (
    accept,
    decline,
    forward_by_hand,
    pass_on,
    say_whether_we_talked,
    withdraw,
)
from app.networking.introductions.asking import Offer, Request, ask, offer
from app.networking.introductions.models import (
    LONGEST_ABOUT,
    LONGEST_ASK,
    LONGEST_GIVE,
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_WHY,
)
from app.networking.introductions.moves import WAITS_FOR_A_YES, Act, Part
from app.networking.introductions.policy import may_be_introduced
from app.networking.introductions.queries import (
    Found,
    get_introduction,
    introductions_open_to,
    introductions_where,
)
from app.networking.promises.sources import member
from app.web.deps import Db
from app.web.introductions.letters import badges_of, letter_to
from app.web.introductions.one_page import INTROS, acts_of
from app.web.introductions.words import names_in, stands, title_of, tone_of

router = APIRouter(route_class=ApiRoute, tags=["Networking"])

Handle = Annotated[Line, Field(max_length=200)]
Note = Annotated[Text, Field(min_length=1, max_length=LONGEST_NOTE)]


class IntroductionWhole(BaseModel):
    """An introduction as one of its three sees it: a no reads as silence does, to all but who said it."""

    id: int
    part: Part = Field(description="Which of the three the caller is.")
    is_offered: bool = Field(description="Begun by who knows both, not by one of the two.")
    title: str
    says: str = Field(description="How it stands.", examples=["Your answer is wanted."])
    tone: Literal["waits", "met", "over"]
    requester: str = Field(description="A name.")
    connector: str
    target: str
    badge: Badge = Field(description="What who asked says they are; none where it was offered.")
    about_me: str = Field(description="In the words of who asked; empty where it was offered.")
    why: str
    what_i_ask: str
    what_i_give: str
    note: str = Field(description="What who knows both says to the caller.")
    word_to_connector: str = Field(description="For who knows both alone.")
    asked_at: datetime
    due_at: datetime | None = Field(description="Until when an answer is waited for.")
    may: list[Act] = Field(description="What the caller may do about it now.")
    url: str


class IntroductionList(Listing[IntroductionWhole]):
    """The caller's introductions, the newest first."""


class IntroductionSent(Sent):
    """Whom one would like to meet, through whom, and why."""

    connector: Handle = Field(description="The handle of somebody whom one knows here.")
    to: Handle = Field("", description="A member's handle.")
    name: Annotated[Line, Field(max_length=LONGEST_NAME)] = Field(
        "", description="Of somebody without an account, instead of a handle."
    )
    about_me: Annotated[Text, Field(min_length=1, max_length=LONGEST_ABOUT)]
    why: Annotated[Text, Field(min_length=1, max_length=LONGEST_WHY)]
    what_i_ask: Annotated[Text, Field(min_length=1, max_length=LONGEST_ASK)]
    what_i_give: Annotated[Text, Field(max_length=LONGEST_GIVE)] = ""


class IntroductionOffered(Sent):
    """Two people whom one knows, and what each of them is told."""

    first: Handle
    second: Handle
    note_to_first: Note
    note_to_second: Note


class IntroductionStep(Sent):
    """What somebody does about an introduction."""

    act: Literal[
        "pass on", "forward", "accept", "decline", "withdraw", "say we talked", "say we did not"
    ]
    note: Annotated[Text, Field(max_length=LONGEST_NOTE)] = Field(
        "", description="Of `pass on`: to who is to be met. Of `decline`: for the connector alone."
    )


@router.get(
    "/introductions",
    response_model=IntroductionList,
    **reads(Scope.NETWORKING_READ, 422, is_public=False),
)
async def list_introductions(
    call: Asking, db: Db, limit: Limit = 20, cursor: Cursor = ""
) -> Response:
    """List the introductions that the caller is one of the three of, and may know of."""
    after = read_cursor(cursor, int)
    rows = await introductions_where(
        db, introductions_open_to(call.me), before=after[0] if after else None, most=limit
    )
    badges = await badges_of(db, rows)
    return listed(
        call, rows, limit, lambda row: (row.introduction.id,),
        lambda shown, more: IntroductionList(
            items=[_told(call, one, badges) for one in shown], next_cursor=more
        ),
    )  # fmt: skip


@router.post(
    "/introductions",
    status_code=201,
    response_model=IntroductionWhole,
    **writes(Scope.NETWORKING_WRITE, 409),
)
async def ask_for_introduction(call: Asking, sent: IntroductionSent) -> Response:
    """Ask somebody whom one knows to introduce one to somebody."""
    require(may_be_introduced(call.me))
    require_one(sent, "to", "name")

    async def change(db: AsyncSession) -> Done:
        target = await _somebody(db, "to", sent.to) if sent.to else None
        connector = await _somebody(db, "connector", sent.connector)
        wanted = Request(
            connector_id=connector, target_id=target, target_name=sent.name,
            about_me=sent.about_me, why=sent.why, what_i_ask=sent.what_i_ask,
            what_i_give=sent.what_i_give,
        )  # fmt: skip
        with naming("to"):
            made = await ask(db, call.me, wanted)
        return await _made(call, db, made.id)

    return await done_once(call, change)


@router.post(
    "/introductions/offers",
    status_code=201,
    response_model=IntroductionWhole,
    **writes(Scope.NETWORKING_WRITE, 409),
)
async def offer_introduction(call: Asking, sent: IntroductionOffered) -> Response:
    """Ask two people whom one knows whether they want to meet, each by themselves."""
    require(may_be_introduced(call.me))

    async def change(db: AsyncSession) -> Done:
        wanted = Offer(
            first_id=await _somebody(db, "first", sent.first),
            second_id=await _somebody(db, "second", sent.second),
            note_to_first=sent.note_to_first, note_to_second=sent.note_to_second,
        )  # fmt: skip
        with naming("second"):
            made = await offer(db, call.me, wanted)
        return await _made(call, db, made.id)

    return await done_once(call, change)


@router.get(
    "/introductions/{introduction_id:int}",
    response_model=IntroductionWhole,
    **reads(Scope.NETWORKING_READ, 404, is_public=False),
)
async def get_introduction_by_id(call: Asking, db: Db, introduction_id: int) -> Response:
    """Read one introduction, for each of the three as far as they may know."""
    return answered(call, await _one(call, db, introduction_id))


@router.post(
    "/introductions/{introduction_id:int}/steps",
    status_code=201,
    response_model=IntroductionWhole,
    **writes(Scope.NETWORKING_WRITE, 404, 409),
)
async def step_introduction(call: Asking, introduction_id: int, sent: IntroductionStep) -> Response:
    """Do something about an introduction, one of those in its `may`: else 409, with how it stands."""
    return await act_on(
        call,
        lambda db: _one(call, db, introduction_id),
        lambda db: _step(call, db, introduction_id, sent),
    )


async def _step(call: Call, db: AsyncSession, number: int, sent: IntroductionStep) -> None:
    match Act(sent.act):
        case Act.PASS_ON:
            await pass_on(db, call.me, number, sent.note)
        case Act.FORWARD:
            await forward_by_hand(db, call.me, number)
        case Act.ACCEPT:
            await accept(db, call.me, number)
        case Act.DECLINE:
            await decline(db, call.me, number, sent.note)
        case Act.WITHDRAW:
            await withdraw(db, call.me, number)
        case talk:
            await say_whether_we_talked(db, call.me, number, talked=talk == Act.SAY_WE_TALKED)


async def _somebody(db: AsyncSession, field: str, handle: str) -> int:
    """Their number. Raises Invalid."""
    try:
        return (await member(db, User.slug == handle)).id
    except NotFound as nobody:
        says = _("There is nobody like that here.")
        raise Invalid(says, fields={field: says}) from nobody


async def _made(call: Call, db: AsyncSession, number: int) -> Done:
    await flush_changes(db)
    place = {"Location": call.api(f"/introductions/{number}")}
    return Done(await _one(call, db, number), 201, place)


async def _one(call: Call, db: AsyncSession, number: int) -> IntroductionWhole:
    found = await get_introduction(db, call.me, number)
    return _told(call, found, await badges_of(db, [found]))


def _told(call: Call, found: Found, badges: Mapping[int, Badge]) -> IntroductionWhole:
    introduction = found.introduction
    part = introduction.part_of(call.me.user_id) or Part.REQUESTER
    names, state = names_in(found), introduction.seen_at(clock.now(), part)
    may = acts_of(introduction, state, part)
    return IntroductionWhole(
        id=introduction.id, part=part, is_offered=introduction.by_connector,
        title=title_of(introduction, part, names), says=stands(state, part, names),
        tone=tone_of(state), **names, badge=badges.get(introduction.id, Badge.NONE),
        about_me=introduction.about_me, why=introduction.why,
        what_i_ask=introduction.what_i_ask, what_i_give=introduction.what_i_give,
        note=letter_to(part, found).note,
        word_to_connector=introduction.word_to_connector if part == Part.CONNECTOR else "",
        asked_at=introduction.asked_at,
        due_at=introduction.due_at if state in WAITS_FOR_A_YES else None,
        may=[act for act in Act if act in may], url=call.url(f"{INTROS}{introduction.id}/"),
    )  # fmt: skip
