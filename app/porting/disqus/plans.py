"""What is settled about the comments of a page before any of them is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.discussions.models import Comment, CommentStatus, Section
from app.discussions.threading import depth_of, place_of
from app.porting.disqus.report import PageReport
from app.porting.disqus.rows import guid_of, status_of
from app.porting.disqus.scratch import Outline
from app.porting.threads import Cut, Voice, shown, sound_parents

_AT_ONCE = 5000
_IN_ONE_STATEMENT = 400
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Page:
    """A post that comments come to, and their threads."""

    post_id: int
    thread_id: int
    # When a comment without a date was written.
    published_at: datetime | None
    report: PageReport
    threads: list[int] = field(default_factory=list)
    # Threads that were deleted, with all that was said in them.
    gone: set[int] = field(default_factory=set)
    is_closed: bool = False


@dataclass(slots=True)
class PagePlan:
    """All comments of a page with what is settled about them, by their numbers in Disqus."""

    page: Page
    voices: dict[int, Voice]
    parents: dict[int, int | None]
    cuts: list[Cut]
    shown: set[int]
    # What the rows say of those that are here since an earlier run.
    known: dict[int, Any]
    # Of those that are here, also since this run; each stands where its row says.
    ids: dict[int, int]
    places: dict[int, bytes]
    # Those that are not here, each after what it answers.
    missing: list[int]

    def place_now(self, old_id: int) -> bytes:
        """Where a comment is to stand; what it answers has its place already."""
        parent = self.parents[old_id]
        if parent is None and old_id in self.known:
            # It may answer what an earlier file knew of.
            return self.places[old_id]
        above = None if parent is None else self.places[parent]
        return place_of(self.voices[old_id].at, self.ids[old_id], above)


async def plan_page(
    session: AsyncSession, page: Page, outlines: Sequence[tuple[Outline, bool]]
) -> PagePlan:
    """Settle everything but the words; nothing is written. Each outline says whether its thread is gone."""
    voices = {
        outline.id: _voice(page, outline, is_page_gone=is_gone) for outline, is_gone in outlines
    }
    parents, cuts = sound_parents(voices.values())
    known = await _known(session, voices)
    ordered = _parents_first(voices, parents)
    return PagePlan(
        page=page,
        voices=voices,
        parents=parents,
        cuts=[cut for cut in cuts if cut.old_id not in known],
        shown=shown(voices.values(), parents),
        known=known,
        ids={old_id: row.id for old_id, row in known.items()},
        places={old_id: row.place for old_id, row in known.items()},
        missing=[old_id for old_id in ordered if old_id not in known],
    )


async def settle_known(session: AsyncSession, plan: PagePlan) -> None:
    """Once all are here: those from an earlier run stand where this file has them, and show where they must.

    An earlier file may have ended before what they answer.
    """
    seen = _above_what_is_new(plan)
    moved = []
    for old_id in _parents_first(plan.voices, plan.parents):
        place, row = plan.place_now(old_id), plan.known.get(old_id)
        must_show = row is not None and old_id in seen and not row.is_shown
        if place == plan.places[old_id] and not must_show:
            continue
        plan.places[old_id] = place
        parent = plan.parents[old_id]
        kept = None if row is None else row.parent_id
        is_shown = must_show or (old_id in plan.shown if row is None else row.is_shown)
        moved.append(
            {
                "own": plan.ids[old_id],
                "answered": kept if parent is None else plan.ids[parent],
                "stands": place,
                "level": depth_of(place),
                "seen": is_shown,
            }
        )
    connection = await session.connection()
    for start in range(0, len(moved), _IN_ONE_STATEMENT):
        await connection.execute(_MOVE, moved[start : start + _IN_ONE_STATEMENT])


def _above_what_is_new(plan: PagePlan) -> set[int]:
    """What something answers that is new and approved: its line is shown, whatever became of it."""
    found: set[int] = set()
    for old_id, voice in plan.voices.items():
        is_new = old_id not in plan.known and voice.status == CommentStatus.APPROVED
        at = plan.parents[old_id] if is_new else None
        while at is not None and at not in found:
            found.add(at)
            at = plan.parents[at]
    return found


_MOVE = (
    update(Comment)
    .where(Comment.id == bindparam("own"))
    .values(
        parent_id=bindparam("answered"),
        place=bindparam("stands"),
        depth=bindparam("level"),
        is_shown=bindparam("seen"),
    )
)


def _voice(page: Page, outline: Outline, *, is_page_gone: bool) -> Voice:
    status = status_of(outline, is_page_gone=is_page_gone)
    at = outline.at or page.published_at or _NEVER
    return Voice(
        line=outline.line,
        old_id=outline.id,
        parent=outline.parent,
        section=Section.COMMENTS,
        status=status,
        at=at,
        approved_at=at if status == CommentStatus.APPROVED else None,
        guid=guid_of(outline.id),
    )


async def _known(session: AsyncSession, voices: Mapping[int, Voice]) -> dict[int, Any]:
    by_guid = {voice.guid: old_id for old_id, voice in voices.items()}
    guids, found = list(by_guid), {}
    for start in range(0, len(guids), _AT_ONCE):
        query = select(
            Comment.guid, Comment.id, Comment.place, Comment.parent_id, Comment.is_shown
        ).where(Comment.guid.in_(guids[start : start + _AT_ONCE]))
        for row in await session.execute(query):
            found[by_guid[row.guid]] = row
    return found


def _parents_first(voices: Mapping[int, Voice], parents: Mapping[int, int | None]) -> list[int]:
    ordered: dict[int, None] = {}
    for start in voices:
        trail: list[int] = []
        at: int | None = start
        while at is not None and at not in ordered:
            trail.append(at)
            at = parents[at]
        ordered.update(dict.fromkeys(reversed(trail)))
    return list(ordered)
