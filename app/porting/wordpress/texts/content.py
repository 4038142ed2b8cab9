"""What an author typed into WordPress becomes HTML, as its readers saw it.

The HTML is not safe yet: `core.markup` cleans it afterwards.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.porting.wordpress.texts.blocks import (
    Fill,
    Unwrapped,
    has_blocks,
    nothing_kept,
    unwrap_blocks,
)
from app.porting.wordpress.texts.media import bring_home, show_bare_addresses
from app.porting.wordpress.texts.old_site import OldSite
from app.porting.wordpress.texts.paragraphs import paragraphs
from app.porting.wordpress.texts.shortcodes import FindMedia, Media, turn_shortcodes
from app.porting.wordpress.texts.tags import without_comments

# The block editor wraps the old marks into blocks of their own, which go with them.
_NEXT_PAGE = re.compile(
    r"<!--\s*wp:(?:core/)?nextpage\s*-->\s*<!--nextpage-->\s*<!--\s*/wp:(?:core/)?nextpage\s*-->"
    r"|\n?<!--\s*nextpage\s*-->\n?"
)
_MORE = re.compile(
    r"<!--\s*wp:(?:core/)?more(?:\s[^>]*)?-->\s*<!--more(?:\s[^>]*?)?-->"
    r"(?:\s*<!--noteaser-->)?\s*<!--\s*/wp:(?:core/)?more\s*-->"
    r"|<!--\s*more(?:\s[^>]*?)?-->(?:\s*<!--noteaser-->)?"
)


def no_media(_ids: Sequence[int] | None) -> Sequence[Media]:
    """For texts that come without attachments."""
    return ()


@dataclass(frozen=True)
class Context:
    """What a text may refer to: its site, the attachments of its post, and words kept elsewhere."""

    site: OldSite = field(default_factory=OldSite)
    find_media: FindMedia = no_media
    fill: Fill = nothing_kept


@dataclass(frozen=True, slots=True)
class Converted:
    """A post's text, page by page, and what could not be turned into HTML."""

    pages: tuple[str, ...]
    # What stands before `<!--more-->`; None where there is none.
    teaser: str | None
    left_shortcodes: tuple[str, ...]
    dropped_blocks: tuple[str, ...]


def convert(source: str, context: Context) -> Converted:
    """The source as WordPress stores it, as HTML to be cleaned; never fails."""
    pages = _NEXT_PAGE.split(source)
    if len(pages) > 1 and not pages[0].strip():
        del pages[0]
    typed = not has_blocks(source)
    before = _MORE.split(pages[0], maxsplit=1)
    done = [_page(_MORE.sub("", page), context, typed=typed) for page in pages]
    teaser = _page(before[0], context, typed=typed).html if len(before) > 1 else None
    return Converted(
        pages=tuple(page.html for page in done),
        teaser=teaser,
        left_shortcodes=_all(page.left for page in done),
        dropped_blocks=_all(page.dropped for page in done),
    )


@dataclass(frozen=True, slots=True)
class _Page:
    html: str
    left: tuple[str, ...]
    dropped: tuple[str, ...]


def _page(source: str, context: Context, *, typed: bool) -> _Page:
    blocks = Unwrapped(source, ()) if typed else unwrap_blocks(source, context.fill)
    unwrapped, dropped = without_comments(blocks.html), blocks.dropped
    turned = turn_shortcodes(unwrapped, context.find_media)
    html = show_bare_addresses(turned.html, context.site, typed=typed)
    html = bring_home(html, context.site)
    return _Page(paragraphs(html) if typed else html.strip(), turned.left, dropped)


def _all(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for names in lists for name in names))
