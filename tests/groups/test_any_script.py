"""Titles and names in any script: every address that is told leads to where it says, at once."""

import re
from urllib.parse import quote

import pytest
from lxml import html

from tests.groups.building import a_place, answer, begin, fill_topic
from tests.networking.asks.asking import ask_for
from tests.resources.test_in_groups import shared

pytestmark = [pytest.mark.anyio, pytest.mark.each_case]

TITLES = (
    "Wer hört zu?",
    "日本語で話しましょう",
    "שלום לכולם",
    "Ça va, l'été ?",
    "🎉🎉",
    "100% & more",
    "a/b?c#d",
)


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def _links(client, page, below):
    """The addresses on a page that begin so, each once."""
    found = html.document_fromstring((await client.get(page)).text)
    return sorted(
        {str(one).partition("#")[0] for one in found.xpath("//@href") if str(one).startswith(below)}
    )


@pytest.mark.parametrize("title", TITLES)
async def test_a_discussion_is_read_at_the_address_its_group_tells(
    doors, signed_in, visitor, title
):
    place = await a_place(doors, signed_in, name="Größe 日本")
    topic = (await begin(place.member, place, title)).headers["location"]
    said = (await answer(place.owner, topic)).headers["location"]
    number = re.search(r"/d/(\d+)", topic)[1]

    for client in (visitor, place.member):
        read = await client.get(topic)
        assert read.status_code == 200
        assert html.document_fromstring(read.text).xpath("string(//h1)") == title
        assert (await client.get(f"{topic}feed/")).status_code == 200
        assert topic in await _links(client, place.url, f"{quote(place.url)}d/{number}")
    reply = re.search(r"reply-(\d+)", said)[1]
    led = await visitor.get(f"{place.url}r/{reply}")
    assert led.headers["location"].partition("#")[0] == topic
    short = await visitor.get(f"{place.url}d/{number}-other-words/")
    assert (short.status_code, short.headers["location"]) == (301, topic)


async def test_further_pages_of_a_discussion_are_read_in_any_script(doors, signed_in, visitor):
    place = await a_place(doors, signed_in)
    topic = (await begin(place.member, place, "Wer hört zu? 日本語")).headers["location"]
    await fill_topic(doors, 60)

    pages = await _links(visitor, topic, f"{topic}page/")

    assert pages
    for page in pages:
        assert (await visitor.get(page)).status_code == 200


@pytest.mark.parametrize("title", TITLES)
async def test_an_ask_and_a_file_are_found_in_any_script(doors, signed_in, title):
    place = await a_place(doors, signed_in)
    asked = (await ask_for(place.member, place, title)).headers["location"]
    file = await shared(place.member, place, title=title)

    assert (await place.owner.get(asked)).status_code == 200
    assert (await place.owner.get(file)).status_code == 200
    assert asked in await _links(place.owner, f"{place.url}asks/", f"{place.url}d/")
    assert file in await _links(place.owner, f"{place.url}resources/", f"{place.url}resources/")
    (download,) = [
        one for one in await _links(place.owner, file, file) if one.endswith("/download")
    ]
    assert (await place.owner.get(download)).status_code in (200, 302, 303)
