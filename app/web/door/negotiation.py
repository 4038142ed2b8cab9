"""What a reader accepts and already has: Accept-Encoding and the conditions of RFC 9110, as pure functions."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

IDENTITY = "identity"
# For readers who like them equally well, the quickest to make first.
CODINGS = ("zstd", "br", "gzip", IDENTITY)

_WEIGHTED = re.compile(r"^([^;\s]+)\s*(?:;\s*q\s*=\s*([0-9.]+)\s*)?$", re.IGNORECASE)
_WEIGHT = re.compile(r"^(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)$")
# RFC 9110 §8.8.3: an opaque tag may hold commas, so a list of them cannot be split.
_ENTITY_TAG = re.compile(rb'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
# In bytes; browsers send two dozen.
LONGEST_REMEMBERED = 200


def chosen_coding(accepted: bytes | None) -> str | None:
    """The content coding to answer with; None when the reader refuses every one of ours.

    `accepted` is the value of Accept-Encoding, None when there was none (RFC 9110 §12.5.3).
    """
    if accepted is None:
        return IDENTITY
    if len(accepted) > LONGEST_REMEMBERED:
        return _choose(accepted)
    return _remembered_choice(accepted)


def is_known(etag: bytes, if_none_match: bytes) -> bool:
    """Whether the reader already has the page with this (weak) entity tag.

    RFC 9110 §13.1.2: a list, compared weakly, or `*`, which is any page at all.
    """
    if if_none_match == etag or if_none_match.strip() == b"*":
        return True
    return etag.removeprefix(b"W/") in _ENTITY_TAG.findall(if_none_match)


def is_unchanged(settled_at: float, if_modified_since: bytes) -> bool:
    """Whether a page which last changed at `settled_at` (Unix seconds) is as old as the reader's.

    What is not a date is ignored (RFC 9110 §13.1.3).
    """
    moment = parsed_date(if_modified_since)
    return moment is not None and settled_at <= moment


def http_date(moment: float) -> bytes:
    """Unix seconds as an HTTP date."""
    return format_datetime(datetime.fromtimestamp(int(moment), UTC), usegmt=True).encode()


def parsed_date(value: bytes) -> float | None:
    """An HTTP date as Unix seconds, None for anything else."""
    try:
        moment = parsedate_to_datetime(value.decode("latin-1"))
        return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError):
        return None


def _choose(accepted: bytes) -> str | None:
    weights = _weights(accepted.decode("latin-1"))
    # Identity is welcome unless refused by name, or by a star when it was not named.
    others = weights.get("*", 0.0)
    weighed = {coding: weights.get(coding, others) for coding in CODINGS}
    if "*" not in weights and IDENTITY not in weights:
        weighed[IDENTITY] = min((w for w in weights.values() if w > 0), default=1.0) / 2
    best = max(CODINGS, key=lambda coding: weighed[coding])
    return best if weighed[best] > 0 else None


_remembered_choice = lru_cache(maxsize=256)(_choose)


def _weights(accepted: str) -> Mapping[str, float]:
    weights: dict[str, float] = {}
    for element in accepted.split(","):
        match = _WEIGHTED.match(element.strip())
        if match and (match[2] is None or _WEIGHT.match(match[2])):
            name = match[1].lower().removeprefix("x-")
            weights[name] = max(weights.get(name, 0.0), float(match[2] or 1))
    return weights
