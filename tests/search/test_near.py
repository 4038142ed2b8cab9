"""Titles near to the words of an address where nothing stands."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.search.indexing import index_posts
from app.search.near import NearTitle, near_titles
from tests import world
from tests.conftest import CountQueries
from tests.shared import payloads

pytestmark = [pytest.mark.anyio, pytest.mark.each_case]

TITLES = ("A letter a week", "Letters to nobody", "The long letter", "Café in the rain", "日本の話")


async def a_shelf(session: AsyncSession) -> None:
    posts = [await world.a_post(session, title, body="A letter in every body.") for title in TITLES]
    hidden = await world.a_draft(session, "Letter")
    await index_posts(session, [post.id for post in (*posts, hidden)])


@pytest.mark.parametrize(
    ("words", "nearest"),
    [
        ("a letter a week", "A letter a week"),
        ("/2012/01/a-lettre-a-weak/", "A letter a week"),
        ("the-long-letters", "The long letter"),
        ("cafe rainy", "Café in the rain"),
        ("日本", "日本の話"),
    ],
)
async def test_the_nearest_title_comes_first(
    session: AsyncSession, words: str, nearest: str
) -> None:
    await a_shelf(session)

    assert (await near_titles(session, words))[0].title == nearest


async def test_three_at_most_and_only_public_ones_whose_titles_say_it(
    session: AsyncSession, count_queries: CountQueries
) -> None:
    await a_shelf(session)

    with count_queries() as queries:
        near = await near_titles(session, "letter")

    assert {post.title for post in near} == set(TITLES[:3])
    assert near[0] == NearTitle(near[0].id, "The long letter", near[0].path)
    assert len(queries) == 1


@pytest.mark.parametrize("words", ["", "/", "?!", "x", "2", "nothing-like-it"])
async def test_nothing_is_near_to_nothing(session: AsyncSession, words: str) -> None:
    await a_shelf(session)

    assert await near_titles(session, words) == []


@pytest.mark.parametrize("attacks", ["sqli", "naughty", "xss"])
async def test_any_address_may_be_asked_about(session: AsyncSession, attacks: str) -> None:
    for words in payloads(attacks):
        assert len(await near_titles(session, words)) <= 3
