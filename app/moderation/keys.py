"""The keys a moderator chose for the console."""

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class ConsoleKeys(Base):
    """One moderator's own keys; whoever never chose any has no row."""

    __tablename__ = "console_keys"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    is_off: Mapped[bool] = mapped_column(default=False)
    # The key of each act that has another than at first.
    chosen: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
