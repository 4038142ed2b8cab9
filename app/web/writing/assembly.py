"""What stands on the editor's page: read once, whatever the page is shown for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from anyio import to_thread
from fastapi import Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.actor import Actor
from app.accounts.policy import may_write_every_post
from app.core.i18n import _
from app.core.markup import SafeHtml
from app.core.text import number_in, unix_lines
from app.media.uploading import ENDINGS, LARGEST_UPLOAD
from app.posts.actions import get_to_write
from app.posts.autosaves import Newer, Opened, also_writing, choices_in, newest_number, own_words
from app.posts.checking import Finding
from app.posts.comparing import compare
from app.posts.drafts import LONGEST
from app.posts.models import Autosave, Post, PostKind, PostStatus, Revision, Taxonomy, Term
from app.posts.queries import authors_of, terms_of
from app.posts.signing import pages_to_stand_under, who_may_sign
from app.posts.terms import all_terms
from app.site.models import SiteRow
from app.web.accounts.pages import head_of, spoken_frame, unkept
from app.web.forms import FieldError
from app.web.writing.choices import choices_of, choices_typed, held_of
from app.web.writing.desk import view_url_of
from app.web.writing.differing import differing
from app.web.writing.forms import Before, text_in, typed_of
from app.web.writing.mailed import mailed_of
from app.web.writing.pages import (
    DESK,
    Difference,
    EditorPage,
    Meanwhile,
    Offer,
    Other,
    Outside,
    Tick,
)
from app.web.writing.words import state_in_words, words_in

_Told = Callable[[Mapping[str, str] | None, Mapping[str, str] | None], Sequence[Difference]]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the form is shown with besides the post: what was typed, and why it is shown again."""

    typed: Mapping[str, str] | None = None
    # What it was opened on at first; None: on what there is now.
    opened: Opened | None = None
    newer: Newer | None = None
    errors: Sequence[FieldError] = ()
    status: int = 200
    preview: SafeHtml | None = None
    findings: Sequence[Finding] | None = None
    outside: Outside | None = None
    done: str = ""
    picture: str = ""


@dataclass(frozen=True)
class _Around:
    """What others have to do with a post that is there already."""

    newest: int = 0
    offer: Autosave | None = None
    others: Sequence[Other] = ()
    has_revisions: bool = False
    # What would be chosen to say what the post says.
    there: Mapping[str, str] = field(default_factory=dict)


async def before_of(db: AsyncSession, me: Actor, post_id: int, *, locked: bool = False) -> Before:
    """A post that is theirs to write, with its authors and terms. Raises NotFound, Forbidden, SignInNeeded."""
    post, _ids = await get_to_write(db, me, post_id, locked=locked)
    authors, terms = await authors_of(db, [post_id]), await terms_of(db, [post_id])
    return Before(PostKind(post.kind), post, authors.get(post_id, ()), terms.get(post_id, ()))


async def editor_page(
    request: Request, db: AsyncSession, me: Actor, before: Before, shown: Shown
) -> Response:
    """The form, with everything beside it."""
    frame = await spoken_frame(request, db)
    post = before.post
    around = await _around(db, me, before, frame.site) if post else _Around()
    as_it_is = shown.typed is None
    typed = typed_of(before, me, frame.site) if shown.typed is None else shown.typed
    opened = shown.opened or Opened(post.version if post else 0, around.newest)
    ticks = await ticks_of(db, me, before, typed)
    told = partial(_differences, before, me, ticks)
    title = _("A new page") if before.kind == PostKind.PAGE else _("A new post")
    page = EditorPage(
        frame=frame,
        head=head_of(frame, (post.title or _("Untitled")) if post else title, _path(post)),
        id=post.id if post else 0,
        kind=before.kind,
        format=before.format,
        typed=typed,
        base=str(opened),
        status=post.status if post else PostStatus.DRAFT,
        state=state_in_words(post.status if post else PostStatus.DRAFT),
        words=words_in(typed.get("body", "")),
        saved_at=post.updated_at if post else None,
        view_url=view_url_of(post) if post else "",
        zone=frame.site.timezone,
        **ticks,
        may_keep_on_top=bool(may_write_every_post(me)) and before.kind == PostKind.POST,
        has_revisions=around.has_revisions,
        mailed=await mailed_of(db, before.kind, post),
        device=typed.get("device", ""),
        offer=_offer(post, around, told) if as_it_is else None,
        others=around.others,
        meanwhile=await _meanwhile(before, me, frame.site, shown.newer, typed, told),
        preview=shown.preview,
        findings=shown.findings,
        outside=shown.outside,
        errors=shown.errors,
        done=shown.done,
        picture=shown.picture,
        endings=",".join(f".{ending}" for ending in ENDINGS),
        most_mb=LARGEST_UPLOAD >> 20,
        limits=LONGEST,
    )
    return unkept("writing/editor.html", page, shown.status)


