"""`/conversations/ID/`: what the parties of something write to each other. Nobody else finds it."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core.answers import require
from app.core.errors import AppError, NotFound
from app.core.i18n import _
from app.core.text import clean_text, number_in
from app.networking.conversations import actions
from app.networking.conversations.models import LONGEST_MESSAGE, OwnerKind
from app.networking.conversations.policy import may_have_conversations, may_write
from app.networking.conversations.queries import (
    A_PAGE,
    Partner,
    Said,
    get_conversation,
    partners_in,
    said_in,
    takes_part,
)
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.deps import Db, Frame, Me, doors_of
from app.web.error_pages import error_page
from app.web.errors import show_again
from app.web.forms import FieldError, typed_fields
from app.web.head import Head
from app.web.notices.seeing import shown
from app.web.refusals import errors_of

router = APIRouter()

_ONE = "/conversations/{conversation_id:int}/"
# Where the things stand that conversations belong to.
_OWNERS = {
    OwnerKind.INTRODUCTION: "/intros/{}/",
    OwnerKind.PROMISE: "/promises/{}/",
    OwnerKind.CALL: "/calls/{}/",
    OwnerKind.RSVP: "/events/{}/",
}


@dataclass(frozen=True)
class ConversationPage:
    """`conversations/page.html`."""

    frame: Frame
    head: Head
    url: str
    about: str
    partners: Sequence[Partner]
    said: Sequence[Said]
    older: str
    is_open: bool
    may_write: bool
    takes_part: bool
    longest: int
    typed: str = ""
    errors: Sequence[FieldError] = ()


@router.api_route(_ONE, methods=["GET", "HEAD"])
async def show(request: Request, db: Db, me: Me, conversation_id: int) -> Response:
    """The newest messages, or those before `?before=`."""
    require(may_have_conversations(me))
    page = await _page(request, db, me, conversation_id)
    shown(request, me, [f"conversation:{conversation_id}"])
    return page


@router.post(_ONE + "messages/")
async def write(request: Request, me: Me, conversation_id: int) -> Response:
    """Say something."""
    typed = await typed_fields(request)
    require(may_have_conversations(me))
    text = typed.get("text", "")
    show_again(request, lambda error: _refused(request, me, conversation_id, error, text))
    async with doors_of(request).unit_of_work() as db:
        await spoken_frame(request, db)
        message = await actions.write(db, me, conversation_id, text)
    return _back(conversation_id, f"#message-{message.id}")


@router.post(_ONE + "leaving")
async def leave(request: Request, me: Me, conversation_id: int) -> Response:
    """Take no part any more."""
    async with doors_of(request).unit_of_work() as db:
        require(may_have_conversations(me))
        await actions.leave(db, me, conversation_id)
    return never_kept(RedirectResponse("/intros/", 303))


@router.post(_ONE + "closing")
async def close(request: Request, me: Me, conversation_id: int) -> Response:
    """Let it be over, and stay readable."""
    async with doors_of(request).unit_of_work() as db:
        require(may_have_conversations(me))
        await actions.close(db, me, conversation_id)
    return _back(conversation_id)


def _back(conversation_id: int, anchor: str = "") -> Response:
    return never_kept(RedirectResponse(f"/conversations/{conversation_id}/{anchor}", 303))


async def _refused(
    request: Request, me: Actor, conversation_id: int, error: AppError, typed: str
) -> Response:
    if isinstance(error, NotFound):
        return await error_page(request, error)
    async with doors_of(request).reading() as db:
        return await _page(
            request, db, me, conversation_id, errors_of(error), clean_text(typed), error.status
        )


async def _page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    conversation_id: int,
    errors: Sequence[FieldError] = (),
    typed: str = "",
    status: int = 200,
) -> Response:
    frame = await spoken_frame(request, db)
    conversation = await get_conversation(db, me, conversation_id)
    is_party = await takes_part(db, conversation_id, me.user_id)
    before = number_in(request.query_params.get("before", ""))
    said = await said_in(db, me, conversation_id, before=before)
    partners = await partners_in(db, me, conversation_id)
    url = f"/conversations/{conversation_id}/"
    shown = said[-A_PAGE:]
    page = ConversationPage(
        frame=frame,
        head=head_of(frame, _with(partners, me), url),
        url=url,
        about=_OWNERS[conversation.owner_kind].format(conversation.owner_id),
        partners=[one for one in partners if one.user_id != me.user_id],
        said=shown,
        older=f"{url}?before={shown[0].id}" if len(said) > A_PAGE else "",
        is_open=conversation.is_open,
        may_write=bool(may_write(me, conversation, is_party=is_party)),
        takes_part=is_party,
        longest=LONGEST_MESSAGE,
        typed=typed,
        errors=tuple(errors),
    )
    return unkept("conversations/page.html", page, status)


def _with(partners: Sequence[Partner], me: Actor) -> str:
    names = [one.name for one in partners if one.user_id != me.user_id]
    return _("Conversation with %(names)s") % {"names": ", ".join(names)}
