"""Links that lead here by the redirects of others: shortened ones, and those that count their readers."""

from collections.abc import AsyncIterator

import pytest

from app.linkbacks.models import LookState
from app.posts.models import Post
from app.settings import Settings
from tests.core.strangers import answers, redirects_to
from tests.linkbacks.linking import Here, OtherSite
from tests.linkbacks.telling import GONE, Theirs, a_site_of_theirs

pytestmark = pytest.mark.anyio


@pytest.fixture
async def counter() -> AsyncIterator[Theirs]:
    """A service that sends readers on, and counts them."""
    async with a_site_of_theirs({}) as theirs:
        yield theirs


@pytest.fixture
def settings(settings: Settings, counter: Theirs) -> Settings:
    """It stands on loopback, too."""
    both = f"{settings.outbound_allow},{counter.stranger.host}:{counter.stranger.port}"
    return settings.model_copy(update={"outbound_allow": both})


@pytest.fixture
def link(here: Here, elsewhere: OtherSite, counter: Theirs) -> str:
    """The path of the counter to which the other page links; it names us."""
    path = f"/out?to={here.target}"
    elsewhere.links_to(counter.url(path))
    return path


async def state(here: Here, elsewhere: OtherSite) -> LookState:
    """What is seen of the other page now."""
    await here.hears_of(elsewhere.url)
    return (await here.the_link()).link.state


async def test_a_link_that_leads_here_by_redirects_counts_and_asks_us_for_nothing(
    here: Here, elsewhere: OtherSite, counter: Theirs, link: str
) -> None:
    counter.pages |= {link: redirects_to("/on", 301), "/on": redirects_to(here.target, 307)}

    assert await state(here, elsewhere) == LookState.FOUND
    assert counter.asked == [f"GET {link}", "GET /on"]


async def test_a_redirect_to_an_address_that_the_post_had_counts(
    here: Here, elsewhere: OtherSite, counter: Theirs, link: str
) -> None:
    counter.pages[link] = redirects_to(f"{here.settings.base_url}/?p={here.post.id}")

    assert await state(here, elsewhere) == LookState.FOUND


@pytest.mark.parametrize("leads_to", ["/on", "/2020/01/another-post/"])
async def test_a_redirect_to_somewhere_else_does_not_count(
    here: Here, elsewhere: OtherSite, counter: Theirs, link: str, leads_to: str
) -> None:
    base = here.settings.base_url if leads_to != "/on" else ""
    counter.pages |= {link: redirects_to(base + leads_to), "/on": answers(b"Hello.")}

    assert await state(here, elsewhere) == LookState.MISSING


async def test_a_redirect_that_is_down_takes_no_link_back(
    here: Here, elsewhere: OtherSite, counter: Theirs, link: str
) -> None:
    counter.pages[link] = redirects_to(here.target)
    assert await state(here, elsewhere) == LookState.FOUND
    counter.pages[link] = redirects_to("http://127.0.0.3:1/")

    assert await state(here, elsewhere) == LookState.FOUND

    counter.pages[link] = GONE
    assert await state(here, elsewhere) == LookState.GONE


async def test_a_page_with_its_own_link_has_nobody_else_asked(
    here: Here, elsewhere: OtherSite, counter: Theirs, link: str
) -> None:
    elsewhere.page += f"<a href='{here.target}'>Here.</a>"

    assert await state(here, elsewhere) == LookState.FOUND
    assert counter.asked == []


async def test_of_many_redirects_three_are_followed(
    here: Here, elsewhere: OtherSite, counter: Theirs, link: str, post: Post
) -> None:
    elsewhere.page = "".join(
        f"<a href='{counter.url(f'/{number}?to={here.target}')}'>x</a>" for number in range(20)
    )

    assert await state(here, elsewhere) == LookState.MISSING
    assert len(counter.asked) == 3
