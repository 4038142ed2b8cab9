"""What is typed and not saved: kept for its author alone, apart from the post and from all other devices."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core import clock
from app.core.errors import Invalid
from app.core.i18n import _
from app.core.text import clean_text, one_line, unix_lines
from app.posts.actions import get_to_write
from app.posts.drafts import too_long_of
from app.posts.models import Autosave, Post, Revision

DEVICE_LENGTH = 64
# Who has typed nothing for so long is not at it any more.
AT_IT = timedelta(minutes=15)


@dataclass(frozen=True)
class Opened:
    """What a form was opened on: a version of the post, and the last autosave of it that was known then."""

    version: int = 0
    number: int = 0

    def __str__(self) -> str:
        """As it stands in a form."""
        return f"{self.version}.{self.number}"


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What stands in a form, and on which device."""

    title: str
    body: str
    excerpt: str = ""
    device: str = ""
    # All else, by the names of the form's fields; None for whoever sends nothing of it.
    choices: Mapping[str, str] | None = None
    # Choices that were too long to be kept: they stay as they were kept before.
    left_out: Sequence[str] = ()


@dataclass(frozen=True)
class Newer:
    """What somebody else, or the same person elsewhere, has written meanwhile; `is_saved` if it is the post now."""

    who: str
    at: datetime
    title: str
    body: str
    excerpt: str
    is_saved: bool
    opened: Opened
    # None where nothing is known of it: then it is as the post has it.
    choices: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Kept:
    """What an autosave came to: its number, and what is newer, if anything is. It is kept in either case."""

    saved_at: datetime
    opened: Opened
    newer: Newer | None = None
    # Texts and choices that were too long, and are alone in not being kept.
    left_out: Sequence[str] = ()


@dataclass(frozen=True)
class Writing:
    """Somebody who has the same post open and types into it."""

    user_id: int
    name: str
    since: datetime
    at: datetime


async def autosave(
    session: AsyncSession,
    actor: Actor,
    post_id: int,
    typed: Typed,
    opened: Opened,
    there: Mapping[str, str],
) -> Kept:
    """Keep what is typed, and find out whether somebody else has written since the form was opened.

    `there` is what would be chosen to say what the post says, by somebody who holds its row locked.
    Of a text or a choice that is too long, the one before it stays kept. Raises SignInNeeded, Forbidden, NotFound,
    and Invalid where no device is named.
    """
    if not 0 < len(typed.device) <= DEVICE_LENGTH:
        raise Invalid(_("An autosave says which device it is from, in at most 64 characters."))
    post, _authors = await get_to_write(session, actor, post_id)
    newest = await newest_number(session, post_id)
    newer = await _newer(session, actor, post, typed.device, opened, there)
    row = await _row_of(session, actor, post, typed.device)
    row.number, row.version, row.saved_at = newest + 1, opened.version, clock.now()
    left_out = _write(row, typed, there)
    await session.flush()
    return Kept(row.saved_at, Opened(opened.version, newest + 1), newer, left_out)


async def newest_number(session: AsyncSession, post_id: int) -> int:
    """The number of the last autosave of a post; 0 where nothing waits."""
    found = select(func.max(Autosave.number)).where(Autosave.post_id == post_id)
    return await session.scalar(found) or 0


async def own_words(
    session: AsyncSession, actor: Actor, post: Post, there: Mapping[str, str]
) -> Autosave | None:
    """The newest that this person typed into a post's form and did not save, where it says something else.

    `there` is what would be chosen in it to say what the post says.
    """
    query = select(Autosave).where(
        Autosave.post_id == post.id, Autosave.user_id == actor.user_id, _differs(post, there)
    )
    found: Autosave | None = await session.scalar(query.order_by(Autosave.number.desc()).limit(1))
    return found


async def also_writing(session: AsyncSession, actor: Actor, post_id: int) -> Sequence[Writing]:
    """Who else types into this post's form now."""
    query = (
        select(User.id, User.name, func.min(Autosave.began_at), func.max(Autosave.saved_at))
        .join(Autosave, Autosave.user_id == User.id)
        .where(
            Autosave.post_id == post_id,
            Autosave.user_id != actor.user_id,
            Autosave.saved_at > clock.now() - AT_IT,
        )
        .group_by(User.id, User.name)
        .order_by(User.name, User.id)
    )
    return [Writing(*row) for row in await session.execute(query)]


