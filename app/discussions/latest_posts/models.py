"""What is kept of a commenter's newest post: beside the comment, never in its text."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId

URL_LENGTH = 500
TITLE_LENGTH = 200


class LatestPost(Base):
    """The newest post of a comment's author, once it was found; until then, that it is wanted.

    A table of its own, so that a comment whose author wants no link costs what it did.
    """

    __tablename__ = "latest_posts"

    comment_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True
    )
    url: Mapped[str] = mapped_column(String(URL_LENGTH), default="")
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    # Whether its author was trusted when it was found: of them search engines may think well.
    is_trusted: Mapped[bool] = mapped_column(default=False)
    found_at: Mapped[datetime | None]
    # How often there was no answer.
    tries: Mapped[int] = mapped_column(default=0)


class Lookup(Base):
    """What was found at a website for somebody who was still writing; kept for a day."""

    __tablename__ = "latest_post_lookups"

    website: Mapped[str] = mapped_column(String(500), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(index=True)
    url: Mapped[str] = mapped_column(String(URL_LENGTH), default="")
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
