"""Features and states as bytes, the same on every machine."""

from __future__ import annotations

import sys
import zlib
from array import array

from app.moderation.learning.features import BUCKETS, SETS, Features
from app.moderation.learning.learner import Learned

# Changed with the features: what was hashed by other rules cannot be learned from.
_VERSION = 1
_HEAD = 2 + SETS


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


def from_little(typecode: str, packed: bytes) -> array[int]:
    """An array of `I` or `f` again. Raises ValueError where the bytes do not come out even."""
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
