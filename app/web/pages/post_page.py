"""What the page of a post or a page shows; see `frontend/templates/posts/page.html`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.markup import SafeHtml
from app.core.pictures import Drawn
from app.web.comments.forms import CommentForm
from app.web.deps import Frame
from app.web.head import Head, Link
from app.web.pages.comment_cards import CommentCard, LinkbackRow
from app.web.pages.paging import NumberedPage
from app.web.resources.pages import ResourceRow


@dataclass(frozen=True, slots=True)
class Cover:
    """The picture that stands for a post."""

    url: str
    alt: str
    caption: str = ""
    width: int | None = None
    height: int | None = None
    # Its versions, where they are known.
    drawn: Drawn | None = None


@dataclass(frozen=True, slots=True)
class AuthorBox:
    """Who wrote this: a face, two or three sentences, and where else to find them."""

    name: str
    url: str
    bio_html: SafeHtml
    photo_url: str
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class DiscussedIn:
    """A discussion about it in a group."""

    title: str
    url: str
    group: str


@dataclass(frozen=True, slots=True)
class PostText:
    """The text itself, or one part of it, with its facts. A page shows no date, authors or terms."""

    id: int
    title: str
    summary: str
    url: str
    body_html: SafeHtml
    is_dated: bool
    published_at: datetime | None
    updated_at: datetime | None = None
    authors: tuple[AuthorBox, ...] = ()
    terms: tuple[Link, ...] = ()
    cover: Cover | None = None
    part_number: int = 1
    part_count: int = 1


@dataclass(frozen=True, slots=True)
class PostPage:
    """A post or a page, and everything that belongs to it."""

    frame: Frame
    head: Head
    post: PostText
    parts: Sequence[NumberedPage]
    ancestors: Sequence[Link]
    # What hangs on it, to be taken away.
    resources: Sequence[ResourceRow]
    comments: Sequence[CommentCard]
    comment_count: int
    comment_pages: Sequence[NumberedPage]
    linkbacks: Sequence[LinkbackRow]
    linkback_count: int
    comment_feed: str
    trackback_url: str
    # The same for programs, which look for it among a page's comments; empty without one.
    trackback_rdf: SafeHtml
    form: CommentForm
    # Where else it is discussed, as far as whoever looks at it may read there.
    discussed: Sequence[DiscussedIn]
    may_discuss: bool
    # Posts of this site that link to it.
    linked_from: Sequence[Link]
    before: Link | None
    after: Link | None
