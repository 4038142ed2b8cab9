"""What was told to whom: one row for each link of a post that leads out, and each listed address."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId

LONGEST_ADDRESS = 2000


class AnnouncementKind(StrEnum):
    """How a page is told; unknown until it was asked."""

    UNKNOWN = ""
    WEBMENTION = "webmention"
    PINGBACK = "pingback"
    TRACKBACK = "trackback"


# What knows no updates.
SENT_ONCE = (AnnouncementKind.PINGBACK, AnnouncementKind.TRACKBACK)


class AnnouncementState(StrEnum):
    """waiting → sent, none offered, refused or given up; or failed, and tried again a little later."""

    WAITING = "waiting"
    SENT = "sent"
    NONE_OFFERED = "none offered"
    REFUSED = "refused"
    FAILED = "failed"
    GIVEN_UP = "given up"


class Announcement(Base):
    """One page that a post links to, or one trackback address that its author listed."""

    __tablename__ = "announcements"
    __table_args__ = (
        Index("uq_announcements_address", "post_id", "is_listed", "address", unique=True),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    is_listed: Mapped[bool] = mapped_column(default=False)
    # In its one spelling; and as the post has it, for receivers look for exactly that.
    address: Mapped[str] = mapped_column(String(LONGEST_ADDRESS))
    target: Mapped[str]
    # Our page's address as they were told it: they know the link by it, also when the page moved.
    source: Mapped[str] = mapped_column(default="")
    kind: Mapped[AnnouncementKind] = mapped_column(String(10), default=AnnouncementKind.UNKNOWN)
    state: Mapped[AnnouncementState] = mapped_column(String(12), default=AnnouncementState.WAITING)
    # What they said, or what went wrong, in a sentence.
    answer: Mapped[str] = mapped_column(default="")
    endpoint: Mapped[str] = mapped_column(default="")
    # W3C Webmention §3.2.1: the Location of a 201, where one can see what became of it.
    status_url: Mapped[str] = mapped_column(default="")
    tries: Mapped[int] = mapped_column(default=0)
    # Versions of the text: the one they are to know of, and the one they were told of last. Empty:
    # the link, or the page, is no longer there. None: they were never told anything.
    wanted: Mapped[str] = mapped_column(String(16), default="")
    told: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def is_open(self) -> bool:
        """Whether somebody is still to be told, or asked again."""
        return self.state in (AnnouncementState.WAITING, AnnouncementState.FAILED)

    @property
    def is_void(self) -> bool:
        """Whether there is nothing to tell: the link came and went unnoticed."""
        return self.wanted == "" and self.told is None

    def hears_of(self, version: str) -> bool:
        """Whether that version is to be told. A pingback or a trackback is sent once, ever."""
        if version == self.wanted or (self.told is not None and self.kind in SENT_ONCE):
            return False
        if self.is_open or self.is_listed:
            return self.is_open
        # Who was never told of a link is not told of its end: its row is forgotten.
        is_again = self.kind not in SENT_ONCE and self.state != AnnouncementState.NONE_OFFERED
        return is_again or not version

    def want(self, version: str, at: datetime) -> None:
        """Let that version be told, as if nothing had been tried yet."""
        self.wanted, self.state, self.updated_at = version, AnnouncementState.WAITING, at
        self.tries, self.endpoint = 0, ""
