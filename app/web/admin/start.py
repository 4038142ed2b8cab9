"""`/admin/start/`: the first steps of an owner, each done or still to do, none of them an obligation."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.policy import may_run_the_site
from app.core.answers import require
from app.core.errors import NotFound
from app.core.i18n import _, marked
from app.site.actions import put_step_aside
from app.site.models import FirstStep
from app.site.queries import ensure_site
from app.site.trying import try_key, try_mail
from app.web.accounts.pages import never_kept, spoken_frame, unkept
from app.web.admin.pages import ADMIN, START, Surroundings, admin_head, surroundings
from app.web.admin.steps import Step, first_steps
from app.web.deps import Db, Frame, Me, doors_of, settings_of
from app.web.head import Head

router = APIRouter()

_READ = ["GET", "HEAD"]
_DONE = {
    "name": marked("Kept. Every page shows it from now on."),
    "mail": marked(
        "A letter to you is on its way. Look here again in a minute, and into your mail."
    ),
    "key": marked("Akismet is being asked. Look here again in a minute."),
    "aside": marked("Put aside. You can take it up again here whenever you like."),
    "again": marked("Taken up again."),
}


@dataclass(frozen=True)
class StartPage:
    """`admin/start.html`."""

    frame: Frame
    head: Head
    around: Surroundings
    steps: Sequence[Step]
    # Empty as long as a step is neither settled nor put aside.
    all_well: str
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
    steps = await first_steps(db, me, frame.site, settings)
    said = _DONE.get(request.query_params.get("done", ""))
    page = StartPage(
        frame=frame,
        head=admin_head(frame, _("First steps"), START),
        around=surroundings(ADMIN),
        steps=steps,
        all_well=_all_well(steps),
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


@router.post(f"{START}{{name}}/dismissal")
async def dismiss(request: Request, me: Me, name: str) -> Response:
    """Put a step aside: it stays there, and is nothing to do any more. Raises NotFound."""
    return await _put(request, me, name, aside=True)


@router.post(f"{START}{{name}}/dismissal/reversal")
async def take_up(request: Request, me: Me, name: str) -> Response:
    """Have a step again among what is to do. Raises NotFound."""
    return await _put(request, me, name, aside=False)


async def _put(request: Request, me: Actor, name: str, *, aside: bool) -> Response:
    require(may_run_the_site(me))
    if name not in set(FirstStep):
        raise NotFound
    async with doors_of(request).unit_of_work() as db:
        site = await ensure_site(db, settings_of(request).base_host, locked=True)
        await put_step_aside(db, me, site, FirstStep(name), aside=aside)
    done = "aside" if aside else "again"
    return never_kept(RedirectResponse(f"{START}?done={done}#{name}", 303))


def _all_well(steps: Sequence[Step]) -> str:
    if not all(step.is_done or step.is_put_aside for step in steps):
        return ""
    if any(step.is_put_aside for step in steps):
        return _("All is well: what is not settled, you put aside.")
    return _("All is well: everything here is settled.")
