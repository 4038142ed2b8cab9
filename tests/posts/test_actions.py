"""What authors do, and what stays true of addresses, GUIDs and what pages must be made anew."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE, VISITOR
from app.core import clock
from app.core.errors import Invalid, NotFound, SignInNeeded
from app.core.events import take_recorded
from app.posts import actions
from app.posts.addresses import readings
from app.posts.drafts import Draft
from app.posts.models import Post, PostKind, PostStatus, Redirect, Revision
from app.posts.queries import find_post, neighbours
from app.site.models import Permalinks
from tests.world import a_category, a_post, the_site

pytestmark = pytest.mark.anyio

MARCH = datetime(2024, 3, 10, 9, tzinfo=UTC)


async def edited(session: AsyncSession, post: Post, draft: Draft) -> Post:
    """The post after its author changed it."""
    site = await the_site(session)
    return await actions.edit_post(session, OWNER_AT_THE_MACHINE, site, post.id, draft)


async def test_a_post_stands_where_the_scheme_says(session: AsyncSession) -> None:
    post = await a_post(session, "A Letter a Week", at=MARCH)

    assert post.path == "/2024/03/a-letter-a-week/"


async def test_the_sites_clock_decides_the_month(session: AsyncSession) -> None:
    await the_site(session, timezone="Pacific/Auckland")

    post = await a_post(session, "Late", at=datetime(2024, 3, 31, 20, tzinfo=UTC))

    assert post.path == "/2024/04/late/"


async def test_a_slug_that_is_taken_gets_a_number(session: AsyncSession) -> None:
    await a_post(session, "Twice", at=MARCH)

    second = await a_post(session, "Twice", at=MARCH + timedelta(days=1))

    assert second.path == "/2024/03/twice-2/"


async def test_a_title_of_symbols_gets_the_id_for_a_slug(session: AsyncSession) -> None:
    post = await a_post(session, "!!!", at=MARCH)

    assert post.slug == str(post.id)


async def test_a_page_may_not_take_an_address_of_the_programs_own(session: AsyncSession) -> None:
    with pytest.raises(Invalid, match="/feed/"):
        await a_post(session, "Feed", kind=PostKind.PAGE)


async def test_a_post_of_the_category_scheme_stands_under_its_category(
    session: AsyncSession,
) -> None:
    await the_site(session, permalinks=Permalinks.CATEGORY)
    search = await a_category(session, "Job search")
    interviews = await a_category(session, "Interviews", under=search)

    post = await a_post(session, "First", under=[interviews])

    assert post.path == "/job-search/interviews/first/"


async def test_a_changed_slug_leaves_a_redirect_and_the_guid_alone(session: AsyncSession) -> None:
    post = await a_post(session, "Before", at=MARCH)
    guid = post.guid

    after = await edited(session, post, Draft(slug="after"))

    assert after.path == "/2024/03/after/"
    assert after.guid == guid
    left = await session.scalar(select(Redirect).where(Redirect.path == "/2024/03/before/"))
    assert left is not None
    assert left.post_id == post.id


async def test_a_slug_that_comes_back_makes_no_loop(session: AsyncSession) -> None:
    post = await a_post(session, "First", at=MARCH)
    await edited(session, post, Draft(slug="second"))

    await edited(session, post, Draft(slug="first"))

    redirects = {redirect.path for redirect in await session.scalars(select(Redirect))}
    assert redirects == {"/2024/03/second/"}


async def test_every_change_keeps_a_revision(session: AsyncSession) -> None:
    post = await a_post(session, "One", body="first")

    await edited(session, post, Draft(body="second"))

    kept = await session.scalars(select(Revision.body_source).where(Revision.post_id == post.id))
    assert sorted(kept) == ["first", "second"]


async def test_what_lies_in_the_future_is_scheduled_and_hidden(session: AsyncSession) -> None:
    post = await a_post(session, "Soon", at=clock.now() + timedelta(days=2))

    assert post.status == PostStatus.SCHEDULED
    assert await find_post(session, VISITOR, list(readings(post.path or ""))) is None


async def test_a_draft_stands_nowhere_until_it_has_a_date(session: AsyncSession) -> None:
    site = await the_site(session)
    draft = Draft(title="Not yet", slug="one-day", status=PostStatus.DRAFT)
    post = await actions.add_post(session, OWNER_AT_THE_MACHINE, site, draft)
    assert (post.slug, post.path) == ("one-day", None)

    await edited(session, post, Draft(status=PostStatus.PUBLISHED, at=MARCH))

    assert post.path == "/2024/03/one-day/"


async def test_a_draft_has_no_readers(session: AsyncSession) -> None:
    post = await a_post(session, "Not yet", status=PostStatus.DRAFT)

    assert not post.was_public
    assert await find_post(session, VISITOR, list(readings(post.path or ""))) is None


async def test_a_post_in_the_trash_has_no_readers(session: AsyncSession) -> None:
    post = await a_post(session, "Regretted")

    await actions.trash_post(session, OWNER_AT_THE_MACHINE, post.id)

    assert await find_post(session, VISITOR, list(readings(post.path or ""))) is None


async def test_a_change_touches_its_page_its_lists_and_its_neighbours(
    session: AsyncSession,
) -> None:
    before = await a_post(session, "Before", at=MARCH)
    news = await a_category(session, "News")
    post = await a_post(session, "Middle", at=MARCH + timedelta(days=1), under=[news])
    after = await a_post(session, "After", at=MARCH + timedelta(days=2))
    distant = await a_post(session, "Distant", at=MARCH + timedelta(days=3))
    take_recorded(session)

    await edited(session, post, Draft(title="The middle"))

    (event,) = take_recorded(session)
    expected = {
        f"post:{post.id}",
        f"post:{before.id}",
        f"post:{after.id}",
        f"term:{news.id}",
        "posts",
    }
    assert event.touches >= expected
    assert f"post:{distant.id}" not in event.touches


async def test_neighbours_are_the_posts_just_before_and_after(session: AsyncSession) -> None:
    first = await a_post(session, "First", at=MARCH)
    second = await a_post(session, "Second", at=MARCH)
    third = await a_post(session, "Third", at=MARCH + timedelta(days=1))

    before, after = await neighbours(session, second)

    assert (before and before.id, after and after.id) == (first.id, third.id)
    assert (await neighbours(session, first))[0] is None
    assert (await neighbours(session, third))[1] is None


async def test_a_title_too_long_is_refused(session: AsyncSession) -> None:
    with pytest.raises(Invalid, match="500"):
        await a_post(session, "a" * 501)


async def test_a_visitor_writes_nothing(session: AsyncSession) -> None:
    with pytest.raises(SignInNeeded):
        await actions.add_post(session, VISITOR, await the_site(session), Draft(title="Mine"))


async def test_what_is_not_there_can_not_be_changed(session: AsyncSession) -> None:
    with pytest.raises(NotFound):
        await actions.trash_post(session, OWNER_AT_THE_MACHINE, 4711)
