"""Things to take away are found by those who may have them: the site's, and those that groups keep."""

import httpx
import pytest

from app.accounts.actor import Role
from app.resources.models import Access
from app.settings import Settings
from app.work import Doors
from tests.conftest import SignedIn
from tests.groups.building import a_place
from tests.resources.lending import a_resource
from tests.resources.test_in_groups import PLAN, shared

pytestmark = [pytest.mark.anyio, pytest.mark.each_case]


async def found(client: httpx.AsyncClient, words: str, **narrowed: str) -> str:
    """The page of a search."""
    return (await client.get("/search/", params={"q": words, **narrowed})).text


async def test_a_resource_is_found_by_its_title_its_words_and_its_tags_as_long_as_it_is_there(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    resource = await a_resource(doors, settings, description="For the quagga.", tags="Zeppelins")

    for words in ("calendar", "quagga", "zeppelins"):
        assert 'href="/resources/a-calendar-of-letters/"' in await found(visitor, words)
    assert "A calendar" in await found(visitor, "quagga", kind="resource")
    assert "A calendar" not in await found(visitor, "quagga", kind="post")
    owner = await signed_in(Role.OWNER)
    await owner.post(f"/write/resources/{resource.id}/retirement", data={"note": ""})
    assert "A calendar" not in await found(visitor, "quagga")


async def test_drafts_and_what_is_for_members_are_not_found_by_visitors(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    await a_resource(doors, settings, "A quagga", access=Access.MEMBERS)
    await a_resource(doors, settings, "Another quagga", is_public=False)
    member = await signed_in()

    assert "A quagga" not in await found(visitor, "quagga")
    assert "A quagga" in await found(member, "quagga")
    for client in (visitor, member, await signed_in(Role.EDITOR)):
        assert "Another quagga" not in await found(client, "quagga")


@pytest.mark.parametrize("visibility", ["public", "members", "hidden"])
async def test_what_a_group_keeps_for_its_members_is_found_by_them_alone(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient, visibility: str
) -> None:
    place = await a_place(doors, signed_in, visibility=visibility)
    url = await shared(place.owner, place)

    assert f'href="{url}"' in await found(place.member, "plan week")
    for client in (visitor, await signed_in(), await signed_in(Role.EDITOR)):
        assert PLAN not in await found(client, "plan week")
    await place.member.post(f"{place.url}membership/end")
    assert PLAN not in await found(place.member, "plan week")
