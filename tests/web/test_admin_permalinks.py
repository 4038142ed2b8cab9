"""Another scheme of addresses: shown before, done bit by bit, and every old address leads on by one hop."""

import re
from datetime import UTC, datetime
from html import unescape

import httpx
import pytest
from sqlalchemy import func, select

from app.accounts.actor import OWNER_AT_THE_MACHINE, Role
from app.posts import moving, previewing
from app.posts.actions import edit_post, trash_post
from app.posts.drafts import Draft
from app.posts.models import Post, Redirect
from app.posts.moving import move_some
from app.site.models import Permalinks
from app.site.queries import ensure_site, get_site
from app.work import Doors
from tests.conftest import CountQueries, RunJobs, SignedIn
from tests.web.owning import audited
from tests.world import GUID_HOST, a_category, a_draft, a_page, a_post, a_redirect, the_site

pytestmark = pytest.mark.anyio

PERMALINKS = "/admin/settings/permalinks/"
OLD = "/2024/03/a-letter-a-week/"
DAY = datetime(2024, 3, 9, 12, tzinfo=UTC)


@pytest.fixture
async def owner(doors: Doors, signed_in: SignedIn) -> httpx.AsyncClient:
    """An owner, and a post in a category."""
    async with doors.unit_of_work() as db:
        await the_site(db)
        await a_post(db, at=DAY, under=[await a_category(db, "Working life")])
    return await signed_in(Role.OWNER)


async def choose(
    owner: httpx.AsyncClient, scheme: Permalinks, was: str = Permalinks.MONTH
) -> httpx.Response:
    return await owner.post(PERMALINKS, data={"to": scheme.value, "was": was})


async def paths(doors: Doors) -> list[str | None]:
    async with doors.reading() as db:
        return list(await db.scalars(select(Post.path).order_by(Post.id)))


