"""What was decided here about comments and people before an export speaks of them, or speaks again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.gone import Gone, GoneKind, gone_among
from app.core.secrets import Secrets
from app.moderation.authors import key_of_email, key_of_member
from app.moderation.models import AuthorKey, Standing
from app.porting.threads import Voice


@dataclass(frozen=True, slots=True)
class Memory:
    """What there is to look up at all: on a new site there is nothing."""

    # Author keys.
    blocked: frozenset[str] = frozenset()
    is_anything_gone: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nobody need be looked up."""
        return not self.blocked and not self.is_anything_gone


@dataclass(frozen=True, slots=True)
class Decided:
    """Comments that are not here, by their ids in the file."""

    # They went for good; their authors are blocked; their authors' data were erased.
    gone: frozenset[int] = frozenset()
    blocked: frozenset[int] = frozenset()
    nameless: frozenset[int] = frozenset()


async def recall(session: AsyncSession) -> Memory:
    """Look once, at the beginning of a run."""
    blocked = select(AuthorKey.key).where(AuthorKey.standing == Standing.BLOCKED)
    gone = await session.scalar(select(Gone.key).limit(1))
    return Memory(frozenset(await session.scalars(blocked)), gone is not None)


def keys_of(secrets: Secrets, user_id: int | None, email: str) -> tuple[str, ...]:
    """The author keys that somebody may be known by."""
    own = () if user_id is None else (key_of_member(secrets, user_id),)
    typed = key_of_email(secrets, email)
    return (*own, typed) if typed else own


async def decided_about(
    session: AsyncSession,
    memory: Memory,
    new: Iterable[Voice],
    keys: Mapping[int, Sequence[str]],
) -> Decided:
    """What was decided about comments that are not here; `keys` are their authors', by the same ids."""
    if memory.is_empty:
        return Decided()
    guids = {voice.guid: voice.old_id for voice in new}
    gone = await gone_among(session, GoneKind.COMMENT, list(guids))
    named = {key for old_id in guids.values() for key in keys[old_id]}
    erased = await gone_among(session, GoneKind.COMMENTER, list(named))

    def said_by(some: Iterable[str]) -> frozenset[int]:
        them = frozenset(some)
        return frozenset(i for i in guids.values() if not them.isdisjoint(keys[i]))

    return Decided(
        frozenset(guids[guid] for guid in gone), said_by(memory.blocked), said_by(erased)
    )
