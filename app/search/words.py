"""What a word is: the same for a text, for what is asked of it, and on every database.

Words are cut and folded here and not by the databases, whose own rules differ: SQLite's by its
Unicode tables, PostgreSQL's by the machine's locale, its extensions and what it takes for a URL.
Both are given words separated by blanks, so both find the same things.
"""

import re
from collections.abc import Iterator
from typing import TypeAlias
from unicodedata import category, normalize

# A folded word, and from where to where it is written.
WrittenWord: TypeAlias = tuple[str, int, int]

# Longer runs of letters are nobody's word; they are kept as several.
WORD_LENGTH = 64

# Written without blanks between words: Thai, Lao, Myanmar, Khmer, kana, Han. Each letter is a word.
_UNSPACED = (
    "\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# Accents, vowel points, joiners and the like: most people leave them out when they search.
_LEFT_OUT = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20ff"
    "\ufe00-\ufe0f\ufe20-\ufe2f\u00ad"
)
# Letters that no Unicode rule takes apart, and that other people's keyboards lack.
_SPELLED = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}


# What English prose has besides ASCII; without it most of it is found to be ASCII.
_TYPOGRAPHY = "\u00a0\u00ab\u00bb\u2010-\u2027\u2030-\u205e"


def _marks() -> str:
    """All combining marks, as ranges of a regex class.

    `\\w` knows none of them, and without them the words of most Indian scripts would fall apart.
    """
    codes = [code for code in range(0x300, 0x1F000) if category(chr(code))[0] == "M"]
    starts = [code for code in codes if category(chr(code - 1))[0] != "M"]
    ends = [code for code in codes if category(chr(code + 1))[0] != "M"]
    return "".join(f"{chr(start)}-{chr(end)}" for start, end in zip(starts, ends, strict=True))


_MARKS = _marks()
_UNSPACED_LETTER = rf"[{_UNSPACED}][{_MARKS}]*"
_SPACED_LETTER = rf"(?![{_UNSPACED}_])[\w{_MARKS}]"
_find_ascii = re.compile(rf"[a-z0-9]{{1,{WORD_LENGTH}}}").findall
_find_spaced = re.compile(rf"[\w{_MARKS}]{{1,{WORD_LENGTH}}}").findall
_find_mixed = re.compile(rf"{_UNSPACED_LETTER}|(?:{_SPACED_LETTER}){{1,{WORD_LENGTH}}}").findall
_as_written = re.compile(rf"{_UNSPACED_LETTER}|(?:{_SPACED_LETTER}|[{_LEFT_OUT}])+").finditer
_is_unspaced = re.compile(f"[{_UNSPACED}]").search
_drop_typography = re.compile(f"[{_TYPOGRAPHY}]+").sub
_drop_left_out = re.compile(f"[{_LEFT_OUT}]+").sub
_spell = re.compile(f"[{''.join(_SPELLED)}]").sub


def words(text: str) -> list[str]:
    """The words of a plain text in order, folded: no case, no accents, one form of each letter."""
    text = _drop_typography(" ", text)
    if text.isascii():
        return _find_ascii(text.lower())
    folded = _folded(text)
    return _find_mixed(folded) if _is_unspaced(folded) else _find_spaced(folded.replace("_", " "))


def words_where(text: str) -> Iterator[WrittenWord]:
    """Each word of a text as `words` gives it, and where it is written: (word, start, end)."""
    for written in _as_written(text):
        for word in words(written.group()):
            yield word, written.start(), written.end()


def _folded(text: str) -> str:
    # Unicode §5.18: compatibility forms first, since casefolding knows only some of them.
    taken_apart = _drop_left_out("", normalize("NFKD", text).casefold())
    return normalize("NFC", _spell(lambda letter: _SPELLED[letter.group()], taken_apart))
