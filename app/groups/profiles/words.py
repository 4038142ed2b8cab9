"""The words of a profile: read from one field, where they stand between commas. Pure."""

import re

from app.core.errors import Invalid
from app.core.i18n import _
from app.core.text import clean_text, one_line, slugify

MOST_WORDS = 12
WORD_LENGTH = 40

_BETWEEN = re.compile(r"[,;\n،、，]")


def words_in(typed: str) -> list[str]:
    """The words in a field, as they were typed; each once, whatever its letters' case. Raises Invalid."""
    found: dict[str, str] = {}
    for piece in _BETWEEN.split(clean_text(typed)):
        word = one_line(piece).lstrip("#").strip()
        if not (key := word_key(word)):
            continue
        if len(word) > WORD_LENGTH:
            said = _("“%(word)s …” is too long: %(number)d characters are enough.")
            raise Invalid(said % {"word": word[:20], "number": WORD_LENGTH})
        found.setdefault(key, word)
    if len(found) > MOST_WORDS:
        raise Invalid(_("At most %(number)d of these, please.") % {"number": MOST_WORDS})
    return list(found.values())


def word_key(word: str) -> str:
    """The same for all who mean the same word: lower case, joined by hyphens."""
    return slugify(one_line(word))[:WORD_LENGTH].strip("-")


def words_typed(words: list[str]) -> str:
    """Words as they stand in the field."""
    return ", ".join(words)
