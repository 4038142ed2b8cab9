"""The table of who sees which piece of a profile, asked of the database as pages ask it."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import VISITOR, Actor
from app.accounts.blocks import block
from app.core import clock
from app.core.errors import NotFound
from app.groups.profiles.models import Audience, Badge, WordKind
from app.groups.profiles.queries import ShownProfile, Sought, get_profile, list_people
from app.groups.profiles.visibility import SOME_MEMBER
from tests.groups.profiles.membership import FULL, a_profile, as_actor
from tests.world import a_member, an_author

pytestmark = pytest.mark.anyio

VISITORS, MEMBERS, OWNER = "a visitor", "a member", "its owner"
TABLE = [
    (Audience.PUBLIC, VISITORS, True), (Audience.PUBLIC, MEMBERS, True), (Audience.PUBLIC, OWNER, True),
    (Audience.MEMBERS, VISITORS, False), (Audience.MEMBERS, MEMBERS, True), (Audience.MEMBERS, OWNER, True),
    (Audience.GROUPS, VISITORS, False), (Audience.GROUPS, MEMBERS, False), (Audience.GROUPS, OWNER, True),
    (Audience.ME, VISITORS, False), (Audience.ME, MEMBERS, False), (Audience.ME, OWNER, True),
]  # fmt: skip
PIECES = ("headline", "about", "badge", "links", "place", "can_help", "looking_for", "entry")


def shown_pieces(shown: ShownProfile) -> set[str]:
    """The names of all that can be seen."""
    found = {
        "headline": shown.headline, "about": shown.about_html, "badge": shown.badge != Badge.NONE,
        "links": shown.links, "place": shown.of_kind(WordKind.PLACE),
        "can_help": shown.of_kind(WordKind.CAN_HELP),
        "looking_for": shown.of_kind(WordKind.LOOKING_FOR), "entry": shown.is_listed,
    }  # fmt: skip
    return {name for name, piece in found.items() if piece}


@pytest.mark.parametrize(("audience", "reader", "sees"), TABLE)
async def test_the_table_of_audiences(
    session: AsyncSession, audience: Audience, reader: str, sees: bool
) -> None:
    ada = await a_profile(session, seen_by=audience, **FULL)
    other = await a_member(session, "Bo")
    actors = {VISITORS: VISITOR, MEMBERS: as_actor(other), OWNER: as_actor(ada)}

    shown = await get_profile(session, actors[reader], "ada")
    listed = await list_people(session, actors[reader], Sought())

    assert shown_pieces(shown) == (set(PIECES) if sees else set())
    assert shown.shows_activity == sees
    assert [one.handle for one in listed] == (["ada"] if sees else [])


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("actor", [VISITOR, SOME_MEMBER], ids=["visitor", "member"])
async def test_each_piece_is_decided_by_itself(
    session: AsyncSession, piece: str, actor: Actor
) -> None:
    await a_profile(session, seen_by=Audience.PUBLIC, but={piece: Audience.ME}, **FULL)

    assert shown_pieces(await get_profile(session, actor, "ada")) == set(PIECES) - {piece}


@pytest.mark.parametrize("kind", ["can_help", "looking_for", "place"])
async def test_hidden_words_cant_be_found_by_looking_for_them(
    session: AsyncSession, kind: str
) -> None:
    ada = await a_profile(session, seen_by=Audience.PUBLIC, but={kind: Audience.ME}, **FULL)
    word = {"can_help": "help", "looking_for": "wish", "place": "place"}[kind]

    for sought in (Sought(**{kind: word}), Sought(tag=word)):
        assert await list_people(session, SOME_MEMBER, sought) == []
    assert await list_people(session, as_actor(ada), Sought(**{kind: word}))


async def test_across_a_block_there_is_nobody_in_either_direction(session: AsyncSession) -> None:
    ada = await a_profile(session, "Ada", seen_by=Audience.PUBLIC, **FULL)
    bo = await a_profile(session, "Bo", seen_by=Audience.PUBLIC, **FULL)
    await block(session, as_actor(ada), bo.id, clock.now())

    for me, other in ((ada, bo), (bo, ada)):
        with pytest.raises(NotFound):
            await get_profile(session, as_actor(me), other.slug)
        assert [one.handle for one in await list_people(session, as_actor(me), Sought())] == [
            me.slug
        ]
    assert len(await list_people(session, VISITOR, Sought())) == 2


async def test_nobody_is_listed_unasked(session: AsyncSession) -> None:
    await a_profile(session, seen_by=Audience.PUBLIC, **{**FULL, "is_listed": False})
    await a_member(session, "Bo")

    assert await list_people(session, SOME_MEMBER, Sought()) == []


async def test_who_has_no_account_has_no_page(session: AsyncSession) -> None:
    await an_author(session, "Imported Once")

    with pytest.raises(NotFound):
        await get_profile(session, SOME_MEMBER, "imported-once")
