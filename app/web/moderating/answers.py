"""How the console answers what was done: in place where script asked, else back to where the form was."""

from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.core import clock
from app.core.errors import NotFound
from app.core.i18n import _
from app.discussions.queue import queue_item
from app.moderation.sought import Sought, read_sought
from app.web.deps import doors_of
from app.web.moderating.addresses import QUEUE, back_to, row_in
from app.web.moderating.pages import RowPage
from app.web.moderating.queue import around_of
from app.web.moderating.rows import Place, row_of
from app.web.moderating.surroundings import act_of, console_frame, head_of, tabs_of
from app.web.rendering import render

_Id = Annotated[int, Field(ge=0, lt=2**63)]
Number = Annotated[_Id | None, BeforeValidator(lambda typed: typed or None)]


class Where(BaseModel):
    """Fields of every form of a row: which version was seen, where it stood, and which row is next."""

    version: Number = None
    back: str = QUEUE
    next: Annotated[str, AfterValidator(row_in)] = ""
    # The comment or the case in whose row the form stood, for forms about something else.
    comment: Number = None
    case: Number = None


def wants_part(request: Request) -> bool:
    """Whether script asks, which puts a part of a page in its place."""
    return request.headers.get("hx-request") == "true"


def sought_of(back: str) -> Sought:
    """The list from which a form was sent."""
    return read_sought(dict(parse_qsl(urlsplit(back_to(back)).query)))


async def answer(
    request: Request,
    me: Actor,
    comment_id: int,
    said: Where,
    *,
    then: int | str | None = None,
    decision_id: int | None = None,
    is_folded: bool = False,
    trouble: str = "",
    status: int = 200,
) -> Response:
    """The row as it is now, for script; for others a way back, or the row alone where something is wrong.

    `then` is the row in which they go on, a comment's by its number.
    """
    back = back_to(said.back)
    if not wants_part(request) and not trouble:
        return RedirectResponse(with_act(back, decision_id, then), 303)
    async with doors_of(request).reading() as db:
        frame = await console_frame(request, db)
        item = await queue_item(db, me, comment_id)
        if item is None:
            raise NotFound(_("There is no such comment."))
        sought = sought_of(back)
        place = Place(sought, back, said.next)
        around = await around_of(db, me, [item])
        row = row_of(item, around, me, place, clock.now())
        page = RowPage(
            frame=frame,
            head=head_of(frame, row.title),
            tabs=await tabs_of(db, me, sought.view, around.keys),
            row=row,
            act=await act_of(db, me, decision_id, around.keys),
            trouble=trouble,
            is_folded=is_folded,
        )
    template = "moderating/row.html" if wants_part(request) else "moderating/row_page.html"
    response = render(template, page, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def with_act(back: str, decision_id: int | None, then: int | str | None) -> str:
    """The way back, with what was done for the bar, and the row to go on with."""
    path, _mark, query = back.partition("?")
    kept = [part for part in query.split("&") if part and not part.startswith("done=")]
    if decision_id is not None:
        kept.append(f"done={decision_id}")
    anchor = f"#case-{then}" if then else ""
    return f"{path}?{'&'.join(kept)}{anchor}" if kept else f"{path}{anchor}"
