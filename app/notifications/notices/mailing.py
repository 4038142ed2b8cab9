"""What nobody has read in time is mailed: fifty members by the same few statements, each notice once."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.core import clock
from app.core.db import Work
from app.core.jobs import Tools, job
from app.networking.asks.fitting import Meetable, asks_to_meet
from app.notifications.letters import write_letters
from app.notifications.notices.kinds import Family, Level
from app.notifications.notices.models import Notice, NoticeLevel
from app.notifications.notices.queries import told_by
from app.notifications.notices.sorting import (
    Addressee,
    Due,
    Parcel,
    Sheaf,
    Sorted,
    sort_due,
)
from app.notifications.notices.times import Rhythm
from app.notifications.notices.writing import letter_of
from app.notifications.queries import Said, said_of
from app.notifications.texts import Desk, NewLetter, desk_of
from app.settings import Settings

# So many members together; and so many numbers in one statement.
_TOGETHER = 50
_IN_A_LIST = 5000


@dataclass(frozen=True)
class _Batch:
    """Some members, and what becomes of all that is due to them."""

    desk: Desk
    sorted: Sequence[Sorted]
    words: dict[str, Said]
    # What each could meet, for whom a digest is written.
    asks: Mapping[int, Sequence[Meetable]]

    @property
    def parcels(self) -> Iterator[Parcel]:
        """Every letter to be written."""
        for one in self.sorted:
            yield from one.parcels


@job("mail_notices")
async def mail_notices(tools: Tools) -> None:
    """Write the letters that are due by now."""
    at, after = clock.now(), 0
    while True:
        async with tools.work.reading() as db:
            members = await _next_members(db, at, after)
            if not members:
                return
            batch = await _batch(db, tools.settings, members, at)
        # Nobody waits for the pen while they are written.
        await _hand_over(tools.work, batch, await _written(batch, at), at)
        after = members[-1]


async def _written(batch: _Batch, at: datetime) -> list[tuple[Parcel, NewLetter]]:
    letters = []
    for parcel in batch.parcels:
        letters.append(
            (parcel, letter_of(batch.desk, parcel, batch.words, at, _asks(batch, parcel)))
        )
        # The site answers on the same loop, and each letter takes some milliseconds.
        await asyncio.sleep(0)
    return letters


def _asks(batch: _Batch, parcel: Parcel) -> Sequence[Meetable]:
    # Inside a digest, and never the reason for a letter.
    return batch.asks.get(parcel.to.user_id, ()) if parcel.sheaf == Sheaf.DIGEST else ()


async def _next_members(session: AsyncSession, at: datetime, after: int) -> Sequence[int]:
    due = and_(Notice.mail_at <= at, Notice.user_id > after)
    query = select(Notice.user_id).where(due).distinct().order_by(Notice.user_id).limit(_TOGETHER)
    return (await session.scalars(query)).all()


async def _batch(
    session: AsyncSession, settings: Settings, members: Sequence[int], at: datetime
) -> _Batch:
    desk = await desk_of(session, settings)
    due = await _due(session, members, at)
    people = select(User).where(User.id.in_(members)).order_by(User.id)
    sorted_ = [
        sort_due(_addressee(user, desk.site.timezone), due.get(user.id, ()), at)
        for user in await session.scalars(people)
    ]
    ids = [
        int(one.about.removeprefix("comment:"))
        for some in sorted_
        for parcel in some.parcels
        if parcel.sheaf == Sheaf.AT_ONCE
        for one in parcel.notices
        if one.about.startswith("comment:")
    ]
    said = await said_of(session, ids) if ids else []
    words = {f"comment:{one.comment.id}": one for one in said}
    return _Batch(desk, sorted_, words, await _asks_to_meet(session, sorted_, at))


async def _asks_to_meet(
    session: AsyncSession, sorted_: Sequence[Sorted], at: datetime
) -> Mapping[int, Sequence[Meetable]]:
    """For whoever gets a digest, unless they chose to hear of asks elsewhere, or not at all."""
    members = {
        parcel.to.user_id
        for some in sorted_
        for parcel in some.parcels
        if parcel.sheaf == Sheaf.DIGEST
    }
    if not members:
        return {}
    elsewhere = select(NoticeLevel.user_id).where(
        NoticeLevel.user_id.in_(members),
        NoticeLevel.family == Family.ASKS,
        NoticeLevel.group_id == 0,
        NoticeLevel.level.in_((Level.OFF, Level.INBOX)),
    )
    return await asks_to_meet(session, members - set(await session.scalars(elsewhere)), at)


async def _due(session: AsyncSession, members: Sequence[int], at: datetime) -> dict[int, list[Due]]:
    before = aliased(Notice)
    is_thread_mailed = exists().where(
        before.user_id == Notice.user_id,
        before.thread == Notice.thread,
        before.read_at.is_(None),
        before.gone_at.is_(None),
        before.mailed_at.is_not(None),
        before.level == Level.AT_ONCE,
    )
    query = (
        select(
            Notice.user_id, User.name, Notice.id, Notice.kind, Notice.level, Notice.thread,
            Notice.about, Notice.path, Notice.facts, Notice.group_id,
            and_(Notice.thread != "", is_thread_mailed),
        )
        .outerjoin(User, User.id == Notice.by_id)
        .where(Notice.mail_at <= at, Notice.user_id.in_(members))
        .order_by(Notice.user_id, Notice.id.desc())
    )  # fmt: skip
    found: dict[int, list[Due]] = {}
    for (
        user_id,
        name,
        id_,
        kind,
        level,
        thread,
        about,
        path,
        facts,
        group,
        is_mailed,
    ) in await session.execute(query):
        due = Due(id_, kind, Level(level), thread, about, path, told_by(name, facts), group,
                  bool(is_mailed))  # fmt: skip
        found.setdefault(user_id, []).append(due)
    return found


def _addressee(user: User, sites_zone: str) -> Addressee:
    rhythm = Rhythm(user.timezone or sites_zone, user.mail_hour, user.mail_weekday)
    # Whom an import brought along has not asked to be written to.
    email = user.email if user.email_confirmed_at is not None else ""
    return Addressee(user.id, email, user.language, rhythm, user.reminded_at)


async def _hand_over(
    work: Work, batch: _Batch, letters: Sequence[tuple[Parcel, NewLetter]], at: datetime
) -> None:
    """Put them into the box, each whole or not at all: one of which something was read is made anew."""
    async with work.unit_of_work() as db:
        there = await _locked(db, batch, at)
        whole = [
            (parcel, letter)
            for parcel, letter in letters
            if there.issuperset(one.id for one in parcel.notices)
        ]
        put = await write_letters(db, [letter for _parcel, letter in whole])
        mailed = [parcel for parcel, letter in whole if letter.message_id in put]
        # Whoever wants or gets no letters at all finds it in their inbox.
        nowhere = [parcel for parcel, letter in whole if letter.message_id not in put]
        await _settle(db, _ids_in(mailed), mailed_at=clock.now(), mail_at=None)
        unmailed = [one for some in batch.sorted for one in some.unmailed if one in there]
        await _settle(db, [*_ids_in(nowhere), *unmailed], mail_at=None)
        for some in batch.sorted:
            await _settle(db, [one for one in some.later if one in there], mail_at=some.later_at)
        reminded = [parcel.to.user_id for parcel in mailed if parcel.sheaf == Sheaf.REMINDERS]
        if reminded:
            await db.execute(update(User).where(User.id.in_(reminded)).values(reminded_at=at))


async def _locked(session: AsyncSession, batch: _Batch, at: datetime) -> set[int]:
    """Those that are still to be mailed, and by nobody else."""
    ids = _ids_in(batch.parcels) + [
        one for some in batch.sorted for one in (*some.unmailed, *some.later)
    ]
    found: set[int] = set()
    for some in _in_lists(sorted(ids)):
        query = select(Notice.id).where(Notice.id.in_(some), Notice.mail_at <= at)
        locked = query.order_by(Notice.id).with_for_update(skip_locked=True)
        found.update(await session.scalars(locked))
    return found


async def _settle(session: AsyncSession, ids: Sequence[int], **values: object) -> None:
    for some in _in_lists(ids):
        await session.execute(update(Notice).where(Notice.id.in_(some)).values(**values))


def _ids_in(parcels: Sequence[Parcel] | Iterator[Parcel]) -> list[int]:
    return [one.id for parcel in parcels for one in parcel.notices]


def _in_lists(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _IN_A_LIST):
        yield ids[start : start + _IN_A_LIST]
