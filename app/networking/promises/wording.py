"""Does a text sound like a promise? A guess, by a table of each language; nothing is made of it by itself. Pure."""

import re

# Who says it, and of what: "I'll send you the list", "let me look it up for you".
_VERBS = (
    "send|mail|e-?mail|forward|share|post|show|give|bring|lend|write|call|ring|phone|introduce|connect|help|look"
    "|find|check|ask|get back|let you know|review|read|prepare|draft|dig|pass|put you|talk|speak|see if|follow up"
)
_HERE = r"(?:gladly |happily |certainly |definitely |also |then )?"
TABLE: dict[str, re.Pattern[str]] = {
    "en": re.compile(
        rf"\b(?:i['’]ll|i will|i shall|i['’]m going to|i am going to|i can|let me|i promise to"
        rf"|happy to|glad to) {_HERE}(?:{_VERBS})\b[^.?!\n]{{0,120}}",
        re.IGNORECASE,
    ),
}  # fmt: skip
# What somebody did, or would do under a condition, is none.
_NOT = {
    "en": re.compile(
        r"\b(?:if|unless|when|whenever|wish|hope|think|doubt|maybe|perhaps)\s+(?:only\s+)?$",
        re.IGNORECASE,
    )
}
_TO_SOMEBODY = {"en": re.compile(r"\b(?:you|your|it up|this up)\b", re.IGNORECASE)}
_LONGEST = 20_000


def sounds_like_a_promise(text: str, language: str = "en") -> bool:
    """Whether somebody says there that they will do something for the reader; no for a language not known."""
    known = language.partition("-")[0].lower()
    if known not in TABLE:
        return False
    said = "\n".join(line for line in text[:_LONGEST].splitlines() if not line.startswith(">"))
    return any(
        _TO_SOMEBODY[known].search(found[0])
        and not _NOT[known].search(said[max(0, found.start() - 40) : found.start()])
        for found in TABLE[known].finditer(said)
    )
