"""The elements of WXR 1.2 as text. Pure; every value may be anything a person typed.

What WordPress's importer reads is written in its words and order. Unlike it, every text is CDATA:
nothing is escaped twice, and a diff of two exports is a diff of the sites.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from email.utils import format_datetime
from xml.sax.saxutils import escape

from app.core.text import clean_text

NEVER = "0000-00-00 00:00:00"
_INDENT = "\t"


def text(name: str, value: object, depth: int = 2) -> str:
    """`<name><![CDATA[value]]></name>` on a line of its own; enumerations by their values."""
    return f"{_INDENT * depth}<{name}>{cdata(str(value))}</{name}>\n"


def said(name: str, value: str, depth: int = 2) -> str:
    """The same for a title or a name, which WordPress keeps as HTML and prints as it is."""
    return text(name, escape(value), depth)


def number(name: str, value: int, depth: int = 2) -> str:
    """`<name>7</name>` on a line of its own."""
    return f"{_INDENT * depth}<{name}>{value}</{name}>\n"


def plain(name: str, value: str, depth: int = 2, attributes: str = "") -> str:
    """A value that needs no CDATA (addresses, dates), escaped; `attributes` begin with a blank."""
    return f"{_INDENT * depth}<{name}{attributes}>{escape(clean_text(value))}</{name}>\n"


def group(name: str, inside: Iterable[str], depth: int = 1) -> str:
    """An element that holds others."""
    return f"{_INDENT * depth}<{name}>\n{''.join(inside)}{_INDENT * depth}</{name}>\n"


def meta(kind: str, pairs: Iterable[tuple[str, str]], depth: int = 2) -> str:
    """`wp:postmeta` or `wp:commentmeta`, one a pair."""
    return "".join(
        group(
            f"wp:{kind}",
            (plain("wp:meta_key", key, depth + 1), text("wp:meta_value", value, depth + 1)),
            depth,
        )
        for key, value in pairs
    )


def cdata(value: str) -> str:
    """A CDATA section, or two where the text holds what would end one (XML 1.0 §2.7)."""
    return f"<![CDATA[{clean_text(value).replace(']]>', ']]]]><![CDATA[>')}]]>"


def rfc822(at: datetime | None) -> str:
    """A moment for `pubDate`; nothing for none."""
    return format_datetime(at.astimezone(UTC)) if at else ""


def gmt(at: datetime | None) -> str:
    """A moment as WordPress writes it, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if at else NEVER


def local(at: datetime | None, zone: tzinfo) -> str:
    """A moment as WordPress writes it, by the site's clock."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S") if at else NEVER


def wall(at: datetime | None) -> str:
    """What the site's clock showed."""
    return at.strftime("%Y-%m-%d %H:%M:%S") if at else NEVER


HEAD = """\
<?xml version="1.0" encoding="UTF-8" ?>
<!-- A WordPress export (WXR 1.2) of a Rapport site: Tools, Import, WordPress reads it there. -->
<!-- generator="Rapport" created="{created}" -->
<rss version="2.0"
\txmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
\txmlns:content="http://purl.org/rss/1.0/modules/content/"
\txmlns:wfw="http://wellformedweb.org/CommentAPI/"
\txmlns:dc="http://purl.org/dc/elements/1.1/"
\txmlns:wp="http://wordpress.org/export/1.2/"
\txmlns:rapport="tag:rapport,2026:wxr"
>
<channel>
"""
TAIL = "</channel>\n</rss>\n"
