"""What is settled about the comments of a post before any of them is written."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.i18n import _
from app.discussions.models import Comment, CommentKind, CommentStatus
from app.porting.threads import Voice, places, shown, sound_parents
from app.porting.wordpress.importing.meanings import (
    comment_kind,
    comment_status,
    dates_of,
    section_of,
)
from app.porting.wordpress.importing.own_words import fact, moment_fact
from app.porting.wordpress.importing.posts import Coming
from app.porting.wordpress.importing.state import State
from app.porting.wordpress.importing.survey import HIGHEST_ID
from app.porting.wordpress.reading.decoding import Notice
from app.porting.wordpress.reading.values import Skipped, WxrComment

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_GUID = 1000
_AT_ONCE = 5000


@dataclass(slots=True)
class ThreadPlan:
    """All of a post's comments with what is settled about them, by their ids in the file."""

    coming: Coming
    # In the order of the file.
    voices: dict[int, Voice]
    # The how many-th of the item's comments each is: the same id further down is another's.
    ordinals: dict[int, int]
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
    voices, ordinals = _voices(state, one)
    await _yield_guids(session, one, voices)
    known = await _known(session, voices) if one.has_thread else {}
    new = [old_id for old_id in voices if old_id not in known]
    given = await state.numbers.comments.assign(session, new)
    ids = known | dict(zip(new, given, strict=True))
    parents, cuts = sound_parents(voices.values())
    for cut in cuts:
        what = _("comment %(id)d begins a conversation of its own: %(why)s")
        told = what % {"id": cut.old_id, "why": cut.why}
        state.report.notices.append(Notice(voices[cut.old_id].line, told))
    count = one.report.comments
    count.known, count.imported = len(known), len(new)
    _add_up(state, one)
    return ThreadPlan(
        coming=one,
        voices=voices,
        ordinals=ordinals,
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
    ordinals: dict[int, int] = {}
    for ordinal, comment in enumerate(one.item.comments):
        if isinstance(comment, Skipped):
            state.report.skipped.append(comment)
            continue
        trouble = _trouble(comment, voices)
        if trouble or comment.id is None:
            state.report.skip(comment.line, _("comment %s") % (comment.id or "?"), trouble)
            continue
        kind = comment_kind(comment) or CommentKind.COMMENT
        status = comment_status(comment) or CommentStatus.PENDING
        at, is_approved = _moment(state, one, comment), status == CommentStatus.APPROVED
        voices[comment.id] = Voice(
            line=comment.line,
            old_id=comment.id,
            parent=comment.parent,
            section=section_of(kind),
            status=status,
            at=at,
            approved_at=moment_fact(comment, "approved_at") or (at if is_approved else None),
            guid=_guid(state, one, comment),
        )
        ordinals[comment.id] = ordinal
    return voices, ordinals


def _trouble(comment: WxrComment, voices: Mapping[int, Voice]) -> str:
    if comment.id is None or not 0 < comment.id < HIGHEST_ID:
        return _("it has no number")
    if comment.id in voices:
        return _("its number is another's, on line %d") % voices[comment.id].line
    if comment_kind(comment) is None:
        return _("“%s” is no kind of comment here") % comment.type
    return ""


async def _yield_guids(session: AsyncSession, one: Coming, voices: dict[int, Voice]) -> None:
    """A guid that a comment elsewhere has is left to that one."""
    noted = {v.guid: v for v in voices.values() if v.guid != _usual_guid(one, v.old_id)}
    if noted:
        elsewhere = Comment.guid.in_(noted), Comment.thread_id != one.thread_id
        for guid in await session.scalars(select(Comment.guid).where(*elsewhere)):
            voice = noted[guid]
            voices[voice.old_id] = replace(voice, guid=_usual_guid(one, voice.old_id))


async def _known(session: AsyncSession, voices: Mapping[int, Voice]) -> dict[int, int]:
    """The ids of those that are here. By guid, which has an index; a whole thread has none."""
    by_guid: dict[str, int] = {}
    guids = [voice.guid for voice in voices.values()]
    for start in range(0, len(guids), _AT_ONCE):
        some = Comment.guid.in_(guids[start : start + _AT_ONCE])
        by_guid |= dict((await session.execute(select(Comment.guid, Comment.id).where(some))).all())
    return {old_id: by_guid[v.guid] for old_id, v in voices.items() if v.guid in by_guid}


def _guid(state: State, one: Coming, comment: WxrComment) -> str:
    """As product and feeds have it: the post's, and its number; or the one Rapport noted."""
    usual, noted = _usual_guid(one, comment.id), fact(comment, "guid")
    if not 0 < len(noted) <= _LONGEST_GUID:
        return usual
    if noted in state.guids:
        return usual
    state.guids[noted] = (comment.id, comment.line)
    return noted


def _usual_guid(one: Coming, old_id: int | None) -> str:
    return f"{one.guid}#comment-{old_id}"


def _moment(state: State, one: Coming, comment: WxrComment) -> datetime:
    """When it was written; without a sound date, when its post was."""
    if comment.at is not None:
        return comment.at
    if comment.local is not None:
        return comment.local.replace(tzinfo=state.zone).astimezone(UTC)
    return dates_of(one.item, state.zone)[0] or one.item.modified or _NEVER
