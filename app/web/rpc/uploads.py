"""Files: handed in by an editor, and listed for it."""

from collections.abc import AsyncIterator

from sqlalchemy import select

from app.core import clock
from app.core.answers import require
from app.core.i18n import _
from app.core.stores import store_of
from app.core.xml_rpc import INVALID_PARAMS, Fault, Value
from app.media.library import changeable_by, get_changeable
from app.media.models import Upload
from app.media.policy import may_use_library
from app.media.uploading import NewUpload, add_upload
from app.web.rpc import structs
from app.web.rpc.calling import Asking
from app.web.rpc.dates import local
from app.web.rpc.params import Params, number, text
from app.web.rpc.reading import MOST_AT_ONCE, post_to_write

_BLOCK = 1 << 18


async def new_media_object(asking: Asking, params: Params) -> Value:
    """A file in base64, named; where it is now. Its type is found out, whatever is said of it."""
    given = params["file"]
    bits = given.get("bits")
    if not isinstance(bits, bytes):
        raise Fault(INVALID_PARAMS, _("A file is sent in base64, as “bits”."))
    post_id = number(given.get("post_id") or 0) or None
    if post_id:
        async with asking.doors.reading() as db:
            await post_to_write(db, asking.me, post_id)
    new = NewUpload(
        name=text(given.get("name", "")),
        chunks=_in_blocks(bits),
        at=local(clock.now(), asking.site),
        post_id=post_id,
    )
    upload = await add_upload(asking.doors, store_of(asking.settings), asking.me, new)
    return structs.media(asking, upload)


async def get_media_item(asking: Asking, params: Params) -> Value:
    """A file that is theirs to change, as on the site's own page of it."""
    require(may_use_library(asking.me))
    async with asking.doors.reading() as db:
        return structs.media(asking, await get_changeable(db, asking.me, params["upload"]))


async def get_media_library(asking: Asking, params: Params) -> Value:
    """Files, the newest first: for authors their own, for editors all, as in the site's library.

    `filter` may name a post and the beginning of a type.
    """
    require(may_use_library(asking.me))
    given = params.get("filter", {})
    query = select(Upload).where(changeable_by(asking.me))
    if "parent_id" in given and given["parent_id"] != "":
        post_id = number(given["parent_id"])
        of_post = Upload.post_id == post_id if post_id else Upload.post_id.is_(None)
        query = query.where(of_post)
    if kind := text(given.get("mime_type", "")):
        query = query.where(Upload.mime.startswith(kind, autoescape=True))
    most = min(number(given.get("number", 0)) or MOST_AT_ONCE, MOST_AT_ONCE)
    first = min(number(given.get("offset", 0)), 1_000_000)
    async with asking.doors.reading() as db:
        found = await db.scalars(query.order_by(Upload.id.desc()).offset(first).limit(most))
        return [structs.media(asking, upload) for upload in found]


async def _in_blocks(bits: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(bits), _BLOCK):
        yield bits[at : at + _BLOCK]
