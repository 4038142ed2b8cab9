"""`/intros/two`: introducing two people whom one knows; both are asked, each by themselves."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import Actor
from app.accounts.queries import get_user
from app.core.answers import require
from app.core.errors import AppError
from app.core.i18n import _
from app.core.text import number_in
from app.networking.asks.queries import find_asked
from app.networking.connections.queries import Known, known_by
from app.networking.introductions.asking import Offer, offer
from app.networking.introductions.models import LONGEST_NOTE
from app.networking.introductions.policy import may_be_introduced
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.deps import Db, Me, doors_of
from app.web.errors import show_again
from app.web.forms import FieldError, read_form
from app.web.head import Link
from app.web.introductions.lists import INTROS
from app.web.introductions.pages import Letter, OfferPage
from app.web.introductions.requesting import MOST_KNOWN, clean_words, number
from app.web.people.pages import profile_path
from app.web.refusals import errors_of

router = APIRouter()

TWO = "/intros/two"
_Note = Annotated[str, Field(min_length=1, max_length=LONGEST_NOTE), BeforeValidator(clean_words)]


class OfferForm(BaseModel):
    """Whom, and what each of the two is told."""

    model_config = ConfigDict(extra="ignore")

    first: Annotated[int, BeforeValidator(number)] = 0
    second: Annotated[int, BeforeValidator(number)] = 0
    note_to_first: _Note
    note_to_second: _Note
    preview: str = ""


@router.api_route(TWO, methods=["GET", "HEAD"])
async def form(request: Request, db: Db, me: Me) -> Response:
    """The form; with `ask`, for whoever knows somebody who can help with that ask."""
    require(may_be_introduced(me))
    topic_id = number_in(request.query_params.get("ask", ""))
    asked = await find_asked(db, me, topic_id) if topic_id else None
    if asked is None or asked[0] in (None, me.user_id):
        return await _page(request, db, me, {})
    await spoken_frame(request, db)
    asker_id, title = asked
    typed = {
        "first": str(asker_id),
        "note_to_first": _("You asked: “%(title)s”. I know somebody who can help.")
        % {"title": title},
    }
    return await _page(request, db, me, typed, asker_id=asker_id)


@router.post(TWO)
async def send(request: Request, me: Me) -> Response:
    """Ask both, or look at it first."""
    sent = await read_form(request, OfferForm)
    require(may_be_introduced(me))
    show_again(request, lambda error: _refused(request, me, sent.typed, error))
    if sent.value is None or sent.value.preview:
        async with doors_of(request).reading() as db:
            return await _page(request, db, me, sent.typed, sent.errors, form=sent.value)
    made = sent.value
    async with doors_of(request).unit_of_work() as db:
        await spoken_frame(request, db)
        wanted = Offer(
            first_id=made.first,
            second_id=made.second,
            note_to_first=made.note_to_first,
            note_to_second=made.note_to_second,
        )
        await offer(db, me, wanted)
    return never_kept(RedirectResponse(f"{INTROS}?done=offered", 303))


async def _refused(
    request: Request, me: Actor, typed: Mapping[str, str], error: AppError
) -> Response:
    async with doors_of(request).reading() as db:
        return await _page(request, db, me, typed, errors_of(error), status=error.status)


async def _page(
    request: Request,
    db: Db,
    me: Actor,
    typed: Mapping[str, str],
    errors: Sequence[FieldError] = (),
    *,
    form: OfferForm | None = None,
    asker_id: int | None = None,
    status: int = 0,
) -> Response:
    frame = await spoken_frame(request, db)
    known = await known_by(db, me, most=MOST_KNOWN)
    page = OfferPage(
        frame=frame,
        head=head_of(frame, _("Introduce two people"), TWO),
        typed={**dict.fromkeys(OfferForm.model_fields, ""), **typed},
        known=known,
        longest=LONGEST_NOTE,
        preview=_letters(form, known, me.name) if form else (),
        unknown=await _unknown(db, known, asker_id),
        errors=tuple(errors),
    )
    return unkept("intros/offer.html", page, status or (422 if errors else 200))


async def _unknown(db: Db, known: Sequence[Known], asker_id: int | None) -> Link | None:
    """Whoever asked, where the two have not said yet that they know each other: that comes first."""
    if asker_id is None or asker_id in {one.user_id for one in known}:
        return None
    asker = await get_user(db, asker_id)
    return Link(asker.name, profile_path(asker.slug))


def _letters(form: OfferForm, known: Sequence[Known], by: str) -> Sequence[Letter]:
    names = {one.user_id: one.name for one in known}
    if form.first not in names or form.second not in names:
        return ()
    return (
        Letter(names[form.first], (), form.note_to_first, by),
        Letter(names[form.second], (), form.note_to_second, by),
    )
