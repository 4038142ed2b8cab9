"""Akismet is told of its mistakes: once each, in the words it was asked in, and not of what was taken back."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.core.jobs import Tools
from app.discussions.correcting import LASTS
from app.discussions.deciding import decide
from app.discussions.models import Comment
from app.discussions.rounds import ask_akismet
from app.discussions.undoing import undo
from app.moderation.akismet.models import Correction, Sending
from app.moderation.akismet.waiting import WAITS
from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs
from tests.moderation.akismet_server import KEY, AkismetServer, Mood, an_akismet
from tests.moderation.asking import Site, a_site_with_a_post, impatient, somebody_trusted

pytestmark = pytest.mark.anyio

# What a call tells of the comment itself.
ABOUT = (
    "comment_content", "comment_author", "comment_author_email", "comment_author_url", "user_ip",
    "user_agent", "referrer", "permalink", "comment_type", "comment_date_gmt", "blog",
)  # fmt: skip


@pytest.fixture
async def server() -> AsyncIterator[AkismetServer]:
    async with an_akismet() as server:
        yield server


@pytest.fixture
def settings(settings: Settings, server: AkismetServer) -> Settings:
    told = {"akismet_key": KEY, "akismet_url": server.url, "rate_limits": "off"}
    return settings.model_copy(update=told)


@pytest.fixture
async def site(doors: Doors, settings: Settings) -> Site:
    return await a_site_with_a_post(doors, settings)


class Moderator:
    """Decides, each time in a transaction of its own."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def says(self, verb: str, comment_id: int) -> int:
        """Approve, hold, remove, or call it spam; the decision's number."""
        async with self._doors.unit_of_work() as db:
            _comment, decision = await decide(db, OWNER_AT_THE_MACHINE, comment_id, verb)
        assert decision is not None
        return decision.id

    async def undoes(self, decision_id: int) -> int:
        """Take a decision back; the reversal's number."""
        async with self._doors.unit_of_work() as db:
            return (await undo(db, OWNER_AT_THE_MACHINE, decision_id)).id


@pytest.fixture
def moderator(doors: Doors) -> Moderator:
    return Moderator(doors)


def told(server: AkismetServer) -> list[str]:
    """What it was told, in order."""
    calls = (received.call for received in server.answered)
    return [call.removeprefix("submit-") for call in calls if call.startswith("submit-")]


@pytest.mark.parametrize(
    ("mood", "verb", "tells"),
    [
        (Mood.SPAM, "approve", "ham"),
        (Mood.DISCARD, "approve", "ham"),
        (Mood.GOOD, "spam", "spam"),
        (Mood.GOOD, "approve", ""),
        (Mood.SPAM, "remove", ""),
        (Mood.GOOD, "remove", ""),
        (Mood.SPAM, "hold", ""),
    ],
)
async def test_it_is_told_of_what_it_took_for_something_else(
    site: Site, server: AkismetServer, moderator: Moderator, run_jobs: RunJobs, mood: Mood, verb: str, tells: str
) -> None:  # fmt: skip
    await server.feel(mood)
    said = await site.says()
    await run_jobs()

    await moderator.says(verb, said)
    await run_jobs()
    await run_jobs(later=LASTS)

    assert told(server) == tells.split()


async def test_a_correction_says_what_was_asked_whatever_became_of_the_comment(
    site: Site, server: AkismetServer, moderator: Moderator, doors: Doors, settings: Settings, run_jobs: RunJobs
) -> None:  # fmt: skip
    ada = await somebody_trusted(doors, settings)
    said = await site.says(
        by=ada, url="https://gwen.example/", agent="A browser", referrer="http://blog.example/"
    )
    await run_jobs()
    server.suspects = {"Cheap pills"}
    for text in ("Cheap pills", "It is blue."):
        await site.edits(said, text)
        await run_jobs()

    await moderator.says("spam", said)
    await run_jobs()

    first, _held, edited = server.calls("comment-check")
    (correction,) = server.calls("submit-spam")
    assert {name: correction.get(name) for name in ABOUT} == {
        name: first.get(name) for name in ABOUT
    }
    assert edited["comment_content"] == "It is blue."


async def test_an_address_that_was_wiped_is_not_told(
    site: Site, server: AkismetServer, moderator: Moderator, doors: Doors, run_jobs: RunJobs
) -> None:
    said = await site.says()
    await run_jobs()
    async with doors.unit_of_work() as db:
        await db.execute(update(Comment).values(author_ip=""))

    await moderator.says("spam", said)
    await run_jobs()

    (correction,) = server.calls("submit-spam")
    assert correction["user_ip"] == ""
    assert correction["comment_content"] == "It is green, not red."


