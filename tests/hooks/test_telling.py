"""What hooks are told: what any visitor may see, once, and for nothing where there are none."""

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.core import clock
from app.core.jobs import Job, Tools
from app.core.secrets import secrets_of
from app.discussions.actions import approve, mark_as_spam
from app.discussions.models import Comment, CommentStatus
from app.groups.models import Group, Visibility
from app.hooks.kinds import EVENTS, NOTED
from app.hooks.models import Hook, HookDelivery
from app.hooks.objects import READERS
from app.hooks.signing import secret_of
from app.hooks.telling import tell_hooks
from app.networking.promises.moves import Act
from app.posts.actions import edit_post, publish_due, trash_post
from app.posts.drafts import Draft
from app.posts.models import Post, PostStatus
from app.settings import Settings
from app.work import Doors
from tests.conftest import CountQueries, RunJobs, SignedIn
from tests.groups.building import a_place, answer, begin
from tests.hooks.receiving import Receiver, a_hook
from tests.networking.promises.promising import a_done_one, does, two_people
from tests.web.commenting import a_visitor_with, all_comments, fields_of
from tests.world import a_comment, a_draft, a_member, a_post, an_author, the_site

pytestmark = pytest.mark.anyio


def objects(receiver: Receiver, kind: str) -> list[Any]:
    """What it was told of events of one type."""
    return [one.told["object"] for one in receiver.heard if one.told["type"] == kind]


def test_all_that_is_noted_can_be_read_and_ticked() -> None:
    assert {noted.name for noted in NOTED.values()} == set(READERS)
    assert {event for noted in NOTED.values() for event in noted.events} == set(EVENTS)


async def test_a_post_from_its_first_day_to_its_last(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs
) -> None:
    await a_hook(doors, settings, receiver.url())
    async with doors.unit_of_work() as db:
        author = await an_author(db, "Ines Marlow", email="ines@example.org")
        post = await a_post(db, "A letter a week", by=author, body="One person a week.")
        await a_draft(db, "Not yet")

    async def edited(**fields: Any) -> None:
        async with doors.unit_of_work() as db:
            site = await the_site(db)
            await edit_post(db, OWNER_AT_THE_MACHINE, site, post.id, Draft(**fields))
        await run_jobs()

    await run_jobs()
    await edited(body="Two people a week.")
    await edited(status=PostStatus.DRAFT)
    await edited(body="A secret.")
    await edited(status=PostStatus.PUBLISHED)
    async with doors.unit_of_work() as db:
        await trash_post(db, OWNER_AT_THE_MACHINE, post.id)
    await run_jobs()

    assert receiver.types == [
        "post.published", "post.updated", "post.removed", "post.updated", "post.removed",
    ]  # fmt: skip
    (first,) = objects(receiver, "post.published")
    assert first == {
        "id": post.id, "kind": "post", "url": f"http://blog.example{post.path}",
        "title": "A letter a week", "summary": "One person a week.", "authors": ["Ines Marlow"],
        "published_at": first["published_at"], "updated_at": first["updated_at"], "version": first["version"],
    }  # fmt: skip
    assert objects(receiver, "post.removed") == [{"id": post.id}] * 2


async def test_what_is_told_says_of_which_moment_and_version_it_is(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs
) -> None:
    await a_hook(doors, settings, receiver.url(), "post.published")
    async with doors.unit_of_work() as db:
        post = await a_post(db, "First")
    async with doors.unit_of_work() as db:
        draft = Draft(title="Second")
        await edit_post(db, OWNER_AT_THE_MACHINE, await the_site(db), post.id, draft)

    await run_jobs(later=timedelta(hours=1))

    (heard,) = receiver.heard
    async with doors.reading() as db:
        now = await db.get_one(Post, post.id)
    assert heard.told["object"]["title"] == "Second"
    assert heard.told["object"]["version"] == now.version > post.version
    late = datetime.fromisoformat(heard.told["read_at"]) - datetime.fromisoformat(heard.told["at"])
    assert timedelta(minutes=59) < late < timedelta(minutes=70)


async def test_a_scheduled_post_is_news_when_it_is_published(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs
) -> None:
    await a_hook(doors, settings, receiver.url())
    async with doors.unit_of_work() as db:
        await a_post(db, at=clock.now() + timedelta(hours=1))
    await run_jobs()
    assert receiver.heard == []

    with clock.moved(timedelta(hours=2)):
        async with doors.unit_of_work() as db:
            await publish_due(db, clock.now())
    await run_jobs(later=timedelta(hours=2))

    assert receiver.types == ["post.published"]


