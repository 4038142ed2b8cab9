"""Comments wait for Akismet, whatever it does; nothing is lost, and nothing is published unchecked."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE, Actor
from app.core import clock
from app.core.jobs import Tools
from app.discussions import actions
from app.discussions.models import Comment, CommentStatus
from app.discussions.rounds import ask_akismet
from app.moderation.akismet.client import AT_ONCE, Trouble
from app.moderation.akismet.health import akismet_state
from app.moderation.akismet.waiting import LEASE, WAITS
from app.moderation.models import Check, Tab
from app.moderation.pipeline import judge
from app.moderation.submission import Author, Facts, Learned, submission_of
from app.moderation.verdicts import Outcome
from app.settings import Settings
from app.web.comments.forms import GuestForm
from app.work import Doors
from tests.conftest import RunJobs
from tests.moderation.akismet_server import KEY, OUT_OF_ORDER, AkismetServer, Mood, an_akismet
from tests.moderation.asking import Site, a_site_with_a_post, impatient, somebody_trusted

pytestmark = pytest.mark.anyio

Decide = Callable[[AsyncSession, Actor, int], Awaitable[Comment]]

PENDING, APPROVED, SPAM = CommentStatus.PENDING, CommentStatus.APPROVED, CommentStatus.SPAM
# Asked about again after this long, it is time for every try there is.
LONG = sum(WAITS, timedelta(minutes=1))


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


@pytest.fixture
def tools(doors: Doors, settings: Settings) -> Tools:
    return Tools(doors, settings)


async def test_a_stranger_waits_for_akismet_and_then_for_a_person(
    site: Site, server: AkismetServer, run_jobs: RunJobs
) -> None:
    said = await site.says()
    assert await site.state(said) == (PENDING, Check.WAITING, "")

    await run_jobs()

    assert await site.state(said) == (PENDING, Check.DONE, "ham")
    assert len(server.calls("comment-check")) == 1


async def test_whom_a_moderator_trusts_is_published_as_soon_as_akismet_has_nothing_against_it(
    site: Site, doors: Doors, settings: Settings, server: AkismetServer, run_jobs: RunJobs
) -> None:
    ada = await somebody_trusted(doors, settings)
    good, bad = await site.says(by=ada), await site.says("Cheap pills", by=ada)
    server.suspects = {"Cheap pills"}

    await run_jobs()

    assert await site.state(good) == (APPROVED, Check.DONE, "ham")
    assert await site.state(bad) == (PENDING, Check.DONE, "spam")


@pytest.mark.parametrize(("mood", "tab"), [(Mood.SPAM, Tab.SPAM), (Mood.DISCARD, Tab.BLATANT)])
async def test_what_akismet_takes_for_spam_is_spam_and_the_worst_is_hidden(
    site: Site, server: AkismetServer, run_jobs: RunJobs, mood: Mood, tab: Tab
) -> None:
    await server.feel(mood)
    said = await site.says()

    await run_jobs()

    case = await site.case(said)
    assert (await site.comment(said)).status == SPAM
    assert (case.tab, case.check_state) == (tab, Check.DONE)
    assert f"akismet_{mood}" in case.reason_codes.split()


@pytest.mark.parametrize("mood", [mood for mood in OUT_OF_ORDER if mood != Mood.SLOW])
async def test_while_akismet_is_out_of_order_comments_are_held_and_asked_about_afterwards(
    site: Site, server: AkismetServer, run_jobs: RunJobs, mood: Mood
) -> None:
    await server.feel(mood)
    began = time.monotonic()
    said = [await site.says(f"It is green, not red, {number}.") for number in range(3)]
    assert time.monotonic() - began < 3

    with impatient():
        await run_jobs()
    for comment_id in said:
        assert await site.state(comment_id) == (PENDING, Check.UNAVAILABLE, "")
        case = await site.case(comment_id)
        assert case.tab == Tab.NEEDS
        assert "check_unavailable" in case.reason_codes.split()

    await server.feel(Mood.GOOD)
    await run_jobs(later=WAITS[0])
    for comment_id in said:
        assert await site.state(comment_id) == (PENDING, Check.DONE, "ham")
        assert "check_unavailable" not in (await site.case(comment_id)).reason_codes.split()
    assert len(server.calls("comment-check")) == 3


async def test_it_is_tried_four_times_more_and_then_left_to_a_person(
    site: Site, server: AkismetServer, run_jobs: RunJobs
) -> None:
    await server.feel(Mood.BROKEN)
    said, later = await site.says(), timedelta()
    await run_jobs()

    for number, wait in enumerate(WAITS, start=1):
        assert len(server.received) == number
        await run_jobs(later=later + wait - timedelta(seconds=5))
        assert len(server.received) == number
        later += wait + timedelta(seconds=5)
        await run_jobs(later=later)
    assert len(server.received) == 5
    await run_jobs(later=later + timedelta(days=30))

    assert len(server.received) == 5
    assert await site.state(said) == (PENDING, Check.UNAVAILABLE, "")
    assert (await site.case(said)).tab == Tab.NEEDS


async def test_the_first_answer_after_a_failure_wakes_everything_that_waits(
    site: Site, server: AkismetServer, run_jobs: RunJobs, doors: Doors
) -> None:
    await server.feel(Mood.REFUSED)
    waiting = [await site.says(f"It is green, {number}.") for number in range(10)]
    await run_jobs()
    await run_jobs(later=WAITS[0])
    await server.feel(Mood.GOOD)

    await site.says("And blue.")
    await run_jobs()

    assert {await site.state(comment_id) for comment_id in waiting} == {
        (PENDING, Check.DONE, "ham")
    }
    async with doors.reading() as db:
        assert (await akismet_state(db)).trouble is None


async def test_when_nobody_answers_the_rest_of_the_round_is_not_asked(
    site: Site, server: AkismetServer, run_jobs: RunJobs, doors: Doors
) -> None:
    await server.feel(Mood.HANGING)
    said = [await site.says(f"It is green, {number}.") for number in range(30)]

    with impatient():
        await run_jobs()

    assert AT_ONCE <= len(server.received) < 2 * AT_ONCE
    assert {(await site.state(comment_id))[1] for comment_id in said} == {Check.UNAVAILABLE}
    async with doors.reading() as db:
        state = await akismet_state(db)
    assert (state.trouble, state.answered_at) == (Trouble.TIMEOUT, None)
    assert state.failed_at is not None


async def test_many_are_asked_about_in_one_job_a_few_at_once(
    site: Site, server: AkismetServer, run_jobs: RunJobs
) -> None:
    said = [await site.says(f"It is green, {number}.") for number in range(24)]

    ended = await run_jobs()

    assert [end.taken.name for end in ended].count("ask_akismet") == 1
    assert {await site.state(comment_id) for comment_id in said} == {(PENDING, Check.DONE, "ham")}
    assert len(server.calls("comment-check")) == 24
    assert 1 < server.most_at_once <= AT_ONCE


async def test_two_workers_never_ask_about_the_same_comment(
    site: Site, server: AkismetServer, tools: Tools
) -> None:
    for number in range(20):
        await site.says(f"It is green, {number}.")

    await asyncio.gather(ask_akismet(tools), ask_akismet(tools))

    asked = [call["comment_content"] for call in server.calls("comment-check")]
    assert len(asked) == len(set(asked)) == 20


async def test_a_worker_that_is_killed_in_the_middle_loses_nothing(
    site: Site, server: AkismetServer, tools: Tools, run_jobs: RunJobs
) -> None:
    await server.feel(Mood.HANGING)
    said = await site.says()
    worker = asyncio.create_task(ask_akismet(tools))
    await server.is_asked()
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
    await server.feel(Mood.GOOD)

    await run_jobs()
    assert await site.state(said) == (PENDING, Check.WAITING, "")
    await run_jobs(later=LEASE)

    assert await site.state(said) == (PENDING, Check.DONE, "ham")


@pytest.mark.parametrize(
    ("decide", "becomes"),
    [
        (actions.approve, APPROVED),
        (actions.mark_as_spam, SPAM),
        (actions.remove, CommentStatus.REMOVED),
    ],
)
async def test_what_a_person_decides_meanwhile_stays_and_the_late_answer_is_kept(
    site: Site, server: AkismetServer, tools: Tools, decide: Decide, becomes: CommentStatus
) -> None:
    server.thinks_for = 0.3
    said = await site.says()
    asking = asyncio.create_task(ask_akismet(tools))
    await server.is_asked()

    async with tools.work.unit_of_work() as db:
        await decide(db, OWNER_AT_THE_MACHINE, said)
    version = (await site.comment(said)).version
    await asking

    assert await site.state(said) == (becomes, Check.DONE, "ham")
    assert (await site.comment(said)).version == version


async def test_whom_a_moderator_trusts_is_published_unasked_but_not_for_good(
    site: Site, doors: Doors, settings: Settings, server: AkismetServer, run_jobs: RunJobs
) -> None:
    await server.feel(Mood.REFUSED)
    said = await site.says(by=await somebody_trusted(doors, settings))
    await run_jobs()
    assert await site.state(said) == (APPROVED, Check.UNAVAILABLE, "")

    await server.feel(Mood.SPAM)
    await run_jobs(later=WAITS[0])

    assert await site.state(said) == (PENDING, Check.DONE, "spam")


async def test_an_edit_is_asked_about_again_while_the_old_text_stays(
    site: Site, doors: Doors, settings: Settings, server: AkismetServer, run_jobs: RunJobs
) -> None:
    said = await site.says(by=await somebody_trusted(doors, settings))
    await run_jobs()

    await site.edits(said, "Cheap pills")
    server.suspects = {"Cheap pills"}
    await run_jobs()
    assert (await site.comment(said)).body_source == "It is green, not red."
    assert await site.state(said) == (APPROVED, Check.DONE, "spam")
    assert (await site.case(said)).tab == Tab.NEEDS

    await site.edits(said, "It is blue.")
    await run_jobs()
    assert (await site.comment(said)).body_source == "It is blue."
    asked = [
        (call["comment_content"], call.get("recheck_reason"))
        for call in server.calls("comment-check")
    ]
    assert asked == [
        ("It is green, not red.", None),
        ("Cheap pills", "edit"),
        ("It is blue.", "edit"),
    ]


async def test_an_answer_about_a_text_that_was_edited_meanwhile_does_not_count(
    site: Site, tools: Tools, doors: Doors, server: AkismetServer, run_jobs: RunJobs
) -> None:
    server.suspects, server.thinks_for = {"Cheap pills"}, 0.3
    said = await site.says(by=await somebody_trusted(doors, tools.settings))
    asking = asyncio.create_task(ask_akismet(tools))
    await server.is_asked()

    await site.edits(said, "Cheap pills")
    await asking
    await run_jobs()

    assert await site.state(said) == (PENDING, Check.DONE, "spam")
    assert len(server.calls("comment-check")) == 2


async def test_without_a_key_nobody_is_asked(
    doors: Doors, settings: Settings, server: AkismetServer, run_jobs: RunJobs
) -> None:
    site = await a_site_with_a_post(doors, settings.model_copy(update={"akismet_key": ""}))

    said = await site.says()
    await run_jobs()

    assert await site.state(said) == (PENDING, Check.DONE, "")
    assert server.received == []


async def test_a_key_that_was_taken_away_leaves_nothing_waiting(
    site: Site, doors: Doors, settings: Settings, server: AkismetServer
) -> None:
    said = await site.says()

    await ask_akismet(Tools(doors, settings.model_copy(update={"akismet_key": ""})))

    assert await site.state(said) == (PENDING, Check.DONE, "")
    assert server.received == []


async def test_akismet_hears_who_said_what_and_where(
    site: Site, server: AkismetServer, run_jobs: RunJobs
) -> None:
    await site.says(
        "**Green**, not red.", url="https://gwen.example/", agent="A browser", referrer="http://blog.example/"
    )  # fmt: skip

    await run_jobs()

    (told,) = server.calls("comment-check")
    assert told["comment_content"] == "**Green**, not red."
    assert told["comment_author"] == "Gwen"
    assert told["comment_author_email"] == "gwen@example.org"
    assert told["comment_author_url"] == "https://gwen.example/"
    assert told["user_ip"] == "192.0.2.7"
    assert told["user_agent"] == "A browser"
    assert told["referrer"] == "http://blog.example/"
    assert told["comment_type"] == "comment"
    assert told["permalink"] == "http://blog.example/2024/03/a-letter-a-week/"
    assert told["blog"] == "http://blog.example/"
    assert told["honeypot_field_name"] in GuestForm.model_fields
    assert not told.keys() & {"is_test", "user_role", "recheck_reason"}


@pytest.mark.parametrize(
    ("score", "akismet", "outcome"),
    [
        (0.99, "spam", Outcome.SPAM),
        (0.5, "spam", Outcome.SPAM),
        (0.05, "spam", Outcome.PENDING),
        (0.99, "ham", Outcome.PENDING),
        (0.05, "discard", Outcome.SPAM),
    ],
)
def test_a_person_decides_where_akismet_and_the_local_filter_disagree(
    score: float, akismet: str, outcome: Outcome
) -> None:
    known = Author(is_proved=True, approved=2)
    facts = Facts(at=clock.now(), author=known, learned=Learned(score), akismet=akismet)

    assert judge(submission_of("It is green."), facts, kept=()).outcome == outcome
