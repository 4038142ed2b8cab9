"""The site's own row."""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Float, String, false, true
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import SignUpMode
from app.core.db import Base, BigId
from app.core.markup import RULES


class Permalinks(StrEnum):
    """Where new posts stand; the same choices as WordPress."""

    MONTH = "/%year%/%monthnum%/%postname%/"
    DAY = "/%year%/%monthnum%/%day%/%postname%/"
    NAME = "/%postname%/"
    CATEGORY = "/%category%/%postname%/"
    NUMBER = "/archives/%post_id%"


class ReadingWidth(StrEnum):
    """How wide the column of a text is."""

    NARROW = "narrow"
    NORMAL = "normal"
    WIDE = "wide"


class FirstStep(StrEnum):
    """What an owner is led through at `/admin/start/`."""

    NAME = "name"
    ADDRESS = "address"
    MAIL = "mail"
    KEY = "key"
    BRINGING = "bringing"


class SiteRow(Base):
    """What the owner decides. One row."""

    __tablename__ = "site"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=1)
    title: Mapped[str] = mapped_column(default="A new site")
    tagline: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(String(20), default="en")
    timezone: Mapped[str] = mapped_column(String(60), default="UTC")
    permalinks: Mapped[str] = mapped_column(String(100), default=Permalinks.MONTH)
    posts_per_page: Mapped[int] = mapped_column(default=10)
    feed_items: Mapped[int] = mapped_column(default=20)
    feed_full_text: Mapped[bool] = mapped_column(default=True)
    # Whether posts are mailed whole to those who follow the blog, or only what they are about.
    mails_full_text: Mapped[bool] = mapped_column(default=False, server_default=false())
    # A page shown at `/` instead of the newest posts, which then stand at `/blog/`.
    front_page_id: Mapped[int | None] = mapped_column(BigId)
    # Base URLs the site had elsewhere; links to them are links to this site.
    former_urls: Mapped[list[str]] = mapped_column(JSON, default=list)
    # The host new GUIDs are minted with stays what it was on the first day.
    guid_host: Mapped[str] = mapped_column(String(253), default="")
    # Whether members begin groups, or owners of the site alone.
    members_found_groups: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Comments: taken in at all; held for a person whatever the filters say; held from who is new.
    comments_open: Mapped[bool] = mapped_column(default=True)
    holds_everything: Mapped[bool] = mapped_column(default=False)
    holds_first: Mapped[bool] = mapped_column(default=True)
    # Days after which a post takes no more comments; 0: never.
    comments_close_after: Mapped[int] = mapped_column(default=0)
    links_allowed: Mapped[int] = mapped_column(default=2)
    # Links from elsewhere: taken in at all, by each way they come; read before they are shown.
    takes_trackbacks: Mapped[bool] = mapped_column(default=True, server_default=true())
    takes_pingbacks: Mapped[bool] = mapped_column(default=True, server_default=true())
    takes_webmentions: Mapped[bool] = mapped_column(default=True, server_default=true())
    holds_links: Mapped[bool] = mapped_column(default=True, server_default=true())
    # Whether a web hook is asked about each comment: kept by `app/hooks`, for whoever takes one in.
    asks_hooks: Mapped[bool] = mapped_column(default=False, server_default=false())
    # The local filter's verdict is spam above the one, ham below the other, else unsure.
    spam_above: Mapped[float] = mapped_column(Float, default=0.95)
    ham_below: Mapped[float] = mapped_column(Float, default=0.2)
    # Who may become a member by themselves.
    sign_up: Mapped[SignUpMode] = mapped_column(
        String(10), default=SignUpMode.CLOSED, server_default=SignUpMode.CLOSED
    )
    # Whether the form for a comment says how long one usually waits to be read.
    says_usual_wait: Mapped[bool] = mapped_column(default=True, server_default=true())
    # Who letters say they come from; empty: the site's title. Owners are warned of what waits for so
    # many days; 0: never.
    letters_from: Mapped[str] = mapped_column(String(80), default="", server_default="")
    owners_warned_after: Mapped[int] = mapped_column(default=14, server_default="14")
    # The colour as it was chosen (`#8f3f60`); empty: the program's own. Pictures are uploads.
    accent: Mapped[str] = mapped_column(String(7), default="", server_default="")
    reading_width: Mapped[ReadingWidth] = mapped_column(
        String(10), default=ReadingWidth.NORMAL, server_default=ReadingWidth.NORMAL
    )
    logo_id: Mapped[int | None] = mapped_column(BigId)
    header_id: Mapped[int | None] = mapped_column(BigId)
    # Each entry a dict of `label`, and of `page` (an id) or `url`. None: the pages at the top of the tree.
    top_menu: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    foot_menu: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    # First steps that are not to be asked about any more, by their names.
    steps_put_aside: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    # How far the change of all addresses has come; None: none is under way.
    move: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # By which rules the stored HTML was made safe.
    markup_rules: Mapped[int] = mapped_column(default=RULES)
