"""Whether links to other sites lead somewhere is asked by the worker, and said where a text is looked over."""

import re
from datetime import timedelta
from html import unescape

import httpx
import pytest

from app.accounts.actor import Role
from app.core import clock
from app.settings import Settings
from app.work import Doors
from tests.conftest import SignedIn
from tests.core.strangers import answers, redirects_to
from tests.linkbacks.telling import Theirs, a_site_of_theirs, ours
from tests.web.writing import DESK, begun, sheet_of

pytestmark = pytest.mark.anyio

HERE = answers(b"<p>Here.")
PAGES = {
    "/here": HERE,
    "/moved": redirects_to("/here"),
    "/members": answers(b"", status="403 Forbidden"),
    "/taken-away": answers(b"", status="410 Gone"),
    "/broken": answers(b"", status="503 Service Unavailable"),
}
GONE = "A link leads to a page that is gone, says its site."
SILENT = "A link leads to a site that can't be reached at the moment."


def linking(*urls: str) -> dict[str, str]:
    return {"title": "T", "body": " ".join(f"[x](<{url}>)" for url in urls)}


async def looked_over(client: httpx.AsyncClient, post_id: int, *urls: str) -> str:
    answer = await client.post(f"{DESK}{post_id}/check", data=linking(*urls))
    assert answer.status_code == 200
    return unescape(answer.text)


def about(said: str) -> dict[str, str]:
    """What is said of each address."""
    rows = re.findall(r'row">(A link leads to [^<]*) <bdi[^>]*>([^<]*)<', said)
    return {url.rpartition("/")[2]: sentence for sentence, url in rows}


def all_of(theirs: Theirs) -> list[str]:
    return [theirs.url(path) for path in (*PAGES, "/nothing", "/here#below")]


async def test_the_worker_asks_and_the_next_look_tells(
    doors: Doors, settings: Settings, signed_in: SignedIn
) -> None:
    ada = await signed_in(Role.AUTHOR)
    post_id = await begun(ada)
    async with a_site_of_theirs(PAGES) as theirs:
        first = await looked_over(ada, post_id, *all_of(theirs))
        assert theirs.asked == []
        await ours(doors, settings, theirs).works()
        second = await looked_over(ada, post_id, *all_of(theirs))
        more = re.search(r'data-more="([^"]+)"', first)
        assert more
        part = unescape((await ada.get(more[1])).text)
        await ours(doors, settings, theirs).works()
        asked = list(theirs.asked)

    assert "6 links to other sites are being asked for" in first
    assert about(first) == {}
    for said in (second, part):
        assert about(said) == {"taken-away": GONE, "nothing": GONE, "broken": SILENT}
        assert "3 links to other sites lead somewhere." in said
        assert "being asked for" not in said
        assert 'data-more=""' in said
    # Once each, and a redirect.
    assert len(asked) == 7


async def test_without_script_the_same_button_tells_what_is_known_by_now(
    doors: Doors, settings: Settings, signed_in: SignedIn
) -> None:
    ada = await signed_in(Role.AUTHOR)
    post_id = await begun(ada)
    async with a_site_of_theirs(PAGES) as theirs:
        typed = linking(theirs.url("/nothing")) | {"whole": "1"}
        await ada.post(f"{DESK}{post_id}/check", data=typed)
        await ours(doors, settings, theirs).works()
        sheet = sheet_of(await ada.post(f"{DESK}{post_id}/check", data=typed))

    assert GONE in sheet
    assert sheet.fields["body"] == typed["body"]


async def test_what_may_not_be_asked_is_not_and_is_said_to_be_out_of_reach(
    doors: Doors, settings: Settings, signed_in: SignedIn
) -> None:
    ada = await signed_in(Role.AUTHOR)
    post_id = await begun(ada)
    async with a_site_of_theirs(PAGES) as theirs:
        await looked_over(ada, post_id, theirs.url("/here"))
        # On loopback, where nobody's page is.
        await ours(doors, settings).works()
        said = await looked_over(ada, post_id, theirs.url("/here"))

    assert about(said) == {"here": SILENT}
    assert theirs.asked == []


async def test_it_is_asked_again_after_a_day(
    doors: Doors, settings: Settings, signed_in: SignedIn
) -> None:
    ada = await signed_in(Role.AUTHOR)
    post_id = await begun(ada)
    async with a_site_of_theirs({"/new": HERE}) as theirs:
        here = ours(doors, settings, theirs)
        await looked_over(ada, post_id, theirs.url("/new"))
        await here.works()
        with clock.moved(timedelta(hours=25)):
            said = await looked_over(ada, post_id, theirs.url("/new"))
            await here.works()

    assert "1 link to another site is being asked for" in said
    assert len(theirs.asked) == 2


async def test_so_many_are_asked_and_no_more(
    doors: Doors, settings: Settings, signed_in: SignedIn
) -> None:
    ada = await signed_in(Role.AUTHOR)
    post_id = await begun(ada)

    many = await looked_over(ada, post_id, *(f"https://a{n}.example/" for n in range(100)))
    for number in range(20):
        await looked_over(ada, post_id, f"https://b{number}.example/")
    often = await looked_over(ada, post_id, "https://c.example/")
    known = await looked_over(ada, post_id, "https://a1.example/")

    assert "60 links to other sites are being asked for" in many
    assert "40 more were not asked for" in many
    assert "1 more was not asked for" in often
    assert "1 link to another site is being asked for" in known


async def test_nobody_else_is_told_of_a_post(
    signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    ada, ben = await signed_in(Role.AUTHOR), await signed_in(Role.AUTHOR)
    post_id = await begun(ada)

    for odd in ("", "x", ",,,", "%00", "a" * 5000):
        assert (await ada.get(f"{DESK}{post_id}/check/links?of={odd}")).status_code == 200
    assert (await ben.get(f"{DESK}{post_id}/check/links?of=x")).status_code == 404
    assert (await visitor.get(f"{DESK}{post_id}/check/links?of=x")).status_code in (303, 401)
