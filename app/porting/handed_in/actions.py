"""What owners do with exports: hand them in, have them brought in, let them go."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.accounts.models import User
from app.accounts.policy import may_run_the_site
from app.core import clock
from app.core.answers import require
from app.core.errors import Conflict, NotFound
from app.core.i18n import _
from app.core.jobs import enqueue
from app.core.text import one_line
from app.porting.handed_in.jobs import drop_export, work_on_import
from app.porting.handed_in.models import AT_WORK, OPEN, ImportState, SiteImport
from app.porting.handed_in.receiving import Received
from app.site.queries import ensure_site

_LONGEST_NAME = 200


async def imports(session: AsyncSession, actor: Actor) -> Sequence[tuple[SiteImport, str]]:
    """All that was ever handed in, with the name of who did, the newest first. Raises SignInNeeded, Forbidden."""
    require(may_run_the_site(actor))
    query = select(SiteImport, User.name).outerjoin(User, User.id == SiteImport.user_id)
    rows = await session.execute(query.order_by(SiteImport.id.desc()).limit(200))
    return [(found, name or "") for found, name in rows]


async def get_import(
    session: AsyncSession, actor: Actor, import_id: int, *, locked: bool = False
) -> SiteImport:
    """One of them. Raises SignInNeeded, Forbidden, NotFound."""
    require(may_run_the_site(actor))
    found = await session.get(
        SiteImport, import_id, with_for_update=locked, populate_existing=locked
    )
    if found is None:
        raise NotFound
    return found


async def require_none_open(session: AsyncSession, actor: Actor) -> None:
    """Raises Conflict as long as another import is not over; SignInNeeded, Forbidden."""
    require(may_run_the_site(actor))
    query = select(SiteImport.source).where(SiteImport.state.in_(OPEN)).limit(1)
    other = await session.scalar(query)
    if other is not None:
        says = _(
            "“%(name)s” is not done with: one import at a time. Have it brought in, or let it go."
        )
        raise Conflict(says % {"name": other})


async def hand_in(
    session: AsyncSession, actor: Actor, name: str, received: Received, guid_host: str
) -> SiteImport:
    """Have a file that was received looked into. Raises SignInNeeded, Forbidden, Conflict."""
    # Of two at once one waits here for the other.
    await ensure_site(session, guid_host, locked=True)
    await require_none_open(session, actor)
    row = SiteImport(
        user_id=actor.user_id,
        kind=received.kind,
        state=ImportState.LOOKING,
        source=one_line(name)[:_LONGEST_NAME] or "export.xml",
        file=received.name,
        size=received.size,
        handed_in_at=clock.now(),
    )
    session.add(row)
    await session.flush()
    facts = {"file": row.source, "kind": row.kind, "bytes": row.size}
    record_audit(session, actor, "import handed in", f"import:{row.id}", after=facts)
    await enqueue(session, work_on_import, once=_key(row), import_id=row.id)
    return row


async def bring_in(
    session: AsyncSession, actor: Actor, row: SiteImport, *, fetches_files: bool
) -> None:
    """Have brought in what was looked into. Raises SignInNeeded, Forbidden, Conflict."""
    require(may_run_the_site(actor))
    if row.state != ImportState.LOOKED:
        raise Conflict(_("This import does not wait for a yes: look how it stands now."))
    row.state, row.fetches_files = ImportState.BRINGING, fetches_files
    row.step, row.done, row.all = "", 0, 0
    facts = {"file": row.source, "fetches files": fetches_files}
    record_audit(session, actor, "import begun", f"import:{row.id}", after=facts)
    await enqueue(session, work_on_import, once=_key(row), import_id=row.id)


async def let_go(session: AsyncSession, actor: Actor, row: SiteImport) -> None:
    """Stop an import; what came in stays. Raises SignInNeeded, Forbidden, Conflict."""
    require(may_run_the_site(actor))
    if row.state not in OPEN:
        raise Conflict(_("This import is over: look how it ended."))
    was_at_work = row.state in AT_WORK
    row.state, row.ended_at, row.run = ImportState.GIVEN_UP, clock.now(), ""
    record_audit(
        session, actor, "import let go", f"import:{row.id}", after={"while at work": was_at_work}
    )
    await enqueue(session, drop_export, import_id=row.id)


def _key(row: SiteImport) -> str:
    return str(row.id)
