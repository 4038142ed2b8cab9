"""What is kept for a time only, and a commenter who is taken out or forgotten."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from app.accounts.actor import OWNER_AT_THE_MACHINE, VISITOR
from app.core import clock
from app.core.errors import Forbidden
from app.core.jobs import Tools
from app.core.markup import markdown_comment
from app.core.secrets import secrets_of
from app.discussions import retention
from app.discussions.actions import mark_as_spam, remove
from app.discussions.appeals import appeal
from app.discussions.models import Appeal, Comment, CommentEdit, CommentStatus
from app.discussions.personal import comments_of, forget_author, forget_comments, own_words
from app.discussions.retention import purge_comments, wipe_addresses
from app.moderation.authors import author_of_key, key_of_email
from app.moderation.cases import case_counts, find_case, move_case
from app.moderation.models import AuthorKey, Case, Tab
from app.notifications.follows import ask_to_follow
from app.notifications.models import Follow
from app.posts.models import Post
from app.settings import Settings
from app.work import Doors
from tests.world import a_comment, a_post

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)
GWEN = "gwen@example.org"

AfterDays = Callable[..., Awaitable[None]]


@pytest.fixture
def after(doors: Doors, settings: Settings) -> AfterDays:
    """`await after(16, purge_comments)`: the job, so many days from now."""

    async def run(days: float, job: Callable[[Tools], Awaitable[None]]) -> None:
        with clock.moved(days * DAY):
            await job(Tools(doors, settings))

    return run


async def said(doors: Doors, post: Post, **fields: Any) -> Comment:
    """A comment of today, with all that is known of its author."""
    known = {"author_email": GWEN, "author_ip": "192.0.2.7", "author_agent": "Browser/1"}
    async with doors.unit_of_work() as db:
        return await a_comment(db, under=post, at=clock.now(), **{**known, **fields})


async def filed(doors: Doors, comment: Comment, tab: Tab) -> None:
    """Its case stands in this tab."""
    async with doors.unit_of_work() as db:
        case = await find_case(db, "comment", comment.id)
        assert case is not None
        move_case(db, case, tab, clock.now())


async def there(doors: Doors) -> list[int]:
    """The ids of all comments."""
    async with doors.reading() as db:
        return list(await db.scalars(select(Comment.id).order_by(Comment.id)))


async def numbers_are_right(doors: Doors) -> None:
    """The queue's counters say what its rows do."""
    async with doors.reading() as db:
        counted = (await db.execute(select(Case.tab, func.count()).group_by(Case.tab))).all()
        by_tab = {Tab(tab): number for tab, number in counted}
        assert await case_counts(db) == dict.fromkeys(Tab, 0) | by_tab


