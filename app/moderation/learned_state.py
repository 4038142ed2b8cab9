"""What the local filter has learned, in the database: blocks of numbers, and the line of the log they stand for."""

import secrets
from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.prepared import Prepared
from app.moderation.learned_log import caps_at
from app.moderation.learning.learner import Learned
from app.moderation.learning.lessons import Memory
from app.moderation.learning.packing import (
    blocks_of,
    from_file,
    put_block,
    put_steps,
    steps_of,
    to_file,
)
from app.moderation.models import Decision, LearnedBlock, LearnedState

# What was brought from another site is kept as it came, so that a rebuild can begin with it.
_BROUGHT = "brought"
_STEPS = "steps"
_PIECE = 1 << 16
_SEED = Prepared(select(LearnedState.seed).where(LearnedState.id == 1))
# The same words in both databases.
_PUT_BLOCK = text(
    'INSERT INTO learned_blocks (name, number, "values") VALUES (:name, :number, :values)'
    ' ON CONFLICT (name, number) DO UPDATE SET "values" = excluded."values"'
)


async def ensure_state(session: AsyncSession, *, lock: bool = False) -> LearnedState:
    """The row, made with a seed of the site's own where there is none."""
    state = await find_state(session, lock=lock)
    if state is None:
        insert = postgresql.insert if session.get_bind().dialect.name != "sqlite" else sqlite.insert
        values = {
            "id": 1,
            "seed": secrets.randbits(31),
            "reached": 0,
            "generation": 0,
            "figures": {},
        }
        # Two may meet here; one row comes of it.
        await session.execute(insert(LearnedState).values(values).on_conflict_do_nothing())
        state = await find_state(session, lock=lock)
    assert state is not None
    return state


async def seed_of(session: AsyncSession) -> int:
    """The site's seed, and nothing else of the row."""
    rows = await _SEED.rows(session, {})
    return rows[0][0] if rows else (await ensure_state(session)).seed


async def find_state(session: AsyncSession, *, lock: bool = False) -> LearnedState | None:
    """The row as it is now, if anything was ever learned."""
    query = select(LearnedState).where(LearnedState.id == 1)
    query = query.with_for_update() if lock else query
    found: LearnedState | None = await session.scalar(
        query.execution_options(populate_existing=True)
    )
    return found


async def read_memory(session: AsyncSession) -> tuple[LearnedState, Memory] | None:
    """What was saved, and the row that says what it stands for; None while nothing was ever learned."""
    reached = select(LearnedState.reached).where(LearnedState.id == 1).scalar_subquery()
    saved = select(reached, LearnedBlock.name, LearnedBlock.number, LearnedBlock.values).where(
        LearnedBlock.name != _BROUGHT
    )
    state = await find_state(session)
    rows = (await session.execute(saved)).all()
    # Outside of a snapshot somebody may have saved between the two questions.
    while state is not None and rows and rows[0][0] != state.reached:
        state = await find_state(session)
        rows = (await session.execute(saved)).all()
    if state is None:
        return None
    learned = Learned(state.seed)
    for _reached, name, number, values in rows:
        if name == _STEPS:
            put_steps(learned, values)
        else:
            put_block(learned, name, number, values)
    _put_figures(learned, state)
    return state, Memory(learned, await caps_at(session, state.reached))


async def write_memory(
    session: AsyncSession, state: LearnedState, learned: Learned, reached: int
) -> None:
    """Save what was learned up to this line; `state` is locked by whoever calls."""
    rows = [
        {"name": name, "number": number, "values": values}
        for name, number, values in (*blocks_of(learned), (_STEPS, 0, steps_of(learned)))
    ]
    await session.execute(_PUT_BLOCK, rows)
    state.reached = reached
    state.figures = {
        **state.figures,
        "spam": learned.spam_learned,
        "ham": learned.ham_learned,
        "spam brought": learned.spam_brought,
        "ham brought": learned.ham_brought,
    }


async def forget_blocks(session: AsyncSession) -> None:
    """Forget what was saved, but not what was brought: another version may have saved other tables."""
    await session.execute(delete(LearnedBlock).where(LearnedBlock.name != _BROUGHT))


async def beginning(session: AsyncSession) -> tuple[Learned, int]:
    """With what a rebuild begins, and after which line: nothing, or what was brought from elsewhere."""
    state = await ensure_state(session)
    pieces = select(LearnedBlock.values).where(LearnedBlock.name == _BROUGHT)
    brought = b"".join((await session.scalars(pieces.order_by(LearnedBlock.number))).all())
    if not brought:
        return Learned(state.seed), 0
    return from_file(brought), int(state.figures.get("since", 0))


async def replace_memory(session: AsyncSession, content: bytes) -> Learned:
    """Let everything begin anew with the file of another site. Raises NotReadable."""
    learned = from_file(content)
    state = await ensure_state(session, lock=True)
    last: int = await session.scalar(select(func.coalesce(func.max(Decision.id), 0))) or 0
    state.seed, state.figures = learned.seed, {"since": last}
    state.generation += 1
    await session.execute(delete(LearnedBlock))
    await session.execute(_PUT_BLOCK, _pieces(to_file(learned)))
    await write_memory(session, state, learned, last)
    return learned


def _pieces(content: bytes) -> Sequence[dict[str, object]]:
    starts: Iterable[int] = range(0, len(content), _PIECE)
    return [
        {"name": _BROUGHT, "number": number, "values": content[start : start + _PIECE]}
        for number, start in enumerate(starts)
    ]


def _put_figures(learned: Learned, state: LearnedState) -> None:
    figures = state.figures
    learned.spam_learned, learned.ham_learned = figures.get("spam", 0), figures.get("ham", 0)
    learned.spam_brought = figures.get("spam brought", 0)
    learned.ham_brought = figures.get("ham brought", 0)
