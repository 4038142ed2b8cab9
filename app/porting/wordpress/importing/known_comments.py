"""The comments of a post that an earlier run brought: as they stand here, not as the file has them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.text import clean_text
from app.discussions.models import Comment, CommentStatus
from app.discussions.threading import place_of
from app.porting.threads import Voice
from app.porting.wordpress.importing.own_words import fact
from app.porting.wordpress.reading.values import WxrComment

_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Here:
    """A comment that is here, wherever it stands by now."""

    id: int
    thread_id: int
    parent_id: int | None
    place: bytes
    status: CommentStatus
    # Of its source, so that it is known whether the file has another text.
    text_hash: int


def source_of(comment: WxrComment) -> str:
    """What somebody wrote: the Markdown that Rapport noted, else the words of the file."""
    return fact(comment, "markdown") or clean_text(comment.content)


async def known_comments(session: AsyncSession, voices: Mapping[int, Voice]) -> dict[int, Here]:
    """Those that are here, by their ids in the file. By guid, which has an index; a whole thread has none."""
    by_guid: dict[str, Here] = {}
    guids = [voice.guid for voice in voices.values()]
    columns = Comment.id, Comment.thread_id, Comment.parent_id, Comment.place, Comment.status
    query = select(Comment.guid, *columns, Comment.body_source)
    for start in range(0, len(guids), _AT_ONCE):
        some = Comment.guid.in_(guids[start : start + _AT_ONCE])
        for row in await session.execute(query.where(some)):
            by_guid[row[0]] = Here(row[1], row[2], row[3], row[4], row[5], hash(row[6]))
    return {old_id: by_guid[v.guid] for old_id, v in voices.items() if v.guid in by_guid}


def as_they_stand(
    thread_id: int,
    voices: Mapping[int, Voice],
    parents: Mapping[int, int | None],
    known: Mapping[int, Here],
    drawn: Mapping[int, bytes],
) -> dict[int, int | None]:
    """Whom each comment answers: of those that are here, whom they answer here.

    `drawn` are the places all have if `parents` are right.
    """
    old_ids = {here.id: old_id for old_id, here in known.items()}

    def answered(old_id: int, parent: int | None) -> int | None:
        above = known.get(parent) if parent is not None else None
        if above is not None and above.thread_id != thread_id:
            # Moved away: there is no answering it here.
            return None
        here = known.get(old_id)
        if here is None:
            return parent
        # A run that broke off has not named every parent yet, but has given each its place.
        place = drawn[parent] if parent is not None else None
        if here.place == place_of(voices[old_id].at, here.id, place):
            return parent
        return old_ids.get(here.parent_id) if here.parent_id is not None else None

    return {old_id: answered(old_id, parent) for old_id, parent in parents.items()}
