"""What was clean by yesterday's rules is cleaned by today's when the program is upgraded."""

from typing import Any

import pytest

from app.core.markup import RULES, SafeHtml
from app.porting.recleaning import reclean
from app.posts.models import Post
from app.site.models import SiteRow
from tests.world import a_post, the_site

pytestmark = pytest.mark.anyio


async def test_stored_html_follows_the_rules_of_today(doors: Any) -> None:
    async with doors.unit_of_work() as session:
        await the_site(session, markup_rules=RULES - 1)
        post = await a_post(session, "Old")
        post.body_html = SafeHtml("<p>kept</p><script>dropped()</script>")

    assert await reclean(doors)

    async with doors.reading() as session:
        assert (await session.get_one(Post, post.id)).body_html == "<p>kept</p>"
        assert (await session.get_one(SiteRow, 1)).markup_rules == RULES


async def test_what_is_clean_by_todays_rules_is_left_alone(doors: Any) -> None:
    async with doors.unit_of_work() as session:
        await the_site(session)

    assert not await reclean(doors)
