"""Feeds of a group after its discussions were moved, split, merged and hidden, for each who reads them."""

import re
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.accounts.models import Block, User
from app.core import clock
from app.discussions.actions import remove
from app.discussions.models import Comment
from app.groups.models import Group, Topic
from app.settings import Settings
from app.work import Doors
from tests.agreement import disagreements
from tests.conftest import SignedIn
from tests.groups.building import Place, a_group, a_membership, a_place, answer, begin
from tests.web.feed_readers import titles_at
from tests.world import a_member, the_site

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings: Settings) -> None:
    settings.__dict__["rate_limits"] = "off"


async def _topic(
    place: Place, title: str = "Who is hiring?", replies: Sequence[str] = ("I am.",)
) -> tuple[str, int]:
    """What the member began, and the owner answered: its address, and its number."""
    url = (await begin(place.member, place, title)).headers["location"]
    for text in replies:
        assert (await answer(place.owner, url, text)).status_code == 303
    return url, int(re.search(r"/d/(\d+)", url)[1])  # type: ignore[index]


async def _another(doors: Doors, place: Place, name: str, **choices: Any) -> Group:
    """Another group that the owner keeps."""
    async with doors.unit_of_work() as db:
        return await a_group(db, name, by=await db.get_one(User, place.owner_id), **choices)


async def _links(client: httpx.AsyncClient, group_id: int) -> tuple[str, str]:
    """Where one member reads what is begun and what is answered in a group, without signing in."""
    made = await client.post(f"/account/feeds/group-{group_id}")
    begun, replies, *_others = re.findall(r"<code>http://blog\.example(/f/[^<]+)</code>", made.text)
    return begun, replies


async def _newest(doors: Doors) -> int:
    async with doors.reading() as db:
        return await db.scalar(select(func.max(Comment.id))) or 0


async def _all_agrees(doors: Doors) -> None:
    async with doors.reading() as db:
        assert await disagreements(db) == []


