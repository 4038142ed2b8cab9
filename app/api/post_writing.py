"""Posts and pages, written: by the actions of the editor, and only where they are still what their caller saw."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, field_validator
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.acting import change
from app.api.answering import Done, require_unchanged
from app.api.calling import Call
from app.api.fields import Id, Line, Moment, Sent, Text, naming
from app.api.once import done_once
from app.api.operations import Asking, writes
from app.api.posts import PostWhole, get_parts, post_at, whole
from app.api.routing import RouteForTexts
from app.core.answers import require
from app.core.i18n import _
from app.posts.actions import add_post, edit_post, get_to_write, trash_post
from app.posts.drafts import BODY_LENGTH, EXCERPT_LENGTH, TITLE_LENGTH, Draft
from app.posts.models import Post, PostKind, PostStatus, Taxonomy
from app.posts.policy import may_write
from app.posts.queries import terms_of
from app.posts.terms import known_terms, named_terms
from app.site.queries import ensure_site

router = APIRouter(route_class=RouteForTexts, tags=["Posts and pages"])

# What somebody may make of a post; it is scheduled by a date to come, and trashed by DELETE.
_CHOICES = (PostStatus.DRAFT, PostStatus.PUBLISHED, PostStatus.PRIVATE)
# Fields by what the editor calls them.
_NAMES = {"at": "published_at", "body": "source", "cover": "cover_id", "parent": "parent_id"}


class PostSent(Sent):
    """What is written of a post. What is left out stays as it is."""

    title: Annotated[Line, Field(max_length=TITLE_LENGTH)] | None = Field(
        None, examples=["A letter a week"]
    )
    source: Annotated[str, Field(max_length=BODY_LENGTH)] | None = Field(
        None, description="The text, in Markdown.", examples=["Write to **one** person a week."]
    )
    excerpt: Annotated[Text, Field(max_length=EXCERPT_LENGTH)] | None = None
    slug: Annotated[Line, Field(max_length=200)] | None = None
    status: PostStatus | None = Field(
        None,
        description="`draft`, `published` or `private`. What is published with a date to come is scheduled.",
        json_schema_extra={"enum": [*map(str, _CHOICES)], "type": "string"},
    )
    published_at: Moment | None = None
    category_ids: Annotated[list[Id], Field(max_length=100)] | None = None
    tags: Annotated[list[Annotated[Line, Field(max_length=200)]], Field(max_length=100)] | None = (
        Field(None, description="By name; those that are not there are made.")
    )
    parent_id: Annotated[int, Field(ge=0, lt=10**18)] | None = Field(
        None, description="Of a page: the page it stands under; 0 for none."
    )
    menu_order: Annotated[int, Field(ge=-10_000, le=10_000)] | None = None
    cover_id: Annotated[int, Field(ge=0, lt=10**18)] | None = Field(
        None, description="A picture among the media; 0 for none."
    )
    is_sticky: bool | None = None
    comments_open: bool | None = None
    pings_open: bool | None = None

    @field_validator("status")
    @classmethod
    def _is_a_choice(cls, status: PostStatus | None) -> PostStatus | None:
        if status is not None and status not in _CHOICES:
            raise ValueError(_("A post is made a draft, published or private."))
        return status


class PostChange(PostSent):
    """A change of a post, and of which version of it."""

    version: Annotated[int, Field(ge=0, lt=10**9)] | None = Field(
        None,
        description="The `version` that was read: 409 with the post as it is where it is another.",
    )


@router.post("/posts", status_code=201, response_model=PostWhole, **writes(Scope.POSTS_WRITE))
async def create_post(call: Asking, sent: PostSent) -> Response:
    """Write a post: a draft, unless `status` says otherwise."""
    return await done_once(call, lambda db: _add(call, db, sent, PostKind.POST))


@router.post("/pages", status_code=201, response_model=PostWhole, **writes(Scope.POSTS_WRITE))
async def create_page(call: Asking, sent: PostSent) -> Response:
    """Write a page: a draft, unless `status` says otherwise. For editors and owners."""
    return await done_once(call, lambda db: _add(call, db, sent, PostKind.PAGE))


@router.patch(
    "/posts/{post_id:int}",
    response_model=PostWhole,
    **writes(Scope.POSTS_WRITE, 404, 409, 412),
)
async def change_post(call: Asking, post_id: int, sent: PostChange) -> Response:
    """Change a post or page.

    With `version`, or with `If-Match` and the entity tag it was read with, only as long as nobody else
    has changed it. What lies in the trash is taken out of it by giving it a `status`.
    """
    return await change(call, post_at(call, post_id), lambda db: _change(call, db, post_id, sent))


@router.delete(
    "/posts/{post_id:int}",
    response_model=PostWhole,
    **writes(Scope.POSTS_WRITE, 404, 412, takes_body=False),
)
async def trash(call: Asking, post_id: int) -> Response:
    """Put a post or page into the trash. What lies there stays there."""
    return await change(call, post_at(call, post_id), lambda db: _trash(call, db, post_id))


async def _add(call: Call, db: AsyncSession, sent: PostSent, kind: PostKind) -> Done:
    require(may_write(call.me, kind, [call.me.user_id or 0]))
    site = await ensure_site(db, call.settings.base_host)
    terms = await _terms(call, db, sent, None)
    with naming(**_NAMES):
        post = await add_post(db, call.me, site, _draft(sent, kind, terms, PostStatus.DRAFT))
    return Done(
        await post_at(call, post.id)(db),
        201,
        {"Location": call.api(f"/posts/{post.id}")},
    )


async def _change(call: Call, db: AsyncSession, post_id: int, sent: PostChange) -> None:
    post, _authors = await get_to_write(db, call.me, post_id)
    require_unchanged(call, whole(call, await get_parts(db, call.me, post_id)))
    site = await ensure_site(db, call.settings.base_host)
    draft = _draft(sent, post.kind, await _terms(call, db, sent, post), None)
    with naming(**_NAMES):
        await edit_post(db, call.me, site, post_id, draft)


async def _trash(call: Call, db: AsyncSession, post_id: int) -> None:
    post, _authors = await get_to_write(db, call.me, post_id)
    require_unchanged(call, whole(call, await get_parts(db, call.me, post_id)))
    if post.status != PostStatus.TRASHED:
        await trash_post(db, call.me, post_id)


def _draft(
    sent: PostSent, kind: PostKind, term_ids: Sequence[int] | None, otherwise: PostStatus | None
) -> Draft:
    return Draft(
        kind=kind, title=sent.title, body=sent.source, slug=sent.slug, excerpt=sent.excerpt,
        status=sent.status or otherwise, at=sent.published_at,
        term_ids=None if term_ids is None else tuple(term_ids), parent_id=sent.parent_id,
        menu_order=sent.menu_order, cover_id=sent.cover_id, is_sticky=sent.is_sticky,
        comments_open=sent.comments_open, pings_open=sent.pings_open,
        version=sent.version if isinstance(sent, PostChange) else None,
    )  # fmt: skip


async def _terms(
    call: Call, db: AsyncSession, sent: PostSent, post: Post | None
) -> list[int] | None:
    """All terms the post is to have; None for no change. What was not sent stays as it is."""
    if sent.category_ids is None and sent.tags is None:
        return None
    there = (await terms_of(db, [post.id])).get(post.id, []) if post else []
    found = [
        one
        for one in there
        if (sent.category_ids if one.taxonomy == Taxonomy.CATEGORY else sent.tags) is None
    ]
    if sent.category_ids is not None:
        with naming("category_ids"):
            found += await known_terms(db, sent.category_ids, Taxonomy.CATEGORY)
    if sent.tags is not None:
        with naming("tags"):
            found += await named_terms(db, call.me, Taxonomy.TAG, sent.tags)
    return [term.id for term in found]
