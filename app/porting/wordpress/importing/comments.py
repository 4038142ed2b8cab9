"""What was said under a post: every comment with its id, its place and its state."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from itertools import islice
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.i18n import _
from app.core.markup import clean_comment, web_address
from app.core.text import clean_text, one_line
from app.discussions.models import (
    Comment,
    CommentKind,
    CommentStatus,
    Section,
    Thread,
    ThreadPage,
)
from app.discussions.pages import rebuild_pages
from app.discussions.threading import boundaries, depth_of
from app.porting.wordpress.comment_text import comment_html
from app.porting.wordpress.decoding import Notice
from app.porting.wordpress.importing.meanings import (
    comment_kind,
    comment_status,
    dates_of,
    section_of,
)
from app.porting.wordpress.importing.posts import Coming
from app.porting.wordpress.importing.state import State
from app.porting.wordpress.importing.survey import HIGHEST_ID
from app.porting.wordpress.importing.threads import Voice, places, shown, sound_parents
from app.porting.wordpress.tags import TAG
from app.porting.wordpress.values import Skipped, WxrComment
from app.search.entries import comment_entry
from app.search.index import index_of

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_AT_ONCE = 1000
Row = dict[str, Any]


@dataclass(slots=True)
class ThreadPlan:
    """All of a post's comments with what is settled about them, by their ids in the file."""

    coming: Coming
    # In the order of the file.
    voices: dict[int, Voice]
    # Where each stands in the file: the same id further down is another comment's.
    lines: dict[int, int]
    ids: dict[int, int]
    parents: dict[int, int | None]
    places: dict[int, bytes]
    shown: set[int]
    # Those whose rows are here, at first the ones from an earlier run.
    written: set[int]
    # Nothing was said under the post before this run.
    is_fresh: bool

    @property
    def missing(self) -> int:
        """How many are still to be written."""
        return len(self.voices) - len(self.written)


async def plan_thread(session: AsyncSession, state: State, one: Coming) -> ThreadPlan:
    """Settle everything about a post's comments but their texts; nothing is written."""
    voices, lines = _voices(state, one)
    known = await _known(session, one, voices) if one.has_thread else {}
    new = [old_id for old_id in voices if old_id not in known]
    given = await state.numbers.comments.assign(session, new)
    ids = known | dict(zip(new, given, strict=True))
    parents, cuts = sound_parents(voices.values())
    for cut in cuts:
        what = _("comment %(id)d begins a conversation of its own: %(why)s")
        state.report.notices.append(
            Notice(lines[cut.old_id], what % {"id": cut.old_id, "why": cut.why})
        )
    count = one.report.comments
    count.known, count.imported = len(known), len(new)
    _add_up(state, one)
    return ThreadPlan(
        coming=one,
        voices=voices,
        lines=lines,
        ids=ids,
        parents=parents,
        places=places(voices.values(), parents, ids),
        shown=shown(voices.values(), parents),
        written=set(known),
        is_fresh=not known,
    )


def _add_up(state: State, one: Coming) -> None:
    count, total = one.report.comments, state.report.count("comments")
    count.in_file = len(one.item.comments)
    count.skipped = count.in_file - count.known - count.imported
    total.in_file += count.in_file
    total.known += count.known
    total.imported += count.imported
    total.skipped += count.skipped


def _voices(state: State, one: Coming) -> tuple[dict[int, Voice], dict[int, int]]:
    voices: dict[int, Voice] = {}
    lines: dict[int, int] = {}
    for comment in one.item.comments:
        if isinstance(comment, Skipped):
            state.report.skipped.append(comment)
            continue
        trouble = _trouble(comment, lines)
        if trouble or comment.id is None:
            state.report.skip(comment.line, _("comment %s") % (comment.id or "?"), trouble)
            continue
        kind = comment_kind(comment) or CommentKind.COMMENT
        voices[comment.id] = Voice(
            old_id=comment.id,
            parent=comment.parent,
            section=section_of(kind),
            status=comment_status(comment) or CommentStatus.PENDING,
            at=_moment(state, one, comment),
        )
        lines[comment.id] = comment.line
    return voices, lines


def _trouble(comment: WxrComment, lines: Mapping[int, int]) -> str:
    if comment.id is None or not 0 < comment.id < HIGHEST_ID:
        return _("it has no number")
    if comment.id in lines:
        return _("its number is another's, on line %d") % lines[comment.id]
    if comment_kind(comment) is None:
        return _("“%s” is no kind of comment here") % comment.type
    return ""


async def _known(session: AsyncSession, one: Coming, voices: Mapping[int, Voice]) -> dict[int, int]:
    here = select(Comment.guid, Comment.id).where(Comment.thread_id == one.thread_id)
    by_guid = dict((await session.execute(here)).tuples().all())
    guids = ((old_id, _guid(one, old_id)) for old_id in voices)
    return {old_id: by_guid[guid] for old_id, guid in guids if guid in by_guid}


def _guid(one: Coming, old_id: int) -> str:
    return f"{one.guid}#comment-{old_id}"


def _moment(state: State, one: Coming, comment: WxrComment) -> datetime:
    """When it was written; without a sound date, when its post was."""
    if comment.at is not None:
        return comment.at
    if comment.local is not None:
        return comment.local.replace(tzinfo=state.zone).astimezone(UTC)
    return dates_of(one.item, state.zone)[0] or one.item.modified or _NEVER


