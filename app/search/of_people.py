"""People in the index: who wants to be found, by what each kind of reader is shown of them.

There is one entry for everybody, one for members, and one for those who share a group with them; a
reader's search looks into one of the three. So what somebody shows to few is not found by trying.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import User
from app.accounts.queries import HAS_ACCOUNT
from app.core.text import plain_text
from app.groups.profiles.models import Audience, Profile, WordKind
from app.groups.profiles.queries import ShownProfile, own_words
from app.groups.profiles.visibility import entries_visible_to, share_a_group
from app.search.entries import (
    OF_PEOPLE_TO_MEMBERS,
    OF_PEOPLE_TO_VISITORS,
    Entry,
    Keys,
    person_entry,
    person_keys,
)
from app.search.index import index_of

# From the widest audience to the narrowest, in the order of the entries. What is for oneself is in none.
_READERS = (Audience.PUBLIC, Audience.MEMBERS, Audience.GROUPS)
_KINDS = (WordKind.CAN_HELP, WordKind.LOOKING_FOR, WordKind.PLACE)


class AboutMember(Protocol):
    """Whatever happened to somebody."""

    @property
    def user_id(self) -> int:
        """Who it is."""


async def index_person(session: AsyncSession, event: AboutMember) -> None:
    """Somebody shows something else of themselves, has another name, or is gone: their entries follow."""
    await session.flush()
    await index_people(session, [event.user_id])


async def people_missing(session: AsyncSession, most: int) -> Sequence[int]:
    """Some who want to be found and are not in the index yet: those who did before it took them in."""
    # Whoever has an entry at all has one for those who share a group with them.
    is_in = index_of(session).has(User.id * 2 + OF_PEOPLE_TO_MEMBERS.start + 1)
    query = (
        select(User.id)
        .join(Profile, Profile.user_id == User.id)
        .where(Profile.is_listed, Profile.entry_seen_by.in_(_READERS), HAS_ACCOUNT, ~is_in)
    )
    return (await session.scalars(query.order_by(User.id).limit(most))).all()


async def index_people(session: AsyncSession, user_ids: Sequence[int]) -> None:
    """Make the entries of people anew; who does not want to be found has none."""
    for user_id in user_ids:
        await _index(session, user_id)


async def _index(session: AsyncSession, user_id: int) -> None:
    index = index_of(session)
    await index.erase(session, person_keys(user_id))
    query = (
        select(User.name, Profile)
        .join(Profile, Profile.user_id == User.id)
        .where(User.id == user_id, Profile.is_listed, HAS_ACCOUNT)
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(query)).first()
    if row is not None:
        words = await own_words(session, user_id)
        await index.write(session, _entries(row[0], row[1], words))


def _entries(name: str, profile: Profile, words: Mapping[WordKind, list[str]]) -> list[Entry]:
    pieces = [
        (profile.headline_seen_by, escape(profile.headline)),
        *(
            (getattr(profile, f"{kind}_seen_by"), escape(", ".join(words.get(kind, ()))))
            for kind in _KINDS
        ),
        (profile.about_seen_by, str(profile.about_html)),
    ]
    keys = person_keys(profile.user_id)
    return [
        person_entry(keys[at], name, [text for audience, text in pieces if _is_for(audience, at)])
        for at in range(len(_READERS))
        if _is_for(profile.entry_seen_by, at)
    ]


def _is_for(audience: str, reader: int) -> bool:
    return audience in _READERS[: reader + 1]


def keys_for(actor: Actor) -> Keys:
    """The entries that somebody's search looks into."""
    return OF_PEOPLE_TO_MEMBERS if actor.is_signed_in else OF_PEOPLE_TO_VISITORS


def person_of_key(actor: Actor, key: ColumnElement[int]) -> ColumnElement[int]:
    """Whose entry it is, of those in `keys_for`."""
    begins = keys_for(actor).start
    return (key - begins) // 2 if actor.is_signed_in else key - begins


def is_for_reader(actor: Actor, key: ColumnElement[int]) -> ColumnElement[bool]:
    """That a `User` with a `Profile` may be found by this reader, by the one entry that is for them."""
    listed = entries_visible_to(actor)
    if not actor.is_signed_in:
        return listed
    is_near = or_(User.id == actor.user_id, share_a_group(actor, User.id))
    entry = (key - OF_PEOPLE_TO_MEMBERS.start) % 2
    return and_(listed, entry == case((is_near, 1), else_=0))


def words_about(person: ShownProfile) -> str:
    """What a reader is shown of somebody, as one text to take an excerpt from."""
    of_kinds: Sequence[Any] = [", ".join(person.of_kind(kind)) for kind in _KINDS]
    about = plain_text(str(person.about_html))
    return " · ".join(filter(None, (person.headline, *of_kinds, about)))
