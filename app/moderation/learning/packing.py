"""Features and states as bytes, the same on every machine."""

from __future__ import annotations

import hashlib
import json
import math
import struct
import sys
import zlib
from array import array
from collections.abc import Iterator
from typing import Any

from app.moderation.learning.features import BUCKETS, SETS, Features
from app.moderation.learning.learner import SLOTS, Learned

# Changed with the features: what was hashed by other rules cannot be learned from.
_VERSION = 2
_HEAD = 2 + SETS
# How many numbers lie in one row of the database.
BLOCK = 4096

_STEP = struct.Struct("<If")
_TITLE = b"Rapport spam filter 1\n"
_LONGEST_FILE = 16 * SLOTS + 1000


class NotReadable(ValueError):
    """These bytes were not made by `pack`, or by another version of it."""


def pack(features: Features, seed: int) -> bytes:
    """The features in a kilobyte or two; without the seed nobody can tell of which words they are."""
    numbers = array("I", [_VERSION, seed, *(len(one) for one in features.sets)])
    for one in features.sets:
        numbers.extend(_steps(one))
    return zlib.compress(little(numbers), 6)


def unpack(packed: bytes, seed: int) -> Features | None:
    """The features again; None where they were hashed with another seed or by other rules.

    Raises NotReadable.
    """
    try:
        numbers = from_little("I", zlib.decompress(packed))
    except (zlib.error, ValueError) as error:
        raise NotReadable("These are no features.") from error
    if len(numbers) < _HEAD or list(numbers[:2]) != [_VERSION, seed]:
        return None
    sets, start = [], _HEAD
    for length in numbers[2:_HEAD]:
        sets.append(_sums(numbers[start : start + length]))
        start += length
    if start != len(numbers) or any(one and one[-1] >= BUCKETS for one in sets):
        raise NotReadable("These are no features.")
    return Features(tuple(sets))


def little(numbers: array[int] | array[float]) -> bytes:
    """The numbers as little-endian bytes."""
    if sys.byteorder == "big":
        numbers = array(numbers.typecode, numbers)
        numbers.byteswap()
    return numbers.tobytes()


def from_little(typecode: str, packed: bytes) -> array[Any]:
    """An array of `I`, `f` or `d` again. Raises ValueError where the bytes do not come out even."""
    numbers = array(typecode, packed)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _steps(numbers: array[int]) -> list[int]:
    # From one to the next is a short way, which packs well.
    return [after - before for before, after in zip([0, *numbers], numbers, strict=False)]


def _sums(steps: array[int]) -> array[int]:
    total = 0
    return array("I", [total := total + step for step in steps])


def state_size(learned: Learned) -> int:
    """How many bytes a state takes in the database."""
    return sum(table.itemsize * len(table) for table in learned.tables.values())


def put_block(learned: Learned, name: str, number: int, values: bytes) -> None:
    """Put a saved block where it belongs. Raises NotReadable."""
    table = learned.tables.get(name)
    if table is None or len(values) != table.itemsize * BLOCK or not 0 <= number < SLOTS // BLOCK:
        raise NotReadable(
            "What was learned was saved by another version. Run: rapport spam-filter rebuild"
        )
    table[number * BLOCK : (number + 1) * BLOCK] = from_little(table.typecode, values)


def steps_of(learned: Learned) -> bytes:
    """The steps that can be taken back exactly; NaN stands for a lesson that was not learned."""
    return b"".join(
        _STEP.pack(name, math.nan if step is None else step) for name, step in learned.steps
    )


def put_steps(learned: Learned, packed: bytes) -> None:
    """Give a state its steps back. Raises NotReadable."""
    if len(packed) % _STEP.size:
        raise NotReadable(
            "What was learned was saved by another version. Run: rapport spam-filter rebuild"
        )
    learned.steps = [
        (name, None if math.isnan(step) else step) for name, step in _STEP.iter_unpack(packed)
    ]


def blocks_of(learned: Learned) -> Iterator[tuple[str, int, bytes]]:
    """A state as rows: the table's name, the block's number, its numbers."""
    for name, table in learned.tables.items():
        for number in range(SLOTS // BLOCK):
            yield name, number, little(table[number * BLOCK : (number + 1) * BLOCK])


def to_file(learned: Learned) -> bytes:
    """A state as one file that knows whether it is whole."""
    head = {
        "seed": learned.seed,
        "spam": learned.spam_learned,
        "ham": learned.ham_learned,
        "features": _VERSION,
    }
    tables = b"".join(little(table) for table in learned.tables.values())
    packed = zlib.compress(json.dumps(head).encode() + b"\n" + tables, 6)
    return _TITLE + hashlib.sha256(packed).hexdigest().encode() + b"\n" + packed


def from_file(content: bytes) -> Learned:
    """The state of a file. Raises NotReadable, with a sentence for whoever brought it."""
    title, digest, packed = (
        content[: len(_TITLE)],
        content[len(_TITLE) :][:64],
        content[len(_TITLE) + 65 :],
    )
    if title != _TITLE:
        raise NotReadable("This is no file of `rapport spam-filter export`.")
    if hashlib.sha256(packed).hexdigest().encode() != digest:
        raise NotReadable("This file is damaged: its checksum is another.")
    try:
        # No more than a state can be, whatever the file would unpack to.
        head, _end, tables = zlib.decompressobj().decompress(packed, _LONGEST_FILE).partition(b"\n")
        return _filled(json.loads(head), tables)
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise NotReadable("This file was made by another version of Rapport.") from error


def _filled(head: dict[str, int], tables: bytes) -> Learned:
    if head["features"] != _VERSION:
        raise ValueError("other features")
    learned = Learned(int(head["seed"]))
    if len(tables) != state_size(learned):
        raise ValueError("other tables")
    start = 0
    for table in learned.tables.values():
        end = start + table.itemsize * SLOTS
        table[:], start = from_little(table.typecode, tables[start:end]), end
        if not all(map(math.isfinite, table)):
            raise ValueError("no numbers")
    learned.spam_learned = learned.spam_brought = max(int(head["spam"]), 0)
    learned.ham_learned = learned.ham_brought = max(int(head["ham"]), 0)
    return learned
