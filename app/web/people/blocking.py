"""Not seeing somebody, nor being seen by them; and taking that back."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.accounts.blocks import block, blocks_of, unblock
from app.accounts.policy import may_have_account_page
from app.core import clock
from app.core.answers import require
from app.core.i18n import _
from app.groups.profiles.queries import get_profile
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.accounts.words import said_done
from app.web.deps import Db, Me, doors_of
from app.web.people.pages import PEOPLE, BlockedPerson, BlocksPage

router = APIRouter()

BLOCKS = "/account/blocks/"
_READ = ["GET", "HEAD"]


@router.post(f"{PEOPLE}{{handle}}/block/")
async def block_person(request: Request, handle: str, me: Me) -> Response:
    """See nothing of them any more; they are told nothing. Raises NotFound for whom one can't see anyway."""
    require(may_have_account_page(me))
    async with doors_of(request).unit_of_work() as db:
        person = await get_profile(db, me, handle)
        await block(db, me, person.user_id, clock.now())
    return never_kept(RedirectResponse(f"{BLOCKS}?done=blocked", 303))


@router.api_route(BLOCKS.rstrip("/"), methods=_READ)
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(BLOCKS, 301)


@router.api_route(BLOCKS, methods=_READ)
async def show(request: Request, db: Db, me: Me) -> Response:
    """Whom one has blocked, the last first."""
    require(may_have_account_page(me))
    frame = await spoken_frame(request, db)
    page = BlocksPage(
        frame=frame,
        head=head_of(frame, _("People you have blocked"), BLOCKS),
        people=[BlockedPerson(*row) for row in await blocks_of(db, me)],
        done=said_done(request.query_params.get("done", "")),
    )
    return unkept("people/blocks.html", page)


@router.post(f"{BLOCKS}{{user_id:int}}/removal")
async def take_back(request: Request, user_id: int, me: Me) -> Response:
    """See them again, and be seen."""
    require(may_have_account_page(me))
    async with doors_of(request).unit_of_work() as db:
        await unblock(db, me, user_id)
    return never_kept(RedirectResponse(f"{BLOCKS}?done=unblocked", 303))
