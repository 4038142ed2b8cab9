"""The local filter of a site: what a decision teaches goes into the log, and each process learns it from there.

A decision writes one row and no numbers: a few hundred features touch nearly every block of what was
learned. So each process keeps all of it in memory and takes in the lines it has not seen before it
judges; `save_learned` writes the blocks now and then, so that a start need not read the whole log.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import String, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import UtcDateTime, Work
from app.core.logs import get_logger
from app.core.prepared import Prepared
from app.core.rows import flush_changes
from app.moderation.learned_log import LogReader, be_known, start_of_day
from app.moderation.learned_state import (
    beginning,
    ensure_state,
    find_state,
    forget_blocks,
    read_memory,
    seed_of,
    write_memory,
)
from app.moderation.learning.caps import A_DAY
from app.moderation.learning.features import read
from app.moderation.learning.learner import Learned
from app.moderation.learning.lessons import Entry, Memory, TakenBack
from app.moderation.learning.opinion import DEFAULT, Opinion, Thresholds, opinion_of
from app.moderation.learning.packing import NotReadable, pack
from app.moderation.learning.reasons import MOST
from app.moderation.learning.words import Words
from app.moderation.models import Decision

# A request takes in no more than this; after an act on thousands, the next ones learn the rest.
AT_ONCE = 50
# Who waits for nobody takes in more.
_MANY = 500
SAVED_EVERY = 100

log = get_logger()

_TAUGHT_SINCE = Prepared(
    select(func.count()).where(
        Decision.text_hash == bindparam("text", type_=String),
        # In so many words, or the index of those that have one would not be looked into.
        Decision.text_hash != literal_column("''"),
        Decision.at >= bindparam("since", type_=UtcDateTime()),
        Decision.label != "",
        Decision.unlearns.is_(False),
    )
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a decision's row says to the filter; `label` is empty where a cap holds."""

    label: str
    features: bytes | None
    text_hash: str
    domains: list[str]


class LocalFilter:
    """One process's copy of what was learned. Made once, shared by all its requests."""

    def __init__(self) -> None:
        self._memory = Memory(Learned(seed=0))
        self._log = LogReader()
        self._generation: int | None = None
        # Whether what lies in the database is another version's, and has to go when this is saved.
        self.is_anew = False
        # Two requests may not take in the same line.
        self._turn = asyncio.Lock()

    @property
    def learned(self) -> Learned:
        """What it knows now."""
        return self._memory.learned

    @property
    def reached(self) -> int:
        """The last line of the log it has seen."""
        return self._log.reached

    @property
    def generation(self) -> int | None:
        """Which beginning it goes back to; None before anything was ever learned."""
        return self._generation

    async def catch_up(self, session: AsyncSession, most: int = AT_ONCE) -> bool:
        """Take in what was decided since; False while there are lines that could be read at once.

        To be called before the session writes a decision of its own, which might yet be taken back.
        """
        if any(isinstance(row, Decision) for row in session.identity_map.values()):
            return True
        async with self._turn:
            lines = await self._log.next_lines(session, most)
            if lines.generation != self._generation:
                await self._begin(session)
                lines = await self._log.next_lines(session, most)
            for entry in lines.entries:
                self._memory.take_in(entry)
        return not lines.has_more

    def judge(self, words: Words, thresholds: Thresholds = DEFAULT, most: int = MOST) -> Opinion:
        """What it says about a comment; no more reasons than `most`."""
        return opinion_of(read(words, self.learned.seed), self.learned, thresholds, most)

    async def _begin(self, session: AsyncSession) -> None:
        try:
            found = await read_memory(session)
        except NotReadable as trouble:
            await self._begin_anew(session, str(trouble))
            return
        if found is not None:
            state, self._memory = found
            self._generation, self._log = state.generation, LogReader(state.reached)

    async def _begin_anew(self, session: AsyncSession, because: str) -> None:
        # Comments come in whatever lies here: the log alone says what of it can still be learned.
        log.warning("what the filter had saved can't be read", because=because)
        state = await find_state(session)
        assert state is not None
        self._memory, self._log = Memory(Learned(state.seed)), LogReader()
        self._generation, self.is_anew = state.generation, True


async def lesson_for(
    session: AsyncSession, words: Words, label: str, author_key_id: int | None, at: datetime
) -> Lesson:
    """What a person's decision teaches, for the row of the log; to be asked for before it is written.

    A text that was taught often enough today teaches nothing more, and its features are not kept.
    The caps of authors and domains are kept by whoever reads the log.
    """
    await be_known(session)
    reading = read(words, await seed_of(session))
    text_hash, domains = reading.text_hash, sorted(reading.domains)
    # What was decided just before counts, too.
    await flush_changes(session)
    values = {"text": text_hash, "since": start_of_day(at)}
    ((taught,),) = await _TAUGHT_SINCE.rows(session, values)
    if taught >= A_DAY:
        return Lesson("", None, text_hash, domains)
    return Lesson(label, pack(reading.features, reading.seed), text_hash, domains)


async def save_learned(work: Work, *, at_least: int = SAVED_EVERY) -> bool:
    """Save what was learned, if so many lines came since; False where there was no need."""
    async with work.reading() as db:
        if not await _is_due(db, at_least):
            return False
    current = await current_filter(work)
    async with work.unit_of_work() as db:
        state = await find_state(db, lock=True)
        # Somebody else saved more meanwhile, or let everything begin anew.
        if (
            state is None
            or state.generation != current.generation
            or (state.reached >= current.reached and not current.is_anew)
        ):
            return False
        if current.is_anew:
            await forget_blocks(db)
        await write_memory(db, state, current.learned, current.reached)
    return True


async def current_filter(work: Work) -> LocalFilter:
    """A filter that knows all there is to know now."""
    current = LocalFilter()
    # Twice: whether a gap in the log will be filled shows at the second look.
    for _look in range(2):
        is_done = False
        while not is_done:
            async with work.reading() as db:
                is_done = await current.catch_up(db, _MANY)
    return current


async def rebuild(
    work: Work, *, without_users: Collection[int] = (), without_days: Collection[date] = ()
) -> Learned:
    """Learn the whole log anew, without these moderators and days, and without what was taken back."""
    async with work.unit_of_work() as db:
        learned, since = await beginning(db)
    days = {day.toordinal() for day in without_days}
    taken_back, memory, reached = TakenBack(), Memory(learned), since
    async for entry in _lines_after(work, since):
        if entry.user_id not in without_users and entry.day not in days:
            taken_back.look_at(entry, learned.seed)
    async for entry in _lines_after(work, since):
        reached = entry.id
        if entry.user_id in without_users or entry.day in days:
            continue
        if entry.id not in taken_back.left_out:
            memory.take_in(entry)
    async with work.unit_of_work() as db:
        state = await ensure_state(db, lock=True)
        state.generation += 1
        await forget_blocks(db)
        await write_memory(db, state, learned, reached)
    return learned


async def _lines_after(work: Work, start: int) -> AsyncIterator[Entry]:
    log = LogReader(start)
    for _look in range(2):
        has_more = True
        while has_more:
            async with work.reading() as db:
                lines = await log.next_lines(db, _MANY)
            has_more = lines.has_more
            for entry in lines.entries:
                yield entry


async def _is_due(session: AsyncSession, at_least: int) -> bool:
    state = await find_state(session)
    if state is None:
        return False
    lessons = select(Decision.id).where(Decision.id > state.reached, Decision.label != "")
    counted = select(func.count()).select_from(lessons.limit(at_least).subquery())
    return (await session.scalar(counted) or 0) >= at_least
