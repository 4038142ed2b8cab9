"""Who is muted in a group reads there and does no more, be they one of its moderators."""

import re
from datetime import timedelta
from typing import NamedTuple

import httpx
import pytest

from app.accounts.models import User
from app.core import clock
from app.groups.models import Group
from app.work import Doors
from tests.conftest import SignedIn
from tests.groups.building import Place, a_membership, a_place, answer, begin
from tests.world import a_member

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings) -> None:
    settings.__dict__["rate_limits"] = "off"


class Muted(NamedTuple):
    """A moderator, Mona, whom the owner mutes for a day; a discussion with a reply, and what is muted where."""

    place: Place
    mona: httpx.AsyncClient
    user: User
    topic: str
    mute: str

    def acts(self, comment: int) -> dict[str, dict[str, str]]:
        """What moderators do, each a form and where it is sent."""
        number = re.search(r"/d/(\d+)", self.topic)
        assert number is not None
        group, topic = self.place.url, f"{self.place.url}d/{number[1]}/"
        return {
            f"{topic}pin": {"is": "1"},
            f"{topic}lock": {"is": "1"},
            f"{topic}solution": {"reply": str(comment)},
            f"{topic}split": {"title": "Apart", f"reply-{comment}": "1"},
            f"{group}members/{self.place.member_id}/mute": {"days": "1"},
            f"{group}members/{self.place.member_id}/ban": {"days": "1"},
            f"{group}invitations": {"uses": "1", "days": "1"},
        }


@pytest.fixture
async def muted(doors: Doors, signed_in: SignedIn) -> Muted:
    place = await a_place(doors, signed_in, holds_first=1)
    async with doors.unit_of_work() as db:
        user = await a_member(db, "Mona")
        await a_membership(db, await db.get_one(Group, place.group_id), user, role="moderator")
    topic = (await begin(place.owner, place)).headers["location"]
    # Held, as it is the first thing of a member.
    await answer(place.member, topic, "A first word.")
    mute = f"{place.url}members/{user.id}/mute"
    assert (await place.owner.post(mute, data={"days": "1"})).status_code == 303
    return Muted(place, await signed_in(user=user), user, topic, mute)


async def test_they_decide_nothing_in_the_group(muted: Muted) -> None:
    comment = await _waiting(muted.place.owner)

    for where, form in muted.acts(comment).items():
        assert (await muted.mona.post(where, data=form)).status_code == 403, where
    assert (await muted.mona.get(f"{muted.place.url}keep/")).status_code == 403
    assert "Keeping it" not in (await muted.mona.get(muted.place.url)).text
    assert (await muted.mona.get(muted.topic)).status_code == 200


async def test_nothing_of_it_stands_in_their_queue(muted: Muted) -> None:
    comment = await _waiting(muted.place.owner)

    assert "A first word." not in (await muted.mona.get("/mod/")).text
    approval = f"/mod/comments/{comment}/approval"
    assert (await muted.mona.post(approval, data={"back": "/mod/"})).status_code in (403, 404)
    assert "A first word." not in (await muted.place.owner.get(muted.topic)).text


@pytest.mark.parametrize("by_hand", [True, False])
async def test_they_decide_again_when_it_is_over(
    muted: Muted, signed_in: SignedIn, by_hand: bool
) -> None:
    comment = await _waiting(muted.place.owner)
    if by_hand:
        await muted.place.owner.post(f"{muted.mute}/end")
    with clock.moved(timedelta() if by_hand else timedelta(hours=25)):
        mona = await signed_in(user=muted.user)
        assert "A first word." in (await mona.get("/mod/")).text
        await mona.post(f"/mod/comments/{comment}/approval", data={"back": "/mod/"})
        assert "A first word." in (await mona.get(muted.topic)).text
        for where, form in muted.acts(comment).items():
            assert (await mona.post(where, data=form)).status_code in (200, 303), where


async def test_nobody_is_appointed_while_they_are_muted(muted: Muted) -> None:
    mika = f"{muted.place.url}members/{muted.place.member_id}/"
    await muted.place.owner.post(f"{mika}mute", data={"days": "1"})

    late = await muted.place.owner.post(f"{mika}role", data={"role": "owner"})
    lower = await muted.place.owner.post(
        f"{muted.mute.removesuffix('mute')}role", data={"role": "member"}
    )

    assert (late.status_code, lower.status_code) == (409, 303)
    assert "let them write again first" in late.text


async def _waiting(owner: httpx.AsyncClient) -> int:
    """The number of what waits in the queue."""
    found = re.search(r"/mod/comments/(\d+)/approval", (await owner.get("/mod/")).text)
    assert found is not None
    return int(found[1])