async def give_up(
    session: AsyncSession,
    actor: Actor,
    post_id: int,
    *,
    there: Mapping[str, str],
    up_to: int,
    device: str = "",
) -> None:
    """Put somebody's own autosaves of a post away: those up to a number, and all of this device.

    What differs from the post's text becomes a revision that was never saved, with what was chosen beside it; on
    another device, what differs from the choices `there` does so, too: nothing is lost.
    """
    post, _authors = await get_to_write(session, actor, post_id)
    query = select(Autosave).where(
        Autosave.post_id == post_id,
        Autosave.user_id == actor.user_id,
        or_(Autosave.number <= up_to, Autosave.device == device),
    )
    says = post.title, unix_lines(post.body_source)
    beside = _beside(there, unix_lines(post.excerpt_source))
    for old in await session.scalars(query.order_by(Autosave.number)):
        chosen = choices_in(old)
        was = _beside(there if chosen is None else chosen, old.excerpt_source)
        # Of this device it is what was typed on the way to what is saved now.
        is_chosen = was != beside and old.device != device
        if is_chosen or ((old.title, old.body_source) != says and old.body_source):
            session.add(
                Revision(
                    post_id=post.id, user_id=old.user_id, created_at=old.saved_at, title=old.title,
                    body_source=old.body_source, body_format=post.body_format, was_saved=False,
                    choices=was if was != beside else None,
                )
            )  # fmt: skip
        await session.delete(old)
    await session.flush()


def _beside(choices: Mapping[str, str], excerpt: str) -> str:
    return choices_text({**choices, "excerpt": excerpt})


async def _newer(
    session: AsyncSession,
    actor: Actor,
    post: Post,
    device: str,
    opened: Opened,
    there: Mapping[str, str],
) -> Newer | None:
    if post.version > opened.version:
        return await saved_last(session, post, there)
    mine = and_(Autosave.user_id == actor.user_id, Autosave.device == device)
    query = (
        select(Autosave, User.name)
        .join(User, User.id == Autosave.user_id)
        .where(Autosave.post_id == post.id, ~mine, Autosave.number > opened.number)
        .where(_differs(post, there))
        .order_by(Autosave.number.desc())
        .limit(1)
    )
    row = (await session.execute(query)).first()
    if row is None:
        return None
    other, name = row
    seen = Opened(post.version, other.number)
    return Newer(
        name, other.saved_at, other.title, other.body_source, other.excerpt_source, False, seen,
        choices_in(other),
    )  # fmt: skip


async def saved_last(session: AsyncSession, post: Post, there: Mapping[str, str]) -> Newer:
    """The post as it stands, and who saved it last; the name is empty where nobody knows."""
    query = (
        select(User.name)
        .join(Revision, Revision.user_id == User.id)
        .where(Revision.post_id == post.id, Revision.was_saved)
        .order_by(Revision.id.desc())
        .limit(1)
    )
    who = await session.scalar(query) or ""
    at = post.updated_at or post.created_at or clock.now()
    seen = Opened(post.version, await newest_number(session, post.id))
    return Newer(who, at, post.title, post.body_source, post.excerpt_source, True, seen, there)


def choices_text(choices: Mapping[str, str]) -> str:
    """Choices as one text, the same for the same: JSON, names in order, without what is empty."""
    said = {name: value for name, value in sorted(choices.items()) if value}
    return json.dumps(said, ensure_ascii=False)


def choices_in(row: Autosave | Revision) -> dict[str, str] | None:
    """What was chosen; None where nothing was said of it."""
    return None if row.choices is None else json.loads(row.choices)


async def _row_of(session: AsyncSession, actor: Actor, post: Post, device: str) -> Autosave:
    """What this device has kept so far; at first, what the post says."""
    now = clock.now()
    query = select(Autosave).where(
        Autosave.post_id == post.id, Autosave.user_id == actor.user_id, Autosave.device == device
    )
    row: Autosave | None = await session.scalar(query)
    if row is None:
        row = Autosave(
            post_id=post.id, user_id=actor.user_id, device=device, began_at=now,
            title=post.title, body_source=unix_lines(post.body_source),
            excerpt_source=unix_lines(post.excerpt_source),
        )  # fmt: skip
        session.add(row)
    elif row.saved_at < now - AT_IT:
        row.began_at = now
    return row


def _write(row: Autosave, typed: Typed, there: Mapping[str, str]) -> Sequence[str]:
    """Let a row say what is typed, but for what is too long: that stays, and is named."""
    texts = {"title": typed.title, "body": typed.body, "excerpt": typed.excerpt}
    long = too_long_of(texts)
    if "title" not in long:
        row.title = one_line(typed.title)
    if "body" not in long:
        row.body_source = clean_text(unix_lines(typed.body))
    if "excerpt" not in long:
        row.excerpt_source = clean_text(unix_lines(typed.excerpt))
    if typed.choices is not None:
        before = choices_in(row) or there
        kept = {name: before.get(name, "") for name in typed.left_out}
        row.choices = choices_text({**typed.choices, **kept})
    return [*long, *typed.left_out]


def _differs(post: Post, there: Mapping[str, str]) -> ColumnElement[bool]:
    return or_(
        Autosave.title != post.title,
        Autosave.body_source != unix_lines(post.body_source),
        Autosave.excerpt_source != unix_lines(post.excerpt_source),
        # Where nothing was said of it, nothing differs: NULL is not unequal.
        Autosave.choices != choices_text(there),
    )
