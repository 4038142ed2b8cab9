"""What a demo site is made of. The file names of its fields are their names here."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from pydantic import ConfigDict

from app.accounts.actor import Role
from app.core.ids import new_guid
from app.discussions.models import CommentKind, CommentStatus
from app.posts.models import PostKind, PostStatus
from app.resources.models import Access, ResourceKind

# A word nobody knows is a slip of the pen, and must not be passed over.
STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, kw_only=True)
class DemoLink:
    """A line in an author's box."""

    __pydantic_config__: ClassVar = STRICT

    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class DemoAuthor:
    """One of the people who write; `bio` is Markdown, `photo` the path of an upload."""

    __pydantic_config__: ClassVar = STRICT

    login: str
    name: str
    slug: str
    email: str
    website: str
    photo: str
    bio: str
    links: tuple[DemoLink, ...] = ()
    roles: tuple[Role, ...] = (Role.AUTHOR,)


@dataclass(frozen=True, kw_only=True)
class DemoTerm:
    """A category (`parent` is the slug of another, written above it) or a tag."""

    __pydantic_config__: ClassVar = STRICT

    slug: str
    name: str
    description: str = ""
    parent: str = ""


@dataclass(frozen=True, kw_only=True)
class DemoUpload:
    """A picture; `path` is relative to the uploads folder, `author` a login."""

    __pydantic_config__: ClassVar = STRICT

    path: str
    title: str
    alt: str
    at: datetime
    author: str
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class DemoComment:
    """Something said under a post. `id` and `parent` are numbers within these files.

    Of `user` (a login) and `name` one is given. `at` is the site's wall clock.
    """

    __pydantic_config__: ClassVar = STRICT

    id: int
    at: datetime
    text: str
    parent: int | None = None
    kind: CommentKind = CommentKind.COMMENT
    status: CommentStatus = CommentStatus.APPROVED
    user: str = ""
    name: str = ""
    email: str = ""
    site: str = ""


@dataclass(frozen=True, kw_only=True)
class DemoPost:
    """A post or a page with what was said under it; `body` is Markdown, `date` the site's wall clock.

    `written` is for what was written long before its date.
    """

    __pydantic_config__: ClassVar = STRICT

    kind: PostKind
    slug: str
    title: str
    date: datetime
    authors: tuple[str, ...]
    body: str
    comments: tuple[DemoComment, ...] = ()
    written: datetime | None = None
    status: PostStatus = PostStatus.PUBLISHED
    excerpt: str = ""
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    cover: str = ""
    parent: str = ""
    menu_order: int = 0
    is_sticky: bool = False
    takes_comments: bool = True


@dataclass(frozen=True, kw_only=True)
class DemoResource:
    """Something to take away; `file` lies in the folder `resources`, `posts` are slugs, `author` a login."""

    __pydantic_config__: ClassVar = STRICT

    slug: str
    title: str
    file: str
    author: str
    at: datetime
    description: str
    kind: ResourceKind = ResourceKind.FILE
    access: Access = Access.EVERYONE
    licence: str = ""
    tags: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DemoSite:
    """The whole of it. `host` is where it is said to have begun: its GUIDs name it."""

    __pydantic_config__: ClassVar = STRICT

    title: str
    tagline: str
    language: str
    timezone: str
    host: str
    authors: tuple[DemoAuthor, ...]
    categories: tuple[DemoTerm, ...]
    tags: tuple[DemoTerm, ...]
    uploads: tuple[DemoUpload, ...]
    posts: tuple[DemoPost, ...]
    resources: tuple[DemoResource, ...] = ()

    def moment(self, local: datetime) -> datetime:
        """A time on the site's wall clock as a moment, in UTC."""
        return local.replace(tzinfo=ZoneInfo(self.timezone)).astimezone(UTC)

    def guid(self, kind: str, name: str | int, local: datetime) -> str:
        """The GUID of a thing of this site: the same however often it is built."""
        uuid = uuid5(NAMESPACE_URL, f"https://{self.host}/{kind}/{name}")
        return new_guid(self.host, local.year, kind, uuid)
