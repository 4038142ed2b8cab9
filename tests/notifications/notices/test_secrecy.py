"""What members are told is for them alone, and only as long as they may know of it."""

import pytest

from app.accounts.actor import Role
from app.core import clock
from app.notifications.notices.kinds import PROMISE_ACCEPTED
from app.work import Doors
from tests.conftest import RunJobs, SignedIn
from tests.notifications.notices.telling import mailing, news, told
from tests.world import a_member

pytestmark = pytest.mark.anyio


async def test_the_outbox_does_not_say_what_a_member_is_told(
    doors: Doors, settings, run_jobs: RunJobs, signed_in: SignedIn
) -> None:
    async with doors.unit_of_work() as db:
        ines = await a_member(db, "Ines", email_confirmed_at=clock.now())
    await told(doors, ines, news("I will pay your fine", PROMISE_ACCEPTED))
    await mailing(doors, settings, run_jobs)()

    page = (await (await signed_in(Role.OWNER)).get("/mod/outbox/")).text

    assert "ines@members.example" in page
    assert "News for a member" in page
    assert "your fine" not in page