def _path(post: Post | None) -> str:
    return f"{DESK}{post.id}/" if post else f"{DESK}new/"


async def _around(db: AsyncSession, me: Actor, before: Before, site: SiteRow) -> _Around:
    post = before.post
    assert post is not None
    some = await db.scalar(select(Revision.id).where(Revision.post_id == post.id).limit(1))
    others = await also_writing(db, me, post.id)
    there = choices_of(before, me, site)
    return _Around(
        newest=await newest_number(db, post.id),
        offer=await own_words(db, me, post, there),
        there=there,
        others=[Other(one.name, one.since) for one in others],
        has_revisions=some is not None,
    )


def _offer(post: Post | None, around: _Around, told: _Told) -> Offer | None:
    waits = around.offer
    if post is None or waits is None:
        return None
    others = [one.label for one in told(around.there, choices_in(waits))]
    if waits.excerpt_source != unix_lines(post.excerpt_source):
        others.insert(0, _("Excerpt"))
    is_older = waits.version < post.version
    return Offer(waits.saved_at, words_in(waits.body_source), is_older, others)


async def _meanwhile(
    before: Before,
    me: Actor,
    site: SiteRow,
    newer: Newer | None,
    typed: Mapping[str, str],
    told: _Told,
) -> Meanwhile | None:
    if newer is None:
        return None
    # In a thread: others are not to wait while long texts are compared.
    changes = await to_thread.run_sync(compare, newer.body, text_in(typed, "body"))
    chosen = choices_typed(before, me, site, {**typed, "panel": "1"})
    others = told(newer.choices, chosen.fields if chosen else None)
    return Meanwhile(
        newer.who, newer.at, newer.title, newer.body, newer.excerpt, changes, others
    )  # fmt: skip


def _differences(
    before: Before,
    me: Actor,
    ticks: Mapping[str, Sequence[Tick]],
    theirs: Mapping[str, str] | None,
    mine: Mapping[str, str] | None,
) -> list[Difference]:
    """What differs between two forms in fields that this person has; nothing where one of them is not known."""
    if theirs is None or mine is None:
        return []
    return differing(held_of(before, me, theirs), held_of(before, me, mine), **ticks)


async def ticks_of(
    db: AsyncSession, me: Actor, before: Before, typed: Mapping[str, str]
) -> dict[str, Sequence[Tick]]:
    """What there is to choose from, by its name on the page."""
    return {
        "categories": await _categories(db, before, typed),
        "authors": await _authors(db, me, before, typed),
        "parents": await _parents(db, before, typed),
    }


async def names_of(
    db: AsyncSession, me: Actor, before: Before, choices: Mapping[str, str]
) -> dict[str, str]:
    """What the categories, the authors and the page that were chosen are called, by the names of the form's fields."""
    ticks = await ticks_of(db, me, before, choices)
    categories, authors, parents = ticks["categories"], ticks["authors"], ticks["parents"]
    fields = {f"category_{one.id}": one for one in categories}
    fields |= {f"author_{one.id}": one for one in authors}
    # Of all pages one at most is chosen.
    chosen = [*fields.items(), *(("parent", one) for one in parents)]
    return {name: one.name for name, one in chosen if one.is_chosen}


async def _categories(db: AsyncSession, before: Before, typed: Mapping[str, str]) -> Sequence[Tick]:
    if before.kind == PostKind.PAGE:
        return ()
    terms = await all_terms(db, Taxonomy.CATEGORY)
    return [
        Tick(term.id, term.name, f"category_{term.id}" in typed, depth)
        for term, depth in in_tree(terms)
    ]


def in_tree(terms: Sequence[Term]) -> Iterator[tuple[Term, int]]:
    """Categories as their tree is read aloud, each with how deep it stands; names in order on each level."""
    below: dict[int | None, list[Term]] = {}
    for term in terms:
        below.setdefault(term.parent_id, []).append(term)
    stack = [(term, 0) for term in reversed(below.get(None, []))]
    while stack:
        term, depth = stack.pop()
        yield term, depth
        stack += [(child, depth + 1) for child in reversed(below.get(term.id, []))]


async def _authors(
    db: AsyncSession, me: Actor, before: Before, typed: Mapping[str, str]
) -> Sequence[Tick]:
    if not may_write_every_post(me):
        return ()
    people = await who_may_sign(db, [author.id for author in before.authors])
    return [Tick(one.id, one.name, f"author_{one.id}" in typed) for one in people]


async def _parents(db: AsyncSession, before: Before, typed: Mapping[str, str]) -> Sequence[Tick]:
    if before.kind != PostKind.PAGE:
        return ()
    chosen = typed.get("parent", "")
    own = before.post.id if before.post else 0
    pages = await pages_to_stand_under(db, own, number_in(chosen) or 0)
    return [Tick(number, title or _("Untitled"), str(number) == chosen) for number, title in pages]
