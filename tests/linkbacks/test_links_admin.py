"""`/admin/links/`: the owner's switches, and the log of what other sites were told, with a button to try again."""

import re

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.accounts.models import AuditEntry
from app.core import clock
from app.linkbacks.announced import PAGE_SIZE
from app.linkbacks.sent import Announcement, AnnouncementKind, AnnouncementState
from app.settings import Settings
from app.work import Doors
from tests.conftest import SignedIn
from tests.core.strangers import answers
from tests.linkbacks.linking import Here
from tests.linkbacks.telling import WANTS_MENTIONS, a_site_of_theirs, ours
from tests.world import a_member, a_post, an_author

pytestmark = pytest.mark.anyio

SWITCHES = "/admin/links/switches"
ALL = {
    "takes_trackbacks": "1",
    "takes_pingbacks": "1",
    "takes_webmentions": "1",
    "holds_links": "1",
}


@pytest.fixture
async def owner(signed_in: SignedIn) -> httpx.AsyncClient:
    return await signed_in(Role.OWNER)


def ticked(page: str) -> set[str]:
    return set(re.findall(r'name="(\w+)" value="1" checked', page))


async def test_the_boxes_say_what_is_taken_in(here: Here, owner: httpx.AsyncClient) -> None:
    assert ticked((await owner.get("/admin/links/")).text) == set(ALL)

    answer = await owner.post(SWITCHES, data={"takes_webmentions": "1"})
    page = await owner.get(answer.headers["location"])

    assert ticked(page.text) == {"takes_webmentions"}
    assert "Noted." in page.text
    assert "/admin/links/" in (await owner.get("/account/")).text


async def test_what_is_switched_off_is_refused_and_offered_nowhere_from_then_on(
    here: Here, owner: httpx.AsyncClient
) -> None:
    before = await here.visitor.get(here.path)
    await owner.post(SWITCHES, data={"takes_webmentions": "1"})
    after = await here.visitor.get(here.path)
    refused = await here.trackback(url="http://elsewhere.example/")

    assert "x-pingback" in before.headers
    assert "x-pingback" not in after.headers
    assert "Trackback address" not in after.text
    assert 'rel="webmention"' in after.headers["link"]
    assert "<error>1</error>" in refused.text


async def test_a_change_is_written_down_once(
    doors: Doors, here: Here, owner: httpx.AsyncClient
) -> None:
    for _twice in range(2):
        await owner.post(SWITCHES, data={**ALL, "holds_links": ""})

    async with doors.reading() as db:
        entries = (await db.scalars(select(AuditEntry))).all()
    (entry,) = [one for one in entries if one.what == "links switched"]
    assert (entry.before["holds_links"], entry.after["holds_links"]) == (True, False)


async def test_one_button_closes_and_opens_all_posts(here: Here, owner: httpx.AsyncClient) -> None:
    closed = await owner.post("/admin/links/all-posts", data={"open": "0"})
    refused = await here.trackback(url="http://elsewhere.example/")
    await owner.post("/admin/links/all-posts", data={"open": "1"})
    taken = await here.trackback(url="http://elsewhere.example/")

    assert "No post collects links any more" in (await owner.get(closed.headers["location"])).text
    assert "<error>1</error>" in refused.text
    assert "<error>0</error>" in taken.text


async def test_a_form_that_says_neither_closes_nothing(
    here: Here, owner: httpx.AsyncClient
) -> None:
    refused = await owner.post("/admin/links/all-posts", data={"x": "1"})
    taken = await here.trackback(url="http://elsewhere.example/")

    assert refused.status_code == 422
    assert "<error>0</error>" in taken.text


async def test_whoever_was_told_stands_there_with_the_answer(
    doors: Doors, settings: Settings, signed_in: SignedIn
) -> None:
    refuses = answers(b"We take <b>none</b>.", "Content-Type: text/html", status="400 Bad Request")
    async with a_site_of_theirs({"/a": WANTS_MENTIONS, "/hear": refuses}) as theirs:
        us = ours(doors, settings, theirs)
        post_id = await us.writes(f"See [this]({theirs.url('/a')}).")
        editor = await signed_in(Role.EDITOR)
        everything = (await editor.get("/admin/links/")).text
        page = (await editor.get(f"/admin/links/{post_id}/")).text

        assert theirs.url("/a") in everything
        assert f"/admin/links/{post_id}/" in everything
        for said in ("refused", "Webmention", "The answer was HTTP 400. We take none."):
            assert said in page

        theirs.pages["/hear"] = answers(b"", status="202 Accepted")
        answer = await editor.post(f"/admin/links/{post_id}/again")
        await us.works()
        page = (await editor.get(answer.headers["location"])).text

    assert "tried once more" in page
    assert "<strong>told</strong>" in page
    assert "Try again" not in page


async def test_authors_see_what_was_told_of_their_own_posts_alone(
    doors: Doors, signed_in: SignedIn
) -> None:
    async with doors.unit_of_work() as db:
        nora = await a_member(db, "Nora", roles=[Role.AUTHOR])
        for title, by in (("Hers", nora), ("Another's", await an_author(db, "Ada"))):
            post = await a_post(db, title, by=by)
            db.add(announcement(post.id, f"https://elsewhere.example/{title[:4]}"))
    author = await signed_in(user=nora)

    page = (await author.get("/admin/links/")).text

    assert "https://elsewhere.example/Hers" in page
    assert "https://elsewhere.example/Anot" not in page
    assert "Take in" not in page


async def test_a_long_log_has_pages(doors: Doors, owner: httpx.AsyncClient) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        db.add_all(
            announcement(post.id, f"https://e.example/{n:03}/") for n in range(PAGE_SIZE + 5)
        )

    first = (await owner.get("/admin/links/")).text
    (following,) = re.findall(r'href="(/admin/links/\?before=\d+)"', first)
    second = (await owner.get(following)).text

    assert len(set(re.findall(r"https://e.example/\d+/", first))) == PAGE_SIZE
    assert sorted(set(re.findall(r"https://e.example/(\d+)/", second))) == [
        f"{n:03}" for n in range(5)
    ]
    assert "Earlier ones" not in second


@pytest.mark.parametrize("before", ["9" * 5000, "9" * 20, "-1", "x", "٣"])
async def test_a_page_of_the_log_that_is_none_is_the_first(
    owner: httpx.AsyncClient, before: str
) -> None:
    answer = await owner.get("/admin/links/", params={"before": before})

    assert answer.status_code == 200


async def test_an_empty_log_says_why(owner: httpx.AsyncClient, here: Here) -> None:
    assert "Nobody yet." in (await owner.get("/admin/links/")).text
    assert (
        "Nobody: it links to no other site"
        in (await owner.get(f"/admin/links/{here.post.id}/")).text
    )
    assert (await owner.get("/admin/links/99/")).status_code == 404


def announcement(post_id: int, url: str) -> Announcement:
    return Announcement(
        post_id=post_id, address=url, target=url, kind=AnnouncementKind.WEBMENTION,
        state=AnnouncementState.SENT, told="1", created_at=clock.now(), updated_at=clock.now(),
    )  # fmt: skip
