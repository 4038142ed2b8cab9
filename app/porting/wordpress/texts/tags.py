"""HTML as authors type it: where its tags are, what they say, and how one is written.

No parser: what comes out is cleaned by `core.markup` afterwards. Here a tag is what looks like one.
"""

import re
from collections.abc import Iterable
from html import escape

from app.core.text import one_line, unescaped

# Up to the bracket that ends the tag; one inside of quotes does not.
ATTRIBUTES = r"(?:[^<>\"']|\"[^\"]*\"|'[^']*')*"
# Groups: the closing slash, the name, the attributes.
TAG = re.compile(rf"<(/?)([A-Za-z][A-Za-z0-9:-]*)((?:[\s/]{ATTRIBUTES})?)>")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")


def attributes(text: str) -> dict[str, str]:
    """The attributes of a tag, names in lower case, entities read; the first of a name counts."""
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), unescaped(double or single or bare))
    return found


def tag(name: str, given: dict[str, str | None] | dict[str, str] | None = None) -> str:
    """An opening tag; attributes whose value is None are left out."""
    written = (
        f' {key}="{escape(value)}"' for key, value in (given or {}).items() if value is not None
    )
    return f"<{name}{''.join(written)}>"


def link(url: str, text: str) -> str:
    """A link, its text as plain text."""
    return f"{tag('a', {'href': url})}{escape(text, quote=False)}</a>"


def plain_line(html: str) -> str:
    """What a title or a name says: its markup gone, entities read, on one line."""
    return one_line(unescaped(TAG.sub("", html)))


def words(html: str) -> str:
    """The text of a piece of HTML, on one line."""
    return " ".join(unescaped(TAG.sub(" ", without_comments(html))).split())


def without_comments(html: str) -> str:
    """The HTML without its comments; one that never ends is left."""
    pieces, at = [], 0
    while (start := html.find("<!--", at)) >= 0 and (end := html.find("-->", start + 4)) >= 0:
        pieces.append(html[at:start])
        at = end + 3
    return "".join([*pieces, html[at:]])


def with_ends(html: str, names: Iterable[str]) -> str:
    """The HTML with an end for the last of each of these elements, where it has none.

    A search for `<pre>` up to `</pre>` then never runs to the end of the text in vain.
    """
    lower = html.lower()
    missing = (f"</{name}>" for name in names if lower.rfind(f"<{name}") > lower.rfind(f"</{name}"))
    return html + "".join(missing)
