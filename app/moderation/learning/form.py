"""The form of a comment, whatever it says: how long, how many links of which kind, what sort of name.

Each fact is a code. `sentence_of` says it to a moderator.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits

from app.core.i18n import _, marked
from app.moderation.learning.folding import Folded
from app.moderation.learning.links import Link
from app.moderation.learning.words import Words

_HTML_LINK = re.compile(r"<a\s[^>]*href", re.IGNORECASE)
_BBCODE_LINK = re.compile(r"\[(?:url|link)\b", re.IGNORECASE)
_MARKDOWN_LINK = re.compile(r"\]\(\s*https?:", re.IGNORECASE)
_CODE = re.compile(r"```|`[^`\n]+`|<code|<pre|^ {4}\S", re.IGNORECASE | re.MULTILINE)
_PICTURE = re.compile(r"[\u2600-\u27bf\U0001f300-\U0001faff]")
_MONEY = re.compile(r"[$€£¥₽₹₿]")
_PHONE = re.compile(r"\+?\d[\d ().-]{7,20}\d")
_SCRIPTS = {
    "latin": re.compile(r"[a-z\u00df-\u024f]"),
    "cyrillic": re.compile(r"[\u0400-\u052f]"),
    "greek": re.compile(r"[\u0370-\u03ff]"),
    "arabic": re.compile(r"[\u0590-\u06ff]"),
    "indic": re.compile(r"[\u0900-\u0eff]"),
    "chinese": re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"),
}
_DIGIT_BYTES = digits.encode()
_NEITHER = bytes(set(range(256)) - set((ascii_letters + digits).encode()))
_NO_CAPITALS = (ascii_lowercase + digits).encode()
_NAME_SIGNS = str.maketrans(
    ascii_uppercase + ascii_lowercase + digits, "A" * 26 + "a" * 26 + "1" * 10
)
_SHARES = (0, 2, 5, 10, 20, 40, 70, 100)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_REPEATED = re.compile(r"([a1])\1+|(A)A+")

_SENTENCES = {
    "links": marked("Number of links: {value}"),
    "hosts": marked("Number of sites linked to: {value}"),
    "length": marked("Length: about {value} characters"),
    "per link": marked("About {value} characters for each link"),
    "html link": marked("A link written in HTML"),
    "bbcode link": marked("A link written in BBCode"),
    "markdown link": marked("A link written in Markdown"),
    "script": marked("Letters: {value}"),
    "scripts": marked("Number of alphabets: {value}"),
    "capitals": marked("Share of capitals: {value}"),
    "digits": marked("Share of digits: {value}"),
    "code": marked("Has code in it"),
    "question": marked("Asks something"),
    "loud": marked("Exclamation marks: {value}"),
    "pictures": marked("Emoji: {value}"),
    "money": marked("Names a currency"),
    "phone": marked("Gives a number to call"),
    "lines": marked("Paragraphs: {value}"),
    "small start": marked("Begins with a small letter"),
    "unseen": marked("Characters nobody can see: {value}"),
    "fancy": marked("Letters meant for formulas: {value}"),
    "lookalikes": marked("Letters that look like others: {value}"),
    "name": marked("Shape of the name: {value}"),
    "name words": marked("Words in the name: {value}"),
    "named": marked("The name is repeated in the comment"),
    "named link": marked("The name is in the address of the website"),
    "website": marked("Website given: {value}"),
    "website length": marked("Website and length: {value}"),
    "website page": marked("The website is a page, not a whole site"),
    "mail": marked("E-mail given: {value}"),
    "kind": marked("Kind: {value}"),
    "akismet": marked("Akismet said: {value}"),
}


def form_of(
    words: Words, text: Folded, name: str, links: Sequence[Link], website: Link | None
) -> list[str]:
    """The facts as codes, each with its value after an equals sign where it has one."""
    return [
        f"length={_size(len(text.text))}",
        f"website={'yes' if words.url.strip() else 'no'}",
        f"links={_few(len(links))}",
        *_of_links(words.text, text.text, links),
        *_of_letters(words.text[:2000], text),
        *_of_author(words, text.text, name, website),
        f"kind={words.kind}",
        *([f"akismet={words.akismet}"] if words.akismet else []),
    ]


def sentence_of(fact: str) -> str:
    """A fact in the reader's language."""
    code, _equals, value = fact.partition("=")
    return _(_SENTENCES[code]).replace("{value}", value)


