"""What the filter is given to read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """A comment as its sender typed it. Everything but the text may be empty."""

    text: str
    author: str = ""
    email: str = ""
    url: str = ""
    kind: str = "comment"
    # `ham`, `spam`, `discard`, or nothing where it was not asked: one more thing to go by, never a label.
    akismet: str = ""
