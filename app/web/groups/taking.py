"""`/groups/g/export`: all that is said in a group, as a mailbox file for whoever runs it."""

from collections.abc import AsyncIterator
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from app.accounts.actor import Actor
from app.groups.models import Group
from app.porting.mbox.exporting import group_as_mbox, group_to_take
from app.porting.mbox.messages import MEDIA_TYPE
from app.web.deps import Me, doors_of, settings_of
from app.web.groups.addresses import GROUPS

router = APIRouter()


@router.post(GROUPS + "{slug}/export")
async def take(request: Request, me: Me, slug: str) -> Response:
    """The file, as it is read; that it was taken stands in the group's log. Raises NotFound, Forbidden."""
    async with doors_of(request).unit_of_work() as db:
        group = await group_to_take(db, me, slug)
        db.expunge(group)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(group.slug, safe='')}.mbox",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
    }
    return StreamingResponse(_parts(request, me, group), media_type=MEDIA_TYPE, headers=headers)


async def _parts(request: Request, me: Actor, group: Group) -> AsyncIterator[bytes]:
    settings = settings_of(request)
    parts = group_as_mbox(doors_of(request), me, group, settings.base_url, settings.base_host)
    async for part, _messages in parts:
        yield part