def words(page: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", "", page.text)).split())


@pytest.mark.parametrize(
    ("scheme", "path"),
    [
        (Permalinks.DAY, "/2024/03/09/a-letter-a-week/"),
        (Permalinks.NAME, "/a-letter-a-week/"),
        (Permalinks.CATEGORY, "/working-life/a-letter-a-week/"),
        (Permalinks.NUMBER, "/archives/1/"),
    ],
)
async def test_what_would_change_is_shown_and_then_changed_and_the_old_address_leads_on(
    doors: Doors,
    owner: httpx.AsyncClient,
    visitor: httpx.AsyncClient,
    scheme: Permalinks,
    path: str,
) -> None:
    guid = re.findall(r"<guid.*?</guid>", (await visitor.get("/feed/")).text)

    preview = await owner.get(PERMALINKS, params={"to": scheme.value})
    assert "1 address would change, of 1." in words(preview)
    assert f"{OLD} → {path}" in words(preview)
    assert await paths(doors) == [OLD]

    answer = await choose(owner, scheme)

    assert answer.headers["location"] == f"{PERMALINKS}?done=all"
    old = await visitor.get(OLD)
    assert (old.status_code, old.headers["location"]) == (301, path)
    assert (await visitor.get(path)).status_code == 200
    assert path in (await visitor.get("/")).text
    assert path in (await visitor.get("/feed/")).text
    assert re.findall(r"<guid.*?</guid>", (await visitor.get("/feed/")).text) == guid
    [entry] = await audited(doors, "permalinks changed")
    assert (entry.before, entry.after) == (
        {"scheme": Permalinks.MONTH}, {"scheme": scheme, "posts": 1},
    )  # fmt: skip


async def test_back_and_forth_leaves_one_hop_from_each_address_and_no_circle(
    doors: Doors, owner: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    await owner.post("/admin/redirects/", data={"path": "/letters.html", "target": OLD})
    async with doors.unit_of_work() as db:
        db.add(Redirect(path="/older.html", target=OLD, source="import"))
    await choose(owner, Permalinks.NAME)
    await choose(owner, Permalinks.NUMBER, Permalinks.NAME)
    await choose(owner, Permalinks.MONTH, Permalinks.NUMBER)
    assert (await visitor.get(OLD)).status_code == 200

    for path in ("/letters.html", "/older.html", "/a-letter-a-week/", "/archives/1/"):
        assert (await visitor.get(path)).headers["location"] == OLD, path
    async with doors.reading() as db:
        assert await db.scalar(select(func.count()).where(Redirect.path == OLD)) == 0


async def test_who_is_second_at_an_address_or_stands_where_the_program_does_gets_a_number(
    doors: Doors, owner: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        await a_post(db, at=datetime(2024, 5, 1, tzinfo=UTC))
        await a_post(db, "Feed", at=DAY)
        await a_post(db, "2024", at=DAY)
        await a_page(db, "About")
        await a_post(db, "About", at=DAY)

    preview = words(await owner.get(PERMALINKS, params={"to": Permalinks.NAME}))
    assert "5 addresses would change, of 5." in preview
    assert "2 addresses are taken" in preview
    assert "/2024/05/a-letter-a-week/ → /a-letter-a-week-2/" in preview
    assert "2 addresses are the program’s own" in preview
    assert "/2024/03/feed/ → /feed-2/" in preview

    await choose(owner, Permalinks.NAME)

    assert await paths(doors) == [
        "/a-letter-a-week/", "/a-letter-a-week-2/", "/feed-2/", "/2024-2/", "/about/", "/about-2/",
    ]  # fmt: skip
    for path in ("/feed-2/", "/2024-2/", "/about-2/"):
        assert (await visitor.get(path)).status_code == 200


async def test_a_new_post_never_stands_where_the_program_does(doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db, permalinks=Permalinks.NAME)
        await a_post(db, "Feed")
        site = await get_site(db)
        site.permalinks = Permalinks.CATEGORY
        await a_post(
            db, "Letter", under=[await a_category(db, "Admin"), await a_category(db, "Life")]
        )
        await a_post(db, "Alone", under=[await a_category(db, "Mod")])

    assert await paths(doors) == ["/feed-2/", "/life/letter/", "/uncategorized/alone/"]


async def test_pages_and_the_trash_stay_where_they_are_and_drafts_leave_nothing_behind(
    doors: Doors, owner: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        await a_page(db, "About")
        await a_draft(db)
        gone = await a_post(db, "Gone", at=DAY)
        await trash_post(db, OWNER_AT_THE_MACHINE, gone.id)

    await choose(owner, Permalinks.NAME)

    assert await paths(doors) == ["/a-letter-a-week/", "/about/", "/not-yet/", "/2024/03/gone/"]
    assert (await visitor.get("/2024/03/gone/")).status_code == 410


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Units of two posts: what happens between them is what this is about."""
    monkeypatch.setattr(moving.move_some, "__defaults__", (2,))


async def test_many_are_moved_by_a_job_and_readers_find_each_all_the_while(
    doors: Doors, owner: httpx.AsyncClient, visitor: httpx.AsyncClient, run_jobs: RunJobs,
    few_at_once: None,
) -> None:  # fmt: skip
    async with doors.unit_of_work() as db:
        for number in range(6):
            await a_post(db, f"Letter {number}", at=DAY)

    answer = await choose(owner, Permalinks.NAME)

    assert answer.headers["location"] == f"{PERMALINKS}?done=begun"
    half_way = words(await owner.get(PERMALINKS))
    assert "2 of 7 have moved." in half_way
    assert "addresses of posts are being changed: 2 of 7 are done" in words(
        await owner.get("/admin/")
    )
    for old, new in (
        (OLD, "/a-letter-a-week/"), ("/2024/03/letter-0/", "/letter-0/"), ("/letter-5/", "/2024/03/letter-5/"),
    ):  # fmt: skip
        assert (await visitor.get(old)).headers["location"] == new
        assert (await visitor.get(new)).status_code == 200

    # Somebody writes in between, and somebody else wants yet another scheme.
    async with doors.unit_of_work() as db:
        await edit_post(db, OWNER_AT_THE_MACHINE, await get_site(db), 7, Draft(title="Renamed"))
        await a_post(db, "New", at=DAY)
    refused = await choose(owner, Permalinks.DAY, Permalinks.NAME)
    assert refused.status_code == 409
    assert "2 of 7 are done. Wait for the end of it." in words(refused)

    await run_jobs()

    assert await paths(doors) == [
        "/a-letter-a-week/", *(f"/letter-{number}/" for number in range(6)), "/new/",
    ]  # fmt: skip
    assert (await visitor.get("/2024/03/letter-5/")).headers["location"] == "/letter-5/"
    async with doors.reading() as db:
        assert (await get_site(db)).move is None
        assert await db.scalar(select(func.count()).select_from(Redirect)) == 7


async def test_one_that_was_killed_half_way_goes_on_where_it_was(
    doors: Doors, owner: httpx.AsyncClient, run_jobs: RunJobs
) -> None:
    async with doors.unit_of_work() as db:
        for number in range(5):
            await a_post(db, f"Letter {number}", at=DAY)
    async with doors.unit_of_work() as db:
        site = await ensure_site(db, GUID_HOST, locked=True)
        site.permalinks, site.move = Permalinks.NAME, {"from": "", "after": 0, "done": 0, "all": 6}
        await move_some(db, site, 2)
    assert (await paths(doors))[1:3] == ["/letter-0/", "/2024/03/letter-1/"]
    await owner.post(f"{PERMALINKS}continuation")
    await run_jobs()

    assert (await paths(doors))[5] == "/letter-4/"
    await owner.post(f"{PERMALINKS}continuation")
    await run_jobs()
    assert len(await paths(doors)) == 6


async def test_of_two_owners_the_second_is_shown_what_would_change_now(
    owner: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    other = await signed_in(Role.OWNER)
    await choose(other, Permalinks.DAY)

    late = await choose(owner, Permalinks.NAME)

    assert late.status_code == 409
    assert "Somebody else chose another scheme meanwhile." in late.text
    assert "/2024/03/09/a-letter-a-week/ → /a-letter-a-week/" in words(late)


@pytest.mark.parametrize("to", ["", "%postname%", "/%year%/../", "x" * 500])
async def test_there_are_five_schemes(doors: Doors, owner: httpx.AsyncClient, to: str) -> None:
    answer = await owner.post(PERMALINKS, data={"to": to, "was": Permalinks.MONTH})

    assert answer.status_code == 422
    assert (await owner.get(PERMALINKS, params={"to": to})).status_code == 200
    assert await paths(doors) == [OLD]


async def test_a_redirect_to_where_a_post_comes_to_stand_is_no_circle(
    doors: Doors, owner: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        post = await db.get_one(Post, 1)
        await a_redirect(db, "/a-letter-a-week/", to=post)

    await choose(owner, Permalinks.NAME)

    assert (await visitor.get("/a-letter-a-week/")).status_code == 200


async def test_of_many_posts_the_oldest_are_looked_at_and_all_are_counted(
    doors: Doors, owner: httpx.AsyncClient, count_queries: CountQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(previewing, "LOOKED_AT", 3)
    await owner.get(PERMALINKS, params={"to": Permalinks.NAME})
    numbers = []

    for _round in range(2):
        async with doors.unit_of_work() as db:
            for month in range(4, 8):
                await a_post(db, at=DAY.replace(month=month))
            await a_draft(db)
        with count_queries() as queries:
            page = await owner.get(PERMALINKS, params={"to": Permalinks.NAME})
        numbers.append(len(queries))

    told = words(page)
    assert "There are 11 posts. Here are the oldest 3 of them" in told
    assert "3 addresses would change, of 3." in told
    assert "2 addresses are taken" in told
    assert "Change the addresses of all posts" in told
    assert numbers[0] == numbers[1]
    await choose(owner, Permalinks.NAME)
    assert (await paths(doors))[:3] == [f"/a-letter-a-week{end}/" for end in ("", "-2", "-3")]
