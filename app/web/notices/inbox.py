"""`/inbox/`: what a member was told. Looking at it changes nothing; buttons, and pages that were seen, do."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from app.accounts.policy import may_have_account_page
from app.core.answers import require
from app.core.errors import Invalid
from app.core.i18n import _
from app.notifications.notices.kinds import COMMENT_REMOVED
from app.notifications.notices.queries import InboxNotice, get_notice, inbox
from app.notifications.notices.unread import mark_all_read, mark_read
from app.settings import Settings
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.comments.own_addresses import own_address
from app.web.deps import Db, Frame, Me, doors_of, settings_of
from app.web.forms import read_form
from app.web.head import Head

router = APIRouter()

INBOX = "/inbox/"


class UpToForm(BaseModel):
    """The newest notice that was shown."""

    up_to: int = Field(ge=1, le=10**18)


@dataclass(frozen=True)
class InboxRow:
    """One notice, and where it leads."""

    notice: InboxNotice
    url: str


@dataclass(frozen=True)
class InboxPage:
    """`notices/inbox.html`."""

    frame: Frame
    head: Head
    new: tuple[InboxRow, ...]
    read: tuple[InboxRow, ...]
    # The newest that is shown: what comes later is not read by pressing "all".
    newest: int
    older: str


@router.api_route("/inbox", methods=["GET", "HEAD"])
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(INBOX, 301)


@router.api_route(INBOX, methods=["GET", "HEAD"])
async def show(request: Request, db: Db, me: Me) -> Response:
    """What somebody was told, in pages."""
    require(may_have_account_page(me))
    frame = await spoken_frame(request, db)
    part = await inbox(db, me, request.query_params.get("after", ""))
    rows = [InboxRow(one, where_it_leads(settings_of(request), one)) for one in part.notices]
    page = InboxPage(
        frame=frame,
        head=head_of(frame, _("Inbox"), INBOX),
        new=tuple(row for row in rows if row.notice.is_unread),
        read=tuple(row for row in rows if not row.notice.is_unread),
        newest=max((row.notice.id for row in rows if row.notice.is_unread), default=0),
        older=f"{INBOX}?after={part.after}" if part.after else "",
    )
    return unkept("notices/inbox.html", page)


@router.post("/inbox/reading")
async def read_all(request: Request, me: Me) -> Response:
    """All that was shown is read."""
    form = await read_form(request, UpToForm)
    require(may_have_account_page(me))
    if form.value is None:
        raise Invalid(_("Which notices? Go back to the inbox, and press the button there."))
    async with doors_of(request).unit_of_work() as db:
        await mark_all_read(db, me.user_id or 0, up_to=form.value.up_to)
    return never_kept(RedirectResponse(INBOX, 303))


@router.post("/inbox/{notice_id:int}/reading")
async def read_one(request: Request, me: Me, notice_id: int) -> Response:
    """One is read. Twice is once."""
    require(may_have_account_page(me))
    async with doors_of(request).unit_of_work() as db:
        await get_notice(db, me, notice_id)
        await mark_read(db, me.user_id or 0, [notice_id])
    return never_kept(RedirectResponse(INBOX, 303))


def where_it_leads(settings: Settings, notice: InboxNotice) -> str:
    """The address of what somebody is told of, for them alone."""
    what, _colon, number = notice.about.partition(":")
    if notice.kind == COMMENT_REMOVED.name and what == "comment" and number.isdecimal():
        # Only here is it known that they are its author: no letter and no table has the secret.
        return own_address(settings, int(number))
    return notice.path