@pytest.mark.parametrize("mood", [Mood.REFUSED, Mood.HANGING, Mood.GARBAGE, Mood.WRONG_KEY])
async def test_a_correction_waits_until_it_can_be_told_and_is_told_once(
    site: Site, server: AkismetServer, moderator: Moderator, run_jobs: RunJobs, mood: Mood
) -> None:
    said = await site.says()
    await run_jobs()
    await server.feel(mood)
    await moderator.says("spam", said)

    with impatient():
        await run_jobs()
    assert told(server) == []
    await server.feel(Mood.GOOD)
    await run_jobs(later=WAITS[0])
    await run_jobs(later=LASTS)

    assert told(server) == ["spam"]


async def test_after_three_days_it_is_let_be(
    site: Site, server: AkismetServer, moderator: Moderator, run_jobs: RunJobs, doors: Doors
) -> None:
    said = await site.says()
    await run_jobs()
    await server.feel(Mood.BROKEN)
    await moderator.says("spam", said)
    for hours in range(0, 78, 3):
        await run_jobs(later=timedelta(hours=hours))

    async with doors.reading() as db:
        correction = (await db.scalars(select(Correction))).one()
    assert (correction.state, correction.trouble) == (Sending.GIVEN_UP, "status")
    assert correction.tries > 10
    await server.feel(Mood.GOOD)
    await run_jobs(later=timedelta(days=10))
    assert told(server) == []


async def test_what_is_taken_back_before_it_was_told_is_never_told(
    site: Site, server: AkismetServer, moderator: Moderator, run_jobs: RunJobs
) -> None:
    await server.feel(Mood.SPAM)
    said = await site.says()
    await run_jobs()

    await moderator.undoes(await moderator.says("approve", said))
    await run_jobs()
    await run_jobs(later=LASTS)

    assert told(server) == []


async def test_what_is_taken_back_after_it_was_told_is_told_otherwise(
    site: Site, server: AkismetServer, moderator: Moderator, run_jobs: RunJobs
) -> None:
    await server.feel(Mood.SPAM)
    said = await site.says()
    await run_jobs()
    decision = await moderator.says("approve", said)
    await run_jobs()

    await moderator.undoes(decision)
    await run_jobs()

    assert told(server) == ["ham", "spam"]


async def test_only_the_last_of_many_changes_of_mind_is_told(
    site: Site, server: AkismetServer, moderator: Moderator, run_jobs: RunJobs
) -> None:
    said = await site.says()
    await run_jobs()

    for verb in ("spam", "approve", "spam", "remove", "spam"):
        await moderator.says(verb, said)
    await run_jobs()

    assert told(server) == ["spam"]


async def test_nothing_is_told_of_what_it_was_never_asked_about(
    site: Site, server: AkismetServer, moderator: Moderator, run_jobs: RunJobs
) -> None:
    said = await site.says()

    await moderator.says("spam", said)
    await run_jobs()

    assert server.received == []


async def test_what_was_published_unasked_and_is_spam_is_told(
    site: Site, server: AkismetServer, moderator: Moderator, doors: Doors, settings: Settings, run_jobs: RunJobs
) -> None:  # fmt: skip
    await server.feel(Mood.REFUSED)
    said = await site.says(by=await somebody_trusted(doors, settings))
    await run_jobs()
    await server.feel(Mood.GOOD)

    await moderator.says("spam", said)
    await run_jobs()

    assert told(server) == ["spam"]


async def test_one_that_may_have_been_told_when_the_worker_died_is_not_told_again(
    site: Site, server: AkismetServer, moderator: Moderator, doors: Doors, settings: Settings, run_jobs: RunJobs
) -> None:  # fmt: skip
    said = await site.says()
    await run_jobs()
    await moderator.says("spam", said)
    async with doors.unit_of_work() as db:
        await db.execute(update(Correction).values(state=Sending.STARTED))

    await ask_akismet(Tools(doors, settings))
    await run_jobs(later=LASTS)

    assert told(server) == []


async def test_without_a_key_corrections_wait(
    site: Site, server: AkismetServer, moderator: Moderator, doors: Doors, settings: Settings, run_jobs: RunJobs
) -> None:  # fmt: skip
    said = await site.says()
    await run_jobs()
    await moderator.says("spam", said)

    await ask_akismet(Tools(doors, settings.model_copy(update={"akismet_key": ""})))
    assert told(server) == []

    await ask_akismet(Tools(doors, settings))
    assert told(server) == ["spam"]


async def test_many_corrections_are_told_by_one_job(
    site: Site, server: AkismetServer, moderator: Moderator, run_jobs: RunJobs
) -> None:
    await server.feel(Mood.SPAM)
    said = [await site.says(f"It is green, {number}.") for number in range(10)]
    await run_jobs()
    for comment_id in said:
        await moderator.says("approve", comment_id)

    ended = await run_jobs()

    assert [end.taken.name for end in ended].count("ask_akismet") == 1
    corrected = [call["comment_content"] for call in server.calls("submit-ham")]
    assert sorted(corrected) == sorted(f"It is green, {number}." for number in range(10))
