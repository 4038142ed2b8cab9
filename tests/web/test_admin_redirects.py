"""Old addresses: led on by one hop, counted, and never in a circle."""

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.posts.models import Redirect
from app.posts.redirect_hits import RedirectHits
from app.work import Doors
from tests.conftest import SignedIn
from tests.web.owning import audited
from tests.world import a_post, a_redirect

pytestmark = pytest.mark.anyio

REDIRECTS = "/admin/redirects/"
POST = "/2024/03/a-letter-a-week/"


@pytest.fixture
async def owner(doors: Doors, signed_in: SignedIn) -> httpx.AsyncClient:
    """An owner, and one post."""
    async with doors.unit_of_work() as db:
        await a_post(db)
    return await signed_in(Role.OWNER)


async def lead(owner: httpx.AsyncClient, path: str, target: str = "") -> httpx.Response:
    return await owner.post(REDIRECTS, data={"path": path, "target": target})


@pytest.mark.parametrize(
    ("path", "asked", "target", "leads_to"),
    [
        ("/letters.html", "/letters.html", POST, POST),
        ("/letters", "/letters/", POST, POST),
        ("/alte-br%C3%BCcke/", "/alte-brücke/", POST, POST),
        ("http://test/old/", "/old/", f"http://test{POST}", POST),
        ("/away/", "/away/", "https://elsewhere.example/a?b=c#d", "https://elsewhere.example/a?b=c#d"),
        ("/feeds/", "/feeds/", "/feed/", "/feed/"),
    ],
)  # fmt: skip
async def test_an_old_address_leads_on_at_once(
    doors: Doors, owner: httpx.AsyncClient, visitor: httpx.AsyncClient, settings: object,
    path: str, asked: str, target: str, leads_to: str,
) -> None:  # fmt: skip
    base = str(visitor.base_url).rstrip("/")
    path, target = path.replace("http://test", base), target.replace("http://test", base)
    assert (await visitor.get(asked)).status_code == 404

    assert (await lead(owner, path, target)).status_code == 303

    answer = await visitor.get(asked)
    assert (answer.status_code, answer.headers["location"]) == (301, leads_to)
    assert len(await audited(doors, "redirect made")) == 1


async def test_without_a_new_address_it_is_gone_for_good(
    owner: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    await lead(owner, "/shop/")

    assert (await visitor.get("/shop/")).status_code == 410
    assert "gone for good" in (await owner.get(REDIRECTS)).text


@pytest.mark.parametrize(
    ("path", "target", "at", "says"),
    [
        ("", "/", "path", "Please fill this in."),
        ("letters", "/", "path", "An old address begins with /"),
        ("//evil.example/", "/", "path", "An old address begins with /"),
        ("https://evil.example/", "/", "path", "An old address begins with /"),
        ("/a?b=c", "/", "path", "An address up to its ?"),
        ("/admin/", "/", "path", "The program itself answers there"),
        ("/", "/about/", "path", "The program itself answers there"),
        (POST, "/", "path", "A post stands there"),
        ("/old/", "/old/", "target", "in a circle"),
        ("/old/", "/old", "target", "in a circle"),
        ("/old/", "javascript:alert(1)", "target", "A new address begins with /"),
        ("/old/", "//evil.example/", "target", "A new address"),
        ("/old/", "/new/?a=b", "target", "without ? and #"),
        ("/old/", "/" + "x" * 2001, "target", "At most 2000 characters"),
    ],
)
async def test_what_leads_nowhere_or_in_a_circle_is_refused_and_stays_typed(
    doors: Doors, owner: httpx.AsyncClient, path: str, target: str, at: str, says: str
) -> None:
    answer = await lead(owner, path, target)

    assert answer.status_code == 422
    assert f'<a href="#{at}">' in answer.text
    assert says in answer.text
    assert f'value="{path}"' in answer.text
    async with doors.reading() as db:
        assert (await db.scalars(select(Redirect))).all() == []


async def test_a_circle_of_two_is_refused(owner: httpx.AsyncClient) -> None:
    await lead(owner, "/one/", "/two/")

    answer = await lead(owner, "/two/", "/one/")

    assert answer.status_code == 422
    assert "in a circle" in answer.text


async def test_nobody_hops_twice_in_whatever_order_they_were_made(
    owner: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    await lead(owner, "/b/", POST)
    await lead(owner, "/a/", "/b/")
    await lead(owner, "/x/", "/y/")
    await lead(owner, "/y/", "/z/")
    await lead(owner, "/z/", POST)

    for path in ("/a/", "/b/", "/x/", "/y/", "/z/"):
        assert (await visitor.get(path)).headers["location"] == POST, path


async def test_what_leads_on_already_is_shown_instead(owner: httpx.AsyncClient) -> None:
    await lead(owner, "/old/", POST)

    answer = await lead(owner, "/old/", "/elsewhere/")

    assert answer.status_code == 409
    assert "This address leads somewhere already." in answer.text
    assert 'value="/elsewhere/"' in answer.text
    assert f'href="{POST}"' in answer.text


async def test_it_is_removed_and_the_log_says_where_it_led(
    doors: Doors, owner: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    await lead(owner, "/old/", POST)

    assert (await owner.post(f"{REDIRECTS}1/removal")).status_code == 303

    assert (await visitor.get("/old/")).status_code == 404
    [entry] = await audited(doors, "redirect removed")
    assert (entry.thing, entry.before) == ("redirect:/old/", {"to": POST, "hits": 0})
    assert (await owner.post(f"{REDIRECTS}1/removal")).status_code == 404


async def test_how_many_were_led_on_is_counted_in_memory_and_written_down_later(
    doors: Doors, owner: httpx.AsyncClient
) -> None:
    await lead(owner, "/old/", POST)
    hits = RedirectHits()
    hits.count(1)
    hits.count(1)
    hits.count(99)

    await hits.write(doors)

    page = (await owner.get(REDIRECTS)).text
    assert "led 2 readers on" in page


async def test_many_are_paged_by_key_and_found_by_their_addresses(
    doors: Doors, owner: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        for number in range(60):
            await a_redirect(db, f"/old-{number}/", to=None)

    first = (await owner.get(REDIRECTS)).text
    second = (await owner.get(f"{REDIRECTS}?before=11")).text
    found = (await owner.get(REDIRECTS, params={"q": "old-5"})).text

    assert (first.count('class="admin__entry"'), second.count('class="admin__entry"')) == (50, 10)
    assert "before=11" in first
    assert "/old-9/" in second
    assert found.count('class="admin__entry"') == 11
    assert "No old address is like that." in (await owner.get(REDIRECTS, params={"q": "%"})).text
