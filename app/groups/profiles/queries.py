"""How profiles are read. What `actor` may not see stays in the database: it is decided in the query."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, null, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.blocks import seen_by
from app.accounts.models import User
from app.core.errors import NotFound
from app.core.i18n import marked
from app.core.markup import SafeHtml
from app.core.text import clean_text
from app.groups.profiles.models import Badge, Profile, ProfileWord, WordKind
from app.groups.profiles.visibility import (
    entries_visible_to,
    people_visible_to,
    shown_to,
    words_visible_to,
)

PER_PAGE = 30
_NO_WORDS = SafeHtml("")


@dataclass(frozen=True, kw_only=True)
class ShownProfile:
    """A member as somebody sees them: what is not for that reader is empty, as if it were not there."""

    user_id: int
    handle: str
    name: str
    since: datetime | None
    headline: str = ""
    about_html: SafeHtml = _NO_WORDS
    badge: Badge = Badge.NONE
    links: Sequence[dict[str, Any]] = ()
    photo: str = ""
    # Whether what they said in public lately is to be listed.
    shows_activity: bool = False
    # Whether this reader finds them in the directory.
    is_listed: bool = False
    words: dict[WordKind, list[str]] = field(default_factory=dict)

    @property
    def shows_anything(self) -> bool:
        """Whether there is more to see than a name."""
        pieces = (self.headline, self.about_html, self.badge, self.links, self.photo)
        return any(pieces) or any(self.words.values()) or self.is_listed

    def of_kind(self, kind: WordKind) -> list[str]:
        """Their words of one kind, in their order."""
        return self.words.get(kind, [])


@dataclass(frozen=True)
class Sought:
    """What the directory is filtered by: keys of words. `tag` may be what they help with or look for."""

    tag: str = ""
    place: str = ""
    can_help: str = ""
    looking_for: str = ""


async def get_profile(session: AsyncSession, actor: Actor, handle: str) -> ShownProfile:
    """Somebody's page as `actor` sees it: two queries. Raises NotFound, also across a block."""
    query = _shown(actor).where(User.slug == clean_text(handle), people_visible_to(actor))
    row = (await session.execute(query)).first()
    if row is None:
        raise NotFound(marked("There is nobody like that here."))
    return (await _with_words(session, actor, [row]))[0]


async def list_people(
    session: AsyncSession, actor: Actor, sought: Sought, *, after: str = "", most: int = PER_PAGE
) -> Sequence[ShownProfile]:
    """The directory, by handle, from beyond `after` on: one more than a page has, if there are more. Two queries."""
    query = (
        _shown(actor, isouter=False)
        .where(entries_visible_to(actor), User.slug > after, *meant(actor, sought))
        .order_by(User.slug)
        .limit(most + 1)
    )
    return await _with_words(session, actor, (await session.execute(query)).all())


async def shown_people(
    session: AsyncSession, actor: Actor, user_ids: Collection[int]
) -> dict[int, ShownProfile]:
    """These people as `actor` sees them, by number, be it without an account; two queries, or none for nobody."""
    if not user_ids:
        return {}
    query = _shown(actor).where(User.id.in_(user_ids), seen_by(actor, User.id))
    found = await _with_words(session, actor, (await session.execute(query)).all())
    return {one.user_id: one for one in found}


async def find_photo(session: AsyncSession, actor: Actor, handle: str) -> str:
    """The name of somebody's picture, where `actor` may see it. Raises NotFound."""
    query = (
        select(Profile.photo)
        .join(User, User.id == Profile.user_id)
        .where(
            User.slug == clean_text(handle),
            people_visible_to(actor),
            shown_to(actor, Profile.photo_seen_by, Profile.user_id),
        )
    )
    photo = await session.scalar(query)
    if not photo:
        raise NotFound
    return photo


async def own_profile(session: AsyncSession, user_id: int, *, locked: bool = False) -> Profile:
    """Somebody's own row, for editing; one with the defaults, in no session, if there is none yet."""
    query = select(Profile).where(Profile.user_id == user_id)
    found = await session.scalar(query.with_for_update() if locked else query)
    return found or unwritten_profile(user_id)


