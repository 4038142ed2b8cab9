"""What the learner sees of a comment: eight sets of numbers, hashed from what stands in it.

A comment is read once (`read`); `Reading.features` is what is learned and kept, and says nothing to
whoever finds it. The names beside the numbers are only there while the comment itself is, and those
of pairs are put together only where they are asked for.
"""

# An array names what is in it to the type checker alone, before Python 3.12.
from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, count
from struct import unpack_from
from zlib import crc32

from app.moderation.learning.folding import fold
from app.moderation.learning.form import form_of
from app.moderation.learning.links import Link, links_in, read_link
from app.moderation.learning.words import Words

# A prime under 2^18. Divided by it, two texts that share a number on one site have different ones on
# another: by a power of two they would share it on every site (CRCs are linear). Not the greatest: by
# this one the powers of 256 leave remainders that make pieces of like letters fall far apart.
BUCKETS = 262_103

SETS = 8
GRAMS, WORDS, PAIRS, SKIPS, FORM, AUTHOR, LINKS, DOMAIN_GRAMS = range(SETS)

# In brackets: what is split by it falls into what lies between words, and the words.
_WORD = re.compile(r"([^\W_]+(?:['’][^\W_]+)*|[$€£¥₽₹]+)")
_MOST_NAMES = 600
# The number of a pair is made of those of its words; two factors, so that "a b" is not "a … b".
_NEXT, _NEXT_BUT_ONE = 7919, 104_729
# What tells alphabets apart whose letters have the same lower byte; nothing for the first one.
_SPREAD = bytes(89 * upper % 256 for upper in range(256))
# Beside the alphabet of texts, those of addresses.
_KINDS = {"link": 1, "website": 2}
_MOST_KNOWN = 20_000


@dataclass(frozen=True, slots=True)
class Features:
    """Eight sets of buckets, each sorted."""

    sets: tuple[array[int], ...]


@dataclass(frozen=True)
class Reading:
    """A comment, read: which buckets are in it, and by what name each of them goes."""

    seed: int
    text: str
    # The buckets of each set in the order of the text, those that are there twice twice.
    buckets: tuple[list[int], ...]
    # Of each word the first of the pieces that lie in it and at its edges, and the first one behind them.
    firsts: list[int]
    ends: list[int]
    # The names of each set, but those of pieces and of pairs: they follow from the text and the words.
    names: tuple[list[str], ...]
    # To which address each bucket of LINKS and DOMAIN_GRAMS belongs.
    addresses: dict[int, list[str]]
    domains: frozenset[str]

    @cached_property
    def sets(self) -> tuple[Collection[int], ...]:
        """Eight sets of buckets."""
        return tuple([set(one) for one in self.buckets])

    @cached_property
    def features(self) -> Features:
        """What is learned of it."""
        return Features(tuple([array("I", sorted(one)) for one in self.sets]))

    @property
    def text_hash(self) -> str:
        """A short name of the text, the same however it was disguised."""
        coded = self.text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(coded, digest_size=16).hexdigest()

    def places(self, kind: int) -> Collection[int]:
        """At which place the name of each bucket of a set stands: the last one that goes by it."""
        return dict(zip(self.buckets[kind], count(), strict=False)).values()

    def name_at(self, kind: int, place: int) -> str:
        """What stands at a place of a set; for PAIRS and SKIPS two words."""
        if kind not in (PAIRS, SKIPS):
            return self.names[kind][place]
        words = self.names[WORDS]
        return (
            f"{words[place]} {words[place + 1]}"
            if kind == PAIRS
            else f"{words[place]} … {words[place + 2]}"
        )


def read(words: Words, seed: int) -> Reading:
    """Everything there is to see; `seed` is the site's own."""
    folded = fold(words.text)
    name = fold(words.author[:200]).text
    website = read_link(words.url[:500])
    links = links_in(folded.text)
    linked = [("link", link) for link in links]
    if website is not None:
        linked.append(("website", website))
    addresses, (domain_pieces, owners) = _address_names(words, linked), _domain_pieces(linked, seed)
    text, known = f" {folded.text} ", _known_by(seed)
    spoken, firsts, ends = _words_in(text)
    form, author = form_of(words, folded, name, links, website), _author_names(name)
    numbers = list(map(known[WORDS].__getitem__, spoken))
    return Reading(
        seed=seed,
        text=text,
        buckets=(
            _pieces(text, seed),
            numbers,
            _paired(numbers, numbers[1:], _NEXT),
            _paired(numbers, numbers[2:], _NEXT_BUT_ONE),
            list(map(known[FORM].__getitem__, form)),
            list(map(known[AUTHOR].__getitem__, author)),
            list(map(known[LINKS].__getitem__, addresses)),
            domain_pieces,
        ),
        firsts=firsts,
        ends=ends,
        names=([], spoken, [], [], form, author, list(addresses), []),
        addresses={LINKS: list(addresses.values()), DOMAIN_GRAMS: owners},
        domains=frozenset([link.domain for _kind, link in linked]),
    )


