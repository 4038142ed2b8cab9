"""`/account/tokens/`: which programs speak to the API for somebody, one more, one less."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.api_tokens import (
    NAME_LENGTH,
    ApiToken,
    Scope,
    api_tokens_of,
    make_api_token,
    revoke_api_token,
)
from app.accounts.policy import may_have_account_page
from app.core import clock
from app.core.answers import require
from app.core.errors import Invalid
from app.core.i18n import _, marked
from app.web.accounts.account import knows_password
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.accounts.words import said_done
from app.web.deps import Db, Frame, Me, doors_of
from app.web.forms import FieldError, Form, read_form
from app.web.head import Head

router = APIRouter()

TOKENS = "/account/tokens/"
# In the order of the page: what it is about, then reading and writing as far as there is either.
_AREAS: Sequence[tuple[str, str, Scope, Scope | None]] = (
    ("posts", marked("Posts, pages and terms"), Scope.POSTS_READ, Scope.POSTS_WRITE),
    ("media", marked("Media"), Scope.MEDIA_READ, Scope.MEDIA_WRITE),
    ("resources", marked("Resources"), Scope.RESOURCES_READ, Scope.RESOURCES_WRITE),
    ("comments", marked("Comments"), Scope.COMMENTS_READ, Scope.COMMENTS_WRITE),
    ("moderation", marked("Moderation"), Scope.MODERATION_READ, Scope.MODERATION_WRITE),
    ("groups", marked("Groups and discussions"), Scope.GROUPS_READ, Scope.GROUPS_WRITE),
    (
        "networking",
        marked("Promises and introductions"),
        Scope.NETWORKING_READ,
        Scope.NETWORKING_WRITE,
    ),
    ("people", marked("Profiles"), Scope.PEOPLE_READ, Scope.PEOPLE_WRITE),
    ("notices", marked("Inbox"), Scope.NOTICES_READ, Scope.NOTICES_WRITE),
    ("reports", marked("Own reports"), Scope.REPORTS_READ, Scope.REPORTS_WRITE),
)


class NewTokenForm(BaseModel):
    """What the program is called, until when, and the account's own password; ticks are read beside it."""

    model_config = ConfigDict(extra="ignore")

    name: str = Field(min_length=1, max_length=NAME_LENGTH)
    # A day of the site's zone, at whose end it is over.
    expires: Annotated[date | None, BeforeValidator(lambda value: value or None)] = None
    password: str = Field(min_length=1, max_length=1000)


@dataclass(frozen=True)
class ScopeChoice:
    """One thing a token may be for."""

    value: str
    label: str


@dataclass(frozen=True)
class AreaChoices:
    """What it may be about, and what it may do there."""

    name: str
    label: str
    choices: Sequence[ScopeChoice]


@dataclass(frozen=True)
class TokenRow:
    """One of somebody's tokens."""

    id: int
    name: str
    may: Sequence[str]
    since: datetime
    used_at: datetime | None
    expires_at: datetime | None
    is_over: bool


@dataclass(frozen=True)
class TokensPage:
    """Somebody's tokens; `made` is a new one, shown this once."""

    frame: Frame
    head: Head
    tokens: Sequence[TokenRow]
    areas: Sequence[AreaChoices]
    made: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    done: str = ""
    errors: Sequence[FieldError] = ()
    longest_name: int = NAME_LENGTH


@router.api_route("/account/tokens", methods=["GET", "HEAD"])
async def without_slash() -> Response:
    """The page's own address ends with a slash."""
    return RedirectResponse(TOKENS, 301)


@router.api_route(TOKENS, methods=["GET", "HEAD"])
async def show(request: Request, db: Db, me: Me) -> Response:
    """The tokens of whoever is signed in."""
    require(may_have_account_page(me))
    done = said_done(request.query_params.get("done", ""))
    return await _page(request, db, me, done=done)


@router.post(TOKENS)
async def add(request: Request, me: Me) -> Response:
    """One more, for who knows the account's own password: it is in the answer, and nowhere else."""
    form = await read_form(request, NewTokenForm)
    require(may_have_account_page(me))
    if form.value is None:
        return await _refused(request, me, form, form.errors)
    if not await knows_password(request, me, form.value.password):
        wrong = FieldError("password", _("That is not your password."))
        return await _refused(request, me, form, (wrong,))
    scopes = [scope for scope in Scope if form.typed.get(scope)]
    try:
        async with doors_of(request).unit_of_work() as db:
            zone = (await spoken_frame(request, db)).site.timezone
            over = _end_of(form.value.expires, zone)
            made = await make_api_token(db, me, form.value.name, scopes, over)
    except Invalid as error:
        fields = error.fields or {"": error.detail}
        return await _refused(request, me, form, tuple(FieldError(*one) for one in fields.items()))
    async with doors_of(request).reading() as db:
        return await _page(request, db, me, made=made, status=201)


@router.post(TOKENS + "{token_id:int}/revocation")
async def revoke(request: Request, me: Me, token_id: int) -> Response:
    """Let a program speak no longer, from its next call on."""
    require(may_have_account_page(me))
    async with doors_of(request).unit_of_work() as db:
        await revoke_api_token(db, me, token_id)
    return never_kept(RedirectResponse(f"{TOKENS}?done=token", 303))


def _end_of(day: date | None, zone: str) -> datetime | None:
    """The end of a day; beyond all reach is for ever."""
    if day is None or not 1 < day.year < 9000:
        return None
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))


async def _refused(
    request: Request, me: Actor, form: Form[NewTokenForm], errors: Sequence[FieldError]
) -> Response:
    async with doors_of(request).reading() as db:
        return await _page(request, db, me, typed=form.typed, errors=errors, status=422)


async def _page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    *,
    made: str = "",
    typed: Mapping[str, str] | None = None,
    done: str = "",
    errors: Sequence[FieldError] = (),
    status: int = 200,
) -> Response:
    frame = await spoken_frame(request, db)
    page = TokensPage(
        frame=frame,
        head=head_of(frame, _("Tokens for programs"), TOKENS),
        tokens=[_row(token) for token in await api_tokens_of(db, me.user_id or 0)],
        areas=[_area(*area) for area in _AREAS],
        made=made,
        typed={name: value for name, value in (typed or {}).items() if name != "password"},
        done=done,
        errors=tuple(errors),
    )
    return unkept("account/tokens.html", page, status)


def _area(name: str, label: str, reads: Scope, writes: Scope | None) -> AreaChoices:
    choices = [ScopeChoice(reads.value, _("read"))]
    if writes is not None:
        choices.append(ScopeChoice(writes.value, _("write")))
    return AreaChoices(name, _(label), choices)


def _row(token: ApiToken) -> TokenRow:
    is_over = token.expires_at is not None and token.expires_at <= clock.now()
    may = [scope.value for scope in Scope if scope in token.scopes]
    return TokenRow(
        token.id, token.name, may, token.created_at, token.used_at, token.expires_at, is_over
    )
