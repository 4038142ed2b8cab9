"""How the console answers what was done about what is no comment: its row again, where script asked for it."""

from dataclasses import dataclass

from fastapi import Request
from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.actor import Actor
from app.core import clock
from app.discussions.models import CommentKind
from app.discussions.queue import other_items
from app.discussions.reach import case_shown_to
from app.moderation.keys import Keys, keys_of
from app.moderation.models import Case
from app.moderation.sought import View
from app.reporting.deciding import is_read_by
from app.web.deps import doors_of
from app.web.moderating.addresses import back_to
from app.web.moderating.answers import Where, sought_of
from app.web.moderating.other_rows import Onlooker, OtherRow, other_row, others_around
from app.web.moderating.pages import Act, ConsolePage
from app.web.moderating.surroundings import act_of, console_frame, head_of, tabs_of
from app.web.rendering import render


@dataclass(frozen=True)
class OtherPart(ConsolePage):
    """`moderating/other_row.html`: the row, the tabs' numbers and the bar; no row of what is gone."""

    case_id: int
    row: OtherRow | None
    act: Act | None
    back: str
    trouble: str = ""
    is_folded: bool = False


async def read_row(
    db: AsyncSession, me: Actor, case_id: int, said: Where, keys: Keys
) -> OtherRow | None:
    """The row of a case as it is now; None where there is none for whoever asks.

    What is private stands in it for a moderator who has said that they read it.
    """
    which = and_(Case.id == case_id, Case.kind.not_in(list(CommentKind)), case_shown_to(me))
    items = await other_items(db, which)
    if not items:
        return None
    has_read = await db.scalar(select(Case.id).where(Case.id == case_id, is_read_by(me)))
    back = back_to(said.back)
    by = Onlooker(me, keys, sought_of(back), back, has_read=has_read is not None)
    return other_row(items[0], await others_around(db, me, items), by, said.next, clock.now())


async def row_again(
    request: Request,
    me: Actor,
    case_id: int,
    said: Where,
    *,
    was: OtherRow | None = None,
    decision_id: int | None = None,
    is_folded: bool = False,
    trouble: str = "",
    status: int = 200,
) -> Response:
    """The row for script to put in its place; `was` is how it stood before, for what is gone when it is decided."""
    async with doors_of(request).reading() as db:
        frame = await console_frame(request, db)
        keys = await keys_of(db, me)
        row = await read_row(db, me, case_id, said, keys) or was
        back = back_to(said.back)
        page = OtherPart(
            frame=frame,
            head=head_of(frame, row.name if row else ""),
            tabs=await tabs_of(db, me, View(sought_of(back).view), keys),
            case_id=case_id,
            row=row,
            act=await act_of(db, me, decision_id, keys),
            back=back,
            trouble=trouble,
            is_folded=is_folded,
        )
    response = render("moderating/other_row.html", page, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
