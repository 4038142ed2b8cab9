"""What readers report."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId


class ReportState(StrEnum):
    """open → upheld / dismissed, and back where that is taken back; duplicate: the same said twice by one."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    DUPLICATE = "duplicate"


class Report(Base):
    """Somebody says that a thing should not be there. Its author never learns who."""

    __tablename__ = "reports"
    __table_args__ = (
        Index("ix_reports_item", "kind", "item_id", "state"),
        Index("ix_reports_reporter", "reporter", "at"),
        # One that waits, for each reporter and thing.
        Index("ix_reports_open", "kind", "item_id", "reporter", unique=True,
              sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    item_id: Mapped[int] = mapped_column(BigId)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    # None: a visitor, of whom `reporter` keeps a keyed hash of the network alone.
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    reporter: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(1000), default="")
    state: Mapped[ReportState] = mapped_column(String(10), default=ReportState.OPEN)
    at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    # What was decided about the thing: by it the report is opened again.
    decision_id: Mapped[int | None] = mapped_column(BigId, index=True)
