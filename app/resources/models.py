"""Resources: tables, and what a row can decide alone."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId
from app.core.markup import CleanHtml, SafeHtml


class ResourceKind(StrEnum):
    """A file to download, or a letter with blanks to fill in."""

    FILE = "file"
    LETTER = "letter"


class Access(StrEnum):
    """Who may have it. `address`: whoever leaves an e-mail address and confirms it."""

    EVERYONE = "everyone"
    MEMBERS = "members"
    GROUP = "group"
    ADDRESS = "address"


class ResourceState(StrEnum):
    """draft → published → retired, and there it stays: its address says why it is gone."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


# The moves there are. A draft that nobody saw may be retired as well: its owner is done with it.
MOVES: dict[ResourceState, frozenset[ResourceState]] = {
    ResourceState.DRAFT: frozenset({ResourceState.PUBLISHED, ResourceState.RETIRED}),
    ResourceState.PUBLISHED: frozenset({ResourceState.RETIRED}),
    ResourceState.RETIRED: frozenset(),
}


class Resource(Base):
    """Something to take away. Its address and its GUID stay, whatever version it has."""

    __tablename__ = "resources"
    __table_args__ = (
        CheckConstraint("status <> 'published' OR published_at IS NOT NULL", name="dated"),
        CheckConstraint("access <> 'group' OR group_id IS NOT NULL", name="group_named"),
        Index("ix_resources_group", "group_id", "published_at", "id"),
        Index(
            "ix_resources_public", "published_at", "id",
            sqlite_where=text("status = 'published'"),
            postgresql_where=text("status = 'published'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    guid: Mapped[str] = mapped_column(String(200), unique=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[ResourceKind] = mapped_column(String(10), default=ResourceKind.FILE)
    status: Mapped[ResourceState] = mapped_column(String(10), default=ResourceState.DRAFT)
    access: Mapped[Access] = mapped_column(String(10), default=Access.EVERYONE)
    description_source: Mapped[str] = mapped_column(default="")
    description_html: Mapped[SafeHtml] = mapped_column(CleanHtml, default=SafeHtml(""))
    # The description's first words, for lists.
    summary: Mapped[str] = mapped_column(default="")
    licence: Mapped[str] = mapped_column(String(200), default="")
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    # The group it belongs to; none: the whole site's.
    group_id: Mapped[int | None] = mapped_column(BigId)
    # The number of its newest version.
    latest: Mapped[int] = mapped_column(default=0)
    # Counts each change of the row, so that of two who change it at once one is told.
    version: Mapped[int] = mapped_column(default=1)
    download_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    # What is said in its place once it is retired.
    retired_note: Mapped[str] = mapped_column(String(500), default="")

    @property
    def is_published(self) -> bool:
        """Whether it can be had, by those who may."""
        return self.status == ResourceState.PUBLISHED

    def may_become(self, status: ResourceState) -> bool:
        """Whether there is such a move."""
        return status in MOVES[ResourceState(self.status)]


class ResourceVersion(Base):
    """What was put there once: a file in the store under its hash, or the text of a letter."""

    __tablename__ = "resource_versions"
    __table_args__ = (
        Index("uq_resource_versions_number", "resource_id", "number", unique=True),
        CheckConstraint("storage_key <> '' OR letter <> ''", name="file_or_letter"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id", ondelete="CASCADE"))
    number: Mapped[int]
    # Safe, whatever it was called when it was handed in.
    file_name: Mapped[str] = mapped_column(String(200))
    storage_key: Mapped[str] = mapped_column(String(200), default="", index=True)
    letter: Mapped[str] = mapped_column(default="")
    size: Mapped[int] = mapped_column(BigId)
    sha256: Mapped[str] = mapped_column(String(64))
    mime: Mapped[str] = mapped_column(String(100))
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime]
    # What is new in it.
    note: Mapped[str] = mapped_column(String(500), default="")


class ResourceTag(Base):
    """A word that a resource is found by."""

    __tablename__ = "resource_tags"

    resource_id: Mapped[int] = mapped_column(
        ForeignKey("resources.id", ondelete="CASCADE"), primary_key=True
    )
    slug: Mapped[str] = mapped_column(String(80), primary_key=True, index=True)
    name: Mapped[str] = mapped_column(String(80))


class Attachment(Base):
    """A resource is shown below a post, or with a topic of a group."""

    __tablename__ = "resource_attachments"
    __table_args__ = (
        CheckConstraint("(post_id IS NULL) <> (topic_id IS NULL)", name="one_home"),
        Index("uq_resource_attachments_post", "post_id", "resource_id", unique=True),
        Index("uq_resource_attachments_topic", "topic_id", "resource_id", unique=True),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    resource_id: Mapped[int] = mapped_column(
        ForeignKey("resources.id", ondelete="CASCADE"), index=True
    )
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    topic_id: Mapped[int | None] = mapped_column(BigId)


class DownloadCount(Base):
    """How many people fetched a version on a day."""

    __tablename__ = "resource_download_counts"

    version_id: Mapped[int] = mapped_column(
        ForeignKey("resource_versions.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class DownloadMark(Base):
    """Somebody fetched a version today; a keyed hash of the day, gone when the day is.

    It is there so that nobody is counted twice, on any number of processes, and names nobody.
    """

    __tablename__ = "resource_download_marks"

    version_id: Mapped[int] = mapped_column(
        ForeignKey("resource_versions.id", ondelete="CASCADE"), primary_key=True
    )
    mark: Mapped[str] = mapped_column(String(32), primary_key=True)
    day: Mapped[date] = mapped_column(index=True)


class LeftAddress(Base):
    """An address that somebody left to get a resource, kept for nothing else than what they agreed to."""

    __tablename__ = "resource_addresses"
    __table_args__ = (Index("uq_resource_addresses_email", "resource_id", "email", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(254))
    # Whether they agreed to be mailed; it counts once the address is confirmed.
    may_be_mailed: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime] = mapped_column(index=True)
    confirmed_at: Mapped[datetime | None]
