"""`/healthz`, `/readyz`, `/metrics`: for those who watch the site."""

from enum import StrEnum
from ipaddress import ip_address

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from prometheus_client import process_collector as process
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from starlette.responses import JSONResponse, PlainTextResponse, Response

from app.core import clock
from app.core.errors import NotFound, NotReady
from app.core.job_queue import numbers
from app.core.job_workers import workers
from app.core.jobs import JobState
from app.core.schema import version_in, wanted_version
from app.web.deps import doors_of

router = APIRouter()


class Jobs(StrEnum):
    """Who does this site's jobs, as far as this process has to see to it."""

    HERE = "here"
    BESIDE = "beside"
    ELSEWHERE = "elsewhere"


@router.api_route("/healthz", methods=["GET", "HEAD"])
async def healthz() -> Response:
    """The process lives."""
    return PlainTextResponse("ok\n", headers=_UNCACHED)


@router.api_route("/readyz", methods=["GET", "HEAD"])
async def readyz(request: Request) -> Response:
    """The database can be reached, has this program's schema, and jobs run; 503 with reasons else."""
    reasons = await reasons_not_to_serve(request)
    body = {"ready": not reasons, "reasons": reasons}
    return JSONResponse(body, 503 if reasons else 200, headers=_UNCACHED)


async def reasons_not_to_serve(request: Request) -> list[str]:
    """Why the site can't be served right now, in sentences; none when it can."""
    try:
        async with doors_of(request).reading() as session:
            await session.execute(text("SELECT 1"))
            found = await version_in(session)
            jobs_run = request.app.state.jobs == Jobs.ELSEWHERE or (
                found == wanted_version() and bool(await workers(session, clock.now()))
            )
    except (NotReady, DBAPIError, OSError):
        return ["The database can't be reached. Run: rapport doctor"]
    if found != wanted_version():
        return ["The database has another schema than this version. Run: rapport upgrade"]
    if not jobs_run:
        return ["Nothing runs the jobs. Run: rapport worker"]
    return []


@router.api_route("/metrics", methods=["GET", "HEAD"])
async def metrics(request: Request) -> Response:
    """Figures for Prometheus, for those on this machine."""
    if request.client is None or not _is_loopback(request.client.host) or _is_forwarded(request):
        raise NotFound()
    registry = CollectorRegistry()
    process.ProcessCollector(registry=registry)
    cache = request.app.state.cache
    Gauge("rapport_cached_pages", "Pages in the cache", registry=registry).set(len(cache))
    Gauge("rapport_cached_bytes", "Bytes in the cache", registry=registry).set(cache.weight)
    streams = len(request.app.state.streams)
    Gauge("rapport_event_streams", "Open event streams", registry=registry).set(streams)
    jobs = Gauge("rapport_jobs", "Jobs by state", ["state"], registry=registry)
    async with doors_of(request).reading() as session:
        counted = await numbers(session)
    for state in JobState:
        jobs.labels(state).set(counted.get(state, 0))
    Gauge("rapport_changes_heard", "Changes heard of", registry=registry).set(cache.changes)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST, headers=_UNCACHED)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_forwarded(request: Request) -> bool:
    # A proxy on this machine passes the whole world on from a loopback address.
    return "x-forwarded-for" in request.headers or "forwarded" in request.headers


_UNCACHED = {"cache-control": "no-store"}
