"""A text in another script than the site's: nearly always an advertisement that was meant for others."""

import unicodedata
from collections import Counter
from functools import lru_cache

from app.core.i18n import _
from app.moderation.submission import Facts, Submission
from app.moderation.verdicts import Says, Verdict

_CYRILLIC = frozenset({"LATIN", "CYRILLIC"})
_ARABIC = frozenset({"LATIN", "ARABIC"})
_HEBREW = frozenset({"LATIN", "HEBREW"})
_DEVANAGARI = frozenset({"LATIN", "DEVANAGARI"})
# Latin letters are read everywhere.
_SCRIPTS = {
    "ar": _ARABIC, "be": _CYRILLIC, "bg": _CYRILLIC, "el": frozenset({"LATIN", "GREEK"}),
    "fa": _ARABIC, "he": _HEBREW, "hi": _DEVANAGARI, "ja": frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    "ko": frozenset({"LATIN", "HANGUL", "CJK"}), "mk": _CYRILLIC, "mr": _DEVANAGARI, "ne": _DEVANAGARI,
    "ru": _CYRILLIC, "sr": _CYRILLIC, "th": frozenset({"LATIN", "THAI"}), "uk": _CYRILLIC,
    "ur": _ARABIC, "yi": _HEBREW, "zh": frozenset({"LATIN", "CJK", "BOPOMOFO"}),
}  # fmt: skip
_LATIN = frozenset({"LATIN"})
# These say nothing of a language: fancy letters for mathematics are Latin ones to a reader.
_OF_NONE = frozenset(
    {"MATHEMATICAL", "MODIFIER", "FULLWIDTH", "CIRCLED", "SQUARED", "FEMININE", "MASCULINE"}
)
# So many letters tell.
_LOOKED_AT = 400
_FEW = 8


def foreign_script(submission: Submission, facts: Facts) -> Verdict | None:
    """Most of its letters are of a script in which nobody reads here."""
    if facts.is_trusted:
        return None
    ours = _SCRIPTS.get(facts.language.partition("-")[0].lower(), _LATIN)
    scripts = Counter(map(_script_of, submission.text[:_LOOKED_AT]))
    del scripts[""]
    foreign = sum(number for script, number in scripts.items() if script not in ours)
    if foreign < _FEW or foreign * 2 <= scripts.total():
        return None
    because = _("It is written in another script than this site.")
    return Verdict("foreign_script", Says.HOLD, because)


@lru_cache(maxsize=4096)
def _script_of(letter: str) -> str:
    """The script of a letter as Unicode's name for it begins; empty for anything else."""
    if not letter.isalpha():
        return ""
    script = unicodedata.name(letter, "").partition(" ")[0]
    return "" if script in _OF_NONE else script
