"""`/admin/start/`: the first steps of an owner, each done or still to do, none of them an obligation."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.policy import may_run_the_site
from app.core.answers import require
from app.core.i18n import _, marked
from app.moderation.akismet.health import akismet_state
from app.notifications.trying import last_trial
from app.settings import Settings
from app.site.changing import Part, state_of
from app.site.models import SiteRow
from app.site.trying import try_key, try_mail
from app.web.accounts.pages import never_kept, spoken_frame, unkept
from app.web.admin.pages import ADMIN, START, Surroundings, admin_head, surroundings
from app.web.admin.settings import Field, fields_of, part_url
from app.web.deps import Db, Frame, Me, doors_of, settings_of
from app.web.head import Head, Link

router = APIRouter()

_READ = ["GET", "HEAD"]
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_DONE = {
    "name": marked("Kept. Every page shows it from now on."),
    "mail": marked(
        "A letter to you is on its way. Look here again in a minute, and into your mail."
    ),
    "key": marked("Akismet is being asked. Look here again in a minute."),
}


@dataclass(frozen=True)
class Step:
    """One thing to settle: how it stands, and what can be done about it here."""

    name: str
    title: str
    is_done: bool
    says: str
    ways: Sequence[Link] = ()
    # Sent to `/admin/start/NAME`; empty where there is nothing to try.
    act: str = ""
    # A part of the settings that is changed here: its address, its fields, and what they are opened on.
    url: str = ""
    fields: Sequence[Field] = ()
    opened_on: str = ""


@dataclass(frozen=True)
class StartPage:
    """`admin/start.html`."""

    frame: Frame
    head: Head
    around: Surroundings
    steps: Sequence[Step]
    done: str


@router.api_route(START.rstrip("/"), methods=_READ)
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(START, 301)


@router.api_route(START, methods=_READ)
async def show(request: Request, db: Db, me: Me) -> Response:
    """How far the first steps are. Raises SignInNeeded or Forbidden."""
    require(may_run_the_site(me))
    frame, settings = await spoken_frame(request, db), settings_of(request)
    said = _DONE.get(request.query_params.get("done", ""))
    page = StartPage(
        frame=frame,
        head=admin_head(frame, _("First steps"), START),
        around=surroundings(ADMIN),
        steps=[
            _naming(frame.site),
            _address(settings),
            await _mail(db, me, settings),
            await _spam(db, settings),
            _bringing(),
        ],
        done=_(said) if said else "",
    )
    return unkept("admin/start.html", page)


@router.post(f"{START}mail")
async def send_letter(request: Request, me: Me) -> Response:
    """Mail the owner a letter, to see whether it arrives."""
    async with doors_of(request).unit_of_work() as db:
        await try_mail(db, me)
    return never_kept(RedirectResponse(f"{START}?done=mail#mail", 303))


@router.post(f"{START}key")
async def ask_akismet(request: Request, me: Me) -> Response:
    """Ask Akismet whether it knows the key of the settings."""
    async with doors_of(request).unit_of_work() as db:
        await try_key(db, me)
    return never_kept(RedirectResponse(f"{START}?done=key#key", 303))


def _naming(site: SiteRow) -> Step:
    is_named = site.title != SiteRow.__table__.c.title.default.arg
    says = _("It is called “%(title)s”, and speaks as its settings say.") if is_named else _(
        "It has no name of its own yet. Its language and its time are chosen here, too."
    )  # fmt: skip
    return Step(
        "name",
        _("A name"),
        is_named,
        says % {"title": site.title},
        url=part_url(Part.GENERAL),
        fields=fields_of(site, Part.GENERAL),
        opened_on=state_of(site, Part.GENERAL),
    )


def _address(settings: Settings) -> Step:
    is_public = not any(f"//{host}" in settings.base_url for host in _LOOPBACK)
    says = _("It lives at %(url)s: so say its links, feeds and letters.") if is_public else _(
        "It says of itself that it lives at %(url)s, which nobody else can reach. RAPPORT_BASE_URL names its address."
    )  # fmt: skip
    return Step("address", _("An address"), is_public, says % {"url": settings.base_url})


async def _mail(db: AsyncSession, me: Actor, settings: Settings) -> Step:
    outbox, title = Link(_("What waits to be sent"), "/mod/outbox/"), _("Mail")
    if not settings.smtp_url:
        says = _(
            "No mail server is set, so letters wait in the outbox. RAPPORT_SMTP_URL names one."
        )
        return Step("mail", title, False, says, [outbox])
    letter, act = await last_trial(db, me.user_id or 0), _("Mail me a letter")
    if letter is None:
        return Step(
            "mail",
            title,
            False,
            _("A server is set. Whether it takes mail, a letter shows."),
            act=act,
        )
    if letter.sent_at is not None:
        says = _("The server took a letter to you. If it did not arrive, look among the spam.")
        return Step("mail", title, True, says, act=act)
    says = _("A letter to you waits: %(why)s") % {
        "why": letter.trouble or _("it was not tried yet.")
    }
    return Step("mail", title, False, says, [outbox], act)


async def _spam(db: AsyncSession, settings: Settings) -> Step:
    title = _("Spam")
    if not settings.akismet_key:
        says = _(
            "No key for Akismet is set, which is a choice, too: the filter that learns from your decisions works by"
            " itself. RAPPORT_AKISMET_KEY names one."
        )
        return Step("key", title, True, says)
    state, act = await akismet_state(db), _("Ask Akismet whether it knows the key")
    if state.trouble is not None:
        return Step("key", title, False, state.trouble.in_words, act=act)
    if state.answered_at is None:
        return Step(
            "key", title, False, _("A key for Akismet is set. It was not asked yet."), act=act
        )
    return Step("key", title, True, _("Akismet answers, and knows the key of this site."), act=act)


def _bringing() -> Step:
    says = _(
        "“rapport import wordpress FILE” brings a site from WordPress, “rapport import disqus FILE” comments from"
        " Disqus, “rapport import archive FILE” another Rapport’s archive into an empty site. Or begin:"
    )
    ways = [Link(_("Write a first post"), "/write/new/")]
    return Step("bringing", _("What you bring"), False, says, ways)