async def test_a_comment_is_told_as_visitors_read_it_and_by_number_before_and_after(
    doors: Doors,
    settings: Settings,
    receiver: Receiver,
    run_jobs: RunJobs,
    visitor: httpx.AsyncClient,
) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db)
        post = await a_post(db)
    await a_hook(doors, settings, receiver.url(), *[name for name in EVENTS if "comment" in name])
    await visitor.post(f"{post.path}comment", data=await fields_of(visitor, post))
    await run_jobs()
    (comment,) = await all_comments(doors)

    async with doors.unit_of_work() as db:
        await approve(db, OWNER_AT_THE_MACHINE, comment.id)
    await run_jobs()
    async with doors.unit_of_work() as db:
        await mark_as_spam(db, OWNER_AT_THE_MACHINE, comment.id)
    await run_jobs()

    assert receiver.types == ["comment.waiting", "comment.published", "comment.removed"]
    assert objects(receiver, "comment.waiting") == [{"id": comment.id, "post_id": post.id}]
    (published,) = objects(receiver, "comment.published")
    assert published["author"] == {"name": "Gwen", "url": ""}
    assert published["html"] == "<p>It is green, not red.</p>\n"
    assert published["url"] == f"http://blog.example{post.path}#comment-{comment.id}"
    everything = b"".join(one.body for one in receiver.heard)
    assert b"gwen@example.org" not in everything
    assert b"127.0.0.1" not in everything


@pytest.mark.parametrize("visibility", [Visibility.MEMBERS, Visibility.HIDDEN])
async def test_of_groups_that_are_not_public_nothing_is_told(
    doors: Doors,
    settings: Settings,
    receiver: Receiver,
    run_jobs: RunJobs,
    signed_in: SignedIn,
    visibility: Visibility,
) -> None:
    place = await a_place(doors, signed_in, visibility=visibility)
    await a_hook(doors, settings, receiver.url())
    begun = await begin(place.member, place)
    await answer(place.owner, begun.headers["Location"])
    await run_jobs()
    async with doors.reading() as db:
        numbers = list(await db.scalars(select(Comment.id)))
    for number in numbers:
        async with doors.unit_of_work() as db:
            await mark_as_spam(db, OWNER_AT_THE_MACHINE, number)
    await run_jobs()

    assert len(numbers) == 2
    assert receiver.heard == []


async def test_a_public_group_tells_what_begins_in_it_and_what_is_replied(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs, signed_in: SignedIn
) -> None:
    place = await a_place(doors, signed_in)
    await a_hook(doors, settings, receiver.url())
    begun = await begin(place.member, place)
    await run_jobs()
    await answer(place.owner, begun.headers["Location"])
    await run_jobs()

    assert receiver.types == ["item.published", "comment.published"]
    (item,) = objects(receiver, "item.published")
    assert item["title"] == "Who is hiring?"
    assert item["group"] == place.slug
    assert (
        await place.member.get(item["url"].removeprefix("http://blog.example"))
    ).status_code == 200
    (reply,) = objects(receiver, "comment.published")
    assert (reply["topic_id"], reply["group"]) == (item["id"], place.slug)


async def test_what_is_hidden_before_the_worker_looks_is_not_told(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs, signed_in: SignedIn
) -> None:
    place = await a_place(doors, signed_in)
    await a_hook(doors, settings, receiver.url())
    await begin(place.member, place)
    async with doors.unit_of_work() as db:
        (await db.get_one(Group, place.group_id)).visibility = Visibility.HIDDEN

    await run_jobs()

    assert receiver.heard == []


async def test_of_a_promise_nothing_but_that_it_was_kept_and_once(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs
) -> None:
    await a_hook(doors, settings, receiver.url(), "promise.kept")
    async with doors.unit_of_work() as db:
        ada, bo = await two_people(db)
        promise = await a_done_one(db, ada, bo)
    async with doors.unit_of_work() as db:
        await does(db, bo, promise, Act.CONFIRM)
    await run_jobs()

    assert objects(receiver, "promise.kept") == [{"id": promise.id}]


