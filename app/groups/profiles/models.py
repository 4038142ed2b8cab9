"""Profiles: tables, and the fixed lists that somebody chooses from."""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId
from app.core.markup import CleanHtml, SafeHtml

HEADLINE_LENGTH = 160
ABOUT_LENGTH = 5_000


class Audience(StrEnum):
    """Who sees a piece of a profile."""

    PUBLIC = "public"
    MEMBERS = "members"
    GROUPS = "groups"
    ME = "me"


class Badge(StrEnum):
    """What somebody says they are; nobody checked it, and pages say so."""

    NONE = ""
    RECRUITER = "recruiter"
    AGENCY = "agency"
    EMPLOYER = "employer"
    COACH = "coach"
    MENTOR = "mentor"
    FREELANCER = "freelancer"
    FOUNDER = "founder"
    LOOKING = "looking"
    STUDENT = "student"
    RETIRED = "retired"


class WordKind(StrEnum):
    """What a word of somebody's profile is about."""

    PLACE = "place"
    CAN_HELP = "can_help"
    LOOKING_FOR = "looking_for"


def _seen_by() -> Any:
    return mapped_column(String(10), default=Audience.MEMBERS, server_default=Audience.MEMBERS)


class Profile(Base):
    """What a member shows; without a row, nothing but their name."""

    __tablename__ = "profiles"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    headline: Mapped[str] = mapped_column(String(HEADLINE_LENGTH), default="")
    about_source: Mapped[str] = mapped_column(default="")
    about_html: Mapped[SafeHtml] = mapped_column(CleanHtml, default=SafeHtml(""))
    badge: Mapped[Badge] = mapped_column(String(20), default=Badge.NONE)
    # Each a dict of `label` and `url`.
    links: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    # Names the files of the picture; another picture has another. Empty: none.
    photo: Mapped[str] = mapped_column(String(64), default="")
    # Whether they want to be found in the directory, and by whom.
    is_listed: Mapped[bool] = mapped_column(default=False, server_default=false())
    entry_seen_by: Mapped[Audience] = _seen_by()
    photo_seen_by: Mapped[Audience] = _seen_by()
    headline_seen_by: Mapped[Audience] = _seen_by()
    about_seen_by: Mapped[Audience] = _seen_by()
    badge_seen_by: Mapped[Audience] = _seen_by()
    links_seen_by: Mapped[Audience] = _seen_by()
    place_seen_by: Mapped[Audience] = _seen_by()
    can_help_seen_by: Mapped[Audience] = _seen_by()
    looking_for_seen_by: Mapped[Audience] = _seen_by()
    # What they said in public lately.
    activity_seen_by: Mapped[Audience] = _seen_by()
    # Counts changes: of two windows in which it is edited, the second is told.
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class ProfileWord(Base):
    """A place, or something somebody can help with or is looking for."""

    __tablename__ = "profile_words"
    # The directory is filtered by them.
    __table_args__ = (Index("ix_profile_words_key", "key", "kind", "user_id"),)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    kind: Mapped[WordKind] = mapped_column(String(12), primary_key=True)
    position: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    # As it was typed, and the same for all who mean it.
    word: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(40))
