"""The page of one's own comment, where that was said in a group: who may not read there is told no names."""

import re

import httpx
import pytest
from sqlalchemy import select

from app.discussions.models import Comment
from app.settings import Settings
from app.web.comments.own_addresses import own_address
from app.work import Doors
from tests.conftest import SignedIn
from tests.groups.building import Place, a_place, answer, begin

pytestmark = pytest.mark.anyio

TITLE, TEXT = "What the works council said", "I was there."


async def what_mika_said(
    doors: Doors, signed_in: SignedIn, settings: Settings
) -> tuple[Place, str]:
    """A group of members, and the own address of what one of them answered there."""
    place = await a_place(doors, signed_in, visibility="members")
    begun = await begin(place.owner, place, TITLE)
    await answer(place.member, begun.headers["location"], TEXT)
    async with doors.reading() as db:
        mine = select(Comment.id).where(Comment.user_id == place.member_id)
        comment_id = await db.scalar(mine)
    assert comment_id is not None
    return place, own_address(settings, comment_id)


async def test_a_member_reads_where_it_stands(
    doors: Doors, signed_in: SignedIn, settings: Settings
) -> None:
    place, own = await what_mika_said(doors, signed_in, settings)

    page = (await place.member.get(own)).text

    assert TITLE in page
    assert re.search(rf'href="{place.url}\S+"', page)


async def test_who_has_left_reads_the_own_words_and_no_more(
    doors: Doors, signed_in: SignedIn, settings: Settings
) -> None:
    place, own = await what_mika_said(doors, signed_in, settings)
    left = await place.member.post(f"{place.url}membership/end")
    assert left.is_redirect

    page = (await place.member.get(own)).text

    assert TEXT in page
    assert "Said in a group" in page
    assert TITLE not in page
    assert place.slug not in page
    # It would have to be changed where it stands.
    assert "/text" not in page


async def test_the_address_alone_names_no_discussion(
    doors: Doors, signed_in: SignedIn, settings: Settings, visitor: httpx.AsyncClient
) -> None:
    place, own = await what_mika_said(doors, signed_in, settings)

    page = (await visitor.get(own)).text

    assert TEXT in page
    assert TITLE not in page
    assert place.slug not in page
