"""What the pages around signing in show; see `frontend/templates/account`. None of them is ever kept by anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.passwords import LONGEST, SHORTEST
from app.accounts.sessions import Whereabouts
from app.core.i18n import _, speak
from app.web.accounts.carrying import Onward
from app.web.deps import Frame, doors_of, frame_of
from app.web.forms import FieldError
from app.web.head import Head
from app.web.rendering import Page, render


@dataclass(frozen=True)
class SignInPage:
    """The form for e-mail address and password, and what goes on with whoever fills it in."""

    frame: Frame
    head: Head
    onward: Onward
    email: str = ""
    errors: Sequence[FieldError] = ()
    # Why somebody who wanted something else is shown this.
    because: str = ""


@dataclass(frozen=True)
class CodePage:
    """The second step: a code from somebody's app."""

    frame: Frame
    head: Head
    onward: Onward
    half_way: str
    errors: Sequence[FieldError] = ()


@dataclass(frozen=True)
class CarryOnPage:
    """Signed in again: what was typed before waits to be sent."""

    frame: Frame
    head: Head
    onward: Onward


@dataclass(frozen=True)
class ResetPage:
    """Asking for a letter with a link to choose a new password; `is_sent` after it was asked for."""

    frame: Frame
    head: Head
    email: str = ""
    is_sent: bool = False
    errors: Sequence[FieldError] = ()


@dataclass(frozen=True)
class NewPasswordPage:
    """Choosing a new password, behind such a link."""

    frame: Frame
    head: Head
    name: str
    errors: Sequence[FieldError] = ()
    shortest: int = SHORTEST
    longest: int = LONGEST


@dataclass(frozen=True)
class SetUpPage:
    """The first page of a new site: who it belongs to."""

    frame: Frame
    head: Head
    typed: Mapping[str, str]
    # Whether the code has to be typed: it is in the address that the server prints.
    asks_code: bool
    errors: Sequence[FieldError] = ()
    shortest: int = SHORTEST
    longest: int = LONGEST


@dataclass(frozen=True)
class SignedInBrowser:
    """One of somebody's sessions."""

    id: int
    browser: str
    address: str
    since: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True)
class MailChoice:
    """How often moderators may hear of what waits."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class AccountPage:
    """Somebody's own account."""

    frame: Frame
    head: Head
    name: str
    email: str
    roles: Sequence[str]
    sessions: Sequence[SignedInBrowser]
    has_second_factor: bool
    # Whether they decide who has which role here.
    may_run_the_site: bool
    # Of moderators alone.
    moderation_mail: Sequence[MailChoice]
    # Why they get no letters, where they get none any more.
    mail_trouble: str
    # Whether new posts are mailed to them.
    follows_blog: bool
    # What was just done.
    done: str = ""
    errors: Sequence[FieldError] = ()
    shortest: int = SHORTEST
    longest: int = LONGEST


@dataclass(frozen=True)
class StaffMember:
    """Somebody with a role, as owners see them in the list."""

    id: int
    name: str
    email: str
    roles: Sequence[str]
    has_second_factor: bool
    is_me: bool


@dataclass(frozen=True)
class RoleChoice:
    """A role that may be given or taken, and what it lets somebody do."""

    name: str
    label: str
    says: str
    is_given: bool


@dataclass(frozen=True)
class SecondFactorPage:
    """Switching the second factor on: a secret for an app, and a first code from it."""

    frame: Frame
    head: Head
    secret: str
    address: str
    signed: str
    errors: Sequence[FieldError] = ()


async def frame_now(request: Request) -> Frame:
    """The frame, for endpoints that have no session open when they answer; its language is spoken."""
    async with doors_of(request).reading() as session:
        return await spoken_frame(request, session)


async def spoken_frame(request: Request, session: AsyncSession) -> Frame:
    """The frame; from here on its language is spoken."""
    frame = await frame_of(request, session)
    speak(frame.site.language)
    return frame


def head_of(frame: Frame, title: str, path: str) -> Head:
    """The head of a page that no search engine should show."""
    return Head(title=f"{title} – {frame.site.title}", path=path, robots="noindex")


def unkept(template: str, page: Page, status: int = 200) -> Response:
    """A page that no browser and no proxy keeps a copy of."""
    return never_kept(render(template, page, status))


def never_kept(answer: Response) -> Response:
    """The same answer, of which no copy is kept anywhere."""
    answer.headers["Cache-Control"] = "no-store"
    return answer


def whereabouts_of(request: Request) -> Whereabouts:
    """Where a request comes from, as the list of sessions shows it."""
    address = request.client.host if request.client else ""
    return Whereabouts(address, request.headers.get("user-agent", ""))


def sign_in_page(
    frame: Frame,
    onward: Onward,
    *,
    email: str = "",
    errors: Sequence[FieldError] = (),
    because: str = "",
    status: int = 200,
) -> Response:
    """The sign-in form, as it is asked for or in place of something else."""
    head = head_of(frame, _("Sign in"), "/account/sign-in")
    page = SignInPage(frame, head, onward, email, tuple(errors), because)
    return unkept("account/sign_in.html", page, status)
