"""What members asked to take away."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId


class PersonalExport(Base):
    """One file with all that is somebody's own; made by the worker, gone after a week."""

    __tablename__ = "personal_exports"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    # In the folder of what is taken away; no one could guess it.
    file: Mapped[str] = mapped_column(String(64), default="")
    size: Mapped[int] = mapped_column(BigId, default=0)
