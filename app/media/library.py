"""The library of files, as those see it who may change them: how it is searched and counted."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core.errors import NotFound
from app.core.i18n import marked
from app.media.files import PICTURES
from app.media.models import Upload, UploadUse

PAGE_SIZE = 48
_NONE = marked("There is no such file, or it is not yours.")


class Kind(StrEnum):
    """What a list can be narrowed to."""

    PICTURES = "pictures"
    # Pictures that those who can't see them hear nothing of.
    UNTOLD = "untold"
    SOUNDS = "sounds"
    FILMS = "films"
    OTHERS = "others"


@dataclass(frozen=True)
class Wanted:
    """Which files are looked for: all, unless something is said."""

    words: str = ""
    kind: Kind | None = None


_IS_PICTURE = Upload.mime.in_(PICTURES)
_IS_SOUND = Upload.mime.startswith("audio/")
_IS_FILM = Upload.mime.startswith("video/")
_KINDS: dict[Kind, ColumnElement[bool]] = {
    Kind.PICTURES: _IS_PICTURE,
    Kind.UNTOLD: and_(_IS_PICTURE, Upload.alt == ""),
    Kind.SOUNDS: _IS_SOUND,
    Kind.FILMS: _IS_FILM,
    Kind.OTHERS: ~or_(_IS_PICTURE, _IS_SOUND, _IS_FILM),
}


def changeable_by(actor: Actor) -> ColumnElement[bool]:
    """The files that are somebody's to change; nobody's sizes, which go with their pictures."""
    there = and_(Upload.variant_of_id.is_(None), Upload.is_stored)
    if actor.writes_every_post:
        return there
    return and_(there, Upload.user_id == actor.user_id, true() if actor.writes_posts else ~true())


async def library(
    session: AsyncSession,
    actor: Actor,
    wanted: Wanted,
    before: int | None = None,
    most: int = PAGE_SIZE,
) -> list[Upload]:
    """The newest first, one more than `most` where there are more; after the one with the id `before`."""
    query = _matching(select(Upload), actor, wanted)
    if before is not None:
        query = query.where(Upload.id < before)
    return list(await session.scalars(query.order_by(Upload.id.desc()).limit(most + 1)))


async def number_untold(session: AsyncSession, actor: Actor) -> int:
    """How many pictures have no words for those who can't see them; counted up to a thousand."""
    some = _matching(select(Upload.id), actor, Wanted(kind=Kind.UNTOLD)).limit(1000).subquery()
    return await session.scalar(select(func.count()).select_from(some)) or 0


async def get_changeable(
    session: AsyncSession, actor: Actor, upload_id: int, *, locked: bool = False
) -> Upload:
    """A file that is theirs to change; `locked` against everybody else until it is. Raises NotFound."""
    query = select(Upload).where(Upload.id == upload_id, changeable_by(actor))
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    upload: Upload | None = await session.scalar(query)
    if upload is None:
        raise NotFound(_NONE)
    return upload


async def sizes_of(session: AsyncSession, upload_ids: list[int]) -> dict[int, list[Upload]]:
    """The stored sizes of these pictures, the narrowest first."""
    query = select(Upload).where(Upload.variant_of_id.in_(upload_ids), Upload.is_stored)
    found: dict[int, list[Upload]] = {upload_id: [] for upload_id in upload_ids}
    for size in await session.scalars(query.order_by(Upload.width, Upload.id)):
        found[size.variant_of_id or 0].append(size)
    return found


async def users_of(session: AsyncSession, upload_id: int) -> list[int]:
    """The posts that show a file or lead to it, whoever may see those."""
    query = select(UploadUse.post_id).where(UploadUse.upload_id == upload_id)
    return list(await session.scalars(query.order_by(UploadUse.post_id)))


def _matching(query: Select[Upload], actor: Actor, wanted: Wanted) -> Select[Upload]:
    query = query.where(changeable_by(actor))
    if wanted.kind is not None:
        query = query.where(_KINDS[wanted.kind])
    for word in wanted.words.split():
        said = (Upload.path, Upload.title, Upload.alt, Upload.caption)
        query = query.where(or_(*(text.icontains(word, autoescape=True) for text in said)))
    return query