async def test_a_moved_discussion_leaves_one_groups_feeds_and_is_in_the_others(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    place = await a_place(doors, signed_in)
    await _topic(place, "What stays")
    _url, number = await _topic(place, "Rather about gardens", ["Yes.", "Indeed."])
    gardens = await _another(doors, place, "Gardens")
    told = ["Olga on Rather about gardens"] * 2
    assert await titles_at(visitor, f"{place.url}replies/feed/") == [*told, "Olga on What stays"]

    moved = await place.owner.post(f"{place.url}d/{number}/move", data={"group": gardens.slug})
    later = await answer(place.owner, moved.headers["location"], "And roses.")

    assert (moved.status_code, later.status_code) == (303, 303)
    there = f"/groups/{gardens.slug}/"
    for reader in (visitor, place.member, place.owner):
        assert await titles_at(reader, f"{place.url}feed/") == ["What stays"]
        assert await titles_at(reader, f"{place.url}replies/feed/") == ["Olga on What stays"]
        assert await titles_at(reader, f"{there}feed/") == ["Rather about gardens"]
        assert await titles_at(reader, f"{there}replies/feed/") == [told[0], *told]
    await _all_agrees(doors)


async def test_what_is_moved_into_a_hidden_group_is_in_its_members_feeds_alone(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    place = await a_place(doors, signed_in)
    _url, number = await _topic(place, "Between us", ["I know of a way."])
    cellar = await _another(doors, place, "Cellar", visibility="hidden")
    outside = await _links(place.member, place.group_id)
    inside = await _links(place.owner, cellar.id)
    assert await titles_at(visitor, outside[1]) == ["Olga on Between us"]

    moved = await place.owner.post(f"{place.url}d/{number}/move", data={"group": cellar.slug})

    assert moved.status_code == 303
    # The links are secrets: whoever has one reads as its owner.
    assert [await titles_at(visitor, path) for path in inside] == [
        ["Between us"],
        ["Olga on Between us"],
    ]
    for path in (f"{place.url}feed/", f"{place.url}replies/feed/", *outside):
        assert await titles_at(visitor, path) == []
    for reader in (visitor, place.member):
        for path in ("feed/", "replies/feed/"):
            assert (await reader.get(f"/groups/{cellar.slug}/{path}")).status_code == 404
    assert (await place.member.post(f"/account/feeds/group-{cellar.id}")).status_code == 404


async def test_what_is_moved_out_of_a_hidden_group_is_for_everybody(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    place = await a_place(doors, signed_in, visibility="hidden")
    _url, number = await _topic(place)
    gardens = await _another(doors, place, "Gardens")
    here = await _links(place.member, place.group_id)

    await place.owner.post(f"{place.url}d/{number}/move", data={"group": gardens.slug})

    assert await titles_at(visitor, "/groups/gardens/feed/") == ["Who is hiring?"]
    assert await titles_at(visitor, "/groups/gardens/replies/feed/") == ["Olga on Who is hiring?"]
    assert [await titles_at(visitor, path) for path in here] == [[], []]


async def test_a_split_discussion_begins_with_what_was_a_reply(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    place = await a_place(doors, signed_in)
    _url, number = await _topic(place, "Much at once", ["On topic.", "By the way.", "Indeed."])
    last = await _newest(doors)

    split = await place.owner.post(
        f"{place.url}d/{number}/split",
        data={"title": "Roses", f"reply-{last - 1}": "1", f"reply-{last}": "1"},
    )

    assert split.status_code == 303
    assert await titles_at(visitor, f"{place.url}feed/") == ["Roses", "Much at once"]
    replies = ["Olga on Roses", "Olga on Much at once"]
    assert await titles_at(visitor, f"{place.url}replies/feed/") == replies
    await _all_agrees(doors)


async def test_what_opened_a_merged_discussion_is_a_reply(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    place = await a_place(doors, signed_in)
    _one, first = await _topic(place, "Asked twice", ["Answer one."])
    two, _number = await _topic(place, "Asked before", ["Answer two."])

    merged = await place.owner.post(f"{place.url}d/{first}/merge", data={"into": two})

    assert merged.status_code == 303
    assert await titles_at(visitor, f"{place.url}feed/") == ["Asked before"]
    names = ["Olga on Asked before", "Olga on Asked before", "Mika on Asked before"]
    assert await titles_at(visitor, f"{place.url}replies/feed/") == names
    await _all_agrees(doors)


async def test_replies_to_what_was_taken_down_are_in_no_feed_and_leave_no_gap(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        await the_site(db, feed_items=2)
    await _topic(place, "First", ["One.", "Two."])
    _url, number = await _topic(place, "Rude", ["So rude.", "Indeed.", "Shame."])
    await _topic(place, "Last", ["Three."])

    async with doors.unit_of_work() as db:
        opening = await db.scalar(select(Topic.opening_id).where(Topic.id == number))
        await remove(db, OWNER_AT_THE_MACHINE, opening or 0)

    path = f"{place.url}replies/feed/"
    for reader in (visitor, place.owner):
        assert await titles_at(reader, path) == ["Olga on Last", "Olga on First"]
        assert await titles_at(reader, f"{path}?page=2") == ["Olga on First"]
    begun, replies = await _links(place.member, place.group_id)
    assert await titles_at(visitor, begun) == ["Last", "First"]
    assert await titles_at(visitor, f"{replies}?page=2") == ["Olga on First"]


async def test_whoever_blocked_somebody_finds_neither_their_words_nor_answers_to_them(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    place = await a_place(doors, signed_in)
    async with doors.unit_of_work() as db:
        await the_site(db, feed_items=2)
        nora = await a_member(db, "Nora")
        await a_membership(db, await db.get_one(Group, place.group_id), nora)
    noras = await signed_in(user=nora)
    mine, _number = await _topic(place, "Mine", ["One.", "Two."])
    await answer(noras, mine, "Three.")
    hers = (await begin(noras, place, "Hers")).headers["location"]
    await answer(place.owner, hers, "Four.")
    await answer(place.owner, mine, "Five.")
    links = await _links(place.member, place.group_id), await _links(noras, place.group_id)

    # It is mutual: what Mika no more sees of Nora, Nora does not see of Mika.
    async with doors.unit_of_work() as db:
        db.add(Block(user_id=place.member_id, blocked_id=nora.id, at=clock.now()))

    (begun, replies), (her_begun, her_replies) = links
    assert await titles_at(visitor, begun) == ["Mine"]
    assert await titles_at(visitor, replies) == ["Olga on Mine"] * 2
    assert await titles_at(visitor, f"{replies}?page=2") == ["Olga on Mine"]
    assert await titles_at(visitor, her_begun) == ["Hers"]
    assert await titles_at(visitor, her_replies) == ["Olga on Hers"]
    everybodys = f"{place.url}replies/feed/"
    assert await titles_at(visitor, everybodys) == ["Olga on Mine", "Olga on Hers"]
    assert await titles_at(visitor, f"{everybodys}?page=2") == ["Nora on Mine", "Olga on Mine"]


async def test_what_is_answered_from_the_queue_is_in_the_feed(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    place = await a_place(doors, signed_in, holds_first=2)
    await begin(place.member, place)
    held = await _newest(doors)
    queue = await place.owner.get(f"/mod/comments/{held}/answer")
    version = re.search(r'name="version" value="(\d+)"', queue.text)

    answered = await place.owner.post(
        f"/mod/comments/{held}/answer",
        data={"text": "Welcome!", "version": version[1] if version else ""},
    )

    assert answered.status_code < 400
    assert await titles_at(visitor, f"{place.url}feed/") == ["Who is hiring?"]
    assert await titles_at(visitor, f"{place.url}replies/feed/") == ["Olga on Who is hiring?"]
    await _all_agrees(doors)
