"""tell(): somebody is told of something, once, in the transaction in which it happened."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.blocks import seen_by
from app.accounts.models import User
from app.core import clock
from app.core.db import Work
from app.notifications.notices.kinds import Kind, Level, level_of
from app.notifications.notices.models import Notice, NoticeLevel, NoticeMute
from app.notifications.notices.times import Rhythm, mail_moment
from app.notifications.notices.unread import note_unread
from app.site.models import SiteRow

# So many are told by the same few statements.
_TOGETHER = 500


@dataclass(frozen=True, kw_only=True)
class News:
    """What happened, for everybody whom it concerns."""

    kind: Kind
    # Names what happened: the same is told once to each, such as `comment:12 answer`.
    once: str
    # The thing whose page shows it, such as `comment:12`: see `seen.mark_seen`.
    about: str
    # Where it is shown.
    path: str
    # Whose act it was: they are not told of it themselves, nor is who does not want to see them.
    by: int | None = None
    # `thread:7`, `promise:3`: what hangs together in a mail program, and may be muted.
    thread: str = ""
    # Whose discussion it happened in: who does not see them does not see that, whoever's act it was.
    begun_by: int | None = None
    group_id: int | None = None
    # What the words of the kind need; `name` of guests alone, as a member's is found by `by`.
    facts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find out here and now whether all words are there; raises TypeError."""
        known = set(self.facts) | ({"name"} if self.by is not None else set())
        if missing := self.kind.facts - known:
            raise TypeError(f"{self.kind.name} needs {', '.join(sorted(missing))}")


@dataclass(frozen=True)
class _Reader:
    """Somebody who is to be told, and how they want it."""

    user_id: int
    rhythm: Rhythm
    levels: Mapping[tuple[str, int], Level]


async def tell(session: AsyncSession, user_id: int, news: News, *, is_mailed: bool = False) -> bool:
    """Tell one member; whether they had not heard of it. `is_mailed`: a letter says the same already."""
    return await tell_all(session, [user_id], news, is_mailed=is_mailed) > 0


async def tell_all(
    session: AsyncSession, user_ids: Iterable[int], news: News, *, is_mailed: bool = False
) -> int:
    """Tell many: as many statements for five hundred as for one. How many had not heard of it.

    For more than a few hundred see `tell_everybody`.
    """
    ids, told = sorted(set(user_ids)), 0
    for start in range(0, len(ids), _TOGETHER):
        some = ids[start : start + _TOGETHER]
        try:
            async with session.begin_nested():
                told += await _tell_some(session, some, news, is_mailed=is_mailed)
        except IntegrityError:
            # Somebody else told one of them the same just now, and has it written down.
            told += await _tell_some(session, some, news, is_mailed=is_mailed)
    return told


async def tell_everybody(work: Work, user_ids: Iterable[int], news: News) -> int:
    """Tell very many, for jobs: a unit of work for each five hundred, so that others may write between them."""
    ids, told = sorted(set(user_ids)), 0
    for start in range(0, len(ids), _TOGETHER):
        async with work.unit_of_work() as db:
            told += await tell_all(db, ids[start : start + _TOGETHER], news)
    return told


async def take_back(session: AsyncSession, about: str, *kinds: Kind) -> None:
    """What was told is no longer there: nobody finds it in their inbox, nor is mailed it."""
    theirs = and_(Notice.about == about, Notice.gone_at.is_(None))
    if kinds:
        theirs = and_(theirs, Notice.kind.in_([kind.name for kind in kinds]))
    await make_gone(session, theirs)


async def make_gone(session: AsyncSession, which: ColumnElement[bool]) -> None:
    """Let these notices be gone, if they are not."""
    gone = update(Notice).where(which, Notice.gone_at.is_(None))
    gone = gone.values(gone_at=clock.now(), mail_at=None)
    found = await session.execute(gone.returning(Notice.user_id, Notice.read_at))
    for user_id, read_at in found:
        note_unread(session, user_id, 0 if read_at else -1)