async def test_network_addresses_go_after_a_month(
    doors: Doors, after: AfterDays, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_AT_ONCE", 2)
    async with doors.unit_of_work() as db:
        post = await a_post(db)
    for _ in range(5):
        await said(doors, post)
    await after(29, wipe_addresses)
    assert await addresses(doors) == {"192.0.2.7"}

    await after(31, wipe_addresses)

    assert await addresses(doors) == {""}


async def addresses(doors: Doors) -> set[str]:
    async with doors.reading() as db:
        return set(await db.scalars(select(Comment.author_ip)))


@pytest.mark.parametrize(
    ("status", "tab", "days", "is_kept"),
    [
        (CommentStatus.SPAM, Tab.SPAM, 14, True),
        (CommentStatus.SPAM, Tab.SPAM, 16, False),
        (CommentStatus.SPAM, Tab.BLATANT, 2, True),
        (CommentStatus.SPAM, Tab.BLATANT, 4, False),
        (CommentStatus.REMOVED, Tab.REMOVED, 29, True),
        (CommentStatus.REMOVED, Tab.REMOVED, 31, False),
        (CommentStatus.PENDING, Tab.NEEDS, 4000, True),
        (CommentStatus.APPROVED, Tab.RECENT, 4000, True),
    ],
)
async def test_spam_and_removed_go_in_their_time_and_what_waits_never(
    doors: Doors, after: AfterDays, status: CommentStatus, tab: Tab, days: int, is_kept: bool
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
    comment = await said(doors, post, status=status)
    await filed(doors, comment, tab)

    await after(days, purge_comments)

    assert await there(doors) == ([comment.id] if is_kept else [])
    await numbers_are_right(doors)


async def test_a_decision_of_yesterday_counts_not_when_it_was_written(
    doors: Doors, after: AfterDays
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
    comment = await said(doors, post)
    with clock.moved(100 * DAY):
        async with doors.unit_of_work() as db:
            await mark_as_spam(db, OWNER_AT_THE_MACHINE, comment.id)

    await after(110, purge_comments)

    assert await there(doors) == [comment.id]


async def test_a_removed_comment_with_answers_keeps_its_place_and_nothing_else(
    doors: Doors, after: AfterDays, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
    comment = await said(doors, post, text="Words of mine")
    answer = await said(doors, post, answering=comment, by="Ada")
    async with doors.unit_of_work() as db:
        await remove(db, OWNER_AT_THE_MACHINE, comment.id)
    await after(40, purge_comments)

    page = (await visitor.get("/2024/03/a-letter-a-week/")).text
    assert "This comment was removed." in page
    async with doors.unit_of_work() as db:
        kept = await db.get(Comment, comment.id)
        assert kept is not None
        told = (kept.author_name, kept.author_email, kept.author_ip, kept.author_agent)
        assert told == ("", "", "", "")
        assert (kept.body_source, kept.body_html) == ("", "")
        await remove(db, OWNER_AT_THE_MACHINE, answer.id)
    await after(80, purge_comments)

    assert await there(doors) == []


async def test_many_are_purged_in_small_units_and_counters_follow(
    doors: Doors, after: AfterDays, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_AT_ONCE", 3)
    async with doors.unit_of_work() as db:
        post = await a_post(db)
    for _ in range(8):
        spam = await said(doors, post, status=CommentStatus.SPAM)
        await filed(doors, spam, Tab.SPAM)
    waiting = await said(doors, post, status=CommentStatus.PENDING)
    await filed(doors, waiting, Tab.NEEDS)

    await after(20, purge_comments)

    assert await there(doors) == [waiting.id]
    await numbers_are_right(doors)


async def gwens_words(doors: Doors, settings: Settings) -> tuple[Post, Comment, Comment]:
    """One public comment of Gwen's, and one that waits."""
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        author = await author_of_key(db, key_of_email(secrets_of(settings), GWEN), clock.now())
    public = await said(doors, post, author_key_id=author.id, author_url="https://gwen.example")
    waiting = await said(doors, post, author_email=" Gwen@Example.org".strip(),
                         status=CommentStatus.PENDING)  # fmt: skip
    await filed(doors, waiting, Tab.NEEDS)
    async with doors.unit_of_work() as db:
        await ask_to_follow(db, thread_id=public.thread_id, comment_id=public.id, email=GWEN)
    return post, public, waiting


async def erase(doors: Doors, settings: Settings, *, keep_texts: bool) -> None:
    secrets = secrets_of(settings)
    async with doors.unit_of_work() as db:
        ids = await comments_of(db, OWNER_AT_THE_MACHINE, secrets, GWEN)
        await forget_comments(db, OWNER_AT_THE_MACHINE, ids, keep_texts=keep_texts)
        await forget_author(db, OWNER_AT_THE_MACHINE, secrets, GWEN)


async def test_all_that_somebody_said_can_be_taken_out(doors: Doors, settings: Settings) -> None:
    _, public, waiting = await gwens_words(doors, settings)

    async with doors.reading() as db:
        words = await own_words(
            db, OWNER_AT_THE_MACHINE, secrets_of(settings), GWEN, "http://blog.example"
        )

    assert {one.id for one in words} == {public.id, waiting.id}
    assert words[0].network_address == "192.0.2.7"
    assert words[0].address.startswith("http://blog.example/2024/03/a-letter-a-week/#comment-")


async def test_appeals_and_earlier_texts_are_taken_out_as_well(
    doors: Doors, settings: Settings
) -> None:
    _, public, _ = await gwens_words(doors, settings)
    async with doors.unit_of_work() as db:
        await remove(db, OWNER_AT_THE_MACHINE, public.id)
    async with doors.unit_of_work() as db:
        await appeal(db, public.id, "Please read it again.")
        earlier = "It was blue."
        db.add(
            CommentEdit(
                comment_id=public.id,
                at=clock.now(),
                body_source=earlier,
                body_html=markdown_comment(earlier),
            )
        )

    async with doors.reading() as db:
        words = await own_words(
            db, OWNER_AT_THE_MACHINE, secrets_of(settings), GWEN, "http://blog.example"
        )

    assert [one.appeals for one in words] == [["Please read it again."], []]
    assert [one.other_texts for one in words] == [["It was blue."], []]


async def test_somebody_forgotten_leaves_public_words_and_no_name(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient
) -> None:
    _, public, _ = await gwens_words(doors, settings)
    before = (await visitor.get("/2024/03/a-letter-a-week/")).text
    assert "gwen.example" in before

    await erase(doors, settings, keep_texts=True)

    page = (await visitor.get("/2024/03/a-letter-a-week/")).text
    assert "Former member" in page
    assert "gwen.example" not in page
    assert "It is green" in page
    assert await there(doors) == [public.id]
    async with doors.reading() as db:
        assert (await db.scalars(select(AuthorKey))).all() == []
        assert (await db.scalars(select(Follow))).all() == []
        kept = await db.get(Comment, public.id)
        assert kept is not None
        assert (kept.author_email, kept.author_ip, kept.author_key_id) == ("", "", None)
    await numbers_are_right(doors)


async def test_somebody_forgotten_with_their_words_leaves_nothing(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient
) -> None:
    await gwens_words(doors, settings)

    await erase(doors, settings, keep_texts=False)

    assert await there(doors) == []
    page = (await visitor.get("/2024/03/a-letter-a-week/")).text
    assert "It is green" not in page
    found = await visitor.get("/search/", params={"q": "green"})
    assert "It is green" not in found.text


async def test_only_the_owner_takes_out_or_forgets(doors: Doors, settings: Settings) -> None:
    async with doors.reading() as db:
        with pytest.raises(Forbidden):
            await comments_of(db, VISITOR, secrets_of(settings), GWEN)


async def test_what_its_author_appeals_against_stays_until_that_is_answered(
    doors: Doors, after: AfterDays
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
    comment = await said(doors, post)
    async with doors.unit_of_work() as db:
        await remove(db, OWNER_AT_THE_MACHINE, comment.id)
    async with doors.unit_of_work() as db:
        await appeal(db, comment.id, "Please read it again.")

    await after(31, purge_comments)
    assert await there(doors) == [comment.id]
    async with doors.unit_of_work() as db:
        await remove(db, OWNER_AT_THE_MACHINE, comment.id)
    await after(31, purge_comments)

    assert await there(doors) == []
    await numbers_are_right(doors)
    async with doors.reading() as db:
        assert (await db.scalars(select(Appeal.id))).all() == []


async def test_whoever_is_forgotten_leaves_no_appeal(doors: Doors, settings: Settings) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
    comment = await said(doors, post)
    async with doors.unit_of_work() as db:
        await remove(db, OWNER_AT_THE_MACHINE, comment.id)
    async with doors.unit_of_work() as db:
        await appeal(db, comment.id, "Please read it again.")

    async with doors.unit_of_work() as db:
        await forget_comments(db, OWNER_AT_THE_MACHINE, [comment.id], keep_texts=True)

    async with doors.reading() as db:
        assert (await db.scalars(select(Appeal.id))).all() == []
    assert await there(doors) == []
    await numbers_are_right(doors)
