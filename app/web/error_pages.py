"""What a person sees instead of the page asked for: what happened, and a way on."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from fastapi import Request
from sqlalchemy.exc import DBAPIError
from starlette.responses import Response

from app.core.errors import AppError, NotReady
from app.core.i18n import _, speak
from app.posts.addresses import address
from app.search.near import near_titles
from app.site.queries import unwritten_site
from app.web.deps import Frame, doors_of, frame_of, settings_of
from app.web.forms import fields_read
from app.web.head import Head, Link
from app.web.rendering import render

_NOT_WORDS = re.compile(r"[\W\d_]+")
_WORDS_LENGTH = 80
# A secret follows, not words.
_SECRETS = ("/confirm/", "/appeal/", "/unsubscribe/", "/mod/by-mail/", "/account/password/", "/c/")


@dataclass(frozen=True)
class ErrorPage:
    """`errors/error.html` and those that extend it."""

    frame: Frame
    head: Head
    status: int
    title: str
    detail: str
    # For 404 and 410: the words of the address, and posts with titles near to them.
    words: str = ""
    near: tuple[Link, ...] = ()
    # What was typed, where there is no form any more to show it in.
    typed: str = ""


async def error_page(request: Request, error: AppError) -> Response:
    """The page for an error; it needs no database, only shows more where there is one."""
    words = _words_of(request.url.path) if error.status in (404, 410) else ""
    try:
        frame, near = await _surroundings(request, words)
    except (NotReady, DBAPIError, OSError):
        frame, near = Frame(unwritten_site(), settings_of(request).base_url, ()), ()
    speak(frame.site.language)
    head = Head(title=f"{_(error.title)} – {frame.site.title}", robots="noindex")
    page = ErrorPage(
        frame, head, error.status, _(error.title), _(error.detail), words, near, _typed(request)
    )
    template = {404: "errors/404.html", 410: "errors/410.html"}.get(
        error.status, "errors/error.html"
    )
    return render(template, page, status=error.status)


async def _surroundings(request: Request, words: str) -> tuple[Frame, tuple[Link, ...]]:
    async with doors_of(request).reading() as session:
        frame = await frame_of(request, session)
        found = await near_titles(session, words) if words else ()
    return frame, tuple(Link(post.title, address(post.path)) for post in found)


def _typed(request: Request) -> str:
    """The longest text of a form that was refused: nothing anybody wrote is to be lost."""
    texts = [text for name, text in fields_read(request).items() if name != "password"]
    return max((text for text in texts if " " in text.strip()), key=len, default="")


def _words_of(path: str) -> str:
    """What an address that leads nowhere seems to be about; of a mailed link, nothing."""
    if path.startswith(_SECRETS):
        return ""
    return _NOT_WORDS.sub(" ", unquote(path)).strip()[:_WORDS_LENGTH]
