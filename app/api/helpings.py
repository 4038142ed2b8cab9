"""Answers to asks and offers, and how these end: by the actions of their panel."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.acting import act_on
from app.api.answering import Done, answered
from app.api.calling import Call
from app.api.fields import Day, Id, Line, Sent, Text, naming
from app.api.groups import GroupSlug
from app.api.once import done_once
from app.api.operations import Asking, reads, writes
from app.api.routing import ApiRoute
from app.api.topics import TopicWhole, topic_at
from app.core.errors import NotFound
from app.core.i18n import _
from app.core.rows import flush_changes
from app.networking.asks.answering import accept, answer, decline, take_back
from app.networking.asks.closing import Outcome, close_offer, extend, say_how_it_went, withdraw
from app.networking.asks.models import HelpWay
from app.networking.asks.moves import HelpState
from app.networking.asks.passing import pass_on
from app.networking.asks.queries import answers_to, get_matter
from app.web.deps import Db

router = APIRouter(route_class=ApiRoute, tags=["Groups"])

_TOPIC = "/groups/{slug}/topics/{topic_id:int}"
Place = tuple[str, int]


class HelpingWhole(BaseModel):
    """What somebody answered to an ask or an offer."""

    id: int
    way: HelpWay
    words: str
    due_on: date = Field(description="A day by the site's calendar.")
    state: HelpState
    handle: str
    name: str


class HelpingList(BaseModel):
    """All answers that are the caller's to see, the first one first; at most a hundred."""

    items: list[HelpingWhole]


class HelpingSent(Sent):
    """What somebody will do, or would like."""

    way: HelpWay = Field(description="To an ask `help` or `introduction`, to an offer `wish`.")
    words: Annotated[Text, Field(min_length=1, max_length=280)]
    due_on: Day = Field(description="From tomorrow to 180 days ahead.", examples=["2027-01-31"])


class HelpingMove(Sent):
    """What is done about an answer."""

    act: Literal["accept", "decline", "take back"] = Field(
        description="`take back` is for who answered, the others for who asked or offers."
    )


class Extension(Sent):
    """Until when it is needed now."""

    needed_by: Day = Field(examples=["2027-01-31"])


class OutcomeSent(Sent):
    """How it went."""

    met: bool
    helping_id: Id | None = Field(None, description="The answer that met it.")
    note: Annotated[Text, Field(max_length=500)] = ""


class Closing(Sent):
    """Some words at the end of an offer; none are needed."""

    note: Annotated[Text, Field(max_length=500)] = ""


class PassingSent(Sent):
    """Who is to be told."""

    to: Annotated[Line, Field(min_length=1, max_length=200)] = Field(
        description="A handle.", examples=["gwen-thomas"]
    )


class PassedOn(BaseModel):
    """Who was told; it looks the same where they do not want to hear."""

    to: str


@router.get(
    _TOPIC + "/helpings",
    response_model=HelpingList,
    **reads(Scope.GROUPS_READ, 404, 422, is_public=False),
)
async def list_helpings(call: Asking, db: Db, slug: GroupSlug, topic_id: int) -> Response:
    """List the answers to an ask or an offer: all for who began it, for others their own."""
    return answered(call, HelpingList(items=await _all(call, db, (slug, topic_id))))


@router.post(
    _TOPIC + "/helpings",
    status_code=201,
    response_model=HelpingWhole,
    **writes(Scope.GROUPS_WRITE, 404, 409),
)
async def create_helping(
    call: Asking, slug: GroupSlug, topic_id: int, sent: HelpingSent
) -> Response:
    """Offer to help with an ask, or want what is offered."""
    place = slug, topic_id

    async def change(db: AsyncSession) -> Done:
        with naming("way"):
            made = await answer(
                db, call.me, call.site, place, sent.way, sent.words, sent.due_on
            )  # fmt: skip
        return Done(await _one(call, db, place, made.id), 201)

    return await done_once(call, change)


