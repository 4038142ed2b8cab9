"""People who want to be found are found by what each reader is shown of them, and by nothing else."""

from typing import Any

import pytest
from sqlalchemy import event, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actions import rename
from app.accounts.actor import VISITOR, Actor
from app.accounts.blocks import block
from app.accounts.leaving import erase_account
from app.accounts.models import User
from app.core import clock
from app.groups.models import Membership, MemberState
from app.groups.profiles.events import ProfileChanged
from app.groups.profiles.models import Audience, Profile
from app.search.asking import Kind, Query
from app.search.finding import Results, search
from app.search.of_people import index_person
from tests.groups.building import a_group, a_membership
from tests.groups.profiles.membership import a_profile, as_actor
from tests.search.test_finding import find, titles
from tests.world import SECRETS, a_comment, a_member, a_post

pytestmark = [pytest.mark.anyio, pytest.mark.each_case]

PIECES = {
    "headline": "A quagga keeper",
    "about": "I keep a quagga.",
    "can_help": "quagga",
    "looking_for": "quagga",
    "places": "Quagga",
}
AUDIENCE_OF = {"places": "place"}


async def listed(session: AsyncSession, name: str = "Ada", **fields: Any) -> User:
    """Somebody with a profile who wants to be found."""
    return await a_profile(session, name, **{"is_listed": True, **fields})


async def three_readers(session: AsyncSession, ada: User) -> dict[str, Actor]:
    """A visitor, a member, and one who shares a group with Ada."""
    bo, cy = await a_member(session, "Bo"), await a_member(session, "Cy")
    group = await a_group(session, by=ada)
    await a_membership(session, group, cy)
    return {"visitor": VISITOR, "member": as_actor(bo), "in her group": as_actor(cy)}


READERS = [
    (Audience.PUBLIC, {"visitor", "member", "in her group"}),
    (Audience.MEMBERS, {"member", "in her group"}),
    (Audience.GROUPS, {"in her group"}),
    (Audience.ME, set()),
]


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize(("audience", "finders"), READERS)
async def test_nobody_finds_somebody_by_a_piece_that_is_not_for_them(
    session: AsyncSession, piece: str, audience: Audience, finders: set[str]
) -> None:
    hidden = {AUDIENCE_OF.get(piece, piece): audience}
    fields = {piece: PIECES[piece], **({} if piece == "headline" else {"headline": "A keeper"})}
    ada = await listed(session, seen_by=Audience.PUBLIC, but=hidden, **fields)

    for name, reader in (await three_readers(session, ada)).items():
        found = await find(session, "quagga", by=reader)
        assert titles(found) == (["Ada"] if name in finders else []), name
        by_name = (await find(session, "ada", by=reader)).found
        assert [one.handle for one in by_name] == ["ada"]
        shown = "".join(words for words, _is_found in by_name[0].excerpt).lower()
        assert ("quagga" in shown) == (name in finders)


@pytest.mark.parametrize(("audience", "finders"), READERS)
async def test_only_who_wants_to_be_found_is_found_and_by_whom_they_want(
    session: AsyncSession, audience: Audience, finders: set[str]
) -> None:
    ada = await listed(session, seen_by=Audience.PUBLIC, but={"entry": audience})
    await listed(session, "Adam", seen_by=Audience.PUBLIC, is_listed=False)

    for name, reader in (await three_readers(session, ada)).items():
        assert titles(await find(session, "ada", by=reader)) == (["Ada"] if name in finders else [])


async def test_words_for_different_readers_are_found_together_by_who_reads_both(
    session: AsyncSession,
) -> None:
    ada = await listed(
        session, headline="Quagga", can_help="zebra", but={"can_help": Audience.GROUPS}
    )
    readers = await three_readers(session, ada)

    assert titles(await find(session, "quagga zebra", by=readers["in her group"])) == ["Ada"]
    assert titles(await find(session, "quagga zebra", by=readers["member"])) == []
    assert (await find(session, "quagga", by=readers["in her group"])).total == 1


