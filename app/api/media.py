"""The library of files: listed, described, deleted. How one gets there is in `uploading.py`."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.acting import change, take_away
from app.api.answering import answered
from app.api.calling import Call
from app.api.fields import Line, Sent, Text
from app.api.operations import Asking, reads, writes
from app.api.paging import Cursor, Limit, Listing, listed, read_cursor
from app.api.routing import ApiRoute
from app.core.answers import require
from app.media.actions import LONGEST, Words, delete_upload, describe_upload
from app.media.library import Kind, Wanted, get_changeable, library
from app.media.models import Upload
from app.media.policy import may_use_library
from app.web.deps import Db
from app.web.media.words import url_of

router = APIRouter(route_class=ApiRoute, tags=["Media"])


class MediaWhole(BaseModel):
    """A file in the library."""

    id: int
    url: str
    title: str
    alt: str = Field(description="For those who can't see it.")
    caption: str
    description: str
    mime: str = Field(examples=["image/jpeg"])
    size: int | None = Field(description="In bytes.")
    width: int | None
    height: int | None
    created_at: datetime | None
    version: int = Field(description="Send it back when you change its words.")


class MediaList(Listing[MediaWhole]):
    """Files, the newest first."""


class MediaChange(Sent):
    """What is said of a file. What is left out stays as it is."""

    title: Annotated[Line, Field(max_length=LONGEST["title"])] | None = None
    alt: Annotated[Line, Field(max_length=LONGEST["alt"])] | None = None
    caption: Annotated[Line, Field(max_length=LONGEST["caption"])] | None = None
    description: Annotated[Text, Field(max_length=LONGEST["description"])] | None = None
    version: Annotated[int, Field(ge=0, lt=10**9)] | None = Field(
        None, description="The one that was read: 409 where it is another by now."
    )


@router.get("/media", response_model=MediaList, **reads(Scope.MEDIA_READ, 422, is_public=False))
async def list_media(
    call: Asking,
    db: Db,
    kind: Annotated[Kind | None, Query()] = None,
    q: Annotated[Line, Query(max_length=200, description="Words in its name, title or alt.")] = "",
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Response:
    """List files: for authors their own, for editors all."""
    require(may_use_library(call.me))
    after = read_cursor(cursor, int)
    before = after[0] if after else None
    rows = await library(db, call.me, Wanted(words=q, kind=kind), before, most=limit)
    return listed(
        call, rows, limit, lambda row: (row.id,),
        lambda shown, more: MediaList(items=[told(call, one) for one in shown], next_cursor=more),
    )  # fmt: skip


@router.get(
    "/media/{upload_id:int}",
    response_model=MediaWhole,
    **reads(Scope.MEDIA_READ, 404, is_public=False),
)
async def get_media(call: Asking, db: Db, upload_id: int) -> Response:
    """Read about one file."""
    require(may_use_library(call.me))
    return answered(call, await _one(call, db, upload_id))


@router.patch(
    "/media/{upload_id:int}",
    response_model=MediaWhole,
    **writes(Scope.MEDIA_WRITE, 404, 409),
)
async def change_media(call: Asking, upload_id: int, sent: MediaChange) -> Response:
    """Say something else of a file; above all what those hear who can't see it."""
    require(may_use_library(call.me))
    return await change(
        call,
        lambda db: _one(call, db, upload_id),
        lambda db: _describe(call, db, upload_id, sent),
    )


@router.delete(
    "/media/{upload_id:int}",
    response_model=MediaWhole,
    **writes(Scope.MEDIA_WRITE, 404, 409, 422, takes_body=False),
)
async def delete_media(
    call: Asking,
    upload_id: int,
    though_used: Annotated[bool, Query(description="Even where posts show it.")] = False,
) -> Response:
    """Delete a file with all its sizes; the answer is what it was. 409 where posts use it."""
    require(may_use_library(call.me))
    return await take_away(
        call,
        lambda db: _one(call, db, upload_id),
        lambda db: delete_upload(db, call.me, upload_id, though_used=though_used),
    )


async def _describe(call: Call, db: AsyncSession, upload_id: int, sent: MediaChange) -> None:
    upload = await get_changeable(db, call.me, upload_id, locked=True)
    said = {name: getattr(sent, name) for name in LONGEST}
    words = Words(**{n: getattr(upload, n) if w is None else w for n, w in said.items()})
    version = upload.version if sent.version is None else sent.version
    await describe_upload(db, call.me, upload_id, words, version)


async def _one(call: Call, db: AsyncSession, upload_id: int) -> MediaWhole:
    return told(call, await get_changeable(db, call.me, upload_id))


def told(call: Call, upload: Upload) -> MediaWhole:
    """A file as programs are told of it."""
    return MediaWhole(
        id=upload.id, url=call.url(url_of(upload)), title=upload.title, alt=upload.alt,
        caption=upload.caption, description=upload.description, mime=upload.mime, size=upload.size,
        width=upload.width, height=upload.height, created_at=upload.created_at,
        version=upload.version,
    )  # fmt: skip
