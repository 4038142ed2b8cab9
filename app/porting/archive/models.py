"""How far an archive that is being brought in has come: so that it can be gone on with."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId


class ArchiveImport(Base):
    """The archive this site began with. One row, none on a site that began otherwise."""

    __tablename__ = "archive_imports"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=1)
    # Of its manifest, which has the sums of all the rest.
    digest: Mapped[str] = mapped_column(String(64))
    # The table that was written last, and the line of its file.
    reached: Mapped[str] = mapped_column(String(80), default="")
    line: Mapped[int] = mapped_column(BigId, default=0)
    begun_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
