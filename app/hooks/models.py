"""Hooks, and what is delivered to them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId

NAME_LENGTH = 80
URL_LENGTH = 1000
# Of what a receiver answered so much is kept.
ANSWER_LENGTH = 500


class Hook(Base):
    """An address that wants to hear of some events. Its secret is made of `nonce` and the site's own secret."""

    __tablename__ = "hooks"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    url: Mapped[str] = mapped_column(String(URL_LENGTH))
    # Names of `kinds.EVENTS`.
    events: Mapped[list[str]] = mapped_column(JSON, default=list)
    nonce: Mapped[str] = mapped_column(String(64))
    is_on: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    # How often it failed since anything arrived, and since when.
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    # Why it was switched off, where no owner did so.
    trouble: Mapped[str] = mapped_column(String(ANSWER_LENGTH), default="")


class DeliveryState(StrEnum):
    """waiting → delivered / failed; either → waiting, where an owner has it sent once more."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class HookDelivery(Base):
    """One event for one hook, as it is sent: every try sends the same body under the same key."""

    __tablename__ = "hook_deliveries"
    __table_args__ = (
        Index("ix_hook_deliveries_log", "hook_id", "id"),
        Index(
            "ix_hook_deliveries_due", "hook_id", "due_at", "id",
            sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    hook_id: Mapped[int] = mapped_column(ForeignKey("hooks.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(32), unique=True)
    event: Mapped[str] = mapped_column(String(40))
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[DeliveryState] = mapped_column(String(10), default=DeliveryState.WAITING)
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    # Of the last try: None where nobody answered.
    status: Mapped[int | None]
    answer: Mapped[str] = mapped_column(String(ANSWER_LENGTH), default="")
