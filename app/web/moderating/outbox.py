"""The outbox: what was written and what became of it, addresses that no mail reaches, and trying once more."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from app.core.errors import Invalid
from app.core.i18n import _
from app.notifications.bounces import stopped_addresses
from app.notifications.models import Letter
from app.notifications.notices.sorting import is_news
from app.notifications.resending import send_again, write_again_to, write_no_more_to
from app.web.deps import Db, Me, doors_of
from app.web.forms import read_form
from app.web.moderating.pages import LetterRow, OutboxPage, StoppedRow
from app.web.moderating.surroundings import (
    OUTBOX,
    console_frame,
    head_of,
    require_moderators_console,
    tabs_of,
)
from app.web.rendering import render

router = APIRouter()

HERE = "/mod/outbox/"
_PAGE = 50
# What letters are about whose subjects name nothing that was said in a group.
_OF_THE_SITE = {
    "", "account", "comment", "follow", "long wait", "password", "resource", "sign-up", "waiting",
}  # fmt: skip


class AddressForm(BaseModel):
    """An address that letters shall go to again, or no more."""

    address: str = Field(min_length=1, max_length=254)


@router.api_route(HERE, methods=["GET", "HEAD"])
async def show_outbox(request: Request, db: Db, me: Me) -> Response:
    """The newest letters: what waits, what was sent, and what could not be."""
    require_moderators_console(me)
    frame = await console_frame(request, db)
    letters = await db.scalars(select(Letter).order_by(Letter.id.desc()).limit(_PAGE))
    title = _("Outbox")
    page = OutboxPage(
        frame=frame,
        head=head_of(frame, title),
        tabs=await tabs_of(db, me, OUTBOX),
        title=title,
        rows=[_row(letter) for letter in letters],
        explanation=_("Letters wait here until they are sent; without RAPPORT_SMTP_URL they stay."),
        stopped=[
            StoppedRow(
                one.address,
                one.stopped_at or one.at,
                _("A letter was reported as unwanted") if one.is_complaint else one.trouble,
            )
            for one in await stopped_addresses(db, _PAGE)
        ],
    )
    response = render("moderating/outbox.html", page)
    response.headers["Cache-Control"] = "no-store"
    return response


@router.post(f"{HERE}{{letter_id:int}}/sending")
async def send(request: Request, letter_id: int, me: Me) -> Response:
    """Send a letter again that failed. 409 for one that has not."""
    require_moderators_console(me)
    async with doors_of(request).unit_of_work() as db:
        await send_again(db, me, letter_id)
    return RedirectResponse(f"{HERE}#letter-{letter_id}", 303)


@router.post(f"{HERE}addresses/return")
async def write_again(request: Request, me: Me) -> Response:
    """Let an address have letters again."""
    require_moderators_console(me)
    typed = await _typed_address(request)
    async with doors_of(request).unit_of_work() as db:
        await write_again_to(db, me, typed)
    return RedirectResponse(HERE, 303)


@router.post(f"{HERE}addresses/complaint")
async def write_no_more(request: Request, me: Me) -> Response:
    """Write no more to an address whose reader complained; what they ask for themselves goes out still."""
    require_moderators_console(me)
    typed = await _typed_address(request)
    async with doors_of(request).unit_of_work() as db:
        await write_no_more_to(db, me, typed)
    return RedirectResponse(f"{HERE}#stopped", 303)


async def _typed_address(request: Request) -> str:
    form = await read_form(request, AddressForm)
    if form.value is None:
        raise Invalid(form.errors[0].says)
    return form.value.address


def _row(letter: Letter) -> LetterRow:
    return LetterRow(
        id=letter.id,
        recipient=letter.recipient,
        subject=_subject(letter),
        created_at=letter.created_at,
        state=_state(letter),
        trouble=letter.trouble,
        has_failed=letter.failed_at is not None,
    )


def _subject(letter: Letter) -> str:
    # What a member is told may be between two people, or of a group that nobody else knows.
    if is_news(letter):
        return _("News for a member")
    is_of_the_site = letter.about.partition(":")[0] in _OF_THE_SITE
    return letter.subject if is_of_the_site else _("About something that they wrote")


def _state(letter: Letter) -> str:
    if letter.sent_at is not None:
        return _("sent")
    return _("failed") if letter.failed_at is not None else _("waits")
