"""Where asks and offers stand, and what their feeds say."""

from xml.etree import ElementTree as ET

import pytest

from app.groups.models import Group
from tests.groups.building import a_place, answer
from tests.networking.asks.asking import ask_for, offer_to

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def test_below_the_boards_stand_redirects_to_the_one_address(visitor, doors, signed_in):
    place = await a_place(doors, signed_in)
    ask = (await ask_for(place.member, place)).headers["location"]
    offer = (await offer_to(place.member, place)).headers["location"]

    for path, there in (
        (f"{place.url}asks/1-anything/", ask),
        (f"{place.url}asks/1", ask),
        (f"{place.url}offers/2/", offer),
    ):
        answered = await visitor.get(path)
        assert (answered.status_code, answered.headers["location"]) == (301, there)
    for path in ("asks/2/", "offers/1/", "asks/999/", "asks/x/", "asks/0/"):
        assert (await visitor.get(place.url + path)).status_code == 404, path
    assert (await visitor.get(f"{place.url}asks")).headers["location"] == f"{place.url}asks/"
    assert (await visitor.get("/asks")).headers["location"] == "/asks/"


@pytest.mark.parametrize("board", ["asks/", "offers/"])
async def test_a_public_boards_feed_comes_in_three_formats_and_is_announced(
    visitor, doors, signed_in, board
):
    place = await a_place(doors, signed_in)
    await ask_for(place.member, place, "An ask", tags="letters")
    await offer_to(place.member, place, "An offer")
    title = "An ask" if board == "asks/" else "An offer"

    page = (await visitor.get(place.url + board)).text
    rss = await visitor.get(f"{place.url}{board}feed/")
    atom = await visitor.get(f"{place.url}{board}feed/atom/")
    json = await visitor.get(f"{place.url}{board}feed/json/")
    again = await visitor.get(
        f"{place.url}{board}feed/", headers={"If-None-Match": rss.headers["etag"]}
    )

    for suffix in ("feed/", "feed/atom/", "feed/json/"):
        assert f'{place.url}{board}{suffix}"' in page
    assert [one.text for one in ET.fromstring(rss.text).iter("title")][1:] == [title]
    assert title in atom.text
    assert [item["title"] for item in json.json()["items"]] == [title]
    assert again.status_code == 304


async def test_a_group_without_asks_has_no_board_of_them(visitor, doors, signed_in):
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        from_db = await db.get_one(Group, place.group_id)
        from_db.kinds = ["discussion"]

    for path in ("asks/", "offers/", "asks/feed/", "asks/new/"):
        assert (await place.member.get(place.url + path)).status_code == 404
    assert "Offers" not in (await place.member.get(place.url)).text
    assert (await ask_for(place.member, place)).status_code in (403, 404)


@pytest.mark.parametrize(
    "page", ["nonsense", "0-2026-13-40-1", "9-2026-01-01-1", "0-2026-01-01-9" * 9, "٣-2026-01-01-1"]
)
async def test_an_odd_place_to_go_on_from_harms_nothing(visitor, doors, signed_in, page):
    place = await a_place(doors, signed_in)

    assert (await visitor.get(f"{place.url}asks/", params={"page": page})).status_code == 200


async def test_what_is_asked_or_offered_is_answered_above_where_it_knows_of_the_promise(
    doors, signed_in
):
    place = await a_place(doors, signed_in)
    asked = (await ask_for(place.owner, place)).headers["location"]
    offered = (await offer_to(place.owner, place)).headers["location"]

    for topic, words in ((asked, "I’ll do this"), (offered, "I'd like this")):
        theirs, own = await place.member.get(topic), await place.owner.get(topic)
        assert f'<a href="#help">{words}</a>' in theirs.text
        assert 'id="help"' in theirs.text
        assert "/promises/new/" not in theirs.text
        assert "/promises/new/" not in own.text
        assert 'href="#help"' not in own.text
    await answer(place.owner, asked, "Nobody yet?")
    assert "/promises/new/?comment=3" in (await place.member.get(asked)).text
