"""`/webmention` (W3C Webmention §3.2): takes a mention in, and says at its own address what became of it."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from sqlalchemy import select
from starlette.responses import JSONResponse, Response

from app.core.errors import Forbidden, NotFound
from app.core.i18n import _, speak
from app.core.networks import kept_address
from app.core.secrets import secrets_of
from app.discussions.models import Comment, CommentKind, CommentStatus
from app.linkbacks.models import Linkback, LookState
from app.linkbacks.protocols.webmention import Mention, MentionRefused, read_mention
from app.linkbacks.receiving import Became, Ping, Received, receive
from app.linkbacks.targets import post_at
from app.settings import Settings
from app.site.queries import get_site
from app.web.deps import Db, Frame, doors_of, frame_of, settings_of
from app.web.forms import typed_fields
from app.web.head import Head
from app.web.rendering import render

router = APIRouter()

ADDRESS = "/webmention"
_PURPOSE = "webmention"
_LENGTH = 32


@dataclass(frozen=True)
class MentionPage:
    """`linkbacks/status.html`: what became of a mention, for whoever sent it."""

    frame: Frame
    head: Head
    source: str
    target: str
    state: str
    says: str


async def take_mention(request: Request) -> Response:
    """Take in a mention: 201 and the address that tells what becomes of it. Raises MentionRefused."""
    mention = read_mention(await typed_fields(request))
    settings = settings_of(request)
    received = await _receive(request, mention)
    if received.became == Became.OWN:
        return _told(request, 200, _("That page is one of this site's own."))
    status = settings.base_url + status_address(settings, received.comment_id)
    return _told(request, 201, _("Thank you. The page will be looked at."), status)


for _path in (ADDRESS, f"{ADDRESS}/"):
    router.add_api_route(_path, take_mention, methods=["POST"])


@router.api_route("/webmention/{comment_id:int}/{secret}/", methods=["GET", "HEAD"])
async def status_page(request: Request, comment_id: int, secret: str, db: Db) -> Response:
    """What became of a mention. Raises NotFound for any other secret."""
    if not secrets_of(settings_of(request)).matches(_PURPOSE, str(comment_id), secret):
        raise NotFound
    found = (
        await db.execute(
            select(Linkback, Comment.status)
            .join(Comment, Comment.id == Linkback.comment_id)
            .where(Linkback.comment_id == comment_id)
        )
    ).first()
    if found is None:
        raise NotFound
    link, status = found
    frame = await frame_of(request, db)
    speak(frame.site.language)
    state = _state(link, CommentStatus(status))
    page = MentionPage(
        frame=frame,
        head=Head(title=f"{state} – {frame.site.title}", robots="noindex"),
        source=link.source,
        target=link.target,
        state=state,
        says=link.says,
    )
    return render("linkbacks/status.html", page)


def status_address(settings: Settings, comment_id: int) -> str:
    """Where it is told what became of a mention; found by nobody else."""
    secret = secrets_of(settings).keyed_hash(_PURPOSE, str(comment_id))[:_LENGTH]
    return f"{ADDRESS}/{comment_id}/{secret}/"


def _state(link: Linkback, status: CommentStatus) -> str:
    if link.state == LookState.WAITING:
        return _("Waiting for a look at the page")
    if link.state == LookState.GONE:
        return _("Taken back")
    if link.state != LookState.FOUND:
        return _("Not taken: no link was found")
    shown = {
        CommentStatus.APPROVED: _("Shown"),
        CommentStatus.PENDING: _("Waiting for a moderator"),
    }
    return shown.get(status, _("Not shown"))


async def _receive(request: Request, mention: Mention) -> Received:
    settings, client = settings_of(request), request.client
    async with doors_of(request).unit_of_work() as session:
        site = await get_site(session)
        speak(site.language)
        post = await post_at(session, settings, site, mention.target)
        if post is None:
            raise MentionRefused(_("There is no such post here."))
        ping = Ping(
            kind=CommentKind.WEBMENTION,
            source=mention.source,
            target=mention.target,
            address=kept_address(client.host if client else ""),
            agent=request.headers.get("user-agent", ""),
        )
        try:
            return await receive(session, settings, site, post.id, ping)
        except Forbidden as error:
            # W3C Webmention §3.2.1: a target that takes none is the sender's mistake.
            raise MentionRefused(error.detail) from error


def _told(request: Request, code: int, says: str, status: str = "") -> Response:
    headers = {"Cache-Control": "no-store"} | ({"Location": status} if status else {})
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"says": says, "status": status or None}, code, headers)
    body = f"{says}\n{status}\n" if status else f"{says}\n"
    return Response(body, code, headers, media_type="text/plain")
