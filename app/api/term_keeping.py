"""Categories and tags kept in order: changed, merged, taken away. For those who keep them."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.answering import Done
from app.api.calling import Call
from app.api.fields import Id, Line, Sent, Text, naming
from app.api.once import done, done_once
from app.api.operations import Asking, writes
from app.api.routing import ApiRoute
from app.api.terms import TermWhole, told
from app.posts.keeping_terms import Changed, change_term, get_term, merge_terms, remove_term
from app.posts.terms import DESCRIPTION_LENGTH, NAME_LENGTH

router = APIRouter(route_class=ApiRoute, tags=["Categories and tags"])


class TermChange(Sent):
    """What a category or tag is to be. What is left out stays as it is."""

    name: Annotated[Line, Field(min_length=1, max_length=NAME_LENGTH)] | None = None
    slug: Annotated[Line, Field(max_length=200)] | None = None
    description: Annotated[Text, Field(max_length=DESCRIPTION_LENGTH)] | None = None
    parent_id: Annotated[int, Field(ge=0, lt=10**18)] | None = Field(
        None, description="Of a category: the one it stands under; 0 for none."
    )


class Merger(Sent):
    """What it becomes part of."""

    into_id: Id = Field(description="A category for a category, a tag for a tag.")


@router.patch(
    "/terms/{term_id:int}", response_model=TermWhole, **writes(Scope.POSTS_WRITE, 404, 409)
)
async def update_term(call: Asking, term_id: int, sent: TermChange) -> Response:
    """Call a category or tag something else, or let it stand elsewhere. Its old address leads to the new one."""
    return await done(call, lambda db: _change(call, db, term_id, sent))


@router.delete(
    "/terms/{term_id:int}",
    response_model=TermWhole,
    **writes(Scope.POSTS_WRITE, 404, 409, takes_body=False),
)
async def delete_term(call: Asking, term_id: int) -> Response:
    """Take away a category or tag that nothing stands under; the answer is what it was. Else 409."""

    async def change(db: AsyncSession) -> Done:
        what = Done(told(call, await get_term(db, call.me, term_id)))
        await remove_term(db, call.me, term_id)
        return what

    return await done(call, change)


@router.post(
    "/terms/{term_id:int}/merger",
    status_code=201,
    response_model=TermWhole,
    **writes(Scope.POSTS_WRITE, 404, 409),
)
async def merge_term(call: Asking, term_id: int, sent: Merger) -> Response:
    """Let one become part of another: its posts, what stands under it, and its address go there."""

    async def change(db: AsyncSession) -> Done:
        with naming("into_id", into="into_id"):
            into = await merge_terms(db, call.me, term_id, sent.into_id)
        return Done(told(call, into), 201, {"Location": call.api(f"/terms/{into.id}")})

    return await done_once(call, change)


async def _change(call: Call, db: AsyncSession, term_id: int, sent: TermChange) -> Done:
    term = await get_term(db, call.me, term_id)
    new = Changed(
        name=term.name if sent.name is None else sent.name,
        slug=term.slug if sent.slug is None else sent.slug,
        description=term.description if sent.description is None else sent.description,
        parent_id=(term.parent_id or 0) if sent.parent_id is None else sent.parent_id,
    )
    with naming("parent_id", parent="parent_id"):
        return Done(told(call, await change_term(db, call.me, term_id, new)))
