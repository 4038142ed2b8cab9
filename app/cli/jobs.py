"""`rapport jobs …`: what waits to be done, and doing it now."""

import asyncio
import json
from typing import Annotated, Any

import typer
from sqlalchemy import select

from app.cli.consoles import out
from app.cli.context import fail, run
from app.core.jobs import Job
from app.settings import Settings
from app.work import Doors
from app.worker import Worker

commands = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@commands.command("list")
def list_jobs(
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List what waits, what runs and what failed, with its reason.

    Example: rapport jobs list
    """
    jobs = run(_jobs)
    if as_json:
        print(json.dumps(jobs, ensure_ascii=False, indent=2))
        return
    for job in jobs:
        line = f"{job['id']:>8}  {job['state']:8} {job['due_at']}  {job['name']} {job['arguments']}"
        out.print(line, markup=False)
        if job["reason"]:
            out.print(f"{'':10}failed {job['tries']}×: {job['reason']}", markup=False)
    if not jobs:
        out.print("Nothing waits.")


@commands.command("run")
def run_jobs(
    until_idle: Annotated[
        bool, typer.Option("--until-idle", help="End when nothing is due any more.")
    ] = False,
    timeout: Annotated[
        float, typer.Option(help="Give up after so many seconds; 0: never.", min=0)
    ] = 0,
) -> None:
    """Do all that is due, and what follows from it; exit 1 when time ran out first.

    What failed waits for its next try, as ever: `rapport jobs list` says why.

    Example: rapport jobs run --until-idle --timeout 60
    """
    if not until_idle:
        fail("Say --until-idle; what runs for ever is: rapport worker", code=2)

    async def task(doors: Doors, settings: Settings) -> tuple[int, int]:
        worker = Worker(doors, settings)
        async with asyncio.timeout(timeout or None):
            await worker.run_until_idle()
        return len(worker.ended), sum(1 for end in worker.ended if end.trouble)

    try:
        done, failed = run(task)
    except TimeoutError:
        fail(f"There is still something to do after {timeout:g} seconds.")
    out.print(f"Done: {done - failed}. Failed: {failed}.")


async def _jobs(doors: Doors, _settings: Settings) -> list[dict[str, Any]]:
    async with doors.reading() as session:
        return [
            {
                "id": job.id,
                "name": job.name,
                "arguments": job.arguments,
                "once": job.once,
                "state": job.state,
                "due_at": job.due_at.isoformat(timespec="seconds"),
                "tries": job.tries,
                "reason": job.reason,
            }
            for job in await session.scalars(select(Job).order_by(Job.due_at, Job.id))
        ]
