"""Plain text: what may stand in it, slugs, short versions. Pure functions."""

import re
import unicodedata
from html import unescape

# XML 1.0 §2.2 Char, turned round; lone surrogates are among what it forbids.
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAG = re.compile(r"<[^<>]*>")
# Candidates for a run of marks: neither letters nor blanks nor ASCII. Few texts have any.
_MANY_MARKS = re.compile(r"[^\w\s\x00-\x7f]{31,}")
# Unicode TR 15 §13, Stream-Safe Text Format: no letter has more marks in any language.
_MOST_MARKS = 30
_JOINER = "\u034f"
_LONGEST_NUMBER = 18
# Python refuses to read a number that long; no character has one.
_GIANT_NUMBER = re.compile(r"&#[0-9]{20,};?")
# Closing these ends a line of thought, so the words around them must not run together.
_BLOCK_END = re.compile(r"</(?:p|div|li|h[1-6]|blockquote|pre|tr|td|th|figcaption|dt|dd)>|<br ?/?>")
_SPACE = re.compile(r"\s+")
_NOT_IN_SLUG = re.compile(r"[^\w]+")

SLUG_LENGTH = 200
SUMMARY_WORDS = 55


def clean_text(text: str) -> str:
    """The text in NFC without characters that XML forbids (controls, lone surrogates)."""
    allowed = _FORBIDDEN.sub("", text)
    if allowed.isascii():
        return allowed
    # Marks are put in order by comparing each with all before it: a text of nothing else took minutes.
    return unicodedata.normalize("NFC", _MANY_MARKS.sub(_in_reach, allowed))


def one_line(text: str) -> str:
    """Clean text with every run of white space made one blank: for titles and names."""
    return _SPACE.sub(" ", clean_text(text)).strip()


def unix_lines(text: str) -> str:
    """The text with lines that end as they do here: browsers send two characters, and show one."""
    return text.replace("\r\n", "\n")


def plain_text(html: str) -> str:
    """The words of clean HTML, tags gone and entities read, on one line."""
    return " ".join(unescaped(_TAG.sub("", _BLOCK_END.sub(" ", html))).split())


def plain_paragraphs(html: str) -> tuple[str, ...]:
    """The same words, a paragraph, heading or item each: for the text part of a letter."""
    pieces = _BLOCK_END.sub("\f", html).split("\f")
    lines = (" ".join(unescaped(_TAG.sub("", piece)).split()) for piece in pieces)
    return tuple(line for line in lines if line)


def unescaped(text: str) -> str:
    """The text that a stranger's HTML writes with entities, of whatever number."""
    return unescape(_GIANT_NUMBER.sub("\ufffd", text))


def is_number(written: str) -> bool:
    """Whether this is written as ids and moments are: what is longer no database knows, and Python may not read."""
    return written.isascii() and written.isdecimal() and len(written) <= _LONGEST_NUMBER


def number_in(written: str) -> int | None:
    """An id as it stands in an address or a form; None for anything else."""
    return int(written) if is_number(written) else None


def shorten(text: str, words: int = SUMMARY_WORDS, characters: int = 400) -> str:
    """The first words of a text, with an ellipsis where something was left out."""
    found = text.split(maxsplit=words)
    short = " ".join(found[:words])
    if len(short) > characters:
        short = short[:characters].rsplit(" ", 1)[0]
    return short if len(short) >= len(_SPACE.sub(" ", text).strip()) else f"{short} …"


def slugify(text: str) -> str:
    """A slug: lower case, words joined by hyphens, letters of every script kept; may be empty."""
    words = _NOT_IN_SLUG.sub("-", unicodedata.normalize("NFC", text).casefold().replace("_", "-"))
    return words.strip("-")[:SLUG_LENGTH].rstrip("-")


def _in_reach(run: re.Match[str]) -> str:
    """The marks with a joiner after so many of them: it is not seen, and none is moved past it."""
    pieces: list[str] = []
    marks = 0
    for letter in run[0]:
        marks = marks + 1 if unicodedata.combining(letter) else 0
        if marks > _MOST_MARKS:
            pieces.append(_JOINER)
            marks = 1
        pieces.append(letter)
    return "".join(pieces)
