"""The words around a link."""

from itertools import islice

from app.linkbacks.reading.html import Node
from app.linkbacks.reading.words import LONGEST_EXCERPT, begun, ended, fold, line

ON_EACH_SIDE = 100
LONGEST_LINK = 200
# A paragraph of the link alone tells nothing: then what is around it does.
_ENOUGH = 40
_MOST_AROUND = 4
# The text of an entry, in microformats2 and in hAtom: around it are its title, its day, its author.
_WHOLE_TEXT = frozenset(("e-content", "entry-content"))
# Before white space is folded.
_READ_AT_MOST = 20


def around(link: Node) -> str:
    """What stands before, in and after a link, in plain words; empty where it stands in no text."""
    blocks = (node for node in link.around() if node.is_block and node.tag != "title")
    best = ("", "", "")
    for block in islice(blocks, _MOST_AROUND):
        if block.tag == "html":
            break
        best = _parts(block, link)
        is_enough = len("".join((best[0], best[2])).strip()) >= _ENOUGH
        if is_enough or not _WHOLE_TEXT.isdisjoint(block.classes):
            break
    before, inside, after = best
    if not (before + inside + after).strip():
        return ""
    start, end = _ended(before), _begun(after)
    return line(f"{start}{begun(inside, LONGEST_LINK)}{end}", LONGEST_EXCERPT)


def _parts(block: Node, link: Node) -> tuple[str, str, str]:
    parts = ["", "", ""]
    pieces: list[str] = []
    at = 0
    for piece in block.pieces():
        if isinstance(piece, str):
            pieces.append(piece)
        elif piece is link and at < 2:
            parts[at] = "".join(pieces)
            pieces, at = [], at + 1
    parts[at] = "".join(pieces)
    side = ON_EACH_SIDE * _READ_AT_MOST
    return fold(parts[0][-side:]), fold(parts[1][:side]), fold(parts[2][:side])


def _ended(before: str) -> str:
    shown = ended(before, ON_EACH_SIDE)
    return shown if len(shown) == len(before) else f"… {shown.lstrip()}"


def _begun(after: str) -> str:
    shown = begun(after, ON_EACH_SIDE)
    return shown if len(shown) == len(after) else f"{shown} …"