async def test_what_is_rolled_back_is_not_told(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs
) -> None:
    await a_hook(doors, settings, receiver.url())

    async def fails() -> None:
        async with doors.unit_of_work() as db:
            await a_post(db)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    await run_jobs()

    assert receiver.heard == []


async def test_told_twice_it_is_delivered_once_to_each(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs
) -> None:
    await a_hook(doors, settings, receiver.url("/one"), "post.published")
    await a_hook(doors, settings, receiver.url("/two"), "post.published", "post.updated")
    await a_hook(doors, settings, receiver.url("/three"), "comment.published")
    async with doors.unit_of_work() as db:
        await a_post(db)
    async with doors.reading() as db:
        (job,) = [one for one in await db.scalars(select(Job)) if one.name == "tell_hooks"]

    for _time in range(2):
        await tell_hooks(Tools(doors, settings), **job.arguments)
    await run_jobs()

    assert sorted(one.path for one in receiver.heard) == ["/one", "/two"]
    assert len({one.told["id"] for one in receiver.heard}) == 1


@pytest.fixture
async def quick(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A visitor who may say one thing after the other."""
    async with a_visitor_with(settings, rate_limits="off") as visitor:
        yield visitor


async def test_a_comment_on_a_site_without_hooks_pays_nothing_for_them(
    doors: Doors, quick: httpx.AsyncClient, count_queries: CountQueries
) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db)
        post = await a_post(db)
    # The first after the start asks once whether there are any.
    await quick.post(f"{post.path}comment", data=await fields_of(quick, post))
    fields = await fields_of(
        quick, post, author="Ada", email="ada@example.org", comment="Or is it blue?"
    )

    with count_queries() as queries:
        assert (await quick.post(f"{post.path}comment", data=fields)).status_code < 400

    assert len(await all_comments(doors)) == 2
    assert not [query for query in queries if "hooks" in query]
    async with doors.reading() as db:
        assert "tell_hooks" not in list(await db.scalars(select(Job.name)))


async def test_every_process_hears_of_a_new_hook_at_once(
    doors: Doors,
    settings: Settings,
    quick: httpx.AsyncClient,
    receiver: Receiver,
    run_jobs: RunJobs,
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
    await quick.post(f"{post.path}comment", data=await fields_of(quick, post))
    await run_jobs()

    # Not by the process that takes comments in.
    hook, _secret = await a_hook(doors, settings, receiver.url())
    fields = await fields_of(quick, post, author="Ada", email="ada@example.org", comment="Blue?")
    await quick.post(f"{post.path}comment", data=fields)
    await run_jobs()
    assert receiver.types == ["comment.waiting"]

    async with doors.unit_of_work() as db:
        await db.delete(await db.merge(hook))
    await run_jobs()
    assert len(receiver.heard) == 1


async def test_no_secret_stands_in_the_database(
    doors: Doors, settings: Settings, receiver: Receiver
) -> None:
    hook, secret = await a_hook(doors, settings, receiver.url())

    async with doors.reading() as db:
        row = await db.get_one(Hook, hook.id)
    assert secret not in json.dumps({name: str(value) for name, value in vars(row).items()})
    other = settings.model_copy(update={"secret_key": "another"})
    assert secret_of(secrets_of(other), row) != secret


async def test_members_are_told_of_by_number_unless_they_show_themselves(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs, signed_in: SignedIn
) -> None:
    await a_hook(doors, settings, receiver.url(), "member.updated")
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Ada")
    browser = await signed_in(user=ada)

    await browser.post("/account/name", data={"name": "Ada Brown"})
    await run_jobs()

    assert objects(receiver, "member.updated") == [{"id": ada.id}]


async def test_a_comment_that_is_held_says_nothing_of_its_text(
    doors: Doors, settings: Settings, receiver: Receiver, run_jobs: RunJobs
) -> None:
    await a_hook(doors, settings, receiver.url())
    async with doors.unit_of_work() as db:
        post = await a_post(db)
    await run_jobs()
    async with doors.unit_of_work() as db:
        held = await a_comment(db, "Something awful", under=post, status=CommentStatus.PENDING)

    async with doors.reading() as db:
        _kind, told = await READERS["comment.waiting"](db, "http://blog.example", held.id) or (
            "",
            {},
        )
        assert told == {"id": held.id, "post_id": post.id}
        assert await READERS["comment.published"](db, "http://blog.example", held.id) is None
        bodies = "".join(await db.scalars(select(HookDelivery.body)))
    assert "awful" not in bodies
