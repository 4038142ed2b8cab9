"""Plain typing becomes paragraphs, as WordPress shows it: a blank line ends one, a line end breaks.

Tags of blocks stand between paragraphs, never inside one. What is preformatted stays as it was typed.
"""

import re
from collections.abc import Iterator

from app.porting.wordpress.texts.tags import ATTRIBUTES, TAG, with_ends, without_comments

_BLOCKS = (
    "address|article|aside|blockquote|caption|center|col|colgroup|dd|details|div|dl|dt|fieldset"
    "|figcaption|figure|footer|form|h[1-6]|header|hgroup|hr|legend|li|menu|nav|ol|p|section|summary"
    "|table|tbody|td|tfoot|th|thead|tr|ul"
)
_PREFORMATTED = ("pre", "script", "style")
# Line ends in these are nobody's typing.
_WHOLE = ("audio", "video", "object", "svg", "map", "select", "button", "textarea")
# Groups: a closing slash, the name. What is preformatted is one piece, from tag to tag.
_BLOCK = re.compile(
    rf"<({'|'.join(_PREFORMATTED)})\b{ATTRIBUTES}>.*?</\1\s*>|<(/?)({_BLOCKS})(?:[\s/]{ATTRIBUTES})?>",
    re.IGNORECASE | re.DOTALL,
)
# Without any of these there is no need to look closely.
_SIGN_OF_BLOCK = re.compile(rf"</?(?:{_BLOCKS}|{'|'.join(_PREFORMATTED)})[\s/>]", re.IGNORECASE)
_SHOWS = re.compile(
    r"<(?:img|br|input|audio|video|iframe|object|embed|button|svg)\b", re.IGNORECASE
)
_INSIDE = re.compile(
    rf"<({'|'.join(_WHOLE)})\b{ATTRIBUTES}>.*?</\1\s*>|{TAG.pattern}",
    re.IGNORECASE | re.DOTALL,
)
_BLANK = re.compile(r"\n[ \t\xa0]*\n\s*")
_TWO_BREAKS = re.compile(r"<br\s*/?>\s*<br\s*/?>", re.IGNORECASE)
_LINE_END = re.compile(r"(<br\s*/?>)?[ \t]*\n")
_MARKED = "\0"

# Nobody means what is nested deeper, and each end is looked for in all that is open.
_DEEPEST = 100
_VOID = frozenset(("hr", "col"))
# A text alone in one of these is a paragraph all the same.
_ALWAYS = frozenset(("", "blockquote"))
# And in these it never is: they are lines, or hold nothing but other blocks.
_LINES = frozenset((
    "h1", "h2", "h3", "h4", "h5", "h6", "figure", "figcaption", "caption", "legend", "summary", "dt",
))  # fmt: skip
_FRAMES = frozenset((
    "ul", "ol", "menu", "dl", "table", "thead", "tbody", "tfoot", "tr", "colgroup", "hgroup",
))  # fmt: skip
# Opening the first closes the second (HTML §13.1.2.4, optional tags).
_ENDS = {"li": ("li",), "dt": ("dt", "dd"), "dd": ("dt", "dd"), "tr": ("tr", "td", "th")}
_ENDS |= {"td": ("td", "th"), "th": ("td", "th")}


def paragraphs(text: str) -> str:
    """The text with `<p>` and `<br />` where WordPress puts them."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "<!--" in text:
        text = without_comments(text)
    if "<" not in text:
        return _as_paragraphs(text)
    text = with_ends(text, _PREFORMATTED + _WHOLE)
    text = _TWO_BREAKS.sub("\n\n", text)
    if "\n" in text:
        text = _INSIDE.sub(lambda found: found[0].replace("\n", _MARKED), text)
    done = "".join(_walk(text)) if _SIGN_OF_BLOCK.search(text) else _as_paragraphs(text)
    return done.replace(_MARKED, "\n").strip()


def _as_paragraphs(text: str) -> str:
    return "\n".join(f"<p>{_broken(part)}</p>" for part in _BLANK.split(text.strip()) if part)


def _broken(part: str) -> str:
    return _LINE_END.sub("<br />\n", part) if "\n" in part else part


def _walk(text: str) -> Iterator[str]:
    """The text piece by piece: tags of blocks as they are, what lies between them as its place wants."""
    open_blocks: list[str] = []
    at, follows_block = 0, False
    for found in _BLOCK.finditer(text):
        container = open_blocks[-1] if open_blocks else ""
        yield _between(text[at : found.start()], container, follows_block=follows_block)
        at = found.end()
        name = (found[3] or "").lower()
        # A paragraph that a block has ended can't be ended again: that would make an empty one.
        is_void = name == "p" and found[2] and "p" not in open_blocks
        yield "\n" if is_void else found[0]
        follows_block = _entered(open_blocks, name, closes=bool(found[2]))
    container = open_blocks[-1] if open_blocks else ""
    yield _between(text[at:], container, follows_block=follows_block)


def _entered(open_blocks: list[str], name: str, *, closes: bool) -> bool:
    """Keep count of the open blocks past a tag; whether it left a finished block behind."""
    if closes:
        if name in open_blocks:
            while open_blocks.pop() != name:
                pass
        return True
    if open_blocks and open_blocks[-1] in ("p", *_ENDS.get(name, ())):
        open_blocks.pop()
    if not name or name in _VOID:
        return True
    if len(open_blocks) < _DEEPEST:
        open_blocks.append(name)
    return False


def _between(text: str, container: str, *, follows_block: bool) -> str:
    """A stretch without blocks, where `container` is the innermost one that is open around it."""
    inner = text.strip()
    if not inner:
        return "\n" if "\n" in text else text
    if container in _FRAMES or not (_SHOWS.search(inner) or TAG.sub("", inner).strip()):
        return text
    if container in _LINES:
        return _broken(text.strip("\n"))
    if container == "p":
        return "</p>\n<p>".join(_broken(part) for part in _BLANK.split(text.strip("\n")) if part)
    is_apart = follows_block or _BLANK.match(text) or _BLANK.search(inner)
    if container in _ALWAYS or is_apart:
        return f"\n{_as_paragraphs(inner)}\n"
    return _broken(text.strip("\n"))
