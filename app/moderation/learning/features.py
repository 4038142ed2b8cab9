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
from typing import Protocol
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


class Seen(Protocol):
    """Eight sets of buckets, however they are kept."""

    @property
    def sets(self) -> tuple[Collection[int], ...]:
        """None of them has doubles."""


@dataclass(frozen=True, slots=True)
class Features:
    """Eight sets of buckets, each sorted."""

    sets: tuple[array[int], ...]


@dataclass(frozen=True)
class Reading:
    """A comment, read: eight sets of buckets, and by what name each of them goes."""

    seed: int
    text: str
    sets: tuple[Collection[int], ...]
    # At which place the name of a bucket stands, for each set but the first.
    places: tuple[dict[int, int], ...]
    # The buckets of the first four sets in the order of the text, and where each word begins in it.
    in_order: tuple[list[int], ...]
    starts: list[int]
    # The names of each set, but those of pieces and of pairs: they follow from the text and the words.
    names: tuple[list[str], ...]
    # To which address each bucket of LINKS and DOMAIN_GRAMS belongs.
    addresses: dict[int, list[str]]
    domains: frozenset[str]

    @cached_property
    def features(self) -> Features:
        """What is learned of it."""
        return Features(tuple(array("I", sorted(one)) for one in self.sets))

    @property
    def text_hash(self) -> str:
        """A short name of the text, the same however it was disguised."""
        coded = self.text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(coded, digest_size=16).hexdigest()

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
    addresses, domain_pieces = _address_names(words, linked), _domain_pieces(linked, seed)
    text, known = f" {folded.text} ", _known_by(seed)
    split = _WORD.split(text, _MOST_NAMES)
    numbers = list(map(known[WORDS].__getitem__, split[1::2]))
    names: tuple[list[str], ...] = (
        [],
        split[1::2],
        [],
        [],
        form_of(words, folded, name, links, website),
        _author_names(name),
        list(addresses),
        [],
    )
    in_order = (
        _pieces(text, seed),
        numbers,
        _paired(numbers, numbers[1:], _NEXT),
        _paired(numbers, numbers[2:], _NEXT_BUT_ONE),
    )
    hashed = (
        (),
        *in_order[1:],
        *(map(known[kind].__getitem__, names[kind]) for kind in (FORM, AUTHOR, LINKS)),
        [piece for piece, _address in domain_pieces],
    )
    places = tuple([dict(zip(one, count(), strict=False)) for one in hashed])
    return Reading(
        seed=seed,
        text=text,
        sets=(set(in_order[GRAMS]), *places[1:]),
        places=places,
        in_order=in_order,
        starts=list(accumulate(map(len, split)))[: 2 * len(numbers) : 2],
        names=names,
        addresses={
            LINKS: list(addresses.values()),
            DOMAIN_GRAMS: [address for _piece, address in domain_pieces],
        },
        domains=frozenset(link.domain for _kind, link in linked),
    )


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


def _domain_pieces(linked: list[tuple[str, Link]], seed: int) -> list[tuple[int, str]]:
    """Pieces of domains, each with the address it belongs to."""
    return [
        (piece, f"{kind} {link.domain}")
        for kind, link in linked
        for piece in _pieces(f".{link.domain}", seed + _KINDS[kind])
    ]
