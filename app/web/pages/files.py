"""Uploads, at the addresses they had under WordPress. Nothing here reads or sets a cookie."""

import unicodedata
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.core.errors import NotFound
from app.core.logs import get_logger
from app.core.storage import Kept, is_good_name
from app.core.stores import store_of
from app.media.files import SHOWN_INLINE
from app.media.queries import ServedFile, find_file, find_original
from app.media.showing import UPLOADS
from app.web.deps import Db, settings_of
from app.web.handing_out import SAVED_ONLY, Handed, disposition, hand_out

# What came from another site may get another file one day, as when it is brought again. Within a day
# pictures cost readers no request; after it, one that mostly says "unchanged".
CACHING = "public, max-age=86400"
# What was handed in here is the same for ever, or gone (RFC 8246).
FOR_EVER = "public, max-age=31536000, immutable"
# What is opened by itself may load nothing but itself, and run nothing. Browsers' own PDF viewers do
# not work under such a policy: they get none but the rule about frames. Films do not play in a
# sandbox, where their own address counts as a stranger's.
_SHOWN = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"
_POLICIES = {"application/pdf": "frame-ancestors 'self'"}

log = get_logger(__name__)
router = APIRouter()


@router.api_route(UPLOADS + "{path:path}", methods=["GET", "HEAD"])
async def upload(request: Request, path: str, db: Db) -> Response:
    """A file: whole, in ranges (RFC 9110 §14), or not at all if the reader has it."""
    name = unicodedata.normalize("NFC", path)
    if not is_good_name(name):
        raise NotFound
    file = await find_file(db, name)
    if file is None:
        return await _larger_instead(db, name)
    store = store_of(settings_of(request))
    kept = await store.look(name)
    if kept is None:
        log.error("upload.lost", path=name)
        raise NotFound
    return await hand_out(request, store, _handed(file, kept))


async def _larger_instead(db: Db, name: str) -> Response:
    """A size of a picture that was not brought along: the picture itself will do."""
    original = await find_original(db, name)
    if original is None:
        raise NotFound
    return RedirectResponse(UPLOADS + quote(original), 302, headers={"Cache-Control": "no-cache"})


def _handed(file: ServedFile, kept: Kept) -> Handed:
    is_shown = file.mime in SHOWN_INLINE
    return Handed(
        mime=file.mime,
        size=kept.size,
        sha256=file.sha256,
        at=kept.changed_at,
        storage_key=kept.name,
        headers={
            "Cache-Control": FOR_EVER if file.is_fixed else CACHING,
            "Content-Disposition": disposition(
                _shown_name(file.path), "inline" if is_shown else "attachment"
            ),
            "Content-Security-Policy": _POLICIES.get(file.mime, _SHOWN) if is_shown else SAVED_ONLY,
        },
    )


def _shown_name(path: str) -> str:
    """The last part of a path, without what turns the direction of reading: `gpj.exe` is no picture."""
    name = path.rpartition("/")[2]
    return "".join(letter for letter in name if unicodedata.category(letter) != "Cf")
