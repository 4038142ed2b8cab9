"""`/intros/`: needs my answer, mine, made by me."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from sqlalchemy import ColumnElement, or_
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.actor import Actor
from app.core import clock
from app.core.answers import require
from app.core.i18n import _
from app.core.text import number_in
from app.networking.connections.queries import wanting_an_answer
from app.networking.introductions.moves import Part
from app.networking.introductions.policy import may_be_introduced
from app.networking.introductions.queries import (
    A_PAGE,
    Found,
    as_connector,
    as_requester,
    as_target,
    introductions_where,
    wanting_an_answer_of,
)
from app.web.accounts.pages import head_of, spoken_frame, unkept
from app.web.deps import Db, Me
from app.web.introductions.done import said_done
from app.web.introductions.pages import Listing, ListPage, OverviewPage, Row
from app.web.introductions.words import names_in, stands, title_of

router = APIRouter()

INTROS = "/intros/"
MINE, MADE = "/intros/mine/", "/intros/made/"
_READ = ["GET", "HEAD"]
_ON_OVERVIEW = 8


@router.api_route(INTROS, methods=_READ)
async def overview(request: Request, db: Db, me: Me) -> Response:
    """All three lists, the last two with what is newest."""
    require(may_be_introduced(me))
    frame = await spoken_frame(request, db)
    wanted = await introductions_where(db, wanting_an_answer_of(me, clock.now()), most=50)
    page = OverviewPage(
        frame=frame,
        head=head_of(frame, _("Introductions"), INTROS),
        wanted=[row_of(found, me) for found in wanted],
        knocking=len(await wanting_an_answer(db, me)),
        mine=await _listing(db, me, MINE, most=_ON_OVERVIEW),
        made=await _listing(db, me, MADE, most=_ON_OVERVIEW),
        done=said_done(request.query_params.get("done", "")),
    )
    return unkept("intros/overview.html", page)


@router.api_route(MINE, methods=_READ)
async def mine(request: Request, db: Db, me: Me) -> Response:
    """What the reader asked for, was offered, or was asked about."""
    return await _list(request, db, me, MINE, _("Mine"))


@router.api_route(MADE, methods=_READ)
async def made(request: Request, db: Db, me: Me) -> Response:
    """What the reader was asked to pass on, or began."""
    return await _list(request, db, me, MADE, _("Made by me"))


def row_of(found: Found, me: Actor) -> Row:
    """One line of a list."""
    introduction, names = found.introduction, names_in(found)
    part = introduction.part_of(me.user_id) or Part.REQUESTER
    return Row(
        url=f"{INTROS}{introduction.id}/",
        title=title_of(introduction, part, names),
        stands=stands(introduction.seen_at(clock.now(), part), part, names),
        asked_at=introduction.asked_at,
    )


async def _list(request: Request, db: AsyncSession, me: Actor, path: str, title: str) -> Response:
    require(may_be_introduced(me))
    frame = await spoken_frame(request, db)
    before = number_in(request.query_params.get("before", ""))
    listing = await _listing(db, me, path, before=before)
    page = ListPage(frame, head_of(frame, title, path), title, listing)
    return unkept("intros/list.html", page)


async def _listing(
    db: AsyncSession, me: Actor, path: str, *, before: int | None = None, most: int = A_PAGE
) -> Listing:
    found = await introductions_where(db, _in_list(path, me), before=before, most=most)
    rows: Sequence[Row] = [row_of(one, me) for one in found[:most]]
    older = f"{path}?before={found[most - 1].introduction.id}" if len(found) > most else ""
    return Listing(rows, older)


def _in_list(path: str, me: Actor) -> ColumnElement[bool]:
    return as_connector(me) if path == MADE else or_(as_requester(me), as_target(me))
