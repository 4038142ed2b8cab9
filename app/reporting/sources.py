"""Everything that can be reported and is no comment, by its kind."""

from collections.abc import Iterable, Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from app.moderation.kinds import ThingKind
from app.moderation.models import Case
from app.reporting.of_introductions import INTRODUCTIONS
from app.reporting.of_members import MEMBERS
from app.reporting.of_messages import MESSAGES
from app.reporting.of_promises import PROMISES
from app.reporting.of_resources import RESOURCES
from app.reporting.things import Source, Thing

SOURCES: Mapping[str, Source] = {
    ThingKind.PROFILE: MEMBERS,
    ThingKind.PROMISE: PROMISES,
    ThingKind.INTRODUCTION: INTRODUCTIONS,
    ThingKind.MESSAGE: MESSAGES,
    ThingKind.RESOURCE: RESOURCES,
}


async def things_of(session: AsyncSession, cases: Iterable[Case]) -> dict[tuple[str, int], Thing]:
    """What these cases are about, by kind and number: a query or two for each kind among them.

    For those who may see the cases; what is gone is not among it.
    """
    wanted: dict[str, list[int]] = {}
    for case in cases:
        if case.kind in SOURCES:
            wanted.setdefault(case.kind, []).append(case.item_id)
    return {
        (kind, thing_id): thing
        for kind, ids in wanted.items()
        for thing_id, thing in (await SOURCES[kind].read(session, ids)).items()
    }
