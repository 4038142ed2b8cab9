"""Members' profiles, as far as the caller may see them, and the directory."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.api.answering import answered
from app.api.calling import Call
from app.api.fields import Line
from app.api.members_kept import Handle
from app.api.operations import Asking, reads
from app.api.paging import Cursor, Limit, Listing, listed, read_cursor
from app.api.routing import ApiRoute
from app.groups.profiles.models import Badge, WordKind
from app.groups.profiles.queries import ShownProfile, Sought, get_profile, list_people
from app.groups.profiles.words import word_key
from app.web.deps import Db
from app.web.people.pages import person_of, profile_path

router = APIRouter(route_class=ApiRoute, tags=["People"])


class ProfileLinkTold(BaseModel):
    """Words, and where they lead; without words, the address is shown."""

    label: str
    url: str


class PersonWhole(BaseModel):
    """Somebody as the caller may see them: what is not for the caller is empty."""

    handle: str = Field(examples=["gwen-thomas"])
    name: str
    headline: str
    about_html: str
    badge: Badge = Field(description="What they say they are; nobody checked it.")
    places: list[str]
    can_help: list[str]
    looking_for: list[str]
    links: list[ProfileLinkTold]
    photo_url: str | None
    since: datetime | None
    url: str


class PersonList(Listing[PersonWhole]):
    """People, by handle."""


Word = Annotated[Line, Query(max_length=80)]


@router.get("/people", response_model=PersonList, **reads(Scope.PEOPLE_READ, 422))
async def list_members_of_site(
    call: Asking,
    db: Db,
    place: Word = "",
    can_help: Word = "",
    looking_for: Word = "",
    limit: Limit = 20,
    cursor: Cursor = "",
) -> Response:
    """List those who want to be found, by whom they want to be found."""
    after = read_cursor(cursor, str)
    sought = Sought(
        place=word_key(place), can_help=word_key(can_help), looking_for=word_key(looking_for)
    )
    rows = await list_people(db, call.me, sought, after=after[0] if after else "", most=limit)
    return listed(
        call, rows, limit, lambda row: (row.handle,),
        lambda shown, more: PersonList(items=[told(call, one) for one in shown], next_cursor=more),
    )  # fmt: skip


@router.get("/people/{handle}", response_model=PersonWhole, **reads(Scope.PEOPLE_READ, 404, 422))
async def get_person(call: Asking, db: Db, handle: Handle) -> Response:
    """Read about somebody, as far as they let the caller."""
    return answered(call, told(call, await get_profile(db, call.me, handle)))


def told(call: Call, shown: ShownProfile) -> PersonWhole:
    """Somebody as programs are told of them."""
    photo = person_of(shown).photo_url
    return PersonWhole(
        handle=shown.handle, name=shown.name, headline=shown.headline,
        about_html=shown.about_html, badge=shown.badge, places=shown.of_kind(WordKind.PLACE),
        can_help=shown.of_kind(WordKind.CAN_HELP), looking_for=shown.of_kind(WordKind.LOOKING_FOR),
        links=[ProfileLinkTold.model_validate(link) for link in shown.links],
        photo_url=call.url(photo) if photo else None, since=shown.since,
        url=call.url(profile_path(shown.handle)),
    )  # fmt: skip
