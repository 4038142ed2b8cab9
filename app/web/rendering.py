"""Page objects to HTML. A template gets one thing, `page`, and knows a few words besides."""

from collections.abc import Callable
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import _escape_inner  # type: ignore[attr-defined]

from app.core.i18n import _, ngettext, speak
from app.posts.addresses import address
from app.web.deps import Frame
from app.web.door.static_files import static_url
from app.web.groups.pages import ReplyCard
from app.web.head import Head
from app.web.pages.comment_cards import COMMENTS_KEPT, CommentCard
from app.web.pages.moments import Moments, locale_of, moments_in

TEMPLATES = Path(__file__).parents[2] / "frontend" / "templates"

# For replies in groups, as COMMENTS_KEPT; most readers are shown the same of one. Longer ones, of
# which a thousand would be felt, are drawn each time.
REPLIES_KEPT = 1_000
LONGEST_KEPT = 5_000

# Filters inside macros see no page, and the site's clock should not be handed to every one of them.
_moments: ContextVar[Moments] = ContextVar("moments")
_language_and_zone: ContextVar[tuple[str, str]] = ContextVar("language and zone")


class Page(Protocol):
    """What every page object has besides its own fields."""

    @property
    def frame(self) -> Frame:
        """What stands around it."""

    @property
    def head(self) -> Head:
        """What it says of itself."""


def render(template: str, page: Page, status: int = 200) -> HTMLResponse:
    """A page as the answer to a request; its headers, too, say where it is not to be listed."""
    headers = {"X-Robots-Tag": "noindex"} if page.head.robots == "noindex" else None
    return HTMLResponse(html_of(template, page), status_code=status, headers=headers)


def html_of(template: str, page: Page) -> str:
    """A page as HTML, in the site's language."""
    site = page.frame.site
    speak(site.language)
    _moments.set(moments_in(site.language, site.timezone))
    _language_and_zone.set((site.language, site.timezone))
    return TEMPLATES_LOADED.get_template(template).render(page=page)


def _escaped(value: object) -> str:
    """What stands between tags or quotes: HTML as it is, anything else escaped."""
    if type(value) is str:
        return _escape_inner(value)
    as_html: Callable[[], str] | None = getattr(value, "__html__", None)
    return as_html() if as_html else _escape_inner(str(value))


class _Compiled(Template):
    """A template whose pieces become `Markup` all at once and not one by one: a fifth of its time."""

    @classmethod
    def from_code(cls, *arguments: Any, **named: Any) -> Template:
        """As Jinja does, with our own `escape` in place of what it imports."""
        template = super().from_code(*arguments, **named)
        template.root_render_func.__globals__["escape"] = _escaped
        return template


class _Templates(Environment):
    """Jinja for objects: a page has attributes, and one that is missing is an error at once."""

    template_class = _Compiled
    # Jinja's own also tries keys, and costs five times as much, two thousand times a page.
    getattr = staticmethod(getattr)  # type: ignore[assignment]


def _loaded() -> Environment:
    environment = _Templates(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    # The extension adds this method at run time.
    environment.install_gettext_callables(_, ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(
        static_url=static_url,
        direction_of=direction_of,
        drawn_card=_drawn_card,
        drawn_reply=_drawn_reply,
    )
    environment.filters.update(
        address=address,
        iso=_iso,
        day=_day,
        calendar_day=calendar_day,
        moment=_moment,
        number=_number,
    )
    return environment


def _drawn_card(card: CommentCard) -> str:
    """A comment's card as HTML; how the list around it goes on does not show on it."""
    return _card_of(card[:_SHOWN], _language_and_zone.get())


@lru_cache(maxsize=COMMENTS_KEPT)
def _card_of(shown: tuple[Any, ...], _spoken: tuple[str, str]) -> str:
    card = CommentCard._make((*shown, False, False, 0))
    module: Any = TEMPLATES_LOADED.get_template("components/comment.html").module
    drawn: str = module.comment_card(card)
    return drawn


_SHOWN = CommentCard._fields.index("opens")


def _drawn_reply(card: ReplyCard, *, may_answer: object, may_solve: bool) -> str:
    """The card of a reply as HTML; what is its reader's own is in it, so others have another card."""
    drawn = reply_drawn if len(card.body_html) <= LONGEST_KEPT else reply_drawn.__wrapped__
    return drawn(card, bool(may_answer), may_solve, _language_and_zone.get())


@lru_cache(maxsize=REPLIES_KEPT)
def reply_drawn(
    card: ReplyCard, may_answer: bool, may_solve: bool, _spoken: tuple[str, str]
) -> str:
    """The card as its template draws it, found by all that is handed over: what is kept can't be old."""
    module: Any = TEMPLATES_LOADED.get_template("components/group.html").module
    drawn: str = module.reply_card(card, may_answer=may_answer, may_solve=may_solve)
    return drawn


def _iso(at: datetime) -> str:
    return _moments.get().iso(at)


def _day(at: datetime) -> str:
    return _moments.get().day(at)


def calendar_day(day: date) -> str:
    """A day that no zone can move, as the page being made writes it."""
    return _moments.get().calendar_day(day)


def _moment(at: datetime) -> str:
    return _moments.get().moment(at)


def _number(number: int) -> str:
    return _moments.get().number(number)


def direction_of(language: str) -> str:
    """Which way a language is written, as HTML says it: `ltr` or `rtl`."""
    return str(locale_of(language).text_direction)


TEMPLATES_LOADED = _loaded()
