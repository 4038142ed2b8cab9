"""The editor's form: what a post would be typed as, and what was typed as a draft."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import User
from app.accounts.policy import may_write_every_post
from app.core import clock
from app.core.errors import Invalid
from app.core.i18n import _
from app.core.markup import BodyFormat, web_address
from app.core.text import number_in, one_line, slugify, unix_lines
from app.posts.autosaves import Opened
from app.posts.beginning import new_form_key
from app.posts.drafts import NEVER, Draft, TypedForWordPress
from app.posts.models import Post, PostKind, PostStatus, Taxonomy, Term
from app.posts.terms import known_terms, named_terms
from app.site.models import SiteRow
from app.web.writing.mailed import is_to_decide

# In bytes as browsers send them; whoever may not write sends no more than can be carried through signing in.
LARGEST_POST = 16 << 20
LARGEST_OF_STRANGERS = 1 << 20
MOST_TRACKBACKS = 20
_LOCAL = "%Y-%m-%dT%H:%M"
_STATES = {
    "draft": PostStatus.DRAFT, "published": PostStatus.PUBLISHED, "private": PostStatus.PRIVATE,
    "scheduled": PostStatus.PUBLISHED,
}  # fmt: skip


@dataclass(frozen=True)
class Before:
    """A post as it is before it is changed, with what hangs on it. `post` is None for one that is to be."""

    kind: PostKind
    post: Post | None = None
    authors: Sequence[User] = ()
    terms: Sequence[Term] = ()

    @property
    def format(self) -> BodyFormat:
        """What its text is written in."""
        return BodyFormat(self.post.body_format) if self.post else BodyFormat.MARKDOWN

    def of(self, taxonomy: Taxonomy) -> list[Term]:
        """Its categories, or its tags."""
        return [term for term in self.terms if term.taxonomy == taxonomy]


def kind_of(typed: Mapping[str, str]) -> PostKind:
    """Which kind is asked for."""
    return PostKind.PAGE if typed.get("kind") == PostKind.PAGE else PostKind.POST


def largest_of(me: Actor) -> int:
    """Most bytes of a form that this person may send."""
    return LARGEST_POST if me.writes_posts else LARGEST_OF_STRANGERS


def opened_on(typed: Mapping[str, str]) -> Opened:
    """What a form says it was opened on; what says nothing was opened on nothing that there is."""
    version, _dot, number = typed.get("base", "").partition(".")
    return Opened(number_in(version) or 0, number_in(number) or 0)


def text_in(typed: Mapping[str, str], name: str) -> str:
    """A text as it was typed, with lines that end as they do here."""
    return unix_lines(typed.get(name, ""))


def typed_of(before: Before, me: Actor, site: SiteRow) -> dict[str, str]:
    """The fields as they would be typed to say what a post says."""
    post = before.post
    if post is None:
        talk = "1" if before.kind == PostKind.POST else ""
        opened = {"comments_open": talk if site.comments_open else "", "pings_open": talk}
        mine = {f"author_{me.user_id}": "1", "form_key": new_form_key()}
        return {"status": "draft", **mine, **opened}
    return {
        **{f"category_{term.id}": "1" for term in before.of(Taxonomy.CATEGORY)},
        **{f"author_{author.id}": "1" for author in before.authors},
        "title": post.title,
        "body": unix_lines(post.body_source),
        "excerpt": unix_lines(post.excerpt_source),
        "slug": "" if _slug_is_made(post) else post.slug,
        "status": _STATUS_SHOWN.get(post.status, "draft"),
        "at": local_time(post.published_at, site),
        "tags": ", ".join(term.name for term in before.of(Taxonomy.TAG)),
        "comments_open": "1" if post.comments_open else "",
        "pings_open": "1" if post.pings_open else "",
        "is_sticky": "1" if post.is_sticky else "",
        "mails_followers": "1" if post.mails_followers else "",
        "closes_at": local_time(post.comments_close_at, site),
        "parent": str(post.parent_id or ""),
        "menu_order": str(post.menu_order),
    }


def local_time(at: datetime | None, site: SiteRow) -> str:
    """A moment as a browser's field for one has it, by the site's clock."""
    return at.astimezone(ZoneInfo(site.timezone)).strftime(_LOCAL) if at else ""


async def draft_of(
    db: AsyncSession,
    me: Actor,
    site: SiteRow,
    before: Before,
    typed: Mapping[str, str],
    body: str | TypedForWordPress | None,
) -> Draft:
    """What was typed, as a draft; tags that are not there yet are added. Raises Invalid, Forbidden.

    A form that has `panel` in it has all its boxes: one that is not ticked was taken off. Without it,
    as from a script, what is not named stays.
    """
    post, has_boxes = before.post, "panel" in typed
    status, at = _when(typed, before, site)
    return Draft(
        kind=before.kind,
        title=typed.get("title"),
        body=body,
        excerpt=text_in(typed, "excerpt") if "excerpt" in typed else None,
        slug=_slug(typed, post),
        status=status,
        at=at,
        author_ids=_authors(me, before, typed) if has_boxes else None,
        term_ids=await _terms(db, me, before, typed) if has_boxes else None,
        parent_id=_number(typed, "parent") if before.kind == PostKind.PAGE else None,
        menu_order=_number(typed, "menu_order") if before.kind == PostKind.PAGE else None,
        is_sticky=_box(typed, "is_sticky") if has_boxes and may_write_every_post(me) else None,
        comments_open=_box(typed, "comments_open") if has_boxes else None,
        pings_open=_box(typed, "pings_open") if has_boxes else None,
        mails_followers=_box(typed, "mails_followers")
        if has_boxes and is_to_decide(before.kind, post)
        else None,
        comments_close_at=_closing(typed, post, site),
        trackbacks=_trackbacks(typed),
        version=opened_on(typed).version if post else None,
    )


def _slug(typed: Mapping[str, str], post: Post | None) -> str | None:
    """What its address is made of: what was typed, else the title as long as nobody has seen the address."""
    said = typed.get("slug", "").strip()
    if said and not slugify(said):
        says = _("The address needs a letter or a number.")
        raise Invalid(says, fields={"slug": says})
    if said:
        return said
    if post is None or not _slug_is_made(post):
        return None
    return typed.get("title", post.title)


def _slug_is_made(post: Post) -> bool:
    """Whether nobody chose it: then it follows the title as long as nobody has seen the address."""
    return not post.was_public and post.slug in (slugify(post.title), str(post.id))


def _when(
    typed: Mapping[str, str], before: Before, site: SiteRow
) -> tuple[PostStatus | None, datetime | None]:
    """Its state, and when it is public; a day to come schedules what is to be published."""
    asked = {"publish": "published", "draft": "draft"}.get(typed.get("do", ""), "")
    status = _STATES.get(asked or typed.get("status", ""))
    post = before.post
    said = typed.get("at", "").strip()
    is_as_it_was = post is not None and said == local_time(post.published_at, site)
    at = None if is_as_it_was or not said else moment_in(said, "at", site)
    if status is None:
        return (None if post else PostStatus.DRAFT), at
    was_out = post is not None and post.status in (PostStatus.PUBLISHED, PostStatus.PRIVATE)
    if status != PostStatus.DRAFT and not said and not was_out:
        # Whatever day it was to come out on: now it does.
        at = clock.now()
    if status == PostStatus.DRAFT and post is None and at and at <= clock.now():
        at = None
    return status, at


def moment_in(said: str, field: str, site: SiteRow) -> datetime:
    """A moment as a browser's field for one writes it, by the site's clock. Raises Invalid."""
    zone = ZoneInfo(site.timezone)
    try:
        typed = datetime.fromisoformat(said)
    except ValueError:
        typed = datetime.min.replace(tzinfo=UTC)
    if not 1970 < typed.year < 2200:
        says = _("Please write a day and a time, such as 2026-12-24T08:00.")
        raise Invalid(says, fields={field: says})
    moment = (typed if typed.tzinfo else typed.replace(tzinfo=zone)).astimezone(UTC)
    if typed.tzinfo is None and moment.astimezone(zone).replace(tzinfo=None) != typed:
        says = _("The clocks are put forward that night: there is no such time. Choose another.")
        raise Invalid(says, fields={field: says})
    return moment


def _closing(typed: Mapping[str, str], post: Post | None, site: SiteRow) -> datetime | None:
    if "closes_at" not in typed:
        return None
    said = typed["closes_at"].strip()
    if post and said == local_time(post.comments_close_at, site):
        return None
    return moment_in(said, "closes_at", site) if said else NEVER


def _authors(me: Actor, before: Before, typed: Mapping[str, str]) -> tuple[int, ...] | None:
    if not may_write_every_post(me):
        return None
    ticked = _ticked(typed, "author_")
    if not ticked and before.post and not before.authors:
        # It came without any.
        return None
    if not ticked:
        says = _("Please say who wrote it.")
        raise Invalid(says, fields={"authors": says})
    # The first stays the first.
    kept = [author.id for author in before.authors if author.id in ticked]
    return tuple(dict.fromkeys([*kept, *ticked]))


async def _terms(
    db: AsyncSession, me: Actor, before: Before, typed: Mapping[str, str]
) -> tuple[int, ...] | None:
    if before.kind == PostKind.PAGE and not before.terms:
        return None
    ticked = _ticked(typed, "category_")
    # Those it stood under keep their order: its address may have been made of the first.
    kept = [term.id for term in before.of(Taxonomy.CATEGORY) if term.id in ticked]
    with _said_at("category"):
        categories = await known_terms(db, [*kept, *ticked], Taxonomy.CATEGORY)
    names = [one_line(name) for name in typed.get("tags", "").split(",")]
    with _said_at("tags"):
        tags = await named_terms(db, me, Taxonomy.TAG, names)
    return tuple(dict.fromkeys(term.id for term in [*categories, *tags]))


@contextmanager
def _said_at(field: str) -> Iterator[None]:
    """Let what is wrong be said at the form's own field for it."""
    try:
        yield
    except Invalid as refused:
        raise Invalid(refused.detail, fields={field: refused.detail}) from refused


def _trackbacks(typed: Mapping[str, str]) -> tuple[str, ...]:
    said = typed.get("trackbacks", "").split()
    if len(said) > MOST_TRACKBACKS or not all(map(web_address, said)):
        says = _("Addresses begin with http:// or https://. At most 20, one a line.")
        raise Invalid(says, fields={"trackbacks": says})
    return tuple(dict.fromkeys(said))


def _ticked(typed: Mapping[str, str], kind: str) -> list[int]:
    found = (
        number_in(name.removeprefix(kind))
        for name in typed
        if name.startswith(kind) and typed[name]
    )
    return [number for number in found if number is not None]


def _box(typed: Mapping[str, str], name: str) -> bool:
    return bool(typed.get(name))


def _number(typed: Mapping[str, str], name: str) -> int | None:
    if name not in typed:
        return None
    said = typed[name].strip()
    number = number_in(said) if said else 0
    if number is None or number > 1_000_000_000:
        says = _("Please write a number.")
        raise Invalid(says, fields={name: says})
    return number


_STATUS_SHOWN = {
    PostStatus.SCHEDULED: "published", PostStatus.PUBLISHED: "published",
    PostStatus.PRIVATE: "private",
}  # fmt: skip
