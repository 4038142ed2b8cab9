"""`/admin/`: how things are, in words, and the ways to everything an owner decides."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.policy import may_run_the_site
from app.accounts.queries import get_user
from app.core.answers import require
from app.core.i18n import _, ngettext
from app.core.jobs import Job, JobState
from app.moderation.akismet.health import akismet_state
from app.moderation.cases import case_counts
from app.moderation.models import Tab
from app.notifications.models import Letter
from app.settings import Settings
from app.site.models import SiteRow
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
# More than that is not counted.
_MANY = 1000


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
    page = FrontPage(
        frame=frame,
        head=admin_head(frame, _("Administration"), ADMIN),
        around=surroundings(ADMIN),
        matters=[*await _matters(db, settings), *_of_site(frame.site)],
        advice=await _advice(db, me, settings),
        ways=[
            *desks,
            *ways(),
            Way(START, _("First steps"), _("Name, address, mail, spam, and what you bring.")),
        ],
    )
    return unkept("admin/front.html", page)


async def _matters(db: AsyncSession, settings: Settings) -> list[Matter]:
    matters = []
    if waiting := (await case_counts(db))[Tab.NEEDS]:
        says = ngettext(
            "%(num)s thing waits for a moderator.", "%(num)s things wait for a moderator.", waiting
        )
        matters.append(Matter(says % {"num": waiting}, Link(_("Open the queue"), "/mod/")))
    if failed := await _counted(db, Job.id, Job.state == JobState.FAILED):
        says = ngettext(
            "%(num)s job has failed for good.", "%(num)s jobs have failed for good.", failed
        )
        matters.append(Matter(says % {"num": failed}, Link(_("See why"), HEALTH)))
    unsent = await _counted(db, Letter.id, Letter.sent_at.is_(None), Letter.failed_at.is_(None))
    if unsent and not settings.smtp_url:
        says = ngettext(
            "%(num)s letter waits, as no mail server is set.",
            "%(num)s letters wait, as no mail server is set.", unsent,
        )  # fmt: skip
        matters.append(Matter(says % {"num": unsent}, Link(_("Open the outbox"), "/mod/outbox/")))
    if settings.akismet_key and (await akismet_state(db)).trouble:
        says = _("Akismet can't be asked at the moment; comments wait for it.")
        matters.append(Matter(says, Link(_("See how things are"), HEALTH)))
    return matters


async def _counted(db: AsyncSession, key: object, *where: object) -> int:
    rows = select(key).where(*where).limit(_MANY).subquery()  # type: ignore[call-overload]
    return await db.scalar(select(func.count()).select_from(rows)) or 0


def _of_site(site: SiteRow) -> list[Matter]:
    if site.move is None:
        return []
    says = _("The addresses of posts are being changed: %(done)s of %(all)s are done.")
    told = {"done": site.move.get("done", 0), "all": site.move.get("all", 0)}
    return [Matter(says % told, Link(_("See how far it is"), PERMALINKS))]


async def _advice(db: AsyncSession, me: Actor, settings: Settings) -> list[Matter]:
    """What is not wrong, and would be better otherwise."""
    advice = []
    if not (await get_user(db, me.user_id or 0)).totp_secret:
        says = _(
            "You sign in by a password alone. With a code besides, a stolen one opens nothing."
        )
        advice.append(Matter(says, Link(_("Switch it on"), "/account/second-factor")))
    if not settings.smtp_url:
        says = _(
            "No mail server is set, so nobody hears of anything by mail. RAPPORT_SMTP_URL names one."
        )
        advice.append(Matter(says, Link(_("What waits to be sent"), "/mod/outbox/")))
    return advice
