"""What a reader typed into WordPress's comment form becomes HTML, as other readers saw it.

The HTML is not safe yet: `core.markup` cleans it afterwards.
"""

import re

from app.core.text import unescaped
from app.porting.wordpress.texts.paragraphs import paragraphs
from app.porting.wordpress.texts.tags import ATTRIBUTES, tag, with_ends

_PASSED_OVER = ("a", "code", "pre")
# Links and code are passed over whole, other tags by themselves; group 2 is a bare address.
_ADDRESS = re.compile(
    rf"<({'|'.join(_PASSED_OVER)})\b{ATTRIBUTES}>.*?</\1\s*>|<[^<>]*>"
    r"|(?<![\w/@.:&;=-])((?:https?://|www\.)[^\s<>\"'\[\]]{3,})",
    re.IGNORECASE | re.DOTALL,
)
# Ends a sentence, or a quotation, rather than an address.
_AFTER = re.compile(
    r"(?:[.,;:!?*]|&(?:quot|[lg]t|[lr]aquo|[lr]dquo|[lr]squo|hellip|nbsp);|&#\d+;)+$"
)


def comment_html(source: str) -> str:
    """The text in paragraphs, with addresses that can be followed."""
    return paragraphs(clickable(source))


def clickable(html: str) -> str:
    """The HTML with its bare web addresses as links."""
    if "://" not in html and "www." not in html.lower():
        return html
    return _ADDRESS.sub(_linked, with_ends(html, _PASSED_OVER))


def _linked(found: re.Match[str]) -> str:
    typed = found[2]
    if typed is None:
        return found[0]
    url = _AFTER.sub("", typed)
    if url.endswith(")") and url.count("(") < url.count(")"):
        url = url[:-1]
    target = unescaped(url) if "://" in url[:8] else f"http://{unescaped(url)}"
    return f"{tag('a', {'href': target})}{url}</a>{typed[len(url) :]}"
