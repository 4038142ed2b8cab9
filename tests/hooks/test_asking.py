"""A moderation hook is asked before a comment is shown: two seconds long, and silence is no opinion."""

import json
import time

import anyio
import pytest
from anyio.abc import SocketStream

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.core import clock
from app.core.errors import Conflict
from app.discussions.deciding import decide
from app.discussions.models import CommentStatus
from app.groups.models import Visibility
from app.hooks.asking import verdict_in
from app.hooks.delivering import Outcome
from app.hooks.keeping import remove_hook, send_again, switch_hook
from app.hooks.kinds import CHECK
from app.hooks.models import DeliveryState
from app.moderation.models import Check
from app.moderation.pipeline import judge
from app.moderation.submission import Author, Facts, Learned, submission_of
from app.moderation.verdicts import Outcome as Became
from app.settings import Settings
from app.site.queries import get_site
from app.work import Doors
from tests.conftest import RunJobs, SignedIn
from tests.core.strangers import Behaviour, answers
from tests.groups.building import a_place, begin
from tests.hooks.receiving import Receiver, a_hook, log_of
from tests.moderation.asking import Site, a_site_with_a_post, somebody_trusted

pytestmark = pytest.mark.anyio

PENDING, APPROVED, SPAM = CommentStatus.PENDING, CommentStatus.APPROVED, CommentStatus.SPAM


def says(verdict: str) -> Behaviour:
    """A hook of this opinion."""
    return answers(json.dumps({"verdict": verdict}).encode(), status="200 OK")


async def never(stream: SocketStream) -> None:
    """Say nothing."""
    await anyio.sleep(60)


@pytest.fixture
async def site(doors: Doors, settings: Settings) -> Site:
    return await a_site_with_a_post(doors, settings)


async def asks(doors: Doors) -> bool:
    """Whether comments wait for a hook."""
    async with doors.reading() as db:
        return (await get_site(db)).asks_hooks


@pytest.mark.parametrize(
    ("verdict", "status"), [("approve", APPROVED), ("hold", PENDING), ("spam", SPAM)]
)
async def test_what_it_says_is_heard_before_anybody_sees_the_comment(
    doors: Doors, settings: Settings, site: Site, receiver: Receiver, run_jobs: RunJobs,
    verdict: str, status: CommentStatus,
) -> None:  # fmt: skip
    receiver.behaves = says(verdict)
    hook, _secret = await a_hook(doors, settings, receiver.url(), CHECK)

    said = await site.says()
    assert await site.state(said) == (PENDING, Check.WAITING, "")
    await run_jobs()

    assert (await site.state(said))[:2] == (status, Check.DONE)
    assert f"hook_{verdict}" in (await site.case(said)).reason_codes.split()
    (heard,) = receiver.heard
    assert heard.told["type"] == CHECK
    assert heard.told["object"]["text"] == "It is green, not red."
    assert b"gwen@example.org" not in heard.body
    assert b"192.0.2.7" not in heard.body
    (line,) = await log_of(doors, hook)
    assert (line.state, line.status) == (DeliveryState.DELIVERED, 200)
    assert "green" not in line.body
    with pytest.raises(Conflict):
        async with doors.unit_of_work() as db:
            await send_again(db, OWNER_AT_THE_MACHINE, hook.id, line.id)


@pytest.mark.parametrize(
    "behaviour",
    [
        never, answers(b"approve", status="500 No"), answers(b"spam", status="302 Found"),
        answers(b"", status="204 No Content"), answers(b"[[[[", status="200 OK"), says("perhaps"),
    ],
)  # fmt: skip
async def test_silence_and_nonsense_are_no_opinion(
    doors: Doors, settings: Settings, site: Site, receiver: Receiver, run_jobs: RunJobs,
    behaviour: Behaviour,
) -> None:  # fmt: skip
    receiver.behaves = behaviour
    await a_hook(doors, settings, receiver.url(), CHECK)
    ada = await somebody_trusted(doors, settings)

    said = await site.says(by=ada)
    began = time.monotonic()
    await run_jobs()

    assert (await site.state(said))[:2] == (APPROVED, Check.DONE)
    assert time.monotonic() - began < 8
    assert len(receiver.heard) == 1


async def test_of_several_the_strictest_is_heard(
    doors: Doors, settings: Settings, site: Site, receiver: Receiver, run_jobs: RunJobs
) -> None:
    receiver.by_path = {"/one": says("approve"), "/two": says("spam"), "/three": says("hold")}
    for path in receiver.by_path:
        await a_hook(doors, settings, receiver.url(path), CHECK)

    said = await site.says()
    await run_jobs()

    assert (await site.comment(said)).status == SPAM


