"""Words that stand in one text alone: whoever finds one has read that text, or a piece of it."""

import random
import re
import string
from dataclasses import dataclass, field

from tests.secrecy.oracle import Person, Rule

_FOUND = re.compile(rb"(?i)kw[a-z]{9}")


@dataclass(frozen=True)
class Word:
    """One word, the text it stands in, and who may read it."""

    text: str
    about: str
    may: Rule


@dataclass
class Words:
    """All the words of a site."""

    chance: random.Random
    known: dict[str, Word] = field(default_factory=dict)

    def new(self, about: str, may: Rule) -> str:
        """A word for a text, which these may read."""
        text = "kw" + "".join(self.chance.choices(string.ascii_lowercase, k=9))
        self.known[text] = Word(text, about, may)
        return text

    def unknown(self) -> str:
        """A word of the same shape that stands nowhere."""
        return "kw" + "".join(self.chance.choices(string.ascii_lowercase, k=9))

    def found_in(self, content: bytes) -> set[str]:
        """Which of them stand in something."""
        found = {each.decode().lower() for each in _FOUND.findall(content)}
        return found & self.known.keys()

    def for_(self, who: Person) -> set[str]:
        """Those that somebody may read."""
        return {text for text, word in self.known.items() if word.may(who)}
