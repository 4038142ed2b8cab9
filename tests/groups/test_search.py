"""What is said in groups is found by those who may read it, and by nobody else."""

import pytest

from tests.groups.building import a_place, answer, begin

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def _found(client, words, **narrowed):
    return (await client.get("/search/", params={"q": words, **narrowed})).text


async def test_a_discussion_is_found_by_its_title_and_a_reply_by_its_words(
    visitor, doors, signed_in
):
    place = await a_place(doors, signed_in)
    topic = (await begin(place.member, place, "Zeppelins", comment="See above.")).headers[
        "location"
    ]
    await answer(place.owner, topic, "A quagga was one, too.")

    assert f'href="{topic}"' in await _found(visitor, "zeppelins")
    assert "Olga on Zeppelins" in await _found(visitor, "quagga")
    assert "Olga on Zeppelins" in await _found(visitor, "quagga", kind="discussion")
    assert "Olga on Zeppelins" not in await _found(visitor, "quagga", kind="comment")


@pytest.mark.parametrize("visibility", ["members", "hidden"])
async def test_words_of_members_are_found_by_members_alone(visitor, doors, signed_in, visibility):
    place = await a_place(doors, signed_in, visibility=visibility)
    await begin(place.member, place, "Zeppelins", comment="A quagga flies.")
    stranger = await signed_in()

    assert "Zeppelins" in await _found(place.member, "quagga")
    for client in (visitor, stranger):
        assert await _found(client, "quagga") == (await _found(client, "quaggb")).replace(
            "quaggb", "quagga"
        )


async def test_what_waits_for_a_moderator_is_found_by_nobody(visitor, doors, signed_in):
    place = await a_place(doors, signed_in, holds_first=2)
    await begin(place.member, place, "Zeppelins", comment="A quagga flies.")

    for client in (visitor, place.member, place.owner):
        assert "Zeppelins" not in await _found(client, "quagga")
