"""Open asks that a member could meet: by what they say they can help with or look for, and by what they offered."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.groups.models import Group, GroupState, Membership, MemberState, Topic, TopicKind
from app.groups.profiles.models import ProfileWord, WordKind
from app.groups.profiles.words import word_key
from app.networking.asks.boards import Listed, asks_listed
from app.networking.asks.models import Ask, Helping
from app.networking.asks.moves import AskState
from app.networking.common.queries import apart_of

# Of a group so many are looked at, those that are needed soonest.
_LOOKED_AT = 200
_THREE = 3

Keys: TypeAlias = Collection[str]
Some = TypeVar("Some")


@dataclass(frozen=True)
class Meetable:
    """An open ask of a group, for whoever could meet it."""

    topic_id: int
    asker_id: int
    group_slug: str
    slug: str
    title: str
    keys: frozenset[str]
    needed_by: date


async def keys_of_members(session: AsyncSession, ids: Collection[int]) -> Mapping[int, set[str]]:
    """What these members may be able to help with: words of their profiles, and tags of what they offered."""
    kinds = (WordKind.CAN_HELP, WordKind.LOOKING_FOR)
    words = select(ProfileWord.user_id, ProfileWord.key).where(
        ProfileWord.user_id.in_(ids), ProfileWord.kind.in_(kinds)
    )
    found = defaultdict[int, set[str]](set)
    for user_id, key in await session.execute(words):
        found[user_id].add(key)
    offers = select(Topic.user_id, Topic.tags).where(
        Topic.user_id.in_(ids), Topic.kind == TopicKind.OFFER
    )
    for owner_id, tags in await session.execute(offers):
        found[owner_id or 0] |= _keys(tags)
    return found


async def asks_fitting(session: AsyncSession, actor: Actor, most: int = _THREE) -> list[Listed]:
    """Open asks of others in the actor's own groups that they have not answered; those that fit them best first."""
    mine = select(Membership.group_id).where(
        Membership.user_id == actor.user_id, Membership.state == MemberState.ACTIVE
    )
    answered = select(Helping.topic_id).where(Helping.user_id == actor.user_id)
    could_be_met = and_(
        Ask.state == AskState.OPEN,
        Topic.user_id != actor.user_id,
        Topic.group_id.in_(mine),
        Topic.id.not_in(answered),
    )
    found = await asks_listed(session, actor, which=could_be_met, most=_LOOKED_AT)
    mine_keys = (await keys_of_members(session, [actor.user_id or 0])).get(actor.user_id or 0, ())
    return best_for(mine_keys, [(_keys(one.tags), one) for one in found], most)


async def asks_to_meet(
    session: AsyncSession, ids: Collection[int], at: datetime, most: int = _THREE
) -> Mapping[int, Sequence[Meetable]]:
    """For each of these members open asks that fit them: as few statements for fifty as for one."""
    keys = {one: known for one, known in (await keys_of_members(session, ids)).items() if known}
    groups = await _groups_of(session, keys)
    asks = await _open_asks(session, {group for some in groups.values() for group in some}, at)
    answered, apart = await _answered(session, keys), await apart_of(session, keys)
    found: dict[int, Sequence[Meetable]] = {}
    for user_id, known in keys.items():
        theirs = [
            (one.keys, one)
            for group in groups.get(user_id, ())
            for one in asks.get(group, ())
            if not known.isdisjoint(one.keys)
            and one.asker_id != user_id
            and (user_id, one.topic_id) not in answered
            and not apart.are(user_id, one.asker_id)
        ]
        soonest = sorted(theirs, key=lambda pair: (pair[1].needed_by, pair[1].topic_id))
        found[user_id] = best_for(known, soonest, most)
    return found


def best_for(known: Keys, asks: Iterable[tuple[Keys, Some]], most: int) -> list[Some]:
    """Those that have most words in common; among those that fit alike, in the order they come in."""
    wanted = set(known)
    # The sort is stable.
    ordered = sorted(asks, key=lambda pair: -len(wanted.intersection(pair[0])))
    return [ask for _keys_, ask in ordered[:most]]


async def _groups_of(session: AsyncSession, ids: Collection[int]) -> Mapping[int, Sequence[int]]:
    """The groups where these members may speak."""
    query = (
        select(Membership.user_id, Membership.group_id)
        .join(Group, Group.id == Membership.group_id)
        .where(
            Membership.user_id.in_(ids),
            Membership.state == MemberState.ACTIVE,
            Group.state == GroupState.ACTIVE,
        )
        .order_by(Membership.group_id)
    )
    found = defaultdict[int, list[int]](list)
    for user_id, group_id in await session.execute(query):
        found[user_id].append(group_id)
    return found


async def _open_asks(
    session: AsyncSession, groups: Collection[int], at: datetime
) -> Mapping[int, Sequence[Meetable]]:
    sooner: Any = func.row_number().over(
        partition_by=Topic.group_id, order_by=(Ask.needed_by, Topic.id)
    )
    columns: list[Any] = [
        Topic.id, Topic.user_id, Topic.group_id, Group.slug.label("group_slug"), Topic.slug,
        Topic.title, Topic.tags, Ask.needed_by, sooner.label("place"),
    ]  # fmt: skip
    ranked = (
        select(*columns)
        .join(Topic, Topic.id == Ask.topic_id)
        .join(Group, Group.id == Topic.group_id)
        .where(
            Topic.group_id.in_(groups),
            Topic.is_shown,
            Topic.is_locked.is_(False),
            Topic.moved_to.is_(None),
            Topic.user_id.is_not(None),
            Ask.state == AskState.OPEN,
            Ask.expires_at > at,
            Ask.needed_by >= at.date(),
        )
        .subquery()
    )
    query = select(ranked).where(ranked.c.place <= _LOOKED_AT)
    found = defaultdict[int, list[Meetable]](list)
    for row in await session.execute(query):
        topic_id, asker_id, group_id, group_slug, slug, title, tags, day, _place = row
        found[group_id].append(
            Meetable(topic_id, asker_id, group_slug, slug, title, _keys(tags), day)
        )
    return found


async def _answered(session: AsyncSession, ids: Collection[int]) -> set[tuple[int, int]]:
    query = select(Helping.user_id, Helping.topic_id).where(Helping.user_id.in_(ids))
    return {(user_id, topic_id) for user_id, topic_id in await session.execute(query)}


def _keys(tags: Iterable[str]) -> frozenset[str]:
    # A profile's words and a group's tags are typed by different hands: what is meant is the same.
    return frozenset(word_key(tag) for tag in tags)
