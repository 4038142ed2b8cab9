"""Menus: pages by themselves until an owner chooses, and seen on every page at once."""

import re

import httpx
import pytest

from app.accounts.actor import OWNER_AT_THE_MACHINE, Role
from app.posts.actions import edit_post
from app.posts.drafts import Draft
from app.posts.models import PostStatus
from app.site.queries import get_site
from app.work import Doors
from tests.conftest import SignedIn
from tests.web.owning import audited, fields_in
from tests.world import a_page, a_post, the_site

pytestmark = pytest.mark.anyio

MENUS = "/admin/menus/"
POST = "/2024/03/a-letter-a-week/"


@pytest.fixture
async def owner(doors: Doors, signed_in: SignedIn) -> httpx.AsyncClient:
    """An owner, a post, and two pages."""
    async with doors.unit_of_work() as db:
        await the_site(db)
        await a_post(db)
        await a_page(db, "About")
        await a_page(db, "Books")
    return await signed_in(Role.OWNER)


async def top(client: httpx.AsyncClient, path: str = POST) -> list[tuple[str, str]]:
    page = (await client.get(path)).text
    menu = page.partition('class="masthead__nav"')[2].partition("</nav>")[0]
    return re.findall(r'<a href="([^"]*)"[^>]*><bdi>(.*?)</bdi>', menu)


async def fill(owner: httpx.AsyncClient, **typed: str) -> httpx.Response:
    fields = fields_in((await owner.get(MENUS)).text)
    return await owner.post(MENUS, data={**fields, **typed})


async def test_the_pages_stand_there_until_somebody_chooses_and_again_afterwards(
    owner: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    by_themselves = [("/about/", "About"), ("/books/", "Books")]
    assert await top(visitor) == by_themselves

    await fill(owner, top_own="1", top_1_label="Who we are", top_2_label="", top_2_url="")
    assert await top(visitor) == [("/about/", "Who we are")]

    await fill(owner, top_own="")
    assert await top(visitor) == by_themselves


async def test_entries_stand_in_the_order_of_their_places_and_lead_elsewhere_too(
    doors: Doors, owner: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    answer = await fill(
        owner, top_own="1",
        top_1_place="3", top_2_place="1", top_2_label="",
        top_3_place="2", top_3_label="Letters", top_3_url="/tag/letters/?from=menu#top",
        foot_1_label="Elsewhere", foot_1_url="https://elsewhere.example/",
    )  # fmt: skip

    assert answer.status_code == 303
    assert await top(visitor) == [
        ("/books/", "Books"), ("/tag/letters/?from=menu#top", "Letters"), ("/about/", "About"),
    ]  # fmt: skip
    assert (
        '<a href="https://elsewhere.example/"><bdi>Elsewhere</bdi></a>'
        in (await visitor.get(POST)).text
    )
    [entry] = await audited(doors, "settings changed")
    assert entry.thing == "settings:menus"


async def test_a_page_that_moves_or_goes_takes_its_entry_along(
    doors: Doors, owner: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    await fill(owner, top_own="1", top_1_label="")
    async with doors.unit_of_work() as db:
        site = await get_site(db)
        await edit_post(db, OWNER_AT_THE_MACHINE, site, 2, Draft(title="About us", slug="about-us"))
        await edit_post(db, OWNER_AT_THE_MACHINE, site, 3, Draft(status=PostStatus.DRAFT))

    assert await top(visitor) == [("/about-us/", "About us")]


@pytest.mark.parametrize(
    ("label", "url", "at", "says"),
    [
        ("Bad", "javascript:alert(1)", "top_3_url", "An address begins with /"),
        ("Bad", "//evil.example/", "top_3_url", "An address begins with /"),
        ("Bad", "letters", "top_3_url", "An address begins with /"),
        ("", "/tag/x/", "top_3_label", "This needs words"),
        ("x" * 61, "/tag/x/", "top_3_label", "At most 60 characters"),
    ],
)
async def test_what_leads_nowhere_is_said_at_its_field_and_stays_typed(
    doors: Doors, owner: httpx.AsyncClient, label: str, url: str, at: str, says: str
) -> None:
    answer = await fill(owner, top_own="1", top_3_label=label, top_3_url=url, foot_1_label="Kept")

    assert answer.status_code == 422
    assert f'<a href="#{at}">{says}' in answer.text
    assert 'value="Kept"' in answer.text
    assert f'value="{url}"' in answer.text
    assert await audited(doors, "settings changed") == []


async def test_of_two_owners_the_second_is_told_and_keeps_what_was_typed(
    owner: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    other = await signed_in(Role.OWNER)
    mine = fields_in((await owner.get(MENUS)).text)
    await fill(other, top_own="1", top_1_label="Hers")

    late = await owner.post(MENUS, data={**mine, "top_own": "1", "top_1_label": "His"})

    assert late.status_code == 409
    assert 'value="His"' in late.text
    assert "Somebody else changed this meanwhile." in late.text
