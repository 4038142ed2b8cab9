"""What went stale, in the words of the database."""

from collections.abc import Iterable

from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId
from app.core.page_cache import EVERYTHING

# Beyond this, dropping all pages is cheaper than telling which.
MOST_TAGS = 500


class StaleTag(Base):
    """One tag a committed change touched: the news that the processes on one SQLite file read.

    Ids only ever rise, so that a reader knows what it has not seen.
    """

    __tablename__ = "stale_tags"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tag: Mapped[str]


def told_as(tags: Iterable[str]) -> list[str]:
    """The tags to tell of, each once; everything, where they are too many to be worth naming."""
    named = sorted(set(tags))
    return [EVERYTHING] if EVERYTHING in named or len(named) > MOST_TAGS else named
