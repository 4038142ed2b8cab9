"""Handing resources out: at once to everybody, by a link of their own and for a short while to those few it is for.

Such a link is a second lock, never the only one: whoever opens it is asked anew whether they may.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from fastapi import APIRouter, Request
from itsdangerous import BadData
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core import clock
from app.core.errors import Gone, NotFound
from app.core.i18n import _
from app.core.stores import store_of
from app.resources.addresses import find_confirmed
from app.resources.counting import Tally, person_of
from app.resources.models import Access, Resource, ResourceVersion
from app.resources.policy import is_open_to
from app.resources.queries import Listed, get_version
from app.web.deps import Db, Me, secrets_of_app, settings_of
from app.web.handing_out import SAVED_ONLY, Handed, disposition, hand_out, is_begun
from app.web.resources.library import find_shown
from app.web.resources.pages import LIBRARY
from app.web.resources.words import download_url_of, url_of

router = APIRouter()

LINK_LASTS = timedelta(minutes=10)

_READ = ["GET", "HEAD"]
_PURPOSE = "resource download"
# Asked for again each time: a new version has the same address.
_TO_EVERYBODY = "no-cache"
_TO_ONE = "private, no-store"


@dataclass(frozen=True, slots=True)
class Key:
    """What a short-lived link says: which version, and whom it was made for."""

    resource_id: int
    number: int
    user_id: int = 0
    address_id: int = 0
    is_old: bool = False


@router.api_route(LIBRARY + "{slug}/download", methods=_READ)
async def download(request: Request, db: Db, me: Me, slug: str) -> Response:
    """The newest version. Raises NotFound for whoever may not see that there is one."""
    return await _download(request, me, await find_shown(db, me, slug))


@router.api_route(LIBRARY + "{slug}/versions/{number:int}/download", methods=_READ)
async def download_version(request: Request, db: Db, me: Me, slug: str, number: int) -> Response:
    """An earlier version."""
    listed = await find_shown(db, me, slug)
    version = await get_version(db, listed.resource.id, number)
    return await _download(request, me, Listed(listed.resource, version))


@router.api_route(LIBRARY + "{slug}/download/{token}", methods=_READ)
async def download_by_link(request: Request, db: Db, me: Me, slug: str, token: str) -> Response:
    """By a short-lived link. Raises NotFound for all but whom it was made for, Gone when it is too old."""
    key = read_link(request, token)
    if not key.address_id:
        return await answer_link(request, db, me, key, await find_shown(db, me, slug))
    listed = await find_confirmed(db, key.address_id, key.resource_id)
    if listed.resource.slug != slug:
        raise NotFound
    return await _fetched(request, db, me, key)


def link_for(request: Request, url: str, resource: Resource, number: int, **whom: int) -> str:
    """A short-lived link to one version, for a member (`user_id`) or an address (`address_id`)."""
    said = [resource.id, number, whom.get("user_id", 0), whom.get("address_id", 0)]
    said.append(int(clock.unix_now()))
    token = secrets_of_app(request).signer(_PURPOSE).dumps(said)
    return f"{download_url_of(url)}/{token}"


async def answer_download(
    request: Request, me: Actor, listed: Listed, url: str, *, is_for_all: bool
) -> Response:
    """Hand out what somebody may have: at once what is for all, else by a link of their own."""
    resource, version = listed.resource, listed.version
    if is_for_all and resource.is_published:
        return await _handed_out(request, me, version, _TO_EVERYBODY)
    link = link_for(request, url, resource, version.number, user_id=me.user_id or 0)
    return _onward(link)


async def answer_link(
    request: Request, db: AsyncSession, me: Actor, key: Key, listed: Listed
) -> Response:
    """Hand out by a link what was just found for them. Raises NotFound where it is another's, Gone."""
    is_theirs = key.user_id == me.user_id and key.resource_id == listed.resource.id
    if not (is_theirs and _is_open(me, listed.resource)):
        raise NotFound
    return await _fetched(request, db, me, key)


async def _fetched(request: Request, db: AsyncSession, me: Actor, key: Key) -> Response:
    if key.is_old:
        raise Gone(_("This link is too old. The page of the resource gives you another."))
    version = await get_version(db, key.resource_id, key.number)
    return await _handed_out(request, me, version, _TO_ONE)


async def _download(request: Request, me: Actor, listed: Listed) -> Response:
    resource, url = listed.resource, url_of(listed.resource)
    if not _is_open(me, resource):
        # Seen by everybody, handed to whoever leaves an address: the page has the form.
        return _onward(f"{url}#address")
    is_for_all = resource.access == Access.EVERYONE
    return await answer_download(request, me, listed, url, is_for_all=is_for_all)


async def _handed_out(
    request: Request, me: Actor, version: ResourceVersion, caching: str
) -> Response:
    file = Handed(
        mime=version.mime,
        size=version.size,
        sha256=version.sha256,
        at=version.at,
        storage_key=version.storage_key,
        text=version.letter.encode(),
        headers={
            "Cache-Control": caching,
            # Whatever it is, it is saved and never opened in place.
            "Content-Disposition": disposition(version.file_name),
            "Content-Security-Policy": SAVED_ONLY,
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
    answer = await hand_out(request, store_of(settings_of(request)), file)
    if request.method == "GET" and is_begun(answer):
        count(request, me, version)
    return answer


def count(request: Request, me: Actor, version: ResourceVersion) -> None:
    """Count a download, once for each person and day; nobody is written down."""
    tally: Tally = request.app.state.downloads
    address = request.client.host if request.client else ""
    agent = request.headers.get("user-agent", "")
    tally.count(version.id, person_of(me.user_id, address, agent))


def _is_open(me: Actor, resource: Resource) -> bool:
    return is_open_to(me, Access(resource.access), resource.owner_id)


def read_link(request: Request, token: str) -> Key:
    """What a link says. Raises NotFound for one that was made up."""
    try:
        *said, at = secrets_of_app(request).signer(_PURPOSE).loads(token[:500])
        return replace(Key(*said), is_old=clock.unix_now() - at > LINK_LASTS.total_seconds())
    except (BadData, TypeError, ValueError):
        raise NotFound from None


def _onward(url: str) -> Response:
    answer = RedirectResponse(url, 303)
    answer.headers["Cache-Control"] = "no-store"
    return answer
