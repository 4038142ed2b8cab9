"""While Akismet can't be heard, what a moderation hook said stands, and it is not asked again."""

from collections.abc import AsyncIterator

import pytest

from app.discussions.models import CommentStatus
from app.hooks.kinds import CHECK
from app.moderation.akismet.waiting import WAITS
from app.moderation.models import Check
from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs
from tests.core.strangers import answers
from tests.hooks.receiving import Receiver, a_hook
from tests.moderation.akismet_server import KEY, AkismetServer, Mood, an_akismet
from tests.moderation.asking import a_site_with_a_post, somebody_trusted

pytestmark = pytest.mark.anyio

PENDING, APPROVED = CommentStatus.PENDING, CommentStatus.APPROVED


@pytest.fixture
async def server() -> AsyncIterator[AkismetServer]:
    async with an_akismet(Mood.BROKEN) as server:
        yield server


@pytest.fixture
def settings(settings: Settings, server: AkismetServer) -> Settings:
    told = {"akismet_key": KEY, "akismet_url": server.url, "rate_limits": "off"}
    return settings.model_copy(update=told)


@pytest.mark.parametrize(("verdict", "status"), [(b"hold", PENDING), (b"approve", APPROVED)])
async def test_what_a_hook_said_stands_when_akismet_is_heard_later(
    doors: Doors, settings: Settings, server: AkismetServer, receiver: Receiver, run_jobs: RunJobs,
    verdict: bytes, status: CommentStatus,
) -> None:  # fmt: skip
    site = await a_site_with_a_post(doors, settings)
    receiver.behaves = answers(verdict, status="200 OK")
    await a_hook(doors, settings, receiver.url(), CHECK)
    # Published at once, were it not for the hook; a guest would be held.
    ada = await somebody_trusted(doors, settings) if verdict == b"hold" else None
    said = await site.says(by=ada) if ada else await site.says()
    await run_jobs()
    assert (await site.state(said))[:2] == (status, Check.UNAVAILABLE)

    # By now it has nothing to say.
    receiver.behaves = answers(b"", status="500 No")
    await run_jobs(later=WAITS[0])
    await server.feel(Mood.GOOD)
    await run_jobs(later=WAITS[0] + WAITS[1])

    assert await site.state(said) == (status, Check.DONE, "ham")
    assert len(receiver.heard) == 1
