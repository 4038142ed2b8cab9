"""Who follows the blog by mail, and how far the letters about one post have got."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId


class BlogFollower(Base):
    """An address that is mailed new posts, or was only typed into the form so far. Who ends it is forgotten."""

    __tablename__ = "blog_followers"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # Named by it in links and forms: an id is given anew where its row went, and this never is. It is
    # also by what somebody refuses all letters.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    asked_at: Mapped[datetime]
    # None: nobody has said yet that the address is theirs.
    confirmed_at: Mapped[datetime | None] = mapped_column(index=True)


class PostMailing(Base):
    """A post on its way to the followers. There is one for a post, ever."""

    __tablename__ = "post_mailings"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    # Who follows since later has not asked for this one.
    begun_at: Mapped[datetime]
    # All followers up to this one have their letter in the box.
    last_id: Mapped[int] = mapped_column(BigId, default=0)
    written: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    # Before everybody had it: the post is not public any more, or its author thought better of it.
    was_stopped: Mapped[bool] = mapped_column(default=False)
