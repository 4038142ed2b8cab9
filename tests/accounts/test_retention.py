"""How long traces of signing in are kept."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.links import make_link
from app.accounts.models import AuditEntry, LinkPurpose, OneTimeLink, UserSession
from app.accounts.retention import AUDIT_KEPT, LINKS_KEPT, forget_what_is_old
from app.accounts.sessions import LIFETIME, Whereabouts, start_session
from app.core import clock
from tests.world import a_member

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("after", "left"),
    [
        (LIFETIME - HOUR, (1, 1, 1)),
        (LIFETIME, (0, 1, 1)),
        (HOUR + LINKS_KEPT, (0, 0, 1)),
        (AUDIT_KEPT + HOUR, (0, 0, 0)),
    ],
)
async def test_traces_go_one_after_the_other(
    session: AsyncSession, after: timedelta, left: tuple[int, int, int]
) -> None:
    ada = await a_member(session)
    await start_session(session, ada, Whereabouts())
    await make_link(session, LinkPurpose.PASSWORD, user_id=ada.id, lifetime=HOUR)

    await forget_what_is_old(session, clock.now() + after)

    tables = (UserSession, OneTimeLink, AuditEntry)
    counts = [await session.scalar(select(func.count()).select_from(one)) for one in tables]
    assert tuple(counts) == left
