"""What is found, by whom, and in which order: the same on both databases."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as at_most
from hypothesis import strategies as st
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE, VISITOR, Actor
from app.core import clock
from app.core.events import take_recorded
from app.core.markup import safe_text
from app.discussions import actions as discussing
from app.discussions.models import Comment, CommentStatus
from app.posts.actions import Draft, edit_post, trash_post
from app.posts.models import PostStatus
from app.reactions import AT_ONCE, LAST
from app.search import finding, weighing
from app.search.asking import PAGE_SIZE, Kind, Order, Query, TooSlow
from app.search.entries import comment_entry
from app.search.finding import Found, Hint, Results, search
from app.search.index import index_of
from app.search.indexing import index_posts, index_thread
from tests import world
from tests.shared import payloads

pytestmark = [pytest.mark.anyio, pytest.mark.each_case]


async def find(
    session: AsyncSession, words: str = "", *, by: Actor = VISITOR, **narrowed: Any
) -> Results:
    """What somebody finds, once everything that was recorded has had its consequences."""
    for event in take_recorded(session):
        for react in AT_ONCE.get(type(event), ()):
            await react(session, event)
    for settle in LAST:
        await settle(session)
    return await search(session, by, Query(words, **narrowed))


def titles(results: Results) -> list[str]:
    return [found.title for found in results.found]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("garden", ["walls"]),
        ("GÄRDEN", ["walls"]),
        ("gard", ["walls"]),
        ("gard red", []),
        ("red garden", ["walls"]),
        ('"red garden"', []),
        ('"garden is red"', ["walls"]),
        ("red -garden", ["roses"]),
        ('red -"is red"', ["roses"]),
        ("red -garden -roses", []),
        ("strasse", ["roses"]),
        ("日本", ["roses"]),
        ("本日", []),
        ("नमस्ते", ["roses"]),
        ("example.com", ["roses"]),
        ("walls", ["walls"]),
        ('"walls gwen"', []),
        ('"thomas the"', []),
        ("thomas red", ["walls"]),
        ("strong", []),
    ],
)
async def test_words_phrases_beginnings_and_their_opposites(
    session: AsyncSession, asked: str, expected: Sequence[str]
) -> None:
    gwen = await world.an_author(session, "Gwen Thomas")
    await world.a_post(session, "walls", body="The **garden** is red.", by=gwen)
    await world.a_post(session, "roses", body="Red. Straße 日本語 नमस्ते (example.com)")

    assert titles(await find(session, asked)) == expected


async def test_a_title_says_more_than_a_body_and_the_newest_comes_first(
    session: AsyncSession,
) -> None:
    text = "Here is a garden, and there is a garden."
    await world.a_post(session, "older", body=text)
    await world.a_post(session, "The garden", body="Much is written here of other things. " * 9)
    await world.a_post(session, "newer", body=text)

    assert titles(await find(session, "garden")) == ["The garden", "newer", "older"]
    assert titles(await find(session, "garden", order=Order.NEWEST)) == [
        "newer",
        "The garden",
        "older",
    ]


async def test_a_whole_word_comes_before_one_that_only_begins_so(session: AsyncSession) -> None:
    await world.a_post(session, "one", body="They are planting.")
    await world.a_post(session, "two", body="They plant it.")
    await world.a_post(session, "three", body="They plantzed.")

    assert titles(await find(session, "plant"))[0] == "two"


async def test_a_comment_is_found_with_who_said_it_and_on_which_page(session: AsyncSession) -> None:
    post = await world.a_post(session, "A letter a week")
    comment = await world.a_comment(session, "Is that **green**?", under=post, by="Bob")

    results = await find(session, "green")

    assert results.found == (
        Found(
            kind=Kind.COMMENT,
            title="A letter a week",
            path=post.path or "",
            comment_id=comment.id,
            comment_page=1,
            name="Bob",
            at=comment.created_at,
            excerpt=(("Is that ", False), ("green", True), ("?", False)),
        ),
    )
    assert (results.total, results.pages, results.hint) == (1, 1, None)


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ({}, {"post", "page", "comment by Bob"}),
        ({"kind": Kind.POST}, {"post"}),
        ({"kind": Kind.PAGE}, {"page"}),
        ({"kind": Kind.COMMENT}, {"comment by Bob"}),
        ({"author": "gwén"}, {"post"}),
        ({"author": "Bob"}, {"comment by Bob"}),
        ({"author": "green"}, set()),
        ({"since": world.FIRST_DAY + timedelta(days=1)}, {"page"}),
        ({"before": world.FIRST_DAY + timedelta(hours=1)}, {"post", "comment by Bob"}),
        ({"before": world.FIRST_DAY}, set()),
        ({"kind": Kind.POST, "author": "Bob"}, set()),
    ],
)
async def test_a_search_is_narrowed_by_kind_author_and_date(
    session: AsyncSession, narrowed: dict[str, Any], expected: set[str]
) -> None:
    gwen = await world.an_author(session, "Gwen Thomas")
    post = await world.a_post(session, "post", body="Green.", by=gwen)
    await world.a_page(session, "page", body="Green.", slug="a-page")
    await world.a_comment(session, "Green.", under=post, by="Bob")

    found = (await find(session, "green", **narrowed)).found

    assert {f"{it.kind} by {it.name}" if it.name else it.kind for it in found} == expected


async def test_a_name_alone_finds_all_that_somebody_wrote(session: AsyncSession) -> None:
    gwen = await world.an_author(session, "Gwen Thomas")
    post = await world.a_post(session, "by her", by=gwen)
    await world.a_comment(session, "By another", under=post, by="Thomas Gwen")

    assert titles(await find(session, author="gwen thomas")) == ["by her"]


@pytest.mark.parametrize(
    "status", [PostStatus.DRAFT, PostStatus.PRIVATE, PostStatus.TRASHED, PostStatus.SCHEDULED]
)
async def test_what_is_not_public_is_found_by_no_visitor(
    session: AsyncSession, status: PostStatus
) -> None:
    post = await world.a_post(session, "hidden", body="green")
    await world.a_comment(session, "green too", under=post)
    assert (await find(session, "green")).total == 2

    # Behind the index's back: whatever it says, the rows decide.
    post.status = status
    await session.flush()

    assert (await find(session, "green")).hint == Hint.NO_MATCH
    seen_by_staff = 0 if status == PostStatus.TRASHED else 2
    assert (await find(session, "green", by=OWNER_AT_THE_MACHINE)).total == seen_by_staff


async def test_time_alone_makes_a_post_be_found(session: AsyncSession) -> None:
    post = await world.a_post(session, "to come", body="green")
    post.published_at = clock.now() + timedelta(days=2)

    assert (await find(session, "green")).total == 0
    with clock.moved(timedelta(days=3)):
        assert (await find(session, "green")).total == 1


@pytest.mark.parametrize(
    "status", [CommentStatus.PENDING, CommentStatus.SPAM, CommentStatus.REMOVED]
)
async def test_only_approved_comments_are_found(
    session: AsyncSession, status: CommentStatus
) -> None:
    post = await world.a_post(session)
    comment = await world.a_comment(session, "purple", under=post)
    assert (await find(session, "purple")).total == 1

    comment.status = status
    await session.flush()

    assert (await find(session, "purple", by=OWNER_AT_THE_MACHINE)).total == 0


async def test_pages_follow_each_other_without_gap_or_repetition(session: AsyncSession) -> None:
    post = await world.a_post(session)
    for number in range(PAGE_SIZE * 2 + 3):
        await world.a_comment(session, f"purple number {number}", under=post)

    pages = [await find(session, "purple", page=page) for page in (1, 2, 3, 4)]

    ids = [[it.comment_id for it in page.found] for page in pages]
    assert [len(page) for page in ids] == [PAGE_SIZE, PAGE_SIZE, 3, 0]
    assert len({comment_id for page in ids for comment_id in page}) == PAGE_SIZE * 2 + 3
    assert (pages[0].total, pages[0].pages) == (PAGE_SIZE * 2 + 3, 3)


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("", Hint.NOTHING_ASKED),
        ("  ", Hint.NOTHING_ASKED),
        ("?!", Hint.NO_WORDS),
        ("-green", Hint.ONLY_UNWANTED),
        ("nowhere", Hint.NO_MATCH),
        ("x" * 10_000, Hint.NO_MATCH),
    ],
)
async def test_finding_nothing_has_a_reason(session: AsyncSession, asked: str, hint: Hint) -> None:
    assert (await find(session, asked)).hint == hint


_ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
    "postgresql": "SELECT pg_sleep(60)",
}


async def test_a_query_without_end_is_broken_off_and_the_session_goes_on(
    session: AsyncSession,
) -> None:
    index = index_of(session)
    with pytest.raises(TooSlow):
        async with index.at_most(session, 0.05):
            await session.execute(text(_ENDLESS[session.get_bind().dialect.name]))

    assert await session.scalar(text("SELECT 1")) == 1


async def test_a_search_that_takes_too_long_says_so(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _many_comments(session, 3000)
    monkeypatch.setattr(finding, "SECONDS", 0.001)
    assert (await find(session, "purple")).hint == Hint.TOO_SLOW

    monkeypatch.undo()
    assert (await find(session, "purple")).total == 3000


async def test_a_common_word_finds_posts_before_the_newest_comments(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _many_comments(session, 300)
    await world.a_post(session, "the post", body="purple")
    monkeypatch.setattr(weighing, "MOST_WEIGHED", 20)

    results = await find(session, "purple")

    assert results.total == 20
    assert "the post" in titles(results) + titles(await find(session, "purple", page=2))
    assert (await find(session, "purple", before=world.FIRST_DAY + timedelta(hours=1))).total == 300


async def test_an_entry_follows_its_post(session: AsyncSession) -> None:
    site = await world.the_site(session)
    post = await world.a_post(session, "before", body="green")
    assert titles(await find(session, "green")) == ["before"]

    change = Draft(title="after", body="purple")
    await edit_post(session, OWNER_AT_THE_MACHINE, site, post.id, change)
    assert titles(await find(session, "green")) == []
    assert titles(await find(session, "purple")) == ["after"]

    await trash_post(session, OWNER_AT_THE_MACHINE, post.id)
    assert titles(await find(session, "purple")) == []
    # Not only unseen: what lies in the trash is not in the index.
    post.status = PostStatus.PUBLISHED
    assert titles(await find(session, "purple")) == []


async def test_an_entry_follows_its_comment(session: AsyncSession) -> None:
    post = await world.a_post(session)
    comment = await world.a_comment(session, "purple", under=post, status=CommentStatus.PENDING)
    assert (await find(session, "purple")).total == 0

    await discussing.approve(session, OWNER_AT_THE_MACHINE, comment.id)
    assert (await find(session, "purple")).total == 1

    await discussing.mark_as_spam(session, OWNER_AT_THE_MACHINE, comment.id)
    assert (await find(session, "purple")).total == 0
    # Not only unseen: it is not in the index.
    comment.status = CommentStatus.APPROVED
    assert (await find(session, "purple")).total == 0


async def test_an_import_indexes_many_at_once_and_again(session: AsyncSession) -> None:
    await _many_comments(session, 5)
    posts = [await world.a_post(session, f"purple {number}") for number in range(3)]
    take_recorded(session)

    for _ in range(2):
        await index_posts(session, [*(post.id for post in posts), 999_999])

    assert (await find(session, "purple")).total == 8


async def test_a_book_is_indexed_as_far_as_an_entry_holds(session: AsyncSession) -> None:
    chapters = " ".join(f"word{number}" for number in range(200_000))
    await world.a_post(session, "book", html=f"<p>{chapters} 日本{'ﷺ' * 10_000} the end</p>")

    assert titles(await find(session, "word7")) == ["book"]
    assert titles(await find(session, "the end")) == []


@pytest.mark.parametrize("attacks", ["sqli", "naughty", "xss"])
async def test_no_text_breaks_the_index_or_a_question(session: AsyncSession, attacks: str) -> None:
    texts = payloads(attacks)
    entries = [comment_entry(number, said, said) for number, said in enumerate(texts, 1)]
    await index_of(session).write(session, entries)

    for asked in texts:
        results = await find(session, asked, author=asked[-20:])
        assert results.hint


@at_most(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text("ab é日'\"-*:^(){}|&!<>\\ \x00%_/", max_size=30) | st.text(max_size=30))
async def test_any_line_has_an_answer(session: AsyncSession, line: str) -> None:
    results = await find(session, line, author=line[::-1][:5])

    assert results.hint or results.found


async def _many_comments(session: AsyncSession, number: int) -> None:
    post = await world.a_post(session, "a long thread")
    thread = await world.thread_of(session, post)
    row = {
        "thread_id": thread.id, "status": CommentStatus.APPROVED, "is_shown": True,
        "body_html": safe_text("purple"), "created_at": world.FIRST_DAY,
        "approved_at": world.FIRST_DAY,
    }  # fmt: skip
    rows = [
        row | {"guid": f"bulk-{n}", "author_name": f"Bob {n}", "place": n.to_bytes(8, "big")}
        for n in range(1, number + 1)
    ]
    await session.execute(insert(Comment), rows)
    await index_thread(session, thread.id)
