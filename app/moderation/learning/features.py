"""What the learner sees of a comment: eight sets of numbers, hashed from what stands in it.

A comment is read once (`read`); `Reading.features` is what is learned and kept, and says nothing to
whoever finds it. The names beside the numbers are only there while the comment itself is.
"""

# An array names what is in it to the type checker alone, before Python 3.12.
from __future__ import annotations

import hashlib
import re
from array import array
from dataclasses import dataclass
from functools import cached_property
from zlib import crc32

from app.moderation.learning.folding import fold
from app.moderation.learning.form import form_of
from app.moderation.learning.links import Link, links_in, read_link
from app.moderation.learning.words import Words

# The greatest prime under 2^18. Divided by it, two texts that share a number on one site have
# different ones on another: by a power of two they would share it on every site (CRCs are linear).
BUCKETS = 262_139

SETS = 8
GRAMS, WORDS, PAIRS, SKIPS, FORM, AUTHOR, LINKS, DOMAIN_GRAMS = range(SETS)

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[$€£¥₽₹]+")
_MOST_NAMES = 600


@dataclass(frozen=True, slots=True)
class Features:
    """Eight sets of buckets, each sorted and without doubles."""

    sets: tuple[array[int], ...]


@dataclass(frozen=True)
class Reading:
    """A comment, read: for each set the hashed buckets beside the names they were made of."""

    seed: int
    text: str
    # Where each word of the text begins.
    places: dict[str, int]
    names: tuple[list[str], ...]
    hashed: tuple[list[int], ...]
    # To which address each name of LINKS and DOMAIN_GRAMS belongs.
    addresses: dict[int, list[str]]
    domains: frozenset[str]

    @cached_property
    def features(self) -> Features:
        """What is learned of it."""
        return Features(tuple(array("I", sorted(set(buckets))) for buckets in self.hashed))

    @property
    def text_hash(self) -> str:
        """A short name of the text, the same however it was disguised."""
        coded = self.text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(coded, digest_size=16).hexdigest()


def read(words: Words, seed: int) -> Reading:
    """Everything there is to see; `seed` is the site's own."""
    folded = fold(words.text)
    name = fold(words.author[:200]).text
    website = read_link(words.url[:500])
    links = links_in(folded.text)
    parts, pieces = _address_names(words, links, website)
    text = f" {folded.text} "
    found = [(match[0], match.start()) for match in _WORD.finditer(text)][:_MOST_NAMES]
    in_order = [word for word, _start in found]
    names: tuple[list[str], ...] = (
        [],
        list(places := dict(found)),
        _pairs("{} {}", in_order, in_order[1:]),
        _pairs("{} … {}", in_order, in_order[2:]),
        form_of(words, folded, name, links, website),
        _author_names(name),
        list(parts),
        list(pieces),
    )
    grams = _hashed_grams(text, seed)
    hashed = (grams, *(_hashed(names[place], seed + place) for place in range(1, SETS)))
    addresses = {LINKS: list(parts.values()), DOMAIN_GRAMS: list(pieces.values())}
    domains = {link.domain for link in (*links, website) if link is not None}
    return Reading(seed, text, places, names, hashed, addresses, frozenset(domains))


def _hashed(names: list[str], start: int) -> list[int]:
    return [crc32(name.encode("utf-8", "surrogatepass"), start) % BUCKETS for name in names]


def _hashed_grams(text: str, start: int) -> list[int]:
    # Two bytes a character, so that a piece has one number in every text.
    coded = text.encode("utf-16-le", "surrogatepass")
    return [crc32(coded[at : at + 8], start) % BUCKETS for at in range(0, len(coded) - 7, 2)]


def _pairs(form: str, words: list[str], others: list[str]) -> list[str]:
    return list(dict.fromkeys(map(form.format, words, others)))


def _author_names(name: str) -> list[str]:
    framed = f"^{name}$"
    pieces = [framed[at : at + 3] for at in range(len(framed) - 2)]
    return list(dict.fromkeys([framed, *name.split(), *pieces])) if name else []


def _address_names(
    words: Words, links: list[Link], website: Link | None
) -> tuple[dict[str, str], dict[str, str]]:
    """Names of hosts and their parts, and of pieces of domains; each with the address it belongs to."""
    names: dict[str, str] = {}
    pieces: dict[str, str] = {}
    linked = [("link", link) for link in links]
    if website is not None:
        linked.append(("website", website))
    for kind, link in linked:
        address, domain = f"{kind} {link.domain}", f".{link.domain}"
        for part in (link.host, domain, f"*.{link.end}", *(f"/{part}" for part in link.parts)):
            names.setdefault(f"{kind} {part}", address)
        for at in range(len(domain) - 3):
            pieces.setdefault(f"{kind} …{domain[at : at + 4]}", address)
    mail = words.email.rpartition("@")[2].strip().casefold()[:253]
    if mail:
        names[f"mail {mail}"] = f"mail {mail}"
    return names, pieces
