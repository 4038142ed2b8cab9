"""`/api/v1/` as a page: all of it in words, for people who write programs. Without script."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from fastapi import Request
from starlette.responses import Response

from app.api.calling import BASE, WITH_TOKEN, WITHOUT
from app.api.document import document
from app.api.once import CHANGES
from app.core.i18n import _
from app.web.accounts.pages import frame_now
from app.web.deps import Frame
from app.web.door.page_cache import mark_cacheable
from app.web.head import Head
from app.web.rendering import render

# To be typed into a terminal; no word of them is anybody's language.
_READING = "curl {url}/posts?limit=3"
_SIGNED = 'curl -H "Authorization: Bearer rapport_…" "{url}/posts?status=draft"'
_PAGES = """curl -i "{url}/posts?limit=50"
curl "{url}/posts?limit=50&cursor=…\""""
_ONCE = """curl {url}/posts \\
  -H "Authorization: Bearer rapport_…" \\
  -H "Content-Type: application/json" \\
  -H "Idempotency-Key: 7f3a9c0e-letters-1" \\
  -d '{"title": "A letter a week", "source": "Write to **one** person.", "status": "published"}'"""
_PROBLEM = """{"type": "about:blank", "status": 422, "title": "…", "detail": "…",
 "errors": [{"field": "title", "detail": "…"}]}"""


@dataclass(frozen=True)
class Examples:
    """Calls to be tried at once, and an answer."""

    reading: str
    token: str
    pages: str
    once: str
    problem: str = _PROBLEM


@dataclass(frozen=True)
class OperationRow:
    """One operation, as the list at the end of the page names it."""

    name: str
    method: str
    path: str
    summary: str
    scope: str
    is_public: bool


@dataclass(frozen=True)
class OperationArea:
    """Operations about one kind of thing."""

    label: str
    rows: Sequence[OperationRow]


@dataclass(frozen=True)
class ApiPage:
    """`api/page.html`."""

    frame: Frame
    head: Head
    examples: Examples
    areas: Sequence[OperationArea]
    calls_with_token: int = WITH_TOKEN.amount
    calls_without: int = WITHOUT.amount
    changes: int = CHANGES[0].times


async def show_page(request: Request) -> Response:
    """How programs speak to this site."""
    frame = await frame_now(request)
    mark_cacheable(request.scope, {"site"})
    url = f"{frame.base_url}{BASE}"
    title = f"{_('For programs')} – {frame.site.title}"
    page = ApiPage(
        frame=frame,
        head=Head(title=title, path=f"{BASE}/", description=_("The API of this site, in words.")),
        examples=Examples(
            *(one.replace("{url}", url) for one in (_READING, _SIGNED, _PAGES, _ONCE))
        ),
        areas=areas(document(frame.base_url)),
    )
    return render("api/page.html", page)


def areas(told: dict[str, Any]) -> list[OperationArea]:
    """The operations of a document, by what they are about."""
    rows = [
        (operation["tags"][0], _row(method, path, operation))
        for path, methods in told["paths"].items()
        for method, operation in methods.items()
    ]
    order = list(dict.fromkeys(label for label, _one in rows))
    rows.sort(key=lambda row: order.index(row[0]))
    return [
        OperationArea(label, [row for _label, row in its])
        for label, its in groupby(rows, key=lambda row: row[0])
    ]


def _row(method: str, path: str, operation: dict[str, Any]) -> OperationRow:
    [scope] = operation["security"][-1]["token"]
    return OperationRow(
        name=operation["operationId"], method=method.upper(), path=path,
        summary=operation["summary"].replace("`", ""), scope=scope, is_public={} in operation["security"],
    )  # fmt: skip