async def _tell_some(
    session: AsyncSession, ids: Sequence[int], news: News, *, is_mailed: bool
) -> int:
    now = clock.now()
    await _bring_back(session, ids, news)
    rows = [
        row
        for reader in await _readers(session, ids, news)
        if (row := _row(reader, news, now, is_mailed=is_mailed))
    ]
    if rows:
        await session.execute(insert(Notice), rows)
    for row in rows:
        note_unread(session, row["user_id"], 1)
    return len(rows)


async def _bring_back(session: AsyncSession, ids: Sequence[int], news: News) -> None:
    """What was gone is there again: as it was, and mailed no more."""
    same = and_(Notice.once == news.once, Notice.user_id.in_(ids), Notice.gone_at.is_not(None))
    back = update(Notice).where(same).values(gone_at=None)
    found = await session.execute(back.returning(Notice.user_id, Notice.read_at))
    for user_id, read_at in found:
        note_unread(session, user_id, 0 if read_at else 1)


async def _readers(session: AsyncSession, ids: Sequence[int], news: News) -> list[_Reader]:
    """Those of them who may be told, and have not been."""
    zone = func.coalesce(func.nullif(User.timezone, ""), _SITES_ZONE, "")
    query = select(User.id, zone, User.mail_hour, User.mail_weekday).where(
        User.id.in_(ids), _may_hear(news)
    )
    people = (await session.execute(query)).all()
    levels = await _levels(session, [row[0] for row in people], news)
    return [
        _Reader(user_id, Rhythm(zone, hour, weekday), levels.get(user_id, {}))
        for user_id, zone, hour, weekday in people
    ]


def _may_hear(news: News) -> ColumnElement[bool]:
    told = exists().where(Notice.user_id == User.id, Notice.once == news.once)
    conditions = [~told]
    if news.by is not None:
        conditions += [User.id != news.by, seen_by(Actor(user_id=news.by), User.id)]
    if news.begun_by is not None:
        conditions.append(seen_by(Actor(user_id=news.begun_by), User.id))
    if news.thread:
        muted = exists().where(NoticeMute.user_id == User.id, NoticeMute.thread == news.thread)
        conditions.append(~muted)
    return and_(*conditions)


async def _levels(
    session: AsyncSession, ids: Sequence[int], news: News
) -> dict[int, dict[tuple[str, int], Level]]:
    its_family = and_(NoticeLevel.family == news.kind.family, NoticeLevel.group_id == 0)
    its_group = and_(NoticeLevel.family == "", NoticeLevel.group_id == (news.group_id or 0))
    query = select(NoticeLevel).where(NoticeLevel.user_id.in_(ids), or_(its_family, its_group))
    found: dict[int, dict[tuple[str, int], Level]] = {}
    for row in await session.scalars(query):
        found.setdefault(row.user_id, {})[row.family, row.group_id] = Level(row.level)
    return found


def _row(reader: _Reader, news: News, now: datetime, *, is_mailed: bool) -> dict[str, Any] | None:
    level = level_of(news.kind.family, news.group_id, reader.levels)
    if level == Level.OFF:
        return None
    mail_at = mail_moment(level, reader.rhythm, now, reminds=news.kind.is_reminder)
    return {
        "user_id": reader.user_id,
        "kind": news.kind.name,
        "by_id": news.by,
        "facts": {k: v for k, v in news.facts.items() if news.by is None or k != "name"},
        "path": news.path,
        "about": news.about,
        "thread": news.thread,
        "group_id": news.group_id,
        "once": news.once,
        "level": level,
        "created_at": now,
        "mail_at": None if is_mailed else mail_at,
        "mailed_at": now if is_mailed else None,
    }


_SITES_ZONE = select(SiteRow.timezone).limit(1).scalar_subquery()
