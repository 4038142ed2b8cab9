"""What owners handed in to be brought in, how far that is, and what came of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId


class ImportKind(StrEnum):
    """Whose export it is."""

    WORDPRESS = "wordpress"
    DISQUS = "disqus"


class ImportState(StrEnum):
    """Looked into, then waiting for a yes, then brought in; given up and failed are ends, too."""

    LOOKING = "looking"
    LOOKED = "looked"
    BRINGING = "bringing"
    DONE = "done"
    FAILED = "failed"
    GIVEN_UP = "given_up"


# As long as one is in these, no other begins.
OPEN = (ImportState.LOOKING, ImportState.LOOKED, ImportState.BRINGING)
# In these there is something for the worker to do.
AT_WORK = (ImportState.LOOKING, ImportState.BRINGING)


class SiteImport(Base):
    """One export."""

    __tablename__ = "site_imports"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    kind: Mapped[ImportKind] = mapped_column(String(20))
    state: Mapped[ImportState] = mapped_column(String(20))
    # As its sender calls it; and what it is called in the folder, as long as it lies there.
    source: Mapped[str] = mapped_column(String(200))
    file: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigId)
    fetches_files: Mapped[bool] = mapped_column(default=False)
    handed_in_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    # Who is at it: a run that finds another word here was taken for dead, and stops.
    run: Mapped[str] = mapped_column(String(64), default="")
    # What is being done, how far that is, and how far it goes.
    step: Mapped[str] = mapped_column(String(80), default="")
    done: Mapped[int] = mapped_column(BigId, default=0)
    all: Mapped[int] = mapped_column(BigId, default=0)
    # Of the dry run, then of the import itself, as `telling` writes it.
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # Why it failed, in words.
    because: Mapped[str] = mapped_column(default="")
