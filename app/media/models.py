"""Uploads: files that came with posts."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId


class Upload(Base):
    """A file under `/wp-content/uploads/`, or the knowledge of one that was not brought along."""

    __tablename__ = "uploads"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    legacy_id: Mapped[int | None] = mapped_column(BigId, index=True)
    guid: Mapped[str | None] = mapped_column(String(1000), unique=True)
    # Relative to the uploads folder: 2010/09/canola2.jpg.
    path: Mapped[str] = mapped_column(String(500), unique=True)
    # The picture this file is a smaller or larger version of.
    variant_of_id: Mapped[int | None] = mapped_column(ForeignKey("uploads.id", ondelete="CASCADE"))
    source_url: Mapped[str] = mapped_column(String(2000), default="")
    # Where WordPress had a page about it; leads to the file now.
    page_path: Mapped[str | None] = mapped_column(String(1000), index=True)
    title: Mapped[str] = mapped_column(default="")
    caption: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    alt: Mapped[str] = mapped_column(default="")
    # The post it was put into, if that is still there: no key, since posts point at uploads too.
    post_id: Mapped[int | None] = mapped_column(BigId, index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime | None]
    # What the bytes are, known once they are here.
    is_stored: Mapped[bool] = mapped_column(default=False)
    mime: Mapped[str] = mapped_column(String(100), default="")
    size: Mapped[int | None] = mapped_column(BigId)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    width: Mapped[int | None]
    height: Mapped[int | None]
