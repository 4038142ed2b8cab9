"""Letters as a reader sees them, however they were written.

Advertisements are disguised with letters of other alphabets, with letters meant for formulas and with
characters nobody sees. What is left here is what a person reads; how much was disguised is counted.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# What is read of a text; an advertisement that begins later is hidden from people, too.
LONGEST = 2000
# Disguise may be longer than the text in it. Nothing longer than this is taken in anywhere.
_LONGEST_RAW = 20_000

# Devanagari to Sinhala; Thai, Lao, Tibetan and Myanmar; Khmer: there a mark is half of a letter.
_MARKS_ARE_LETTERS = ((0x0900, 0x0DFF), (0x0E00, 0x109F), (0x1780, 0x17FF))

_LATIN, _CYRILLIC = "aeopcxyisjkmthb", "аеорсхуіѕјкмтнв"
_TO_LATIN = str.maketrans(_CYRILLIC + "һԛԝ" + "αεοριυνκτχ", _LATIN + "hqw" + "aeopiuvktx")
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
# Letters of the phonetic alphabets that stand for capitals, and letters in boxes and circles.
_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True))
_BOXED = {
    chr(start + place): chr(ord("a") + place)
    for start in (0x1F150, 0x1F170, 0x1F1E6)
    for place in range(26)
}
_OTHERS = _SMALL_CAPITALS | _BOXED

_BOTH_ALPHABETS = re.compile(r"[a-z][0-9_]*[\u0370-\u052f]|[\u0370-\u052f][0-9_]*[a-z]")
_OTHER_ALPHABET = re.compile(r"[\u0370-\u052f]")
# Greek and Cyrillic letters that look like no Latin one: whoever writes them means their alphabet.
_UNMISTAKABLE = re.compile(r"[бгджзийлпфцчшщъыьэюяєґђљњћџγδζθλξπσφψω]")
_WORD = re.compile(r"\w+")
_UNSEEN = re.compile(
    r"(?<=[^\W\d_])[\u00ad\u200b-\u200d\u2060-\u2064\ufeff]+(?=[A-Za-z\u0370-\u052f])"
)
_INVISIBLE = set("\u00ad\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff")
_FANCY = re.compile(
    r"[\u1d00-\u1d7f\u2100-\u214f\u24b6-\u24e9\uff21-\uff5a"
    r"\U0001d400-\U0001d7ff\U0001f130-\U0001f189]"
)


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as it is read: small letters, one blank between words; and what was done to it."""

    text: str
    unseen: int = 0
    fancy: int = 0
    lookalikes: int = 0


@lru_cache(maxsize=4096)
def _kept(letter: str) -> str:
    """What is left of a letter: itself, another, nothing."""
    if letter in _OTHERS:
        return _OTHERS[letter]
    code, category = ord(letter), unicodedata.category(letter)
    is_part = any(first <= code <= last for first, last in _MARKS_ARE_LETTERS)
    return "" if category == "Cf" or (category == "Mn" and not is_part) else letter


def fold(text: str) -> Folded:
    """The first 2,000 characters that can be seen, folded."""
    if text.isascii():
        return Folded(" ".join(text[: LONGEST * 2].split())[:LONGEST].lower())
    folded = _folded(text[: LONGEST * 2])
    is_whole = len(text) <= LONGEST * 2 or len(folded.text) == LONGEST
    return folded if is_whole else _folded(text[:_LONGEST_RAW])


def _folded(raw: str) -> Folded:
    # Every letter once: few texts have any that asks for more than a look.
    letters = set(raw)
    # Marks are dropped before composing, too: a letter with a hundred of them is that letter.
    seen = unicodedata.normalize("NFKC", raw)
    for letter in letters if seen == raw else set(seen):
        if (kept := _kept(letter)) != letter:
            seen = seen.replace(letter, kept)
    text = unicodedata.normalize("NFKC", " ".join(seen.casefold().split())[:LONGEST])
    plain, lookalikes = _without_lookalikes(text)
    return Folded(
        " ".join(plain.split())[:LONGEST],
        unseen=len(_UNSEEN.findall(raw)) if letters & _INVISIBLE else 0,
        fancy=len(_FANCY.findall(raw)) if _FANCY.search("".join(letters)) else 0,
        lookalikes=lookalikes,
    )


def _without_lookalikes(text: str) -> tuple[str, int]:
    if not _OTHER_ALPHABET.search(text):
        return text, 0
    if not _UNMISTAKABLE.search(text):
        # No word of another alphabet is here, only its letters.
        plain = text.translate(_TO_LATIN)
        return plain, sum(a != b for a, b in zip(plain, text, strict=True))
    if not _BOTH_ALPHABETS.search(text):
        return text, 0
    found = 0

    def mended(match: re.Match[str]) -> str:
        nonlocal found
        word = match.group()
        if not _BOTH_ALPHABETS.search(word):
            return word
        found += 1
        return word.translate(_TO_CYRILLIC if _UNMISTAKABLE.search(word) else _TO_LATIN)

    return _WORD.sub(mended, text), found
