"""How often somebody may do something, right on any number of processes: counted in the database."""

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class Allowance(Base):
    """When one subject did one kind of thing lately, as Unix seconds; its row is the lock of counting."""

    __tablename__ = "allowances"

    # Such as `comment:address:…`, hashed where it names a person.
    subject: Mapped[str] = mapped_column(String(120), primary_key=True)
    times: Mapped[list[float]] = mapped_column(JSON, default=list)
    # When all of it is too old to count, Unix seconds.
    stale_at: Mapped[float] = mapped_column(index=True)
