"""One promise as one of its two sides sees it."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.i18n import _
from app.moderation.kinds import ThingKind
from app.networking.promises.dates import LATEST, SOONEST, today_in
from app.networking.promises.models import LONGEST_NOTE, PromiseStep
from app.networking.promises.moves import Part, acts_of
from app.networking.promises.queries import get_promise, steps_of
from app.networking.promises.showing import stands_in_a_group
from app.web.accounts.pages import head_of
from app.web.deps import Frame
from app.web.forms import FieldError
from app.web.pages.moments import moments_in
from app.web.promises.lists import PROMISES
from app.web.promises.pages import OnePage, SaidStep
from app.web.promises.words import name_of, said_step, stands, tone_of
from app.web.reporting.addresses import report_url


async def one_page(
    db: AsyncSession,
    me: Actor,
    frame: Frame,
    promise_id: int,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Sequence[FieldError] = (),
    done: str = "",
) -> OnePage:
    """What is shown of it. Raises NotFound, whether it is not there or not theirs."""
    found, at = await get_promise(db, me, promise_id), clock.now()
    promise = found.promise
    side = promise.part_of(me.user_id) or Part.PROMISEE
    names = {Part.PROMISER: name_of(found.promiser), Part.PROMISEE: name_of(found.promisee)}
    other = names[Part.PROMISEE if side == Part.PROMISER else Part.PROMISER]
    state, url = promise.state_at(at), f"{PROMISES}{promise_id}/"
    mine = side == Part.PROMISER
    today = today_in(promise.zone, at)
    return OnePage(
        frame=frame,
        head=head_of(frame, _("A promise"), url),
        url=url,
        report_url=report_url(ThingKind.PROMISE, promise.id),
        text=promise.text,
        stands=stands(state, side, other),
        tone=tone_of(state),
        due_on=promise.due_on,
        zone=promise.zone,
        made_at=promise.made_at,
        runs_out_at=promise.runs_out_at if state == promise.state else None,
        acts=frozenset(acts_of(state, side, promise.tally)),
        version=promise.version,
        steps=[_said(step, names, frame) for step in await steps_of(db, promise_id)],
        has_place=await stands_in_a_group(db, promise),
        i_show=promise.promiser_shows if mine else promise.promisee_shows,
        other_shows=promise.promisee_shows if mine else promise.promiser_shows,
        first_day=today + SOONEST,
        last_day=today + LATEST,
        longest_note=LONGEST_NOTE,
        typed=typed or {},
        errors=errors,
        done=done,
    )


def _said(step: PromiseStep, names: Mapping[Part, str], frame: Frame) -> SaidStep:
    who, due = names.get(step.part, ""), ""
    if step.due_on is not None:
        due = moments_in(frame.site.language, frame.site.timezone).calendar_day(step.due_on)
    return SaidStep(said_step(step.act, who, due), step.at, step.note)
