"""`/admin/`: how things are, in words, and the ways to everything an owner decides."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.policy import may_run_the_site
from app.accounts.queries import get_user
from app.core.answers import require
from app.core.i18n import _, ngettext
from app.health.checks import Finding, State, findings
from app.health.facts import gather_facts
from app.moderation.cases import case_counts
from app.moderation.models import Tab
from app.settings import Settings
from app.site.models import FirstStep, SiteRow
from app.web.accounts.pages import spoken_frame, unkept
from app.web.admin.pages import (
    ADMIN,
    HEALTH,
    PERMALINKS,
    START,
    Surroundings,
    Way,
    admin_head,
    surroundings,
    ways,
)
from app.web.deps import Db, Frame, Me, settings_of
from app.web.head import Head, Link

router = APIRouter()

_READ = ["GET", "HEAD"]


@dataclass(frozen=True)
class Matter:
    """Something that wants an owner's eye: a sentence, and where it is seen to."""

    says: str
    way: Link


@dataclass(frozen=True)
class FrontPage:
    """`admin/front.html`: no matters mean that all is well."""

    frame: Frame
    head: Head
    around: Surroundings
    matters: Sequence[Matter]
    advice: Sequence[Matter]
    ways: Sequence[Way]


@router.api_route(ADMIN.rstrip("/"), methods=_READ)
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(ADMIN, 301)


@router.api_route(ADMIN, methods=_READ)
async def show(request: Request, db: Db, me: Me) -> Response:
    """How the site is, for owners. Raises SignInNeeded or Forbidden."""
    require(may_run_the_site(me))
    frame, settings = await spoken_frame(request, db), settings_of(request)
    desks = [
        Way("/mod/", _("Moderation"), _("What others said, and what waits for somebody.")),
        Way("/write/", _("Writing"), _("Posts and pages, and the library.")),
    ]
    found = findings(await gather_facts(db, settings))
    look = _found(found, State.LOOK)
    page = FrontPage(
        frame=frame,
        head=admin_head(frame, _("Administration"), ADMIN),
        around=surroundings(ADMIN),
        matters=[*await _waiting(db), *_found(found, State.WRONG), *_of_site(frame.site)],
        advice=[*await _of_person(db, me), *look, *_of_mail(look, frame.site, settings)],
        ways=[
            *desks,
            *ways(),
            Way(START, _("First steps"), _("Name, address, mail, spam, and what you bring.")),
        ],
    )
    return unkept("admin/front.html", page)


async def _waiting(db: AsyncSession) -> list[Matter]:
    waiting = (await case_counts(db))[Tab.NEEDS]
    if not waiting:
        return []
    says = ngettext(
        "%(num)s thing waits for a moderator.", "%(num)s things wait for a moderator.", waiting
    )
    return [Matter(says % {"num": waiting}, Link(_("Open the queue"), "/mod/"))]


def _found(found: Sequence[Finding], state: State) -> list[Matter]:
    """What the checks say is so: they are the same that `/admin/health` and `rapport doctor` tell."""
    way = Link(_("See how things are"), HEALTH)
    return [Matter(one.says, way) for one in found if one.state == state]


def _of_site(site: SiteRow) -> list[Matter]:
    if site.move is None:
        return []
    says = _("The addresses of posts are being changed: %(done)s of %(all)s are done.")
    told = {"done": site.move.get("done", 0), "all": site.move.get("all", 0)}
    return [Matter(says % told, Link(_("See how far it is"), PERMALINKS))]


async def _of_person(db: AsyncSession, me: Actor) -> list[Matter]:
    if (await get_user(db, me.user_id or 0)).totp_secret:
        return []
    says = _("You sign in by a password alone. With a code besides, a stolen one opens nothing.")
    return [Matter(says, Link(_("Switch it on"), "/account/second-factor"))]


def _of_mail(found: Sequence[Matter], site: SiteRow, settings: Settings) -> list[Matter]:
    """That no mail server is set, unless it was put aside, or a letter waits for one: then the checks say so."""
    if settings.smtp_url or FirstStep.MAIL in site.steps_put_aside:
        return []
    if any("RAPPORT_SMTP_URL" in one.says for one in found):
        return []
    says = _(
        "No mail server is set, so nobody hears of anything by mail. RAPPORT_SMTP_URL names one."
    )
    return [Matter(says, Link(_("What waits to be sent"), "/mod/outbox/"))]
