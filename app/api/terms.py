"""Categories and tags."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.actor import Actor
from app.accounts.api_tokens import Scope
from app.api.answering import Done, answered
from app.api.calling import Call
from app.api.fields import Id, Line, Sent, Text, naming
from app.api.once import done_once
from app.api.operations import Asking, reads, writes
from app.api.paging import Cursor, Limit, Listing, listed, read_cursor
from app.api.routing import ApiRoute
from app.core.errors import NotFound
from app.core.i18n import _
from app.posts.addresses import address
from app.posts.models import Post, PostTerm, Taxonomy, Term
from app.posts.queries import posts_visible_to
from app.posts.terms import DESCRIPTION_LENGTH, NAME_LENGTH, NewTerm, add_term
from app.web.deps import Db

router = APIRouter(route_class=ApiRoute, tags=["Categories and tags"])


class TermWhole(BaseModel):
    """A category or a tag."""

    id: int
    taxonomy: Taxonomy
    name: str = Field(examples=["Working life"])
    slug: str = Field(examples=["working-life"])
    description: str
    parent_id: int | None = Field(description="Of a category: the one it stands under.")
    url: str


class TermList(Listing[TermWhole]):
    """Categories and tags, in the order in which they were made."""


class TermSent(Sent):
    """A new category or tag."""

    taxonomy: Taxonomy
    name: Annotated[Line, Field(min_length=1, max_length=NAME_LENGTH, examples=["Working life"])]
    slug: Annotated[Line, Field(max_length=200)] = ""
    description: Annotated[Text, Field(max_length=DESCRIPTION_LENGTH)] = ""
    parent_id: Id | None = None


@router.get("/terms", response_model=TermList, **reads(Scope.POSTS_READ, 422))
async def list_terms(
    call: Asking,
    db: Db,
    taxonomy: Annotated[Taxonomy | None, Query()] = None,
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Response:
    """List categories and tags."""
    after = read_cursor(cursor, int)
    query = select(Term).where(_seen_by(call.me)).order_by(Term.id).limit(limit + 1)
    if taxonomy is not None:
        query = query.where(Term.taxonomy == taxonomy)
    if after is not None:
        query = query.where(Term.id > after[0])
    rows = (await db.scalars(query)).all()
    return listed(
        call, rows, limit, lambda row: (row.id,),
        lambda shown, more: TermList(items=[told(call, one) for one in shown], next_cursor=more),
    )  # fmt: skip


@router.get("/terms/{term_id:int}", response_model=TermWhole, **reads(Scope.POSTS_READ, 404))
async def get_term(call: Asking, db: Db, term_id: int) -> Response:
    """Read one category or tag."""
    term = await db.scalar(select(Term).where(Term.id == term_id, _seen_by(call.me)))
    if term is None:
        raise NotFound(_("There is no category or tag of that number."))
    return answered(call, told(call, term))


@router.post("/terms", status_code=201, response_model=TermWhole, **writes(Scope.POSTS_WRITE))
async def create_term(call: Asking, sent: TermSent) -> Response:
    """Make a category, as editors do, or a tag, as whoever writes does."""
    return await done_once(call, lambda db: _add(call, db, sent))


async def _add(call: Call, db: AsyncSession, sent: TermSent) -> Done:
    new = NewTerm(
        taxonomy=sent.taxonomy, name=sent.name, slug=sent.slug,
        description=sent.description, parent_id=sent.parent_id,
    )  # fmt: skip
    with naming("name" if sent.parent_id is None else "parent_id"):
        term = await add_term(db, call.me, new)
    return Done(told(call, term), 201, {"Location": call.api(f"/terms/{term.id}")})


def _seen_by(me: Actor) -> ColumnElement[bool]:
    """What stands on a post that they may read: what a draft is about is as secret as the draft.

    Whoever writes chooses among all categories, as in the editor.
    """
    if me.reads_every_post:
        return true()
    on_post = select(PostTerm.term_id).join(Post, Post.id == PostTerm.post_id)
    is_on_one = on_post.where(PostTerm.term_id == Term.id, posts_visible_to(me)).exists()
    return or_(is_on_one, Term.taxonomy == Taxonomy.CATEGORY) if me.writes_posts else is_on_one


def told(call: Call, term: Term) -> TermWhole:
    """A category or tag as programs are told of it."""
    return TermWhole(
        id=term.id, taxonomy=term.taxonomy, name=term.name, slug=term.slug,
        description=term.description, parent_id=term.parent_id, url=call.url(address(term.address)),
    )  # fmt: skip
