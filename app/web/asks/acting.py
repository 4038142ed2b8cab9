"""What is done to an ask or an offer: answered, accepted, passed on, extended, closed. Each is sent by a form."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core.errors import AppError
from app.discussions.topics.reading import get_topic
from app.networking.asks.answering import accept, answer, decline, take_back
from app.networking.asks.closing import Outcome, close_offer, extend, say_how_it_went, withdraw
from app.networking.asks.models import HelpWay
from app.networking.asks.passing import pass_on
from app.networking.asks.queries import get_matter
from app.networking.asks.thanking import thank_who_met_it
from app.web.asks.addresses import introducing_url
from app.web.asks.forms import ExtendForm, HelpForm, NoteForm, OutcomeForm, PassForm, ThanksForm
from app.web.asks.panel import Refused
from app.web.deps import Me, doors_of, frame_of
from app.web.errors import show_again
from app.web.forms import Form, read_form, value_of, wrong_with
from app.web.groups.addresses import GROUPS, topic_url
from app.web.groups.topics import topic_page

router = APIRouter()

_TOPIC = GROUPS + "{slug}/d/{topic_id:int}/"
_Act = Callable[[AsyncSession], Awaitable[Any]]


@router.post(_TOPIC + "helpings")
async def post_answer(request: Request, me: Me, slug: str, topic_id: int) -> Response:
    """Offer to help with an ask, or want what is offered."""
    form = await read_form(request, HelpForm)
    value = _value(request, me, (slug, topic_id), "help", form)

    async def act(db: AsyncSession) -> None:
        site = (await frame_of(request, db)).site
        place = (slug, topic_id)
        await answer(db, me, site, place, value.way, value.words, value.due_on)

    answered = await _done(request, me, slug, topic_id, act)
    if value.way != HelpWay.INTRODUCTION:
        return answered
    # Who knows somebody introduces the two: both are asked, each by themselves.
    return RedirectResponse(introducing_url(topic_id), 303)


@router.post(_TOPIC + "helpings/{helping_id:int}/acceptance")
async def post_accept(
    request: Request, me: Me, slug: str, topic_id: int, helping_id: int
) -> Response:
    """Say yes to an answer: from here on it is promised."""
    _shown_again(request, me, (slug, topic_id), "answers")
    return await _done(
        request, me, slug, topic_id, lambda db: accept(db, me, (slug, topic_id), helping_id)
    )


@router.post(_TOPIC + "helpings/{helping_id:int}/refusal")
async def post_decline(
    request: Request, me: Me, slug: str, topic_id: int, helping_id: int
) -> Response:
    """Say no to an answer."""
    _shown_again(request, me, (slug, topic_id), "answers")
    return await _done(
        request, me, slug, topic_id, lambda db: decline(db, me, (slug, topic_id), helping_id)
    )


@router.post(_TOPIC + "helpings/{helping_id:int}/withdrawal")
async def post_take_back(
    request: Request, me: Me, slug: str, topic_id: int, helping_id: int
) -> Response:
    """Take one's own answer back."""
    _shown_again(request, me, (slug, topic_id), "answers")
    return await _done(
        request, me, slug, topic_id, lambda db: take_back(db, me, (slug, topic_id), helping_id)
    )


@router.post(_TOPIC + "passings")
async def post_pass_on(request: Request, me: Me, slug: str, topic_id: int) -> Response:
    """Tell another member of the group of it."""
    form = await read_form(request, PassForm)
    value = _value(request, me, (slug, topic_id), "pass", form)
    return await _done(
        request, me, slug, topic_id, lambda db: pass_on(db, me, (slug, topic_id), value.to)
    )


@router.post(_TOPIC + "extension")
async def post_extend(request: Request, me: Me, slug: str, topic_id: int) -> Response:
    """Ask once more, until a later day."""
    form = await read_form(request, ExtendForm)
    value = _value(request, me, (slug, topic_id), "extend", form)

    async def act(db: AsyncSession) -> None:
        site = (await frame_of(request, db)).site
        await extend(db, me, site, (slug, topic_id), value.needed_by)

    return await _done(request, me, slug, topic_id, act)


@router.post(_TOPIC + "outcome")
async def post_outcome(request: Request, me: Me, slug: str, topic_id: int) -> Response:
    """Say how it went: that closes an ask."""
    form = await read_form(request, OutcomeForm)
    value = _value(request, me, (slug, topic_id), "end", form)
    outcome = Outcome(value.met, value.helping if value.met else None, value.note)
    return await _done(
        request, me, slug, topic_id, lambda db: say_how_it_went(db, me, (slug, topic_id), outcome)
    )


@router.post(_TOPIC + "thanks")
async def post_thanks(request: Request, me: Me, slug: str, topic_id: int) -> Response:
    """Thank whoever met it, once it is closed."""
    form = await read_form(request, ThanksForm)
    value = _value(request, me, (slug, topic_id), "thanks", form)

    async def act(db: AsyncSession) -> None:
        await thank_who_met_it(db, me, (slug, topic_id), note=value.thanks, is_public=value.public)

    return await _done(request, me, slug, topic_id, act)


@router.post(_TOPIC + "withdrawal")
async def post_withdraw(request: Request, me: Me, slug: str, topic_id: int) -> Response:
    """Take an ask back that nobody promised anything for."""
    _shown_again(request, me, (slug, topic_id), "answers")
    return await _done(request, me, slug, topic_id, lambda db: withdraw(db, me, (slug, topic_id)))


@router.post(_TOPIC + "closing")
async def post_close(request: Request, me: Me, slug: str, topic_id: int) -> Response:
    """Offer it no longer."""
    form = await read_form(request, NoteForm)
    value = _value(request, me, (slug, topic_id), "end", form)
    return await _done(
        request, me, slug, topic_id, lambda db: close_offer(db, me, (slug, topic_id), value.note)
    )


async def _done(
    request: Request, me: Actor, slug: str, topic_id: int, act: _Act, anchor: str = "#help"
) -> Response:
    """Do it, and back to where it stands."""
    async with doors_of(request).unit_of_work() as db:
        topic = (await get_matter(db, me, slug, topic_id)).topic
        await act(db)
    return RedirectResponse(topic_url(slug, topic_id, topic.slug) + anchor, 303)


def _value(request: Request, me: Actor, place: tuple[str, int], name: str, form: Form[Any]) -> Any:
    """What a form means; when it or what it asks for is refused, the page is shown with it again."""
    _shown_again(request, me, place, name, form)
    return value_of(form)


def _shown_again(
    request: Request,
    me: Actor,
    place: tuple[str, int],
    name: str,
    form: Form[Any] | None = None,
) -> None:
    async def again(error: AppError) -> Response:
        typed = form.typed if form else {}
        refused = Refused(name, error, typed, wrong_with(form, error))
        async with doors_of(request).reading() as db:
            await get_matter(db, me, *place)
            found = await get_topic(db, me, *place)
            return await topic_page(request, db, me, found, 1, refused=refused)

    show_again(request, again)
