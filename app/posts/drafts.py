"""What an author hands in, and how it is written into a post."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from app.core.errors import Invalid
from app.core.i18n import _
from app.core.markup import BodyFormat, clean_post, markdown_post
from app.core.text import clean_text, one_line, plain_text, shorten
from app.posts.models import Post, PostKind, PostStatus

TITLE_LENGTH = 500
BODY_LENGTH = 2_000_000
EXCERPT_LENGTH = 20_000
# Most characters of each text, by name.
LONGEST = {"title": TITLE_LENGTH, "body": BODY_LENGTH, "excerpt": EXCERPT_LENGTH}
# Comments close on no day at all.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class TypedForWordPress:
    """A text as WordPress has it, and the HTML it means, page by page: that is not clean yet."""

    source: str
    pages: tuple[str, ...]
    # What stands before `<!--more-->`; None where there is none.
    teaser: str | None = None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What an author hands in. `None` leaves an edited post's own value as it is."""

    title: str | None = None
    # Text is Markdown.
    body: str | TypedForWordPress | None = None
    slug: str | None = None
    excerpt: str | None = None
    # Decided once, with a new post.
    kind: PostKind = PostKind.POST
    status: PostStatus | None = None
    # When it is (or was) to be public; None: now, for a post that is published now.
    at: datetime | None = None
    # None with a new post: whoever adds it.
    author_ids: tuple[int, ...] | None = None
    term_ids: tuple[int, ...] | None = None
    # 0 for either: none any more.
    parent_id: int | None = None
    cover_id: int | None = None
    menu_order: int | None = None
    is_sticky: bool | None = None
    comments_open: bool | None = None
    pings_open: bool | None = None
    # Whether those who follow the blog are mailed it, when it is published for the first time.
    mails_followers: bool | None = None
    # NEVER: they stay open.
    comments_close_at: datetime | None = None
    # Addresses that are to get a trackback, each once: those named before stay.
    trackbacks: tuple[str, ...] = ()
    # The version of the post that its author had before them; None: whichever there is.
    version: int | None = None


def write_into(post: Post, draft: Draft) -> None:
    """Let a post say what the draft says. Raises Invalid."""
    if draft.title is not None:
        post.title = one_line(draft.title)
        if len(post.title) > TITLE_LENGTH:
            raise _too_long("title", _("A title has at most %(number)s characters."), TITLE_LENGTH)
    if draft.body is not None:
        _write_body(post, draft.body)
    if draft.excerpt is not None:
        if len(draft.excerpt) > EXCERPT_LENGTH:
            says = _("An excerpt has at most %(number)s characters.")
            raise _too_long("excerpt", says, EXCERPT_LENGTH)
        post.excerpt_source = clean_text(draft.excerpt)
    for switch in (
        "is_sticky", "comments_open", "pings_open", "mails_followers", "menu_order",
    ):  # fmt: skip
        chosen = getattr(draft, switch)
        if chosen is not None:
            setattr(post, switch, chosen)
    if draft.comments_close_at is not None:
        closes_at = draft.comments_close_at
        post.comments_close_at = None if closes_at == NEVER else closes_at
    words = plain_text(post.excerpt_source or "") or plain_text(post.body_html or "")
    post.summary = shorten(words)


def too_long_of(texts: Mapping[str, str]) -> list[str]:
    """Which of these texts, by name, no post takes."""
    return [
        name
        for name, most in LONGEST.items()
        if len(one_line(texts.get(name, "")) if name == "title" else texts.get(name, "")) > most
    ]


def _too_long(field: str, says: str, most: int) -> Invalid:
    says %= {"number": f"{most:,}"}
    return Invalid(says, fields={field: says})


def _write_body(post: Post, body: str | TypedForWordPress) -> None:
    source = body if isinstance(body, str) else body.source
    if len(source) > BODY_LENGTH:
        raise _too_long("body", _("A text has at most %(number)s characters."), BODY_LENGTH)
    post.body_source = clean_text(source)
    if isinstance(body, str):
        post.body_format = BodyFormat.MARKDOWN
        post.body_html, post.teaser_html = markdown_post(post.body_source)
    else:
        post.body_format = BodyFormat.WORDPRESS
        post.body_html = clean_post("\f".join(body.pages))
        post.teaser_html = None if body.teaser is None else clean_post(body.teaser)
