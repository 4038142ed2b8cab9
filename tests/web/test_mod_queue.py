"""The queue as moderators see it: what is listed, in which order, how it is narrowed, and who may look."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.accounts.models import User
from app.core.secrets import secrets_of
from app.discussions.models import CommentKind, CommentStatus
from app.moderation.authors import author_of_key, key_of_email
from app.moderation.models import Tab
from app.moderation.queue import PAGE_SIZE
from app.settings import Settings
from app.work import Doors
from tests.conftest import CountQueries, SignedIn
from tests.world import FIRST_DAY, a_comment, a_linkback, a_post, an_author_key

pytestmark = [pytest.mark.anyio, pytest.mark.each_case]

PENDING, SPAM = CommentStatus.PENDING, CommentStatus.SPAM
LINKS = {"reasons": [{"code": "links", "because": "3 links, where 2 are usual"}], "links": 3}


def names_in(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return re.findall(r'<h2 class="case__name"[^>]*><bdi>(.*?)</bdi>', answer.text)


async def test_who_waited_longest_stands_first_and_spam_the_other_way_round(
    doors: Doors, signed_in: SignedIn
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        for name in ("Ada", "Bo", "Cy"):
            await a_comment(db, under=post, by=name, status=PENDING)
            await a_comment(db, under=post, by=f"{name} Ltd", status=SPAM)
        await a_comment(db, under=post, by="Dee")
    moderator = await signed_in(Role.MODERATOR)

    assert names_in(await moderator.get("/mod/")) == ["Ada", "Bo", "Cy"]
    assert names_in(await moderator.get("/mod/?tab=spam")) == ["Cy Ltd", "Bo Ltd", "Ada Ltd"]
    assert names_in(await moderator.get("/mod/?tab=recent")) == ["Dee"]


@pytest.mark.parametrize("first_page", ["/mod/", "/mod/?q=green"])
async def test_pages_follow_each_other_and_no_item_is_missed_or_seen_twice(
    doors: Doors, signed_in: SignedIn, first_page: str
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        for number in range(2 * PAGE_SIZE + 3):
            # Three came in at the same moment each time.
            at = FIRST_DAY + timedelta(days=2, seconds=number // 3)
            await a_comment(db, under=post, by=f"No {number}", status=PENDING, at=at)
    moderator = await signed_in(Role.MODERATOR)

    seen: list[str] = []
    address = first_page
    while address:
        page = await moderator.get(address)
        seen += names_in(page)
        further = re.search(r'href="([^"]+)" rel="next"', page.text)
        address = further[1].replace("&amp;", "&") if further else ""

    assert seen == [f"No {number}" for number in range(2 * PAGE_SIZE + 3)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Ada", "Bo", "Elsewhere"]),
        ("type=pingback", ["Elsewhere"]),
        ("post=1", ["Ada", "Elsewhere"]),
        ("author=1", ["Bo"]),
        ("reason=links", ["Bo"]),
        ("reason=link", []),
        ("links=some", ["Bo"]),
        ("links=none&type=comment", ["Ada"]),
        ("age=day", []),
        ("age=older", ["Ada", "Bo", "Elsewhere"]),
        ("claimed=nobody", ["Ada", "Bo", "Elsewhere"]),
        ("claimed=me", []),
        ("post=1&q=green", ["Ada"]),
        ("links=none&type=comment&q=green", ["Ada"]),
        ("author=1&q=purple", []),
        ("post=x&author=99999999999999999999&tab=nowhere", ["Ada", "Bo", "Elsewhere"]),
    ],
)
async def test_filters_stand_in_the_address(
    doors: Doors, signed_in: SignedIn, query: str, found: list[str]
) -> None:
    async with doors.unit_of_work() as db:
        first, second = await a_post(db), await a_post(db, "Another")
        key = await an_author_key(db)
        await a_comment(db, under=first, by="Ada", status=PENDING)
        await a_comment(db, under=second, by="Bo", status=PENDING, author_key_id=key.id, case=LINKS)
        await a_linkback(db, under=first, kind=CommentKind.PINGBACK, status=PENDING)
    moderator = await signed_in(Role.MODERATOR)

    assert sorted(names_in(await moderator.get(f"/mod/?{query}"))) == found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("teapot", ["Ada"]),
        ("TEAPÓT brown", ["Ada"]),
        ("Ada", ["Ada"]),
        ("cheap-pots.example", ["Ada"]),
        ("potter.example", ["Bo"]),
        ("teapot nowhere", []),
        # The last word may be only begun, but for a short one, which thousands begin with.
        ("teap", ["Ada"]),
        ("tea", []),
        ("\"'();--", ["Ada", "Bo"]),
        ("ada@example.org", ["Ada"]),
        ("nobody@example.org", []),
    ],
)
async def test_the_queue_is_searched_by_words_names_links_and_addresses(
    doors: Doors, signed_in: SignedIn, settings: Settings, words: str, found: list[str]
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        key = key_of_email(secrets_of(settings), "ada@example.org")
        ada = await author_of_key(db, key, FIRST_DAY)
        text = "A brown teapot from [here](https://cheap-pots.example/now)"
        await a_comment(db, text, under=post, by="Ada", status=PENDING, author_key_id=ada.id)
        url = "https://potter.example/"
        await a_comment(db, "A jug", under=post, by="Bo", status=PENDING, author_url=url)
        await a_comment(db, "A teapot nobody need see", under=post, by="Cy", status=SPAM)
    moderator = await signed_in(Role.MODERATOR)

    assert names_in(await moderator.get("/mod/", params={"q": words})) == found


async def test_what_is_not_approved_is_found_by_moderators_alone(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        for status in CommentStatus:
            await a_comment(
                db, f"teapot {status}", under=post, by=f"Who is {status}", status=status
            )
    moderator = await signed_in(Role.MODERATOR)

    public = (await visitor.get("/search/?q=teapot")).text

    assert "Who is approved" in public
    assert not re.search("Who is (pending|spam|removed)", public)
    assert names_in(await moderator.get("/mod/?tab=removed&q=teapot")) == ["Who is removed"]


async def test_a_row_shows_all_that_a_decision_needs(doors: Doors, signed_in: SignedIn) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db, "On trust")
        key = await an_author_key(db, standing="watched")
        before = [await a_comment(db, f"Before {n}", under=post, by=f"Be{n}") for n in range(3)]
        await a_comment(
            db, "See https://раypal.example/x", under=post, by="Gwen", answering=before[0],
            status=PENDING, author_key_id=key.id, author_email="gwen@example.org",
            case={**LINKS, "score": 0.83, "akismet": "ham", "is_proved": True},
        )  # fmt: skip
    moderator = await signed_in(Role.MODERATOR)

    page = (await moderator.get("/mod/")).text

    for words in (
        "On trust", "xn--ypal-43d9g.example", "3 links, where 2 are usual", "Akismet: good",
        "Local filter: 83 % spam", "In answer to", "Before 0", "under watch · address proved",
        "gwen@example.org",
    ):  # fmt: skip
        assert words in page, words


async def test_counts_come_from_counters_and_queries_are_few(
    doors: Doors,
    signed_in: SignedIn,
    count_queries: CountQueries,
) -> None:
    async with doors.unit_of_work() as db:
        post, key = await a_post(db), await an_author_key(db)
        for _ in range(PAGE_SIZE + 5):
            await a_comment(db, under=post, status=PENDING, author_key_id=key.id)
    moderator = await signed_in(Role.MODERATOR)
    await moderator.get("/mod/")

    for address in ("/mod/", "/mod/?tab=spam", "/mod/?tab=recent", "/mod/?q=green"):
        with count_queries() as queries:
            page = await moderator.get(address)

        assert page.status_code == 200
        assert len(queries) <= 7, queries
        assert not any("count(" in query.lower() for query in queries)
    with count_queries() as queries:
        await moderator.post(
            "/mod/comments/1/approval", data={"version": "1"}, headers={"HX-Request": "true"}
        )
    # What goes stale is written tag by tag.
    assert len(queries) <= 35, queries


@pytest.mark.parametrize(
    ("roles", "status"),
    [((), 403), ((Role.EDITOR,), 403), ((Role.AUTHOR,), 200), ((Role.MODERATOR,), 200), ((Role.OWNER,), 200)],
)  # fmt: skip
async def test_the_console_is_for_who_decides_about_comments(
    signed_in: SignedIn, roles: tuple[Role, ...], status: int
) -> None:
    member = await signed_in(*roles)

    answer = await member.get("/mod/")

    assert answer.status_code == status
    assert answer.headers["cache-control"] == "no-store"


async def test_a_visitor_is_asked_to_sign_in(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.get("/mod/")).status_code == 401


async def test_authors_see_what_is_said_under_their_own_posts_and_no_addresses(
    doors: Doors, signed_in: SignedIn
) -> None:
    author = await signed_in(Role.AUTHOR)
    async with doors.unit_of_work() as db:
        key = await an_author_key(db)
        own = await a_post(db, "Mine", by=(await db.scalars(select(User))).one())
        await a_comment(
            db,
            under=own,
            by="Ada",
            status=PENDING,
            author_key_id=key.id,
            author_email="a@b.example",
        )
        await a_comment(db, under=await a_post(db, "Not mine"), by="Bo", status=PENDING)

    page = await author.get("/mod/")

    assert names_in(page) == ["Ada"]
    assert "a@b.example" not in page.text
    assert (
        await author.post("/mod/comments/1/approval", data={"back": "/mod/"})
    ).status_code == 303
    assert (
        await author.post("/mod/comments/2/approval", data={"back": "/mod/"})
    ).status_code == 403
    for address in ("/mod/log/", "/mod/outbox/"):
        assert (await author.get(address)).status_code == 403


def test_every_tab_has_its_list() -> None:
    assert {str(tab) for tab in Tab} >= {"needs", "reported", "spam", "recent", "removed"}


async def test_a_filter_is_kept_and_dropped_by_its_own_button_and_the_list_stays(
    signed_in: SignedIn,
) -> None:
    moderator: Any = await signed_in(Role.MODERATOR)
    for name in ("With links", "Mine"):
        await moderator.post("/mod/filters", data={"name": name, "query": "/mod/?links=some"})
    page = (await moderator.get("/mod/?links=some")).text
    assert '<a href="/mod/?links=some" aria-current="true"><bdi>With links</bdi></a>' in page
    assert 'aria-label="Drop the filter “With links”"' in page
    form = page.split('action="/mod/filters/1/removal"', 1)[1].split("</form>")[0]
    (back,) = re.findall('name="back" value="(.*?)"', form)

    answer = await moderator.post("/mod/filters/1/removal", data={"back": back})

    assert answer.headers["location"] == "/mod/?links=some"
    left = (await moderator.get("/mod/")).text
    assert ("With links" in left, "Mine" in left) == (False, True)


async def test_nobody_drops_what_somebody_else_keeps(signed_in: SignedIn) -> None:
    moderator: Any = await signed_in(Role.MODERATOR)
    other: Any = await signed_in(Role.OWNER)
    await moderator.post("/mod/filters", data={"name": "Mine", "query": "/mod/?links=some"})

    await other.post("/mod/filters/1/removal", data={"back": "/mod/"})

    assert "<bdi>Mine</bdi>" in (await moderator.get("/mod/")).text
    assert "<bdi>Mine</bdi>" not in (await other.get("/mod/")).text