@router.post(
    _TOPIC + "/helpings/{helping_id:int}/moves",
    status_code=201,
    response_model=HelpingWhole,
    **writes(Scope.GROUPS_WRITE, 404, 409),
)
async def move_helping(
    call: Asking, slug: GroupSlug, topic_id: int, helping_id: int, sent: HelpingMove
) -> Response:
    """Say yes to an answer, which makes it a promise; say no; or take one's own back."""
    place = slug, topic_id
    move = {"accept": accept, "decline": decline, "take back": take_back}[sent.act]
    return await act_on(
        call,
        lambda db: _one(call, db, place, helping_id),
        lambda db: move(db, call.me, place, helping_id),
    )


@router.post(
    _TOPIC + "/extension",
    status_code=201,
    response_model=TopicWhole,
    **writes(Scope.GROUPS_WRITE, 404, 409),
)
async def extend_ask(call: Asking, slug: GroupSlug, topic_id: int, sent: Extension) -> Response:
    """Ask once more, until a later day; once."""
    place = slug, topic_id
    return await act_on(
        call,
        topic_at(call, place),
        lambda db: extend(db, call.me, call.site, place, sent.needed_by),
    )


@router.post(
    _TOPIC + "/outcome",
    status_code=201,
    response_model=TopicWhole,
    **writes(Scope.GROUPS_WRITE, 404, 409),
)
async def end_ask(call: Asking, slug: GroupSlug, topic_id: int, sent: OutcomeSent) -> Response:
    """Say how it went: that closes an ask."""
    place = slug, topic_id
    outcome = Outcome(sent.met, sent.helping_id if sent.met else None, sent.note)

    async def act(db: AsyncSession) -> None:
        with naming(helping="helping_id"):
            await say_how_it_went(db, call.me, place, outcome)

    return await act_on(call, topic_at(call, place), act)


@router.post(
    _TOPIC + "/withdrawal",
    status_code=201,
    response_model=TopicWhole,
    **writes(Scope.GROUPS_WRITE, 404, 409, 422, takes_body=False),
)
async def withdraw_ask(call: Asking, slug: GroupSlug, topic_id: int) -> Response:
    """Take an ask back that nobody has promised anything for."""
    place = slug, topic_id
    return await act_on(call, topic_at(call, place), lambda db: withdraw(db, call.me, place))


@router.post(
    _TOPIC + "/closing",
    status_code=201,
    response_model=TopicWhole,
    **writes(Scope.GROUPS_WRITE, 404, 409),
)
async def end_offer(call: Asking, slug: GroupSlug, topic_id: int, sent: Closing) -> Response:
    """Offer it no longer; what was promised stays promised."""
    place = slug, topic_id
    return await act_on(
        call, topic_at(call, place), lambda db: close_offer(db, call.me, place, sent.note)
    )


@router.post(
    _TOPIC + "/passings",
    status_code=201,
    response_model=PassedOn,
    **writes(Scope.GROUPS_WRITE, 404),
)
async def pass_ask_on(call: Asking, slug: GroupSlug, topic_id: int, sent: PassingSent) -> Response:
    """Tell a member of the same group of an ask or an offer; once each."""

    async def change(db: AsyncSession) -> Done:
        await pass_on(db, call.me, (slug, topic_id), sent.to)
        return Done(PassedOn(to=sent.to), 201)

    return await done_once(call, change)


async def _all(
    call: Call, db: AsyncSession, place: Place, only: int | None = None
) -> list[HelpingWhole]:
    matter = await get_matter(db, call.me, *place)
    return [
        HelpingWhole(
            id=one.id, way=one.way, words=one.words, due_on=one.due_on, state=one.state,
            handle=one.slug, name=one.name,
        )
        for one in await answers_to(db, call.me, matter.topic, only=only)
    ]  # fmt: skip


async def _one(call: Call, db: AsyncSession, place: Place, helping_id: int) -> HelpingWhole:
    await flush_changes(db)
    found = await _all(call, db, place, only=helping_id)
    if not found:
        raise NotFound(_("There is no such answer."))
    return found[0]
