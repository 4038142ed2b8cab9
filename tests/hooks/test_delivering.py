"""Deliveries reach receivers that are well, and bear with those that are not."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import anyio
import pytest
from anyio.abc import SocketStream
from sqlalchemy import delete, func, select

from app.accounts.actor import OWNER_AT_THE_MACHINE, Role
from app.core import clock
from app.core.jobs import Job, Tools
from app.core.secrets import secrets_of
from app.hooks import delivering
from app.hooks.delivering import GAPS, deliver_next
from app.hooks.keeping import (
    NewHook,
    edit_hook,
    remove_hook,
    renew_secret,
    send_again,
    send_test,
    state_of,
    switch_hook,
)
from app.hooks.models import ANSWER_LENGTH, DeliveryState, Hook, HookDelivery
from app.hooks.retention import tidy_hooks
from app.hooks.signing import secret_of
from app.notifications.notices.models import Notice
from app.posts.actions import trash_post
from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs
from tests.core.strangers import Behaviour, answers, redirects_to, sends
from tests.hooks.receiving import OK, Receiver, a_hook, a_receiver, as_it_is, log_of
from tests.visiting import ROOT
from tests.world import a_member, a_post

pytestmark = pytest.mark.anyio


async def never(stream: SocketStream) -> None:
    """Say nothing."""
    await anyio.sleep(60)


async def drips(stream: SocketStream) -> None:
    """Say it a letter at a time."""
    await stream.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    while True:
        await stream.send(b"x")
        await anyio.sleep(0.05)


async def published(doors: Doors, title: str = "A letter a week") -> None:
    """Something happens."""
    async with doors.unit_of_work() as db:
        await a_post(db, title)


def verifier() -> Callable[[str, Any, bytes], bool]:
    """The example of the documents, as a receiver would copy it."""
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "app/hooks/README.md").read_text(), re.S)
    known: dict[str, Any] = {}
    exec(code, known)
    found: Callable[[str, Any, bytes], bool] = known["is_from_rapport"]
    return found


async def test_what_arrives_is_signed_as_the_documents_say(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs
) -> None:
    hook, secret = await a_hook(doors, settings, receiver.url("/hook?room=1"), "post.published")

    await published(doors)
    await run_jobs()

    (came,) = receiver.heard
    is_from_rapport = verifier()
    assert came.path == "/hook?room=1"
    assert came.headers["Content-Type"] == "application/json"
    assert came.headers["X-Rapport-Event"] == came.told["type"] == "post.published"
    assert is_from_rapport(secret, came.headers, came.body)
    assert not is_from_rapport(secret, came.headers, came.body + b" ")
    assert not is_from_rapport(secret[:-1] + "g", came.headers, came.body)
    old = {**came.headers, "X-Rapport-Timestamp": "1700000000"}
    assert not is_from_rapport(secret, old, came.body)
    (row,) = await log_of(doors, hook)
    assert (row.state, row.status, row.answer, row.tries) == ("delivered", 200, "thanks", 1)
    assert row.key == came.headers["X-Rapport-Delivery"]


HUGE = answers(b"x" * 3_000_000)
GARBAGE = sends(b"\x00\xff not HTTP at all\r\n\r\n")


@pytest.mark.parametrize(
    ("behaves", "status"),
    [
        pytest.param(answers(b"<h1>no", status="500 Oops"), 500, id="broken"),
        pytest.param(answers(b"no", status="401 No"), 401, id="refusing"),
        pytest.param(redirects_to("http://127.0.0.1:1/elsewhere"), 302, id="redirecting"),
        pytest.param(redirects_to("/other", 307), 307, id="redirecting here"),
        pytest.param(GARBAGE, None, id="garbage"),
        pytest.param(sends(b""), None, id="hanging up"),
    ],
)
async def test_what_does_not_arrive_is_tried_for_a_day_and_then_given_up(
    doors: Doors,
    settings: Settings,
    receiver: Receiver,
    run_jobs: RunJobs,
    behaves: Behaviour,
    status: int | None,
) -> None:
    receiver.behaves = behaves
    hook, secret = await a_hook(doors, settings, receiver.url(), "post.published")
    await published(doors)
    later, is_from_rapport = timedelta(), verifier()

    await run_jobs()
    for number, gap in enumerate(GAPS, 1):
        (row,) = await log_of(doors, hook)
        assert (row.state, row.tries, row.status) == ("waiting", number, status)
        later += gap
        await run_jobs(later=later + timedelta(seconds=5 * number))
    await run_jobs(later=timedelta(days=3))

    (row,) = await log_of(doors, hook)
    assert (row.state, row.tries) == (DeliveryState.FAILED, len(GAPS) + 1)
    assert later <= timedelta(days=1)
    heard = receiver.heard
    assert len(heard) == len(GAPS) + 1
    assert len({(one.headers["X-Rapport-Delivery"], one.body) for one in heard}) == 1
    # Each try says when it was made.
    assert len({one.headers["X-Rapport-Timestamp"] for one in heard}) == len(heard)
    assert is_from_rapport(secret, heard[0].headers, heard[0].body)


async def test_a_receiver_that_was_down_is_told_when_it_is_back(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs
) -> None:
    receiver.behaves = answers(b"", status="503 Later")
    hook, _secret = await a_hook(doors, settings, receiver.url(), "post.published")
    await published(doors)
    await run_jobs()
    assert (await as_it_is(doors, hook)).failures == 1

    receiver.behaves = OK
    await run_jobs(later=timedelta(minutes=2))

    (row,) = await log_of(doors, hook)
    assert (row.state, row.tries) == ("delivered", 2)
    hook = await as_it_is(doors, hook)
    assert (hook.failures, hook.failing_since) == (0, None)


async def test_a_huge_answer_is_an_answer_and_little_of_it_is_kept(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs
) -> None:
    receiver.behaves = HUGE
    hook, _secret = await a_hook(doors, settings, receiver.url(), "post.published")

    await published(doors)
    await run_jobs()

    (row,) = await log_of(doors, hook)
    assert row.state == DeliveryState.DELIVERED
    assert len(row.answer) == ANSWER_LENGTH


@pytest.mark.parametrize("behaves", [never, drips], ids=["silent", "dripping"])
async def test_slow_receivers_keep_nobody_else_waiting(
    doors: Doors,
    settings: Settings,
    receiver: Receiver,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
    behaves: Behaviour,
) -> None:
    monkeypatch.setattr(delivering, "SECONDS", 1.0)
    receiver.by_path["/slow"] = behaves
    slow, _secret = await a_hook(doors, settings, receiver.url("/slow"), "post.published")
    well, _secret = await a_hook(doors, settings, receiver.url("/well"), "post.published")
    for number in range(4):
        await published(doors, f"Post {number}")

    await run_jobs()

    # One after the other: the slow one's second came after all of the other's.
    paths = [one.path for one in receiver.heard]
    assert paths.index("/slow") < 4
    assert [path for path in paths[:6] if path == "/well"] == ["/well"] * 4
    assert [row.state for row in await log_of(doors, well)] == ["delivered"] * 4
    assert [row.status for row in await log_of(doors, slow)] == [None] * 4


async def test_a_hook_that_fails_for_days_is_switched_off_and_its_owners_told(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Ada", roles=[Role.OWNER])
        await a_member(db, "Kurt", roles=[Role.EDITOR])
    receiver.behaves = answers(b"", status="500 Oops")
    hook, _secret = await a_hook(doors, settings, receiver.url(), "post.published")
    for day in range(4):
        for _time in range(3):
            await published(doors)
        assert (await as_it_is(doors, hook)).is_on, day
        await run_jobs(later=timedelta(days=day))

    hook = await as_it_is(doors, hook)
    assert not hook.is_on
    assert hook.trouble
    assert "waiting" not in {row.state for row in await log_of(doors, hook)}
    async with doors.reading() as db:
        told = list(await db.scalars(select(Notice)))
    assert [(one.user_id, one.kind, one.path) for one in told] == [
        (ada.id, "hook-off", f"/admin/hooks/{hook.id}/")
    ]
    before = len(receiver.heard)
    await published(doors)
    await run_jobs(later=timedelta(days=4))
    assert len(receiver.heard) == before


async def test_a_receiver_that_is_gone_for_good_is_believed(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs
) -> None:
    receiver.behaves = answers(b"", status="410 Gone")
    hook, _secret = await a_hook(doors, settings, receiver.url(), "post.published")

    await published(doors)
    await run_jobs()

    assert not (await as_it_is(doors, hook)).is_on


async def test_killed_after_it_was_sent_it_is_sent_again_under_the_same_name(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs
) -> None:
    hook, _secret = await a_hook(doors, settings, receiver.url(), "post.published")
    await published(doors)
    await run_jobs()
    async with doors.unit_of_work() as db:
        # As the row stood before the answer was written down.
        row = await db.get_one(HookDelivery, (await log_of(doors, hook))[0].id)
        row.state, row.tries = DeliveryState.WAITING, 0

    await deliver_next(Tools(doors, settings), hook_id=hook.id)

    first, second = receiver.heard
    assert first.headers["X-Rapport-Delivery"] == second.headers["X-Rapport-Delivery"]
    assert first.body == second.body


async def test_a_test_and_what_is_sent_again(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs
) -> None:
    hook, _secret = await a_hook(doors, settings, receiver.url(), "post.published")
    async with doors.unit_of_work() as db:
        await send_test(db, OWNER_AT_THE_MACHINE, hook.id)
    await run_jobs()
    (row,) = await log_of(doors, hook)

    async with doors.unit_of_work() as db:
        await send_again(db, OWNER_AT_THE_MACHINE, hook.id, row.id)
    await run_jobs()

    assert receiver.types == ["test", "test"]
    assert len({one.headers["X-Rapport-Delivery"] for one in receiver.heard}) == 1


async def test_another_secret_signs_what_is_tried_from_then_on(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs
) -> None:
    receiver.behaves = answers(b"", status="500 Oops")
    hook, old = await a_hook(doors, settings, receiver.url(), "post.published")
    await published(doors)
    await run_jobs()

    async with doors.unit_of_work() as db:
        renewed = await renew_secret(db, OWNER_AT_THE_MACHINE, hook.id)
    new = secret_of(secrets_of(settings), renewed)
    await run_jobs(later=timedelta(minutes=2))

    first, second = receiver.heard
    is_from_rapport = verifier()
    assert is_from_rapport(old, first.headers, first.body)
    assert is_from_rapport(new, second.headers, second.body)
    assert not is_from_rapport(old, second.headers, second.body)


async def test_what_is_switched_off_or_taken_away_is_told_nothing_more(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs
) -> None:
    off, _secret = await a_hook(doors, settings, receiver.url("/off"), "post.published")
    gone, _secret = await a_hook(doors, settings, receiver.url("/gone"), "post.published")
    await published(doors)

    async with doors.unit_of_work() as db:
        await switch_hook(db, OWNER_AT_THE_MACHINE, off.id, is_on=False)
        await remove_hook(db, OWNER_AT_THE_MACHINE, gone.id)
    await run_jobs()
    await published(doors)
    await run_jobs()

    assert receiver.heard == []


async def test_a_private_server_is_not_asked(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs
) -> None:
    hook, _secret = await a_hook(doors, settings, receiver.url(), "post.published")
    async with a_receiver() as private:
        async with doors.unit_of_work() as db:
            # As a name that is public when it is typed, and leads inside when it is asked.
            (await db.merge(hook)).url = private.url()
        await published(doors)
        await run_jobs()

        assert private.heard == []
    (row,) = await log_of(doors, hook)
    assert (row.status, row.state) == (None, "waiting")


async def test_the_log_is_kept_for_a_month(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs
) -> None:
    hook, _secret = await a_hook(doors, settings, receiver.url(), "post.published")
    await published(doors)
    await run_jobs()
    with clock.moved(timedelta(days=29)):
        await tidy_hooks(Tools(doors, settings))
    assert len(await log_of(doors, hook)) == 1

    with clock.moved(timedelta(days=31)):
        await tidy_hooks(Tools(doors, settings))

    assert await log_of(doors, hook) == []


async def test_what_waits_is_sent_though_its_job_was_lost(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs
) -> None:
    receiver.behaves = answers(b"", status="500 Oops")
    hook, _secret = await a_hook(doors, settings, receiver.url(), "post.published")
    await published(doors)
    await run_jobs()
    receiver.behaves = OK
    async with doors.unit_of_work() as db:
        await db.execute(delete(Job))

    with clock.moved(timedelta(hours=1)):
        await tidy_hooks(Tools(doors, settings))
    await run_jobs(later=timedelta(hours=1))

    assert [row.state for row in await log_of(doors, hook)] == ["delivered"]
    async with doors.reading() as db:
        assert await db.scalar(select(func.count()).select_from(Job)) == 0


async def test_what_waits_goes_where_the_hook_leads_now_if_it_is_still_wanted(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs
) -> None:
    hook, _secret = await a_hook(
        doors, settings, receiver.url("/old"), "post.published", "post.removed"
    )
    receiver.by_path["/old"] = answers(b"no", status="500 No")
    async with doors.unit_of_work() as db:
        post = await a_post(db)
    await run_jobs()
    async with doors.unit_of_work() as db:
        await trash_post(db, OWNER_AT_THE_MACHINE, post.id)
    await run_jobs()

    async with doors.unit_of_work() as db:
        row = await db.get_one(Hook, hook.id)
        new = NewHook("A chat", receiver.url("/new"), ("post.removed",))
        await edit_hook(db, OWNER_AT_THE_MACHINE, settings, hook.id, new, state_of(row))
    await run_jobs(later=GAPS[0])

    assert [one.told["type"] for one in receiver.heard if one.path == "/new"] == ["post.removed"]
    assert [(row.event, row.state) for row in await log_of(doors, hook)] == [
        ("post.published", DeliveryState.FAILED), ("post.removed", DeliveryState.DELIVERED),
    ]  # fmt: skip
