"""What solved a discussion: said by who began it, and true as long as that reply is there to be read."""

import re

import pytest
from sqlalchemy import select

from app.discussions.models import Comment
from tests.groups.building import Place, a_place, answer, begin

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def _solved(place: Place, doors) -> tuple[str, str, int]:
    """A discussion by the member that a reply of the owner solved: its address, where that is said, the reply."""
    url = (await begin(place.member, place)).headers["location"]
    await answer(place.owner, url, "Try the library.")
    async with doors.reading() as db:
        reply = await db.scalar(select(Comment.id).where(Comment.body_source == "Try the library."))
    await answer(place.member, url, "Thank you.", comment_parent=str(reply))
    solution = f"{place.url}d/{re.search(r'/d/([0-9]+)', url)[1]}/solution"
    assert (await place.member.post(solution, data={"reply": str(reply)})).status_code == 303
    return url, solution, reply


async def _says_so(visitor, place: Place, url: str) -> tuple[bool, bool, bool]:
    """Whether the list of the group, the discussion and the reply say that it is solved."""
    listed, page = (await visitor.get(place.url)).text, (await visitor.get(url)).text
    return "✓ solved" in listed, "✓ solved" in page, "This solved it." in page


async def test_a_reply_that_is_withdrawn_solved_nothing(doors, signed_in, visitor):
    place = await a_place(doors, signed_in)
    url, _solution, reply = await _solved(place, doors)
    assert await _says_so(visitor, place, url) == (True, True, True)

    gone = await place.owner.post(f"{place.url}r/{reply}/withdrawal/")

    assert gone.status_code == 303
    assert "removed" in (await visitor.get(url)).text
    assert await _says_so(visitor, place, url) == (False, False, False)


@pytest.mark.parametrize("noun", ["removal", "spam", "hold"])
async def test_one_that_is_taken_down_solves_nothing_until_it_is_back(
    doors, signed_in, visitor, noun
):
    place = await a_place(doors, signed_in)
    url, _solution, reply = await _solved(place, doors)

    await place.owner.post(f"/mod/comments/{reply}/{noun}", data={"reason": "other"})
    assert await _says_so(visitor, place, url) == (False, False, False)

    await place.owner.post(f"/mod/comments/{reply}/approval", data={"back": "/mod/"})
    assert await _says_so(visitor, place, url) == (True, True, True)


async def test_who_is_muted_or_has_left_does_not_say_what_solved_it(doors, signed_in, visitor):
    place = await a_place(doors, signed_in)
    url, solution, _reply = await _solved(place, doors)
    mute = f"{place.url}members/{place.member_id}/mute"
    offers_it = 'form="solution"'
    assert offers_it in (await place.member.get(url)).text

    await place.owner.post(mute, data={"days": "1"})
    assert offers_it not in (await place.member.get(url)).text
    assert (await place.member.post(solution, data={"reply": "0"})).status_code == 403
    await place.owner.post(f"{mute}/end")
    assert (await place.member.post(solution, data={"reply": "0"})).status_code == 303

    await place.member.post(f"{place.url}membership/end")
    assert offers_it not in (await place.member.get(url)).text
    assert (await place.member.post(solution, data={"reply": "0"})).status_code == 403
    assert (await visitor.post(solution, data={"reply": "0"})).status_code == 401


async def test_only_a_reply_that_is_there_to_be_read_solves_it(doors, signed_in):
    place = await a_place(doors, signed_in)
    url, solution, reply = await _solved(place, doors)
    other = (await begin(place.owner, place, "Something else")).headers["location"]
    await answer(place.owner, other, "Of another discussion.")
    async with doors.reading() as db:
        ids = list(await db.scalars(select(Comment.id).order_by(Comment.id)))

    for wrong in (ids[0], ids[-1], ids[-1] + 1):
        answered = await place.member.post(solution, data={"reply": str(wrong)})
        assert answered.status_code == 404
    assert (await place.member.get(url)).text.count("This solved it.") == 1
    assert (await place.owner.post(solution, data={"reply": "0"})).status_code == 303
    assert f'value="{reply}"' in (await place.member.get(url)).text
    assert "This solved it." not in (await place.owner.get(url)).text
