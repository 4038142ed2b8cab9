"""People who have a name here."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId
from app.core.markup import CleanHtml, SafeHtml


class User(Base):
    """An author, with the text and links of the "About the author" box."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    login: Mapped[str] = mapped_column(String(200), unique=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    first_name: Mapped[str] = mapped_column(String(200), default="")
    last_name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(254), default="", index=True)
    legacy_id: Mapped[int | None] = mapped_column(BigId, index=True)
    bio_source: Mapped[str] = mapped_column(default="")
    bio_html: Mapped[SafeHtml] = mapped_column(CleanHtml, default=SafeHtml(""))
    website: Mapped[str] = mapped_column(String(500), default="")
    # Path of a picture of ours, such as /wp-content/uploads/2010/03/gwen.jpg.
    photo_path: Mapped[str] = mapped_column(String(500), default="")
    # Each a dict of `label` and `url`.
    links: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime | None]