async def own_words(session: AsyncSession, user_id: int) -> dict[WordKind, list[str]]:
    """Somebody's own words, whoever may see them."""
    query = select(ProfileWord).where(ProfileWord.user_id == user_id)
    found: defaultdict[WordKind, list[str]] = defaultdict(list)
    for word in await session.scalars(query.order_by(ProfileWord.kind, ProfileWord.position)):
        found[WordKind(word.kind)].append(word.word)
    return found


def unwritten_profile(user_id: int) -> Profile:
    """A profile in which nothing was written yet; in no session."""
    defaults = {
        column.key: column.default.arg(None) if column.default.is_callable else column.default.arg
        for column in Profile.__table__.columns
        if column.default is not None and hasattr(column.default, "arg")
    }
    return Profile(user_id=user_id, **defaults)


def _shown(actor: Actor, *, isouter: bool = True) -> Select[Any]:
    def piece(name: str) -> ColumnElement[Any]:
        is_shown = shown_to(actor, getattr(Profile, f"{name}_seen_by"), Profile.user_id)
        column = Profile.about_html if name == "about" else getattr(Profile, name)
        return case((is_shown, column), else_=null()).label(name)

    return (
        select(
            User.id.label("user_id"),
            User.slug.label("handle"),
            User.name,
            User.created_at.label("since"),
            *map(piece, ("headline", "about", "badge", "links", "photo")),
            shown_to(actor, Profile.activity_seen_by, Profile.user_id).label("shows_activity"),
            entries_visible_to(actor).label("is_listed"),
        )
        .select_from(User)
        .join(Profile, Profile.user_id == User.id, isouter=isouter)
    )


def meant(actor: Actor, sought: Sought) -> list[ColumnElement[bool]]:
    """That somebody has these words, and shows them to `actor`: what is hidden can't be found by trying."""
    either = (WordKind.CAN_HELP, WordKind.LOOKING_FOR)
    wanted = (
        (sought.tag, either),
        (sought.place, (WordKind.PLACE,)),
        (sought.can_help, (WordKind.CAN_HELP,)),
        (sought.looking_for, (WordKind.LOOKING_FOR,)),
    )
    return [User.id.in_(_who_shows(actor, key, kinds)) for key, kinds in wanted if key]


def _who_shows(actor: Actor, key: str, kinds: Sequence[WordKind]) -> Select[int]:
    # By itself, so that it begins with the few who have the word, not with all who are listed.
    return (
        select(ProfileWord.user_id)
        .join(Profile, Profile.user_id == ProfileWord.user_id)
        .where(ProfileWord.key == key, ProfileWord.kind.in_(kinds), words_visible_to(actor))
        .correlate(None)
    )


async def _with_words(
    session: AsyncSession, actor: Actor, rows: Sequence[Any]
) -> list[ShownProfile]:
    query = (
        select(ProfileWord.user_id, ProfileWord.kind, ProfileWord.word)
        .join(Profile, Profile.user_id == ProfileWord.user_id)
        .where(ProfileWord.user_id.in_([row.user_id for row in rows]), words_visible_to(actor))
        .order_by(ProfileWord.user_id, ProfileWord.kind, ProfileWord.position)
    )
    words: defaultdict[int, dict[WordKind, list[str]]] = defaultdict(dict)
    for user_id, kind, word in await session.execute(query):
        words[user_id].setdefault(WordKind(kind), []).append(word)
    return [
        ShownProfile(
            user_id=row.user_id,
            handle=row.handle,
            name=row.name,
            since=row.since,
            headline=row.headline or "",
            about_html=row.about or _NO_WORDS,
            badge=Badge(row.badge or ""),
            links=row.links or (),
            photo=row.photo or "",
            shows_activity=bool(row.shows_activity),
            is_listed=bool(row.is_listed),
            words=words[row.user_id],
        )
        for row in rows
    ]
