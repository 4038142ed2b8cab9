"""A comment that stands under the wrong post is moved: the right one is found by its title or address."""

import re

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.accounts.models import User
from app.discussions.models import CommentStatus
from app.moderation.models import Case
from app.work import Doors
from tests.agreement import disagreements
from tests.conftest import SignedIn
from tests.visiting import BASE_URL
from tests.world import a_comment, a_draft, a_member, a_post, an_author, the_site

pytestmark = pytest.mark.anyio

PLACE = "/mod/comments/1/place"
IN_PLACE = {"HX-Request": "true"}


@pytest.fixture
async def moderator(doors: Doors, signed_in: SignedIn) -> httpx.AsyncClient:
    """A moderator, before posts 1 to 4, the last a draft; comment 1 waits under the first, 2 is answered."""
    async with doors.unit_of_work() as db:
        await the_site(db, former_urls=["https://old.example"])
        first = await a_post(db, "A letter a week", by=await an_author(db))
        await a_post(db, "The garden in winter")
        await a_post(db, "Gärten & <i>hedges</i>")
        await a_draft(db, "The garden of nobody yet")
        await a_comment(db, "Mulch, I say", under=first, status=CommentStatus.PENDING)
        answered = await a_comment(db, "Answered", under=first)
        await a_comment(db, "It is", under=first, answering=answered)
    return await signed_in(Role.MODERATOR)


def places_in(page: httpx.Response) -> list[str]:
    assert page.status_code == 200, page.text
    return re.findall(r'type="radio" name="post" value="(\d+)"', page.text)


async def place_of(doors: Doors, comment_id: int) -> int | None:
    async with doors.reading() as db:
        assert await disagreements(db) == []
        return await db.scalar(select(Case.post_id).where(Case.item_id == comment_id))


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("garden winter", "2"),
        ("GARTEN", "3"),
        ("/2024/03/the-garden-in-winter/", "2"),
        (BASE_URL + "/2024/03/the-garden-in-winter/comment-page-2/#comment-7", "2"),
        ("https://www.old.example/?p=3", "3"),
    ],
)
async def test_a_post_is_found_by_its_title_or_address(
    moderator: httpx.AsyncClient, written: str, found: str
) -> None:
    page = await moderator.get(PLACE, params={"q": written})

    assert places_in(page)[0] == found
    assert "<i>hedges" not in page.text


@pytest.mark.parametrize(
    "written",
    ["zzz", "https://elsewhere.example/2024/", "/nowhere/", "/?p=4", "\0"],
)
async def test_what_is_not_found_is_said(moderator: httpx.AsyncClient, written: str) -> None:
    page = await moderator.get(PLACE, params={"q": written})

    assert places_in(page) == []
    assert ("No post is called like that" in page.text) == (written != "\0")


async def test_where_it_stands_already_is_no_place_to_go(moderator: httpx.AsyncClient) -> None:
    page = await moderator.get(PLACE, params={"q": "/2024/03/a-letter-a-week/"})

    assert places_in(page) == []
    assert "It stands under that post already." in page.text


async def test_what_was_found_is_chosen_and_the_comment_moves(
    doors: Doors, moderator: httpx.AsyncClient
) -> None:
    form = (await moderator.get(PLACE, params={"q": "winter", "back": "/mod/?links=none"})).text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)">', form))

    answer = await moderator.post(PLACE, data={**fields, "post": "2"})

    assert answer.headers["location"] == "/mod/?links=none#case-1"
    assert await place_of(doors, 1) == 2
    row = (await moderator.get("/mod/")).text
    assert "The garden in winter" in row


@pytest.mark.parametrize("post", ["4", "999", "1", "", "x"])
async def test_no_comment_goes_where_nothing_stands_that_may_be_read(
    doors: Doors, moderator: httpx.AsyncClient, post: str
) -> None:
    answer = await moderator.post(PLACE, data={"post": post, "q": "winter"}, headers=IN_PLACE)

    assert answer.status_code == 422
    assert re.search(r"There is no such post|stands under that post already", answer.text)
    assert answer.headers["hx-retarget"] == "#sheet"
    assert 'value="winter"' in answer.text
    assert await place_of(doors, 1) == 1


async def test_what_was_answered_stays_and_the_form_says_so_before_anybody_searches(
    doors: Doors, moderator: httpx.AsyncClient
) -> None:
    form = await moderator.get("/mod/comments/2/place")
    answer = await moderator.post("/mod/comments/2/place", data={"post": "2"})

    assert "only what nobody has answered can be moved" in form.text
    assert 'name="q"' not in form.text
    assert answer.status_code == 409
    assert await place_of(doors, 2) == 1


async def test_authors_move_nothing_under_what_others_wrote(
    doors: Doors, moderator: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    async with doors.unit_of_work() as db:
        nora = await a_member(db, "Nora", roles=[Role.AUTHOR])
        await a_post(db, "The garden of Nora", by=nora)
        own = await a_post(db, "Hers as well", by=await db.get_one(User, nora.id))
        said = await a_comment(db, under=own, status=CommentStatus.PENDING)
    author = await signed_in(user=nora)
    place = f"/mod/comments/{said.id}/place"

    assert places_in(await author.get(place, params={"q": "garden"})) == ["5"]
    assert (await author.post(place, data={"post": "2"})).status_code == 403
    assert (await author.post(place, data={"post": "5"})).status_code == 303
    assert await place_of(doors, said.id) == 5
