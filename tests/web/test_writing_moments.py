"""When a post comes out, as it is typed by the site's clock: also in the nights in which clocks are changed."""

from datetime import UTC, datetime

import pytest

from app.accounts.actor import Role
from app.posts.models import PostStatus
from app.work import Doors
from tests.conftest import SignedIn
from tests.web.writing import begun, opened, post_in, saved, sheet_of
from tests.world import the_site

pytestmark = pytest.mark.anyio


@pytest.fixture
async def site_in_berlin(doors: Doors) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db, timezone="Europe/Berlin")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2031-01-02T10:00", datetime(2031, 1, 2, 9, tzinfo=UTC)),
        ("2031-07-02T10:00", datetime(2031, 7, 2, 8, tzinfo=UTC)),
        # It is twice half past two: the first is meant.
        ("2031-10-26T02:30", datetime(2031, 10, 26, 0, 30, tzinfo=UTC)),
        ("2031-07-02T10:00+05:00", datetime(2031, 7, 2, 5, tzinfo=UTC)),
        ("2031-03-30T02:30+02:00", datetime(2031, 3, 30, 0, 30, tzinfo=UTC)),
    ],
)
@pytest.mark.usefixtures("site_in_berlin")
async def test_a_day_is_meant_by_the_clock_of_the_site(
    doors: Doors, signed_in: SignedIn, typed: str, meant: datetime
) -> None:
    ada = await signed_in(Role.AUTHOR)
    post_id = await begun(ada, body="Hello.", status="draft")

    await saved(ada, await opened(ada, post_id), post_id, at=typed, do="publish")

    post = await post_in(doors, post_id)
    assert (post.status, post.published_at) == (PostStatus.SCHEDULED, meant)


@pytest.mark.parametrize("field", ["at", "closes_at"])
@pytest.mark.usefixtures("site_in_berlin")
async def test_a_time_that_is_left_out_is_asked_for_again(signed_in: SignedIn, field: str) -> None:
    ada = await signed_in(Role.AUTHOR)
    post_id = await begun(ada, body="Hello.", status="draft")
    sheet = await opened(ada, post_id)

    answer = await saved(ada, sheet, post_id, body="Kept.", **{field: "2031-03-30T02:30"})

    again = sheet_of(answer)
    assert answer.status_code == 422
    assert f'<a href="#{field}">The clocks are put forward that night' in again
    assert (again.fields["body"], again.fields[field]) == ("Kept.", "2031-03-30T02:30")
