"""Our own style sheets, scripts and pictures, in memory, under names made from what is in them.

There is no build step: what the browser gets is made from `frontend/` when the program starts, and
compressed by the page cache when it is first asked for.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.core.errors import NotFound
from app.web.door.page_cache import mark_cacheable
from app.web.door.stylesheets import bundle, imported

FRONTEND = Path(__file__).parents[3] / "frontend"

_FOLDERS = ("css", "fonts", "img", "js")
_TYPES = {
    ".avif": "image/avif",
    ".css": "text/css; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}

router = APIRouter()


@dataclass(frozen=True)
class Asset:
    """One file as it is served; `address` changes whenever `body` does."""

    address: str
    content_type: str
    body: bytes


@router.api_route("/static/{name:path}", methods=["GET", "HEAD"])
async def static_file(request: Request, name: str) -> Response:
    """A file for ever under its hashed name; under its plain one, by which scripts import, for now."""
    address = f"/static/{name}"
    asset = _BY_ADDRESS.get(address) or ASSETS.get(name)
    if asset is None:
        raise NotFound
    lasts = "public, max-age=31536000, immutable" if address == asset.address else "no-cache"
    mark_cacheable(request.scope, tags=())
    return Response(asset.body, headers={"Cache-Control": lasts}, media_type=asset.content_type)


def static_url(name: str) -> str:
    """The address of a file in `frontend/`, named as `css/main.css`; KeyError when it is not there."""
    return ASSETS[name].address


def load_assets(frontend: Path) -> dict[str, Asset]:
    """Everything that may be served from a folder like `frontend/`, by name. Raises ValueError."""
    files = {path.relative_to(frontend).as_posix(): path.read_bytes() for path in _files(frontend)}
    assets = {name: _asset(name, files[name]) for name in files if not name.endswith(".css")}
    sheets = {name: body.decode() for name, body in files.items() if name.endswith(".css")}
    for name in _whole(sheets):
        sheet = bundle(name, sheets, lambda other: assets[other].address)
        assets[name] = _asset(name, sheet.encode())
    return assets


def _files(frontend: Path) -> Iterator[Path]:
    for folder in _FOLDERS:
        found = (frontend / folder).rglob("[!.]*")
        yield from sorted(path for path in found if path.is_file())


def _whole(sheets: Mapping[str, str]) -> list[str]:
    """Those that are part of no other."""
    parts = set().union(*(imported(name, text) for name, text in sheets.items()))
    return [name for name in sheets if name not in parts]


def _asset(name: str, body: bytes) -> Asset:
    stem, dot, suffix = name.rpartition(".")
    digest = hashlib.sha256(body).hexdigest()[:12]
    if dot + suffix not in _TYPES:
        raise ValueError(
            f"frontend/{name}: this type of file has no content type in static_files.py"
        )
    return Asset(f"/static/{stem}.{digest}.{suffix}", _TYPES[dot + suffix], body)


ASSETS = load_assets(FRONTEND)
_BY_ADDRESS = {asset.address: asset for asset in ASSETS.values()}