def rows_of(state: State, plan: ThreadPlan) -> Iterator[tuple[int, Row]]:
    """The rows that are still to be written, each with its id in the file; texts are read here."""
    for comment in plan.coming.item.comments:
        if isinstance(comment, Skipped) or comment.id is None or comment.id in plan.written:
            continue
        if plan.lines.get(comment.id) == comment.line:
            yield comment.id, _row(state, plan, comment, comment.id)


def _row(state: State, plan: ThreadPlan, comment: WxrComment, old_id: int) -> Row:
    voice, place = plan.voices[old_id], plan.places[old_id]
    number, parent = plan.ids[old_id], plan.parents[old_id]
    email = one_line(comment.email)
    is_approved = voice.status == CommentStatus.APPROVED
    return {
        "id": number,
        "thread_id": plan.coming.thread_id,
        # One that answers what comes later in the file is told of it at the end.
        "parent_id": plan.ids[parent] if parent in plan.written else None,
        "kind": comment_kind(comment),
        "section": voice.section,
        "status": voice.status,
        "guid": _guid(plan.coming, old_id),
        "legacy_id": old_id if number != old_id else None,
        "user_id": state.users_by_old_id.get(comment.user_id or 0),
        "author_name": one_line(unescape(TAG.sub("", comment.author)))[:300],
        "author_email": email if len(email) <= 254 else "",
        "author_url": web_address(comment.url, limit=1000),
        "author_ip": comment.ip if len(comment.ip) <= 45 else "",
        "author_agent": "",
        "body_source": clean_text(comment.content),
        "body_html": clean_comment(comment_html(comment.content)),
        "created_at": voice.at,
        "approved_at": voice.at if is_approved else None,
        "place": place,
        "depth": depth_of(place),
        "is_shown": old_id in plan.shown,
        "version": 1,
    }


async def write_comments(
    session: AsyncSession, plan: ThreadPlan, rows: Iterator[tuple[int, Row]], most: int
) -> int:
    """Write up to `most` rows; with the last of a thread, its counts and pages. Returns how many."""
    part: list[Row] = []
    for old_id, row in islice(rows, most):
        plan.written.add(old_id)
        part.append(row)
    if not part:
        return 0
    await session.execute(insert(Comment), part)
    approved = (row for row in part if row["status"] == CommentStatus.APPROVED)
    entries = [comment_entry(row["id"], row["author_name"], row["body_html"]) for row in approved]
    await index_of(session).write(session, entries)
    if not plan.missing:
        await _finish(session, plan)
    return len(part)


async def _finish(session: AsyncSession, plan: ThreadPlan) -> None:
    """All rows are here: let answers know what they answer, count, and draw the pages."""
    order = {old_id: at for at, old_id in enumerate(plan.voices)}
    early = [
        {"own": plan.ids[old_id], "answered": plan.ids[parent]}
        for old_id, parent in plan.parents.items()
        if parent is not None and order[parent] > order[old_id]
    ]
    if early:
        answers = update(Comment).where(Comment.id == bindparam("own"), Comment.parent_id.is_(None))
        connection = await session.connection()
        await connection.execute(answers.values(parent_id=bindparam("answered")), early)
    if plan.is_fresh:
        await _tally_fresh(session, plan)
    else:
        await _tally_again(session, plan)


async def _tally_fresh(session: AsyncSession, plan: ThreadPlan) -> None:
    thread_id = plan.coming.thread_id
    approved = [v for v in plan.voices.values() if v.status == CommentStatus.APPROVED]
    counts = Counter(voice.section for voice in approved)
    newest = max((voice.at for voice in approved), default=None)
    await _set_counts(session, thread_id, counts, newest)
    pages: list[Row] = []
    for section in Section:
        seen = (plan.places[i] for i in plan.shown if plan.voices[i].section == section)
        pages += [
            {"thread_id": thread_id, "section": section, "number": number, "first_place": page.first_place,
             "size": page.size, "roots": page.roots}
            for number, page in enumerate(boundaries(sorted(seen)), 1)
        ]  # fmt: skip
    if pages:
        await session.execute(insert(ThreadPage), pages)


async def _tally_again(session: AsyncSession, plan: ThreadPlan) -> None:
    """The same from the database, where others may have said something in between."""
    thread_id = plan.coming.thread_id
    visible = [plan.ids[old_id] for old_id in plan.shown]
    for start in range(0, len(visible), _AT_ONCE):
        hidden = Comment.id.in_(visible[start : start + _AT_ONCE]), Comment.is_shown.is_(False)
        await session.execute(update(Comment).where(*hidden).values(is_shown=True))
    approved = Comment.thread_id == thread_id, Comment.status == CommentStatus.APPROVED
    found = await session.execute(
        select(Comment.section, func.count(), func.max(Comment.approved_at))
        .where(*approved)
        .group_by(Comment.section)
    )
    rows = found.all()
    newest = max((row[2] for row in rows if row[2] is not None), default=None)
    await _set_counts(session, thread_id, {row[0]: row[1] for row in rows}, newest)
    await rebuild_pages(session, thread_id)


async def _set_counts(
    session: AsyncSession, thread_id: int, counts: Mapping[Section, int], newest: datetime | None
) -> None:
    values = {
        "comment_count": counts.get(Section.COMMENTS, 0),
        "linkback_count": counts.get(Section.LINKBACKS, 0),
        "approved_at": newest,
    }
    await session.execute(update(Thread).where(Thread.id == thread_id).values(values))
