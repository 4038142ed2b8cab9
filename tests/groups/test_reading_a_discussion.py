"""A long discussion: real pages of fifty, on from where one has stopped, and other people's words quoted."""

import asyncio
import re
from datetime import timedelta

import httpx
import pytest
from lxml import html

from app.core import clock
from app.work import Doors
from tests.conftest import SignedIn
from tests.groups.building import Place, a_place, answer, begin, fill_topic

pytestmark = pytest.mark.anyio

MANY = 120


@pytest.fixture(autouse=True)
def no_haste(settings) -> None:
    settings.__dict__["rate_limits"] = "off"


async def _long(doors: Doors, signed_in: SignedIn) -> tuple[Place, str]:
    place = await a_place(doors, signed_in)
    topic = (await begin(place.owner, place)).headers["location"]
    await fill_topic(doors, MANY, place.owner_id)
    return place, topic


def _replies(page: httpx.Response) -> list[int]:
    return [int(n) for n in re.findall(r"<p>Reply (\d+)</p>", page.text)]


async def test_it_has_pages_of_fifty_and_none_beyond(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    _place, topic = await _long(doors, signed_in)

    pages = [await visitor.get(f"{topic}{rest}") for rest in ("", "page/2/", "page/3/")]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert [len(_replies(page)) for page in pages] == [49, 50, 21]
    assert [n for page in pages for n in _replies(page)] == list(range(MANY))
    for beyond in ("page/4/", "page/0/", "page/99999/", "page/x/"):
        assert (await visitor.get(f"{topic}{beyond}")).status_code == 404
    first = html.document_fromstring(pages[0].text)
    assert f"{topic}page/3/" in first.xpath("//a/@href")
    for page, rest in zip(pages, ("", "page/2/", "page/3/"), strict=True):
        (canonical,) = html.document_fromstring(page.text).xpath("//link[@rel='canonical']/@href")
        assert canonical.endswith(f"{topic}{rest}")


async def test_first_unread_leads_on_from_where_somebody_stopped(
    doors: Doors, signed_in: SignedIn
) -> None:
    place, topic = await _long(doors, signed_in)
    assert f"{topic}unread" not in (await place.member.get(topic)).text
    await _noted(place.member, topic)

    on = await place.member.get(f"{topic}unread")
    reply = await place.member.get(on.headers["location"])

    assert on.status_code == reply.status_code == 302
    page, _hash, anchor = reply.headers["location"].partition("#")
    assert page == f"{topic}page/2/"
    shown = html.document_fromstring((await place.member.get(page)).text)
    assert "Reply 49" in shown.get_element_by_id(anchor).text_content()
    await place.member.get(f"{topic}page/3/")
    await _noted(place.member, topic)
    done = await place.member.get(f"{topic}unread")
    assert done.headers["location"] == topic


async def test_an_answer_leads_to_the_page_on_which_it_stands(
    doors: Doors, signed_in: SignedIn
) -> None:
    place, topic = await _long(doors, signed_in)

    with clock.moved(timedelta(minutes=5)):
        said = await answer(place.member, topic, "The last word.")

    page, _hash, anchor = said.headers["location"].partition("#")
    assert page.partition("?")[0] == f"{topic}page/3/"
    shown = html.document_fromstring((await place.member.get(page)).text)
    assert "The last word." in shown.get_element_by_id(anchor).text_content()


async def test_other_peoples_words_are_quoted_in_the_form(
    doors: Doors, signed_in: SignedIn
) -> None:
    place = await a_place(doors, signed_in)
    topic = (await begin(place.owner, place)).headers["location"]
    await answer(place.owner, topic, "One line.\n\nAnother <b>line</b>.")
    page = html.document_fromstring((await place.member.get(topic)).text)
    (quoting,) = [
        link for link in page.xpath("//a[contains(@href, 'quoting=')]/@href") if "#" in link
    ][-1:]

    form = html.document_fromstring(
        (await place.member.get(topic + quoting.partition("#")[0])).text
    )
    typed = form.get_element_by_id("comment").text_content()

    assert "> One line." in typed
    said = await answer(place.member, topic, f"{typed}\n\nI think so, too.")
    assert said.status_code == 303
    assert "<blockquote>" in (await place.member.get(topic)).text


async def _noted(client: httpx.AsyncClient, topic: str) -> None:
    """What was looked at is written down a moment later."""
    for _try in range(40):
        if f"{topic}unread" in (await client.get(f"{topic}page/1/")).text:
            return
        await asyncio.sleep(0.05)
