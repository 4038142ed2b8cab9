"""What the forms over the queue get: one frozen object for all of them, of which each fills its part."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.web.moderating.pages import ConsolePage, Row


@dataclass(frozen=True, slots=True)
class PlaceFound:
    """A post under which a comment may belong."""

    id: int
    title: str
    path: str


@dataclass(frozen=True)
class SheetPage(ConsolePage):
    """`moderating/sheet.html`: a form of its own for what takes more than one key."""

    kind: str
    title: str
    row: Row
    author_id: int = 0
    # What stands in its field at first.
    text: str = ""
    # Reasons to remove it for.
    reasons: Sequence[tuple[str, str]] = ()
    # Of an author who is to be blocked: how many other items they have that may go with it.
    others: int = 0
    # Who may be given it, and who has it.
    people: Sequence[tuple[int, str]] = ()
    held_by: int = 0
    # What was done of this kind before, as a sentence with its words; and which that was.
    earlier: Sequence[tuple[str, str]] = ()
    seen: int = 0
    # Posts to which it may be moved.
    places: Sequence[PlaceFound] = ()
    # Why it cannot be done at all.
    refusal: str = ""
    trouble: str = ""
