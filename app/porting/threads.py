"""The comments of one post as a thread: who answers whom, once what can't be is taken out. Pure.

An export may hold answers before what they answer, answers to nothing, and rings of answers.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.core.i18n import _
from app.discussions.models import CommentStatus, Section
from app.discussions.threading import place_of


@dataclass(frozen=True, slots=True)
class Voice:
    """One comment as far as its place in the thread goes; ids are those of the file."""

    line: int
    old_id: int
    parent: int | None
    section: Section
    status: CommentStatus
    at: datetime
    approved_at: datetime | None = None
    guid: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """An answer that became a conversation of its own, and why."""

    old_id: int
    why: str


def sound_parents(voices: Iterable[Voice]) -> tuple[dict[int, int | None], list[Cut]]:
    """Whom each comment answers, where that can be, and those of which it can't."""
    by_id = {voice.old_id: voice for voice in voices}
    parents: dict[int, int | None] = {}
    cuts: list[Cut] = []
    for voice in by_id.values():
        trouble = _trouble(voice, by_id)
        parents[voice.old_id] = None if trouble else voice.parent
        if trouble:
            cuts.append(Cut(voice.old_id, trouble))
    for old_id in _ring_closers(parents):
        parents[old_id] = None
        cuts.append(Cut(old_id, _("it answers an answer to itself")))
    return parents, cuts


def _trouble(voice: Voice, by_id: Mapping[int, Voice]) -> str:
    if voice.parent is None:
        return ""
    if voice.parent == voice.old_id:
        return _("it answers itself")
    parent = by_id.get(voice.parent)
    if parent is None:
        return _("what it answers (comment %d) is not in the file") % voice.parent
    if parent.section != voice.section:
        return _("it answers a link from elsewhere, which stands in another list")
    return ""


def _ring_closers(parents: Mapping[int, int | None]) -> Iterator[int]:
    """One comment of each ring, the first the file names, at which it is opened."""
    settled: set[int] = set()
    for start in parents:
        trail: dict[int, None] = {}
        at: int | None = start
        while at is not None and at not in settled and at not in trail:
            trail[at] = None
            at = parents[at]
        if at is not None and at in trail:
            ring = list(trail)[list(trail).index(at) :]
            yield ring[0]
        settled.update(trail)


def places(
    voices: Iterable[Voice],
    parents: Mapping[int, int | None],
    new_ids: Mapping[int, int],
    kept: Mapping[int, bytes] | None = None,
) -> dict[int, bytes]:
    """The place of each comment, by its id in the file; `parents` must be sound.

    Those that have a place already keep it: `kept`.
    """
    by_id = {voice.old_id: voice for voice in voices}
    found: dict[int, bytes] = dict(kept or {})
    for start in by_id:
        trail: list[int] = []
        at: int | None = start
        while at is not None and at not in found:
            trail.append(at)
            at = parents[at]
        for old_id in reversed(trail):
            parent = parents[old_id]
            above = found[parent] if parent is not None else None
            found[old_id] = place_of(by_id[old_id].at, new_ids[old_id], above)
    return found


def shown(voices: Iterable[Voice], parents: Mapping[int, int | None]) -> set[int]:
    """Those that have a line on the page: all approved ones, and whatever these answer."""
    found: set[int] = set()
    for voice in voices:
        at: int | None = voice.old_id if voice.status == CommentStatus.APPROVED else None
        while at is not None and at not in found:
            found.add(at)
            at = parents[at]
    return found