def _words_in(text: str) -> tuple[list[str], list[int], list[int]]:
    """The first words of a text between two blanks; of each the first piece, and the first one behind it.

    One blank before the word and one behind it belong to its pieces, and a piece has four letters.
    """
    split = _WORD.split(text, _MOST_NAMES)
    reached = list(accumulate(map(len, split)))
    return split[1::2], [start - 1 for start in reached[:-1:2]], [end - 2 for end in reached[1::2]]


class _Known(dict[str, int]):
    """The buckets of names that were met lately: to look one up takes a fifth of the time to hash it."""

    def __init__(self, start: int) -> None:
        self._start = start

    def __missing__(self, name: str) -> int:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        coded = name.encode("utf-8", "surrogatepass")
        self[name] = bucket = crc32(coded, self._start) % BUCKETS
        return bucket


@lru_cache(maxsize=4)
def _known_by(seed: int) -> tuple[_Known, ...]:
    return tuple(_Known(seed + kind) for kind in range(SETS))


@lru_cache(maxsize=16)
def _alphabet_of(seed: int) -> bytes:
    """For each letter another, on each site in another order."""
    key = seed.to_bytes(8, "little", signed=True)
    return bytes(
        sorted(range(256), key=lambda one: hashlib.blake2b(bytes([one]), key=key).digest())
    )


def _bytes(text: str) -> bytes:
    """A byte a letter; those that are none get one that is not usual in their alphabet."""
    if text.isascii():
        return text.encode()
    coded = text.encode("utf-32-le", "surrogatepass")
    low, high = coded[::4], coded[1::4].translate(_SPREAD)
    both = int.from_bytes(low, "little") ^ int.from_bytes(high, "little")
    return both.to_bytes(len(low), "little")


def _pieces(text: str, seed: int) -> list[int]:
    """The buckets of all pieces of four letters: four bytes, read as they lie there, are a number."""
    coded = _bytes(text).translate(_alphabet_of(seed))
    pieces = [0] * max(len(text) - 3, 0)
    for first in range(min(4, len(pieces))):
        whole = (len(text) - first) // 4
        pieces[first::4] = unpack_from(f"<{whole}I", coded, first)
    return [piece % BUCKETS for piece in pieces]


def _paired(numbers: list[int], others: list[int], factor: int) -> list[int]:
    return [(one * factor + other) % BUCKETS for one, other in zip(numbers, others, strict=False)]


def _author_names(name: str) -> list[str]:
    framed = f"^{name}$"
    pieces = [framed[at : at + 3] for at in range(len(framed) - 2)]
    return list(dict.fromkeys([framed, *name.split(), *pieces])) if name else []


def _address_names(words: Words, linked: list[tuple[str, Link]]) -> dict[str, str]:
    """Names of hosts and of their parts, each with the address it belongs to."""
    names: dict[str, str] = {}
    for kind, link in linked:
        address = f"{kind} {link.domain}"
        for part in (link.host, f".{link.domain}", f"*.{link.end}"):
            names.setdefault(f"{kind} {part}", address)
        for part in link.parts:
            names.setdefault(f"{kind} /{part}", address)
    mail = words.email.rpartition("@")[2].strip().casefold()[:253]
    if mail:
        names[f"mail {mail}"] = f"mail {mail}"
    return names


def _domain_pieces(linked: list[tuple[str, Link]], seed: int) -> tuple[list[int], list[str]]:
    """Pieces of domains, and to which address each of them belongs."""
    pieces: list[int] = []
    owners: list[str] = []
    for kind, link in linked:
        found = _pieces(f".{link.domain}", seed + _KINDS[kind])
        pieces += found
        owners += [f"{kind} {link.domain}"] * len(found)
    return pieces, owners
