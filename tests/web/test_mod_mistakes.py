"""This week's ten: put apart before a moderator, answered there, and what the answers tell of the filters."""

import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.core import clock
from app.discussions.models import CommentStatus
from app.moderation.models import Case, Sampled
from app.moderation.sampling import Measured, pick_sample, week_of
from app.work import Doors
from tests.conftest import SignedIn
from tests.web.test_mod_queue import names_in
from tests.world import a_comment, a_post

pytestmark = pytest.mark.anyio

MISTAKES = "/mod/?tab=mistakes"


@pytest.fixture
async def moderator(doors: Doors, signed_in: SignedIn) -> httpx.AsyncClient:
    """A moderator, before fourteen likely mistakes, of which ten were chosen this week."""
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        for number in range(1, 15):
            await a_comment(db, under=post, by=f"No {number}", status=CommentStatus.SPAM)
        for case in await db.scalars(select(Case)):
            case.doubt = case.item_id / 100
        await pick_sample(db, clock.now())
    return await signed_in(Role.MODERATOR)


def sample_in(page: httpx.Response) -> str:
    found = re.search(r'<section class="sample".*?</section>', page.text, re.DOTALL)
    assert found
    return found[0]


async def answered_before(doors: Doors, answered: int, mistakes: int) -> None:
    """Weeks ago others of them were looked at, the first of them mistakes."""
    at = clock.now() - timedelta(weeks=3)
    async with doors.unit_of_work() as db:
        for number in range(answered):
            db.add(
                Sampled(
                    week=week_of(at), case_id=1 + number % 4, was_mistake=number < mistakes,
                    answered_at=at,
                )
            )  # fmt: skip


async def test_the_ten_stand_apart_and_each_comes_once(moderator: httpx.AsyncClient) -> None:
    page = await moderator.get(MISTAKES)

    assert names_in(page) == [f"No {number}" for number in range(14, 0, -1)]
    assert sample_in(page).count('class="case"') == 10
    assert "Is each of these spam?" in sample_in(page)
    assert "10 are left" in sample_in(page)


async def test_each_answer_leaves_one_less_and_leads_to_the_next(
    moderator: httpx.AsyncClient,
) -> None:
    for noun, number, next_ in (("spam", 14, 13), ("approval", 13, 12)):
        page = sample_in(await moderator.get(MISTAKES))
        form = page.split(f'id="case-{number}"', 1)[1].split("</form>")[0]
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)">', form))
        answer = await moderator.post(f"/mod/comments/{number}/{noun}", data=fields)
        assert answer.headers["location"].endswith(f"#case-{next_}")

    page = await moderator.get(MISTAKES)

    assert "8 are left" in sample_in(page)
    assert names_in(page) == [f"No {number}" for number in range(12, 0, -1)]
    assert "Of 2 that people have answered in twelve weeks, 1 were mistakes: 50 %" in page.text
    assert "between 9 and 91 %" in page.text


async def test_the_rate_is_told_in_words_with_its_bounds(
    doors: Doors, moderator: httpx.AsyncClient
) -> None:
    assert "Your answers tell how often" in (await moderator.get(MISTAKES)).text
    await answered_before(doors, 40, 4)

    page = sample_in(await moderator.get(MISTAKES))

    assert "Of 40 that people have answered in twelve weeks, 4 were mistakes: 10 %." in page
    assert "between 3 and 24 %, nineteen times in twenty" in page


async def test_once_all_are_answered_that_is_said(moderator: httpx.AsyncClient) -> None:
    for number in range(5, 15):
        await moderator.post(f"/mod/comments/{number}/spam", data={"back": MISTAKES})

    page = await moderator.get(MISTAKES)

    assert "This week's are answered." in sample_in(page).replace("&#39;", "'")
    assert names_in(page) == ["No 4", "No 3", "No 2", "No 1"]


async def test_narrowed_lists_hold_them_in_their_order_and_spam_shows_no_ten(
    moderator: httpx.AsyncClient,
) -> None:
    for address in (f"{MISTAKES}&links=none", "/mod/?tab=spam"):
        page = await moderator.get(address)

        assert 'class="sample"' not in page.text
        assert len(names_in(page)) == 14


async def test_authors_are_asked_nothing(moderator: httpx.AsyncClient, signed_in: SignedIn) -> None:
    author = await signed_in(Role.AUTHOR)

    assert 'class="sample"' not in (await author.get(MISTAKES)).text


@pytest.mark.parametrize(
    ("answered", "mistakes", "percent", "between"),
    [
        (0, 0, None, (0, 100)),
        (1, 0, 0, (0, 80)),
        (1, 1, 100, (20, 100)),
        (10, 0, 0, (0, 28)),
        (40, 4, 10, (3, 24)),
        (120, 12, 10, (5, 17)),
        (120, 120, 100, (96, 100)),
    ],
)
def test_few_answers_tell_little(
    answered: int, mistakes: int, percent: int | None, between: tuple[int, int]
) -> None:
    measured = Measured(answered, mistakes)

    assert measured.percent == percent
    assert answered == 0 or measured.between == between
