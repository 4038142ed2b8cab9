"""`/admin/health`: how the site is, in one sentence and then check by check; what failed is tried once more here."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.accounts.policy import may_run_the_site
from app.core.answers import require
from app.core.i18n import _, marked
from app.core.jobs import Job
from app.health.checks import Finding, State, findings, in_one_sentence
from app.health.facts import gather_facts
from app.health.failed import jobs_that_failed, try_all_once_more, try_once_more
from app.web.accounts.pages import never_kept, spoken_frame, unkept
from app.web.admin.pages import HEALTH, Surroundings, admin_head, surroundings
from app.web.deps import Db, Frame, Me, doors_of, settings_of
from app.web.head import Head

router = APIRouter()

_READ = ["GET", "HEAD"]
_DONE = {"again": marked("It is tried once more."), "all": marked("All are tried once more.")}


@dataclass(frozen=True)
class Checked:
    """One line of the list: of what it speaks, and what was found about it."""

    about: str
    found: Sequence[Finding]


@dataclass(frozen=True)
class FailedJob:
    """A job that was given up; `arguments` as JSON."""

    id: int
    name: str
    arguments: str
    tries: int
    reason: str
    at: datetime


@dataclass(frozen=True)
class HealthPage:
    """`admin/health.html`. `state` is that of the worst finding; `failed` the newest, of `failed_in_all`."""

    frame: Frame
    head: Head
    around: Surroundings
    state: State
    says: str
    checks: Sequence[Checked]
    failed: Sequence[FailedJob]
    failed_in_all: int
    at: datetime
    done: str


@router.api_route(f"{HEALTH}/", methods=_READ)
async def without_slash() -> Response:
    """The canonical address has no slash at its end, as programs ask for it by name."""
    return RedirectResponse(HEALTH, 301)


@router.api_route(HEALTH, methods=_READ)
async def show(request: Request, db: Db, me: Me) -> Response:
    """How the site is, for owners. Raises SignInNeeded, Forbidden."""
    require(may_run_the_site(me))
    frame = await spoken_frame(request, db)
    facts = await gather_facts(db, settings_of(request))
    found = findings(facts)
    page = HealthPage(
        frame=frame,
        head=admin_head(frame, _("Health"), HEALTH),
        around=surroundings(HEALTH),
        state=_worst(found),
        says=in_one_sentence(found),
        checks=[Checked(about, list(some)) for about, some in groupby(found, attrgetter("about"))],
        failed=[_failed(job) for job in await jobs_that_failed(db)],
        failed_in_all=facts.queue.failed if facts.queue else 0,
        at=facts.at,
        done=_done(request),
    )
    return unkept("admin/health.html", page)


@router.post(f"{HEALTH}/jobs/{{job_id:int}}/retry")
async def retry(request: Request, me: Me, job_id: int) -> Response:
    """Try a failed job once more. Raises Conflict where it is none any more."""
    async with doors_of(request).unit_of_work() as db:
        await try_once_more(db, me, job_id)
    return never_kept(RedirectResponse(f"{HEALTH}?done=again", 303))


@router.post(f"{HEALTH}/jobs/retry")
async def retry_all(request: Request, me: Me) -> Response:
    """Try all failed jobs once more."""
    async with doors_of(request).unit_of_work() as db:
        await try_all_once_more(db, me)
    return never_kept(RedirectResponse(f"{HEALTH}?done=all", 303))


def _done(request: Request) -> str:
    said = _DONE.get(request.query_params.get("done", ""))
    return _(said) if said else ""


def _worst(found: Sequence[Finding]) -> State:
    states = {one.state for one in found}
    return next((state for state in (State.WRONG, State.LOOK) if state in states), State.WELL)


def _failed(job: Job) -> FailedJob:
    return FailedJob(
        id=job.id,
        name=job.name,
        arguments=json.dumps(job.arguments, ensure_ascii=False) if job.arguments else "",
        tries=job.tries,
        reason=job.reason,
        at=job.due_at,
    )