async def test_across_a_block_nobody_is_found_in_either_direction(session: AsyncSession) -> None:
    ada = await listed(session, "Ada", headline="Quagga")
    bo = await listed(session, "Bo", headline="Quagga")
    await block(session, as_actor(ada), bo.id, clock.now())

    assert titles(await find(session, "quagga", by=as_actor(ada))) == ["Ada"]
    assert titles(await find(session, "quagga", by=as_actor(bo))) == ["Bo"]


async def test_who_leaves_the_group_finds_no_more_what_was_for_it(session: AsyncSession) -> None:
    ada = await listed(session, headline="Quagga", seen_by=Audience.GROUPS)
    reader = (await three_readers(session, ada))["in her group"]
    assert titles(await find(session, "quagga", by=reader)) == ["Ada"]

    of_reader = Membership.user_id == reader.user_id
    await session.execute(update(Membership).where(of_reader).values(state=MemberState.BANNED))

    assert titles(await find(session, "quagga", by=reader)) == []


async def test_people_stand_beside_everything_else_and_can_be_asked_for_alone(
    session: AsyncSession,
) -> None:
    post = await a_post(session, "The quagga")
    await a_comment(session, "A quagga!", under=post)
    await listed(session, headline="Quagga", seen_by=Audience.PUBLIC)

    kinds = {one.kind for one in (await find(session, "quagga")).found}
    assert kinds == {Kind.POST, Kind.COMMENT, Kind.PERSON}
    assert titles(await find(session, "quagga", kind=Kind.PERSON)) == ["Ada"]
    for kind in (Kind.POST, Kind.COMMENT, Kind.RESOURCE, Kind.DISCUSSION):
        assert "Ada" not in titles(await find(session, "quagga", kind=kind))


async def test_an_entry_follows_its_person(session: AsyncSession) -> None:
    ada = await listed(session, headline="Quagga", seen_by=Audience.PUBLIC)
    assert titles(await find(session, "quagga")) == ["Ada"]

    await rename(session, as_actor(ada), "Beatrice")
    assert titles(await find(session, "beatrice")) == ["Beatrice"]
    assert titles(await find(session, "ada")) == []

    await erase_account(session, as_actor(ada), SECRETS, texts_go=False)
    assert titles(await find(session, "quagga")) == []
    # Not only unseen: nothing of them is in the index.
    ada.password_hash, ada.email_confirmed_at = "x", clock.now()
    assert titles(await find(session, "quagga")) == []


async def counted(session: AsyncSession, reader: Actor, words: str) -> tuple[Results, int]:
    """What is found, and how many statements it took."""
    statements: list[str] = []
    connection = (await session.connection()).sync_connection
    assert connection is not None

    def note(*args: Any) -> None:
        statements.append(args[2])

    event.listen(connection, "before_cursor_execute", note)
    try:
        return await search(session, reader, Query(words)), len(statements)
    finally:
        event.remove(connection, "before_cursor_execute", note)


async def test_a_hundred_people_take_as_many_queries_as_one(session: AsyncSession) -> None:
    reader = as_actor(await a_member(session, "Bo"))
    await listed(session, headline="Quagga")
    await find(session)
    _results, of_one = await counted(session, reader, "quagga")

    for number in range(100):
        user = User(
            slug=f"p-{number}",
            login=f"p-{number}",
            name=f"P {number}",
            email=f"p{number}@example.org",
            password_hash="x",
        )
        session.add(user)
        await session.flush()
        session.add(
            Profile(
                user_id=user.id,
                is_listed=True,
                headline="Quagga",
                entry_seen_by=Audience.MEMBERS,
                headline_seen_by=Audience.MEMBERS,
            )
        )
        await session.flush()
        await index_person(session, ProfileChanged(user_id=user.id))
    results, of_many = await counted(session, reader, "quagga")

    assert results.total == 101
    assert of_many == of_one