async def test_a_changed_text_is_asked_about_anew_and_the_old_opinion_forgotten(
    doors: Doors, settings: Settings, site: Site, receiver: Receiver, run_jobs: RunJobs
) -> None:
    receiver.behaves = says("approve")
    await a_hook(doors, settings, receiver.url(), CHECK)
    said = await site.says()
    await run_jobs()
    receiver.behaves = says("nothing")

    await site.edits(said, "Cheap pills")
    await run_jobs()

    assert receiver.heard[-1].told["object"]["text"] == "Cheap pills"
    assert (await site.comment(said)).body_source == "It is green, not red."
    assert "hook_approve" not in (await site.case(said)).reason_codes.split()


async def test_what_a_person_decided_meanwhile_stays_decided(
    doors: Doors, settings: Settings, site: Site, receiver: Receiver, run_jobs: RunJobs
) -> None:
    receiver.behaves = says("spam")
    await a_hook(doors, settings, receiver.url(), CHECK)
    said = await site.says()
    async with doors.unit_of_work() as db:
        await decide(db, OWNER_AT_THE_MACHINE, said, "approve")

    await run_jobs()

    assert (await site.comment(said)).status == APPROVED


@pytest.mark.parametrize("visibility", [Visibility.MEMBERS, Visibility.HIDDEN])
async def test_of_groups_that_are_not_public_it_is_told_nothing(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs, signed_in: SignedIn,
    visibility: Visibility,
) -> None:  # fmt: skip
    await a_hook(doors, settings, receiver.url(), CHECK)
    place = await a_place(doors, signed_in, visibility=visibility)

    await begin(place.member, place)
    await run_jobs()

    assert receiver.heard == []


async def test_nobody_waits_for_a_hook_that_is_off_or_gone(
    doors: Doors, settings: Settings, site: Site, receiver: Receiver, run_jobs: RunJobs
) -> None:
    assert not await asks(doors)
    hook, _secret = await a_hook(doors, settings, receiver.url(), CHECK)
    assert await asks(doors)

    for is_on in (False, True):
        async with doors.unit_of_work() as db:
            await switch_hook(db, OWNER_AT_THE_MACHINE, hook.id, is_on=is_on)
        assert await asks(doors) == is_on
    async with doors.unit_of_work() as db:
        await remove_hook(db, OWNER_AT_THE_MACHINE, hook.id)

    assert not await asks(doors)
    said = await site.says()
    assert (await site.case(said)).check_state == Check.DONE
    await run_jobs()
    assert receiver.heard == []


async def test_one_that_says_it_is_gone_is_switched_off_and_nobody_waits_for_it(
    doors: Doors, settings: Settings, site: Site, receiver: Receiver, run_jobs: RunJobs
) -> None:
    receiver.behaves = answers(b"", status="410 Gone")
    await a_hook(doors, settings, receiver.url(), CHECK)

    await site.says()
    await run_jobs()

    assert not await asks(doors)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("approve", "approve"), (" Spam\n", "spam"), ('"hold"', "hold"), ('{"verdict": "hold"}', "hold"),
        ('{"verdict": 1}', ""), ("[]", ""), ("", ""), ("[" * 1024, ""), ("yes", ""), ("null", ""),
    ],
)  # fmt: skip
def test_an_answer_is_a_word_or_json_with_it(answer: str, verdict: str) -> None:
    assert verdict_in(Outcome(200, answer)) == verdict
    assert verdict_in(Outcome(500, answer)) == ""


def facts(**fields: object) -> Facts:
    """Somebody proved of whom nothing was approved yet."""
    return Facts(at=clock.now(), author=Author(is_proved=True), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hook", "others", "became"),
    [
        ("", {}, Became.PENDING),
        ("approve", {}, Became.APPROVED),
        ("approve", {"akismet": "ham"}, Became.APPROVED),
        # It outweighs no opinion that it is spam, but has a person look; and no rule of the owner's.
        ("approve", {"akismet": "spam"}, Became.PENDING),
        ("approve", {"akismet": "discard"}, Became.SPAM),
        ("approve", {"holds_everything": True}, Became.PENDING),
        ("approve", {"learned": Learned(0.99)}, Became.PENDING),
        ("hold", {"akismet": "ham"}, Became.PENDING),
        ("spam", {"akismet": "ham"}, Became.SPAM),
    ],
)
def test_what_it_says_is_weighed_with_what_others_say(
    hook: str, others: dict[str, object], became: Became
) -> None:
    assert judge(submission_of("Hello"), facts(hook=hook, **others)).outcome == became