def _of_links(raw: str, text: str, links: Sequence[Link]) -> Iterator[str]:
    if links:
        yield f"hosts={_few(len({link.host for link in links}))}"
        yield f"per link={_size(len(text) // len(links))}"
    if "<" in raw and _HTML_LINK.search(raw):
        yield "html link"
    if "[" in raw:
        if _BBCODE_LINK.search(raw):
            yield "bbcode link"
        if _MARKDOWN_LINK.search(raw):
            yield "markdown link"


def _of_letters(raw: str, text: Folded) -> Iterator[str]:
    letters, capitals, numbers = _counted(raw)
    yield f"capitals={_share(capitals, letters or 1)}"
    yield f"digits={_share(numbers, len(raw) or 1)}"
    yield f"lines={_few(raw.strip().count(chr(10)) + 1)}"
    if text.text.isascii():
        yield "script=latin"
    else:
        yield from _of_scripts(text.text)
        yield f"pictures={_few(len(_PICTURE.findall(raw)))}"
        for code, count in (
            ("unseen", text.unseen),
            ("fancy", text.fancy),
            ("lookalikes", text.lookalikes),
        ):
            if count:
                yield f"{code}={_few(count)}"
    if ("`" in raw or "<" in raw or "    " in raw) and _CODE.search(raw):
        yield "code"
    if "?" in raw:
        yield "question"
    if "!" in raw:
        yield f"loud={_few(raw.count('!'))}"
    if ("$" in raw) if raw.isascii() else _MONEY.search(raw):
        yield "money"
    if numbers > 8 and _PHONE.search(raw):
        yield "phone"
    if raw.lstrip()[:1].islower():
        yield "small start"


def _counted(raw: str) -> tuple[int, int, int]:
    """How many letters there are, capitals among them, and digits."""
    if raw.isascii():
        # What is left when all others are taken out: far quicker than to look for them.
        left = raw.encode().translate(None, _NEITHER)
        in_capitals = left.translate(None, _NO_CAPITALS)
        in_letters = left.translate(None, _DIGIT_BYTES)
        return len(in_letters), len(in_capitals), len(left) - len(in_letters)
    letters = capitals = numbers = 0
    for letter, times in Counter(raw).items():
        if letter.isalpha():
            letters += times
            capitals += times if letter.isupper() else 0
        elif letter.isdecimal():
            numbers += times
    return letters, capitals, numbers


def _of_scripts(text: str) -> Iterator[str]:
    there = [name for name, pattern in _SCRIPTS.items() if pattern.search(text)]
    yield from (f"script={name}" for name in there)
    yield f"scripts={_few(len(there))}"


def _of_author(words: Words, text: str, name: str, website: Link | None) -> Iterator[str]:
    signs = _NOT_ASCII.sub("ü", words.author.strip()[:80].translate(_NAME_SIGNS))
    yield f"name={_REPEATED.sub(_once_or_twice, signs)[:24]}"
    yield f"name words={_few(len(name.split()))}"
    yield f"mail={'yes' if words.email.strip() else 'no'}"
    if len(name) > 3 and name in text:
        yield "named"
    if website is not None:
        yield f"website length={_size(len(text))}"
        if website.parts:
            yield "website page"
        if any(len(part) > 2 and part in website.host for part in name.split()):
            yield "named link"


def _once_or_twice(found: re.Match[str]) -> str:
    return found[1] or "AA"


def _few(count: int) -> str:
    return (
        str(count) if count < 3 else "3–5" if count < 6 else "6–10" if count < 11 else "11 or more"
    )


def _size(count: int) -> str:
    """Powers of two: 0, 1, 2, 4, 8 and so on."""
    return str(1 << count.bit_length() - 1) if count else "0"


def _share(part: int, whole: int) -> str:
    return f"{_SHARES[bisect_left(_SHARES, 100 * part // whole)]} % or less"
