"""Uploads: files that came with posts."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId


class Upload(Base):
    """A file under `/wp-content/uploads/`, or the knowledge of one that was not brought along."""

    __tablename__ = "uploads"
    __table_args__ = (
        # The library, the newest first.
        Index(
            "ix_uploads_library", "id",
            sqlite_where=text("variant_of_id IS NULL AND is_stored = 1"),
            postgresql_where=text("variant_of_id IS NULL AND is_stored"),
        ),
        Index("ix_uploads_user_id", "user_id", "id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    legacy_id: Mapped[int | None] = mapped_column(BigId, index=True)
    guid: Mapped[str | None] = mapped_column(String(1000), unique=True)
    # Relative to the uploads folder: 2010/09/canola2.jpg.
    path: Mapped[str] = mapped_column(String(500), unique=True)
    # The picture this file is a smaller or larger version of.
    variant_of_id: Mapped[int | None] = mapped_column(
        ForeignKey("uploads.id", ondelete="CASCADE"), index=True
    )
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
    # Taken in here: its bytes never change, and nothing else is ever put at its path. Before it is
    # there, such a row says nothing but its path, and has no type yet.
    is_fixed: Mapped[bool] = mapped_column(default=False)
    # The row of a file that was deleted stays, with nothing in it, so that its path is not used again
    # and no import brings it back.
    deleted_at: Mapped[datetime | None]
    # Counts what was said about it, so that of two who change it at once neither loses a word.
    version: Mapped[int] = mapped_column(default=1)


class UploadUse(Base):
    """A post or page that shows a file, in its text or as its cover, or leads to it."""

    __tablename__ = "upload_uses"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True
    )
    upload_id: Mapped[int] = mapped_column(
        ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True, index=True
    )
