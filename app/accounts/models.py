"""People who have a name here, and how they prove that it is theirs."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId
from app.core.markup import CleanHtml, SafeHtml


class ModerationMail(StrEnum):
    """Every waiting thing at once; or the first, then one mail an hour or a day; or none."""

    AT_ONCE = "at-once"
    HOURLY = "hourly"
    DAILY = "daily"
    NONE = "none"


class User(Base):
    """An author, with the text and links of the "About the author" box; or anybody with an account."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    login: Mapped[str] = mapped_column(String(200), unique=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    first_name: Mapped[str] = mapped_column(String(200), default="")
    last_name: Mapped[str] = mapped_column(String(200), default="")
    # Nothing keeps imported users from sharing one; whoever signs in has one of their own.
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
    # Names of `Role`s; nobody of the staff without one.
    roles: Mapped[list[str]] = mapped_column(JSON, default=list)
    # Argon2id, or WordPress's own until the first sign-in. Empty: nobody can sign in with it.
    password_hash: Mapped[str] = mapped_column(String(255), default="")
    # Base32 (RFC 6238). Empty: no second factor.
    totp_secret: Mapped[str] = mapped_column(String(64), default="")
    # The time step of the code used last: none is taken twice.
    totp_step: Mapped[int] = mapped_column(BigId, default=0)
    email_confirmed_at: Mapped[datetime | None]
    # How often moderators hear by mail of what waits, and when they did last.
    moderation_mail: Mapped[ModerationMail] = mapped_column(
        String(10), default=ModerationMail.HOURLY
    )
    moderation_mailed_at: Mapped[datetime | None]
    # Empty: the site's own.
    timezone: Mapped[str] = mapped_column(String(60), default="", server_default="")
    language: Mapped[str] = mapped_column(String(20), default="", server_default="")
    # Letters that can wait come at this hour of their day, the weekly one on this day (Monday is 0).
    mail_hour: Mapped[int] = mapped_column(default=8, server_default="8")
    mail_weekday: Mapped[int] = mapped_column(default=0, server_default="0")
    # When the one letter of reminders a day went out last.
    reminded_at: Mapped[datetime | None]
    # How many notices they have not read: kept in the transaction of every change.
    unread_notices: Mapped[int] = mapped_column(default=0, server_default="0")


class UserSession(Base):
    """Somebody is signed in, in one browser. The token itself is known to that browser alone."""

    __tablename__ = "user_sessions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    # To the hour, so that reading does not write.
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(45), default="")
    agent: Mapped[str] = mapped_column(String(300), default="")


class ApplicationPassword(Base):
    """A program may act for somebody: a password of its own, known to that program alone."""

    __tablename__ = "application_passwords"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    # What its owner calls the program.
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    # To the hour, as editors sign in with every call.
    used_at: Mapped[datetime | None]


class Block(Base):
    """Somebody does not want to see another, nor to be seen by them."""

    __tablename__ = "blocks"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    blocked_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    at: Mapped[datetime]


class SignUpMode(StrEnum):
    """Who may become a member without an owner's hand: nobody, whom a member invited, anybody."""

    CLOSED = "closed"
    INVITATION = "invitation"
    OPEN = "open"


class SignUpInvitation(Base):
    """A link that lets so many people sign up, until a day. The token is known to whoever has the link."""

    __tablename__ = "sign_up_invitations"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # Who hands it out.
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # Whom it is for, for the list.
    note: Mapped[str] = mapped_column(String(80), default="")
    uses_allowed: Mapped[int]
    uses: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    def is_open(self, at: datetime) -> bool:
        """Whether somebody may still come in by it."""
        return self.revoked_at is None and at < self.expires_at and self.uses < self.uses_allowed


class LinkPurpose(StrEnum):
    """What a mailed (or printed) link is for."""

    PASSWORD = "password"  # noqa: S105 - no password, but what the link lets one choose
    CONFIRM_COMMENT = "confirm-comment"
    CONFIRM_FOLLOW = "confirm-follow"
    MODERATE = "moderate"
    SET_UP = "set-up"
    APPEAL = "appeal"
    SIGN_UP = "sign-up"
    RESOURCE = "resource"
    FOLLOW_BLOG = "follow-blog"


class OneTimeLink(Base):
    """A link that was mailed and works once. The secret in it is kept as a hash only."""

    __tablename__ = "one_time_links"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[LinkPurpose] = mapped_column(String(20))
    # What it is about: an id of a comment, a follow, …; by purpose.
    subject_id: Mapped[int | None] = mapped_column(BigId)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class AuditEntry(Base):
    """Who changed what about people and the site. Only ever added to; kept two years."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_user", "user_id", "at"),
        Index("ix_audit_entries_thing", "thing", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    # None: whoever held the command line.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    what: Mapped[str] = mapped_column(String(60))
    # Such as `user:12`.
    thing: Mapped[str] = mapped_column(String(100))
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
