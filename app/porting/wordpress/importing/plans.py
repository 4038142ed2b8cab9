"""What is settled about the comments of a post before any of them is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.i18n import _
from app.core.text import one_line
from app.discussions.models import Comment, CommentKind, CommentStatus
from app.porting.threads import Voice, places, shown, sound_parents
from app.porting.wordpress.importing.decided import Decided, decided_about, keys_of
from app.porting.wordpress.importing.known_comments import (
    Here,
    as_they_stand,
    known_comments,
    source_of,
)
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
    # Those whose authors had their data erased here: no name comes back.
    nameless: frozenset[int]
    # Those whose rows are here, at first the ones from an earlier run.
    written: set[int]
    # Nothing was said under the post before this run.
    is_fresh: bool

    @property
    def missing(self) -> int:
        """How many are still to be written."""
        return len(self.voices) - len(self.written)


@dataclass(slots=True)
class _Heard:
    """What the file says, gone through once; by the ids in it."""

    voices: dict[int, Voice] = field(default_factory=dict)
    ordinals: dict[int, int] = field(default_factory=dict)
    # The keys of their authors, and hashes of their texts; where these are needed.
    keys: dict[int, tuple[str, ...]] = field(default_factory=dict)
    text_hashes: dict[int, int] = field(default_factory=dict)
    changed_states: int = 0


async def plan_thread(session: AsyncSession, state: State, one: Coming) -> ThreadPlan:
    """Settle everything about a post's comments but their texts; nothing is written."""
    heard = _hear(state, one)
    voices = heard.voices
    await _yield_guids(session, one, voices)
    known = await known_comments(session, voices) if one.has_thread else {}
    decided = await _let_stand(session, state, heard, known)
    _tell_what_stands(state, one, heard, known, decided)
    new = [old_id for old_id in voices if old_id not in known]
    given = await state.numbers.comments.assign(session, new)
    ids = {old: here.id for old, here in known.items()} | dict(zip(new, given, strict=True))
    parents, cuts = sound_parents(voices.values())
    kept = {old_id: here.place for old_id, here in known.items()}
    drawn = places(voices.values(), parents, ids, kept)
    if known:
        parents = as_they_stand(one.thread_id, voices, parents, known, drawn)
        drawn = places(voices.values(), parents, ids, kept)
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
        ordinals=heard.ordinals,
        ids=ids,
        parents=parents,
        places=drawn,
        shown=shown(voices.values(), parents),
        nameless=decided.nameless,
        written=set(known),
        is_fresh=not one.has_thread,
    )


def _add_up(state: State, one: Coming) -> None:
    count, total = one.report.comments, state.report.count("comments")
    count.in_file = len(one.item.comments)
    count.skipped = count.in_file - count.known - count.imported
    total.in_file += count.in_file
    total.known += count.known
    total.imported += count.imported
    total.skipped += count.skipped


async def _let_stand(
    session: AsyncSession, state: State, heard: _Heard, known: Mapping[int, Here]
) -> Decided:
    """Let what was decided here since stand, whatever the file says."""
    voices = heard.voices
    new = [voice for old_id, voice in voices.items() if old_id not in known]
    decided = await decided_about(session, state.memory, new, heard.keys)
    for old_id, here in known.items():
        heard.changed_states += voices[old_id].status != here.status
        voices[old_id] = replace(voices[old_id], status=here.status)
    for old_id in decided.blocked:
        voices[old_id] = replace(voices[old_id], status=CommentStatus.SPAM, approved_at=None)
    for old_id in decided.gone:
        del voices[old_id], heard.ordinals[old_id]
    return decided


def _tell_what_stands(
    state: State, one: Coming, heard: _Heard, known: Mapping[int, Here], decided: Decided
) -> None:
    texts = sum(heard.text_hashes[old_id] != here.text_hash for old_id, here in known.items())
    numbers = {
        _("comments with another text here: %d"): texts,
        _("comments in another state here: %d"): heard.changed_states,
        _("comments that went for good here: %d"): len(decided.gone),
        _("comments of authors blocked here, now spam: %d"): len(decided.blocked - decided.gone),
        _("comments of people erased here, now without a name: %d"): len(
            decided.nameless - decided.gone
        ),
    }
    state.report.keep(one.report, [words % number for words, number in numbers.items() if number])


def _hear(state: State, one: Coming) -> _Heard:
    heard = _Heard()
    voices, ordinals = heard.voices, heard.ordinals
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
        if not one.is_new:
            heard.text_hashes[comment.id] = hash(source_of(comment))
        if not state.memory.is_empty:
            user_id = state.users_by_old_id.get(comment.user_id or 0)
            heard.keys[comment.id] = keys_of(state.secrets, user_id, one_line(comment.email))
    return heard


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
