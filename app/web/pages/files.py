"""Uploads, at the addresses they had under WordPress. Nothing here reads or sets a cookie."""

import unicodedata
from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from app.core.errors import NotFound
from app.core.logs import get_logger
from app.core.storage import Folder, folder_at, is_good_name
from app.media.files import SHOWN_INLINE
from app.media.queries import ServedFile, find_file, find_original
from app.web.deps import Db, settings_of
from app.web.door.negotiation import is_known, is_unchanged

UPLOADS = "/wp-content/uploads/"
# A path may get another file one day, as when the owner mends a picture, so no answer is for ever.
# Within a day pictures cost readers no request; after it, one that mostly says "unchanged".
CACHING = "public, max-age=86400"
# What is opened by itself may load nothing but itself, and run nothing. Browsers' own PDF viewers do
# not work under such a policy: they get none but the rule about frames. Films do not play in a
# sandbox, where their own address counts as a stranger's.
_SHOWN = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"
_SAVED = "default-src 'none'; sandbox"
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
    place = _folder(request).find(name)
    if place is None:
        log.error("upload.lost", path=name)
        raise NotFound
    return _answer(request, file, place)


async def _larger_instead(db: Db, name: str) -> Response:
    """A size of a picture that was not brought along: the picture itself will do."""
    original = await find_original(db, name)
    if original is None:
        raise NotFound
    return RedirectResponse(UPLOADS + quote(original), 302, headers={"Cache-Control": "no-cache"})


def _answer(request: Request, file: ServedFile, place: Path) -> Response:
    headers = {"ETag": f'"{file.sha256}"', "Cache-Control": CACHING}
    stat = place.stat()
    if _has_it(request, headers["ETag"], stat.st_mtime):
        return Response(status_code=304, headers=headers)
    is_shown = file.mime in SHOWN_INLINE
    headers["Content-Security-Policy"] = _POLICIES.get(file.mime, _SHOWN) if is_shown else _SAVED
    return FileResponse(
        place,
        headers=headers,
        media_type=file.mime,
        stat_result=stat,
        filename=_shown_name(file.path),
        content_disposition_type="inline" if is_shown else "attachment",
    )


def _has_it(request: Request, etag: str, changed_at: float) -> bool:
    # RFC 9110 §13.2.2: the date counts only where there is no list of tags.
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return is_known(etag.encode(), tags.encode("latin-1"))
    since = request.headers.get("if-modified-since", "")
    return is_unchanged(int(changed_at), since.encode("latin-1"))


def _shown_name(path: str) -> str:
    """The last part of a path, without what turns the direction of reading: `gpj.exe` is no picture."""
    name = path.rpartition("/")[2]
    return "".join(letter for letter in name if unicodedata.category(letter) != "Cf")


def _folder(request: Request) -> Folder:
    settings = settings_of(request)
    return folder_at(settings.media_url, settings.data / "uploads")
