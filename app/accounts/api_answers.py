"""What was answered to calls that named a key (`Idempotency-Key`), so that each of them is done once.

A key is taken in the transaction of the change itself: whoever comes with it at the same time waits for
the end of that, and is then told the same; what was rolled back leaves no key behind.
"""

from datetime import datetime, timedelta

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    String,
    and_,
    bindparam,
    delete,
    or_,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime
from app.core.errors import Conflict, Invalid
from app.core.i18n import _

LONGEST_KEY = 200
# What is done in two transactions, and was begun so long ago, was broken off between them.
_BROKEN_OFF_AFTER = timedelta(minutes=10)
KEPT_FOR = timedelta(hours=24)


class ApiAnswer(Base):
    """A call that was done, and what was said of it; goes with its token, or after a day."""

    __tablename__ = "api_answers"

    token_id: Mapped[int] = mapped_column(
        ForeignKey("api_tokens.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(LONGEST_KEY), primary_key=True)
    # Of method, address and body: the same key asks for the same thing, or is a mistake.
    asked: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(index=True)
    # 0 as long as it is being done: others see that only of what takes two transactions.
    status: Mapped[int] = mapped_column(default=0)
    headers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    body: Mapped[str] = mapped_column(default="")


_CLAIM = text(
    "INSERT INTO api_answers (token_id, key, asked, made_at, status, headers, body)"
    " VALUES (:token_id, :key, :asked, :made_at, 0, '{}', '') ON CONFLICT (token_id, key) DO NOTHING"
    " RETURNING status"
).bindparams(bindparam("made_at", type_=UtcDateTime()))


async def claim_key(
    session: AsyncSession, token_id: int, key: str, asked: str, at: datetime
) -> ApiAnswer:
    """The answer that is to be filled in, its `status` 0; or that was given before.

    Raises Invalid where the key was used for something else, and Conflict where it is being done just now.
    """
    its = _its(token_id, key)
    is_broken_off = and_(ApiAnswer.status == 0, ApiAnswer.made_at <= at - _BROKEN_OFF_AFTER)
    is_over = or_(ApiAnswer.made_at <= at - KEPT_FOR, is_broken_off)
    await session.execute(delete(ApiAnswer).where(its, is_over))
    values = {"token_id": token_id, "key": key, "asked": asked, "made_at": at}
    is_mine = (await session.execute(_CLAIM, values)).first() is not None
    kept: ApiAnswer = (await session.scalars(select(ApiAnswer).where(its))).one()
    if kept.asked != asked:
        says = _("This key was used for another call. Make up a new one for each thing you do.")
        raise Invalid(says, fields={"Idempotency-Key": says})
    if not (is_mine or kept.status):
        raise Conflict(_("The same call is being done just now."), headers={"Retry-After": "2"})
    return kept


async def claimed_answer(session: AsyncSession, token_id: int, key: str) -> ApiAnswer | None:
    """The answer that this very call claimed, to be filled in."""
    return await session.get(ApiAnswer, (token_id, key), populate_existing=True)


async def release_key(session: AsyncSession, token_id: int, key: str) -> None:
    """Let a call that came to nothing leave no key behind."""
    await session.execute(delete(ApiAnswer).where(_its(token_id, key), ApiAnswer.status == 0))


def _its(token_id: int, key: str) -> ColumnElement[bool]:
    return and_(ApiAnswer.token_id == token_id, ApiAnswer.key == key)


async def forget_old_answers(session: AsyncSession, at: datetime) -> None:
    """Delete what nobody is told again."""
    await session.execute(delete(ApiAnswer).where(ApiAnswer.made_at <= at - KEPT_FOR))
