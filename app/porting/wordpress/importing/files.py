"""Attachments become uploads: known by path and address here, their bytes are brought afterwards."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.i18n import _
from app.core.text import clean_text, one_line
from app.media.models import Upload
from app.porting.wordpress.importing.meanings import dates_of
from app.porting.wordpress.importing.own_words import fact
from app.porting.wordpress.importing.slugs import own_path
from app.porting.wordpress.importing.state import State
from app.porting.wordpress.importing.survey import usable_id
from app.porting.wordpress.reading.values import Item
from app.porting.wordpress.texts.old_site import UPLOADS
from app.porting.wordpress.texts.shortcodes import Media
from app.porting.wordpress.texts.tags import plain_line
from app.posts.addresses import address

_LONGEST_GUID = 1000


async def bring_uploads(session: AsyncSession, state: State, items: Sequence[Item]) -> None:
    """Write a row for each attachment whose file could lie here."""
    count = state.report.count("uploads")
    count.in_file += len(items)
    paths = _paths(state, items)
    query = select(Upload.path, Upload.id).where(Upload.path.in_(paths))
    known = dict((await session.execute(query)).all())
    guids = {item.guid for item in items if item.guid}
    taken = set(await session.scalars(select(Upload.guid).where(Upload.guid.in_(guids))))
    new = {path: item for path, item in paths.items() if path not in known}
    ids = await state.numbers.uploads.assign(session, [usable_id(i.id) for i in new.values()])
    rows = [
        _row(state, path, item, upload_id, taken)
        for (path, item), upload_id in zip(new.items(), ids, strict=True)
    ]
    await state.add(session, Upload, rows)
    known |= dict(zip(new, ids, strict=True))
    for path, item in paths.items():
        _remember(state, item, path, known[path])
    count.imported += len(new)
    count.known += len(paths) - len(new)
    count.skipped += len(items) - len(paths)


def _paths(state: State, items: Sequence[Item]) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for item in items:
        path = _path(state, item)
        name = _("upload “%s”") % plain_line(item.title)
        if path is None:
            state.report.skip(item.line, name, _("there is no file's name that could be used"))
        elif path in state.claimed_files:
            state.report.skip(item.line, name, _("its file is in the list already"))
        else:
            found[path] = item
            state.claimed_files.add(path)
        if len(item.comments):
            why = _("%d comments on an attachment's page, which is not kept") % len(item.comments)
            state.report.skip(item.line, name, why)
            comments = state.report.count("comments")
            comments.in_file += len(item.comments)
            comments.skipped += len(item.comments)
    return found


def _path(state: State, item: Item) -> str | None:
    kept_under = next(iter(item.meta_values("_wp_attached_file")), "")
    for url in (
        item.attachment_url,
        f"http://files{UPLOADS}{kept_under}" if kept_under else "",
        item.guid,
    ):
        path = state.site.upload_path(url) if url else None
        if path is not None:
            return path
    return None


def _row(
    state: State, path: str, item: Item, upload_id: int, taken: set[str | None]
) -> dict[str, Any]:
    guid = item.guid if item.guid and len(item.guid) <= _LONGEST_GUID else None
    if guid in taken:
        guid = None
    taken.add(guid)
    at, _local = dates_of(item, state.zone)
    url = fact(item, "source_url") or item.attachment_url or item.guid
    return {
        "id": upload_id,
        "legacy_id": item.id,
        "guid": guid,
        "path": path,
        "source_url": url if len(url) <= 2000 else "",
        "page_path": own_path(state.site, item.link),
        "title": plain_line(item.title),
        "caption": clean_text(item.excerpt),
        "description": clean_text(item.content),
        "alt": one_line(next(iter(item.meta_values("_wp_attachment_image_alt")), "")),
        "user_id": state.user_ids.get(item.creator),
        "created_at": at,
    }


def _remember(state: State, item: Item, path: str, upload_id: int) -> None:
    if item.id is None:
        return
    state.upload_ids[item.id] = upload_id
    state.media[item.id] = Media(
        url=address(UPLOADS + path),
        title=plain_line(item.title),
        alt=one_line(next(iter(item.meta_values("_wp_attachment_image_alt")), "")),
        caption=item.excerpt,
    )
    if item.parent is not None:
        state.attached.setdefault(item.parent, []).append(item.id)
