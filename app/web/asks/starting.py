"""Asking a group for something, or offering it: one form for each, which loses nothing."""

from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.actor import Actor
from app.core import clock
from app.core.answers import require
from app.core.errors import AppError
from app.core.i18n import _
from app.core.markup import markdown_comment
from app.groups.models import TopicKind
from app.groups.policy import may_start
from app.groups.queries import get_group_to_read
from app.networking.asks.balance import balance_of
from app.networking.asks.dates import FARTHEST, USUALLY, today_in
from app.networking.asks.fitting import asks_fitting
from app.networking.asks.starting import AskDraft, OfferDraft, ask, offer
from app.web.accounts.pages import head_of, spoken_frame
from app.web.asks.addresses import BOARDS, board_url
from app.web.asks.boards import takes
from app.web.asks.forms import AskForm, OfferForm
from app.web.asks.pages import BeginPage, HelpRow
from app.web.asks.rows import rows_of
from app.web.asks.words import kinds_of_help
from app.web.comments.forms import new_token_for
from app.web.deps import Db, Frame, Me, doors_of, settings_of
from app.web.errors import show_again
from app.web.forms import Form, read_form, value_of, wrong_with
from app.web.groups.addresses import GROUPS
from app.web.groups.speaking import begun_once, submission_of
from app.web.groups.tops import top_of
from app.web.rendering import render

router = APIRouter()

_READ = ["GET", "HEAD"]


@router.api_route(GROUPS + "{slug}/asks/new/", methods=_READ)
async def ask_form(request: Request, db: Db, me: Me, slug: str) -> Response:
    """The form to ask for something. Raises NotFound, Forbidden, SignInNeeded."""
    return await _page(request, db, me, slug, TopicKind.ASK)


@router.api_route(GROUPS + "{slug}/offers/new/", methods=_READ)
async def offer_form(request: Request, db: Db, me: Me, slug: str) -> Response:
    """The form to offer something. Raises NotFound, Forbidden, SignInNeeded."""
    return await _page(request, db, me, slug, TopicKind.OFFER)


@router.post(GROUPS + "{slug}/asks/")
async def post_ask(request: Request, me: Me, slug: str) -> Response:
    """Ask for something: to where it stands, be it for its author's eyes alone at first; sent twice it is one."""
    form = await read_form(request, AskForm)
    show_again(request, lambda error: _again(request, me, slug, TopicKind.ASK, form, error))
    if form.typed.get("preview"):
        return await _again(request, me, slug, TopicKind.ASK, form, None)
    value = value_of(form)
    draft = AskDraft(value.title, value.tags, value.kind, value.needed_by, value.commercial)
    submission, settings = submission_of(request, me, value, of=0), settings_of(request)
    return await begun_once(
        request, me, slug, form.typed,
        lambda db, site: ask(db, me, settings, site, slug, draft, submission),
    )  # fmt: skip


@router.post(GROUPS + "{slug}/offers/")
async def post_offer(request: Request, me: Me, slug: str) -> Response:
    """Offer something: to where it stands; sent twice it is one."""
    form = await read_form(request, OfferForm)
    show_again(request, lambda error: _again(request, me, slug, TopicKind.OFFER, form, error))
    if form.typed.get("preview"):
        return await _again(request, me, slug, TopicKind.OFFER, form, None)
    value = value_of(form)
    draft = OfferDraft(
        value.title, value.tags, value.kind, value.times, value.valid_until, value.commercial
    )
    submission, settings = submission_of(request, me, value, of=0), settings_of(request)
    return await begun_once(
        request, me, slug, form.typed,
        lambda db, site: offer(db, me, settings, site, slug, draft, submission),
    )  # fmt: skip


async def _again(
    request: Request,
    me: Actor,
    slug: str,
    kind: TopicKind,
    form: Form[Any],
    error: AppError | None,
) -> Response:
    async with doors_of(request).reading() as db:
        return await _page(request, db, me, slug, kind, form, error)


async def _page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    slug: str,
    kind: TopicKind,
    form: Form[Any] | None = None,
    error: AppError | None = None,
) -> Response:
    here, is_ask = await get_group_to_read(db, me, slug), kind == TopicKind.ASK
    takes(here, kind)
    if form is None:
        require(may_start(me, here, kind, clock.now()))
    typed = form.typed if form else {}
    frame, mine = await spoken_frame(request, db), here.membership
    today = today_in(frame.site.timezone, clock.now())
    usual = {"needed_by" if is_ask else "valid_until": (today + USUALLY).isoformat(), "times": "1"}
    page = BeginPage(
        frame=frame,
        head=head_of(frame, _name(kind), board_url(slug, kind, "new/")),
        top=await top_of(db, me, here, BOARDS[kind], may_read=True),
        is_ask=is_ask,
        action=board_url(slug, kind),
        token=typed.get("form_token") or new_token_for(settings_of(request), 0),
        kinds=kinds_of_help(),
        first_day=today.isoformat(),
        last_day=(today + FARTHEST).isoformat(),
        takes_commercial=here.group.takes_commercial,
        fitting=await _fitting(db, me, frame) if is_ask else (),
        typed=typed or usual,
        errors=wrong_with(form, error),
        preview_html=markdown_comment(typed.get("comment", "")) if form and not error else None,
        is_read_first=mine is not None and mine.approved < here.group.holds_first,
    )
    return render("asks/begin.html", page, error.status if error else 200)


def _name(kind: TopicKind) -> str:
    return _("Ask for something") if kind == TopicKind.ASK else _("Offer something")


async def _fitting(db: AsyncSession, me: Actor, frame: Frame) -> list[HelpRow]:
    """What somebody who asked often and answered nothing could help with."""
    balance = await balance_of(db, me, clock.now())
    if not balance.is_one_sided:
        return []
    return rows_of(frame.site, await asks_fitting(db, me))
