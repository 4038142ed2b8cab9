"""Posts, pages and what hangs on them: tables, and what a row can decide alone."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.core.db import Base, BigId
from app.core.markup import BodyFormat, CleanHtml, SafeHtml, split_pages


class PostKind(StrEnum):
    """A post has a date and stands in lists; a page has a place in a tree."""

    POST = "post"
    PAGE = "page"


class PostStatus(StrEnum):
    """draft → scheduled → published ⇄ draft; published ⇄ private; any → trashed → restored."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    PRIVATE = "private"
    TRASHED = "trashed"


class Taxonomy(StrEnum):
    """Categories form a tree, tags do not."""

    CATEGORY = "category"
    TAG = "tag"


class PostAuthor(Base):
    """Who wrote a post, in order."""

    __tablename__ = "post_authors"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)

    user: Mapped[User] = relationship(lazy="raise")


class Term(Base):
    """A category or a tag."""

    __tablename__ = "terms"
    __table_args__ = (Index("uq_terms_taxonomy_path", "taxonomy", "path", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    taxonomy: Mapped[Taxonomy] = mapped_column(String(10))
    slug: Mapped[str] = mapped_column(String(200), index=True)
    # The slugs from the root down (`a/b`); a tag's path is its slug.
    path: Mapped[str] = mapped_column(String(1000))
    name: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("terms.id"))
    legacy_id: Mapped[int | None] = mapped_column(BigId, index=True)

    @property
    def address(self) -> str:
        """Its archive, from the root of the site."""
        return f"/{self.taxonomy}/{self.path}/"


class PostTerm(Base):
    """A post stands under a term; `published_at` is the post's, so that archives page by one index."""

    __tablename__ = "post_terms"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True
    )
    term_id: Mapped[int] = mapped_column(ForeignKey("terms.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)

    term: Mapped[Term] = relationship(lazy="raise")


class Post(Base):
    """A post or a page."""

    __tablename__ = "posts"
    __table_args__ = (
        CheckConstraint("status <> 'published' OR published_at IS NOT NULL", name="dated"),
        Index(
            "ix_posts_public", "kind", "published_at", "id",
            sqlite_where=text("status = 'published'"),
            postgresql_where=text("status = 'published'"),
        ),
        # Few are kept at the top, and finding them must not read every post.
        Index(
            "ix_posts_sticky", "kind", "published_at", "id",
            sqlite_where=text("status = 'published' AND is_sticky = 1"),
            postgresql_where=text("status = 'published' AND is_sticky"),
        ),
        # Looked for all day long, and hardly ever there.
        Index(
            "ix_posts_scheduled", "published_at",
            sqlite_where=text("status = 'scheduled'"),
            postgresql_where=text("status = 'scheduled'"),
        ),
        Index("ix_posts_kind_slug", "kind", "slug"),
        # What is still being written, or lies in the trash: the desk's lists.
        Index(
            "ix_posts_desk", "kind", "status",
            sqlite_where=text("status <> 'published'"),
            postgresql_where=text("status <> 'published'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[PostKind] = mapped_column(String(10), default=PostKind.POST)
    status: Mapped[PostStatus] = mapped_column(String(10), default=PostStatus.DRAFT)
    title: Mapped[str] = mapped_column(default="")
    slug: Mapped[str] = mapped_column(String(200), default="")
    # Where it stands (`/2012/01/slug/`), NFC, not percent-encoded. None until it is known.
    path: Mapped[str | None] = mapped_column(String(1000), unique=True)
    guid: Mapped[str] = mapped_column(String(1000), unique=True)
    legacy_id: Mapped[int | None] = mapped_column(BigId, index=True)
    body_source: Mapped[str] = mapped_column(default="")
    body_format: Mapped[BodyFormat] = mapped_column(String(10), default=BodyFormat.MARKDOWN)
    # Pages of a split post are separated by a form feed.
    body_html: Mapped[SafeHtml] = mapped_column(CleanHtml, default=SafeHtml(""))
    teaser_html: Mapped[SafeHtml | None] = mapped_column(CleanHtml)
    excerpt_source: Mapped[str] = mapped_column(default="")
    # One plain paragraph for lists, feeds and search engines: the excerpt, else the first words.
    summary: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    # The site's wall clock at publishing: archives by month and permalinks follow it for good.
    published_local: Mapped[datetime | None] = mapped_column(DateTime(timezone=False), index=True)
    updated_at: Mapped[datetime | None]
    was_public: Mapped[bool] = mapped_column(default=False)
    # When it is published for the first time, it is mailed to those who follow the blog.
    mails_followers: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_sticky: Mapped[bool] = mapped_column(default=False)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"), index=True)
    menu_order: Mapped[int] = mapped_column(default=0)
    comments_open: Mapped[bool] = mapped_column(default=True)
    pings_open: Mapped[bool] = mapped_column(default=True)
    comments_close_at: Mapped[datetime | None]
    cover_id: Mapped[int | None] = mapped_column(ForeignKey("uploads.id"))
    # Counts each change that somebody made: who saves says which one they had before them.
    version: Mapped[int] = mapped_column(default=1)

    authors: Mapped[list[PostAuthor]] = relationship(lazy="raise", order_by=PostAuthor.position)
    terms: Mapped[list[PostTerm]] = relationship(lazy="raise", order_by=PostTerm.position)

    @property
    def pages(self) -> tuple[SafeHtml, ...]:
        """The body, page by page; one page unless its author split it."""
        return split_pages(self.body_html)

    def is_public(self, at: datetime) -> bool:
        """Whether any visitor may read it."""
        published = self.status == PostStatus.PUBLISHED and self.published_at is not None
        return published and self.published_at <= at  # type: ignore[operator]

    def accepts_comments(self, at: datetime) -> bool:
        """Whether its own switches let comments in."""
        return self.comments_open and (
            self.comments_close_at is None or at < self.comments_close_at
        )


class Revision(Base):
    """How a post read before or after a change, or what somebody wrote and never saved; kept for ever."""

    __tablename__ = "revisions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    title: Mapped[str]
    body_source: Mapped[str]
    body_format: Mapped[BodyFormat] = mapped_column(String(10))
    # False for words that were typed, and given up for others: nobody else ever read them.
    was_saved: Mapped[bool] = mapped_column(default=True)
    # With such words, the excerpt and all else that stood in their form, as `choices_text` writes it.
    choices: Mapped[str | None]


class Autosave(Base):
    """What somebody has typed into a post's form on one device and not saved; nobody reads it but its author."""

    __tablename__ = "autosaves"
    __table_args__ = (Index("uq_autosaves_device", "post_id", "user_id", "device", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    # A word that the browser made up, so that two of one person's are told apart.
    device: Mapped[str] = mapped_column(String(64))
    # Rises with each of a post's, whoever's it is.
    number: Mapped[int]
    # The version of the post that it was typed over.
    version: Mapped[int]
    title: Mapped[str]
    body_source: Mapped[str]
    excerpt_source: Mapped[str] = mapped_column(default="")
    # All else in the form, as `choices_text` writes it; None where nothing was said of it.
    choices: Mapped[str | None]
    began_at: Mapped[datetime]
    saved_at: Mapped[datetime]


class OwnLink(Base):
    """A post whose text links to another one here, which names it under "More on this site"."""

    __tablename__ = "own_links"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True
    )
    linked_id: Mapped[int] = mapped_column(
        ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class RedirectSource(StrEnum):
    """Why a redirect is there."""

    IMPORT = "import"
    SLUG = "slug"
    MANUAL = "manual"


class Redirect(Base):
    """An address that moved (one hop), or is gone for good (`target` None: 410)."""

    __tablename__ = "redirects"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    path: Mapped[str] = mapped_column(String(1000), unique=True)
    # To a post wherever it stands now, or to a path or URL.
    post_id: Mapped[int | None] = mapped_column(
        ForeignKey("posts.id", ondelete="CASCADE"), index=True
    )
    target: Mapped[str | None] = mapped_column(String(2000), index=True)
    source: Mapped[RedirectSource] = mapped_column(String(10))
    made_at: Mapped[datetime | None]
    # How many it has led on, and when the last of them came.
    hits: Mapped[int] = mapped_column(BigId, default=0, server_default="0")
    hit_at: Mapped[datetime | None]
