"""`/write/terms/`: categories as a tree, tags by name, each with all that can be changed of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import JSONResponse, Response

from app.accounts.actor import Actor
from app.accounts.policy import may_write_posts
from app.core.answers import require
from app.core.errors import AppError, Invalid
from app.core.i18n import _
from app.core.text import number_in, one_line
from app.posts.addresses import address
from app.posts.keeping_terms import (
    Changed,
    change_term,
    get_term,
    merge_terms,
    remove_term,
    tags_like,
)
from app.posts.models import Taxonomy, Term
from app.posts.policy import may_keep_terms
from app.posts.terms import NewTerm, add_term, all_terms, uses_of
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.deps import Db, Me, doors_of
from app.web.forms import typed_fields
from app.web.refusals import errors_of
from app.web.writing.assembly import in_tree
from app.web.writing.desk import onward
from app.web.writing.pages import DESK, Tab, Tick
from app.web.writing.terms_pages import TermPage, TermRow, TermsPage
from app.web.writing.words import said_done, taxonomy_in_words

router = APIRouter()

_READ = ["GET", "HEAD"]
TERMS = DESK + "terms/"
_ONE = TERMS + "{term_id:int}/"
_TAGS_AT_ONCE = 100
_COMPLETIONS = 12


@dataclass(frozen=True)
class _Refusal:
    """What was typed, and why it was not done."""

    typed: Mapping[str, str]
    error: AppError


@router.api_route(DESK + "tags", methods=_READ)
async def complete(request: Request, db: Db, me: Me) -> Response:
    """Names of tags that begin with, or hold, what is typed: a list in JSON."""
    require(may_write_posts(me))
    words = one_line(request.query_params.get("q", ""))[:100]
    names = await tags_like(db, words, _COMPLETIONS) if words else ()
    return never_kept(JSONResponse(list(names)))


@router.api_route(TERMS, methods=_READ)
async def show_all(request: Request, db: Db, me: Me) -> Response:
    """Categories, or with `?kind=tag` tags: `q` is in their names, `after` the last one that was shown."""
    return await _all(request, db, me)


@router.post(TERMS)
async def add(request: Request, me: Me) -> Response:
    """Add a category or a tag. Raises Forbidden."""
    typed = await typed_fields(request)
    require(may_keep_terms(me))
    taxonomy = _taxonomy(typed.get("kind", ""))
    new = NewTerm(
        taxonomy=taxonomy,
        name=typed.get("name", ""),
        slug=typed.get("slug", ""),
        description=typed.get("description", ""),
        parent_id=number_in(typed.get("parent", "")) or None,
    )
    try:
        async with doors_of(request).unit_of_work() as db:
            term = await add_term(db, me, new)
    except Invalid as refused:
        async with doors_of(request).reading() as db:
            return await _all(request, db, me, _Refusal(typed, refused))
    return onward(f"{TERMS}{term.id}/", "term_added")


@router.api_route(_ONE, methods=_READ)
async def show(request: Request, db: Db, me: Me, term_id: int) -> Response:
    """One of them. Raises NotFound, Forbidden."""
    return await _one(request, db, me, term_id)


@router.post(_ONE)
async def change(request: Request, me: Me, term_id: int) -> Response:
    """Let it be called something else, or stand elsewhere; its old address leads to the new one."""
    typed = await typed_fields(request)
    require(may_keep_terms(me))
    new = Changed(
        name=typed.get("name", ""),
        slug=typed.get("slug", ""),
        description=typed.get("description", ""),
        parent_id=number_in(typed.get("parent", "")) or 0,
    )
    try:
        async with doors_of(request).unit_of_work() as db:
            await change_term(db, me, term_id, new)
    except Invalid as refused:
        async with doors_of(request).reading() as db:
            return await _one(request, db, me, term_id, _Refusal(typed, refused))
    return onward(f"{TERMS}{term_id}/", "saved")


@router.post(_ONE + "merger")
async def merge(request: Request, me: Me, term_id: int) -> Response:
    """Let it become part of another: `into` is its number, or of a tag its name."""
    typed = await typed_fields(request)
    require(may_keep_terms(me))
    try:
        async with doors_of(request).unit_of_work() as db:
            into = await merge_terms(db, me, term_id, await _meant(db, typed.get("into", "")))
    except Invalid as refused:
        async with doors_of(request).reading() as db:
            return await _one(request, db, me, term_id, _Refusal(typed, refused))
    return onward(f"{TERMS}{into.id}/", "merged")


@router.post(_ONE + "removal")
async def remove(request: Request, me: Me, term_id: int) -> Response:
    """Take one away that nothing stands under. Raises NotFound, Forbidden, Conflict."""
    async with doors_of(request).unit_of_work() as db:
        term = await get_term(db, me, term_id)
        await remove_term(db, me, term_id)
    return onward(TERMS, "removed", kind=term.taxonomy)


async def _meant(db: AsyncSession, said: str) -> int:
    """The number, or the tag of a name. Raises Invalid."""
    number = number_in(said.strip())
    if number is None:
        query = select(Term.id).where(Term.taxonomy == Taxonomy.TAG, Term.name == one_line(said))
        number = await db.scalar(query.order_by(Term.id).limit(1))
    if number is None:
        says = _("There is no tag of that name.")
        raise Invalid(says, fields={"into": says})
    return number


async def _all(
    request: Request, db: AsyncSession, me: Actor, refusal: _Refusal | None = None
) -> Response:
    require(may_keep_terms(me))
    query = refusal.typed if refusal else request.query_params
    taxonomy, sought = _taxonomy(query.get("kind", "")), one_line(query.get("q", ""))[:100]
    found = await _listed(db, taxonomy, sought, query.get("after", ""))
    shown = found[:_TAGS_AT_ONCE] if taxonomy == Taxonomy.TAG else found
    uses = await uses_of(db, [term.id for term, _depth in shown])
    frame = await spoken_frame(request, db)
    page = TermsPage(
        frame=frame,
        head=head_of(frame, taxonomy_in_words(taxonomy), TERMS),
        taxonomy=taxonomy,
        kinds=[
            Tab(taxonomy_in_words(one), f"{TERMS}?kind={one}", 0, one == taxonomy)
            for one in Taxonomy
        ],
        rows=[_row(term, depth, uses.get(term.id, 0)) for term, depth in shown],
        sought=sought,
        next_url=_next(taxonomy, sought, shown[-1][0]) if len(found) > len(shown) else "",
        parents=await _tree(db, query.get("parent", ""), taxonomy=taxonomy),
        typed=refusal.typed if refusal else {},
        errors=errors_of(refusal.error) if refusal else (),
        done="" if refusal else said_done(request),
    )
    return unkept("writing/terms.html", page, refusal.error.status if refusal else 200)


async def _listed(
    db: AsyncSession, taxonomy: Taxonomy, sought: str, after: str
) -> Sequence[tuple[Term, int]]:
    if taxonomy == Taxonomy.CATEGORY:
        return list(in_tree(await all_terms(db, taxonomy)))
    query = select(Term).where(Term.taxonomy == taxonomy).order_by(Term.name, Term.id)
    if sought:
        query = query.where(Term.name.icontains(sought, autoescape=True))
    number, _bar, name = after.partition("|")
    if name and (last := number_in(number)) is not None:
        query = query.where(tuple_(Term.name, Term.id) > (name, last))
    return [(term, 0) for term in await db.scalars(query.limit(_TAGS_AT_ONCE + 1))]


async def _one(
    request: Request,
    db: AsyncSession,
    me: Actor,
    term_id: int,
    refusal: _Refusal | None = None,
) -> Response:
    term = await get_term(db, me, term_id, locked=False)
    posts = (await uses_of(db, [term_id])).get(term_id, 0)
    typed: dict[str, str] = {
        "name": term.name, "slug": term.slug, "description": term.description,
        "parent": str(term.parent_id or ""),
    }  # fmt: skip
    typed |= refusal.typed if refusal else {}
    taxonomy = Taxonomy(term.taxonomy)
    frame = await spoken_frame(request, db)
    page = TermPage(
        frame=frame,
        head=head_of(frame, term.name, f"{TERMS}{term_id}/"),
        id=term.id,
        taxonomy=taxonomy,
        name=term.name,
        view_url=address(term.address),
        posts=posts,
        parents=await _tree(db, typed["parent"], taxonomy=taxonomy, without=term),
        others=await _tree(db, typed.get("into", ""), taxonomy=taxonomy, without=term),
        may_be_removed=not posts and await _is_bare(db, term),
        typed=typed,
        errors=errors_of(refusal.error) if refusal else (),
        done="" if refusal else said_done(request),
    )
    return unkept("writing/term.html", page, refusal.error.status if refusal else 200)


async def _is_bare(db: AsyncSession, term: Term) -> bool:
    return await db.scalar(select(Term.id).where(Term.parent_id == term.id).limit(1)) is None


async def _tree(
    db: AsyncSession, chosen: str, *, taxonomy: Taxonomy, without: Term | None = None
) -> Sequence[Tick]:
    """The categories to choose from; not one, with what stands under it, that can't be chosen for itself."""
    if taxonomy == Taxonomy.TAG:
        return ()
    own = f"{without.path}/" if without else None
    return [
        Tick(term.id, term.name, str(term.id) == chosen, depth)
        for term, depth in in_tree(await all_terms(db, Taxonomy.CATEGORY))
        if own is None or not f"{term.path}/".startswith(own)
    ]


def _taxonomy(asked: str) -> Taxonomy:
    return Taxonomy.TAG if asked == Taxonomy.TAG else Taxonomy.CATEGORY


def _next(taxonomy: Taxonomy, sought: str, last: Term) -> str:
    query = {"kind": taxonomy.value, "q": sought, "after": f"{last.id}|{last.name}"}
    return f"{TERMS}?{urlencode(query)}"


def _row(term: Term, depth: int, posts: int) -> TermRow:
    return TermRow(term.name, f"{TERMS}{term.id}/", address(term.address), posts, depth)
