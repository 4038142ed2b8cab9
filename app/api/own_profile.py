"""The caller's own profile: all that stands on it, and who sees each piece."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_tokens import Scope
from app.accounts.queries import get_user
from app.api.acting import change
from app.api.answering import answered
from app.api.calling import Call
from app.api.fields import Line, Sent, Text, naming
from app.api.operations import Asking, reads, writes
from app.api.people import ProfileLinkTold
from app.api.routing import ApiRoute
from app.groups.profiles.actions import (
    LABEL_LENGTH,
    MOST_LINKS,
    PIECES,
    ProfileLink,
    ProfileWish,
    edit_profile,
)
from app.groups.profiles.models import ABOUT_LENGTH, HEADLINE_LENGTH, Audience, Badge, WordKind
from app.groups.profiles.queries import own_profile, own_words
from app.groups.profiles.words import MOST_WORDS, WORD_LENGTH, words_typed
from app.web.deps import Db
from app.web.people.pages import profile_path

router = APIRouter(route_class=ApiRoute, tags=["People"])

_NAMES = {"place": "places"} | {
    f"link_{n}_{part}": f"links.{n - 1}.{part}"
    for n in range(1, MOST_LINKS + 1)
    for part in ("url", "label")
}


class Audiences(BaseModel):
    """Who sees which piece."""

    photo: Audience
    headline: Audience
    about: Audience
    place: Audience
    can_help: Audience
    looking_for: Audience
    badge: Audience
    links: Audience
    activity: Audience = Field(description="What was said in public lately.")
    entry: Audience = Field(description="The entry in the directory.")


class ProfileWhole(BaseModel):
    """The caller's profile."""

    handle: str
    name: str
    headline: str
    about: str = Field(description="In Markdown, of which profiles know a part.")
    badge: Badge
    places: list[str]
    can_help: list[str]
    looking_for: list[str]
    links: list[ProfileLinkTold]
    is_listed: bool = Field(description="Whether to be found in the directory.")
    seen_by: Audiences
    url: str
    version: int = Field(description="Send it back when you change it.")


class LinkSent(Sent):
    """Words, and where they lead."""

    label: Annotated[Line, Field(max_length=LABEL_LENGTH)] = ""
    url: Annotated[Line, Field(max_length=2000, examples=["https://example.org/"])]


class AudiencesChange(Sent):
    """Who is to see which piece. What is left out stays as it is."""

    photo: Audience | None = None
    headline: Audience | None = None
    about: Audience | None = None
    place: Audience | None = None
    can_help: Audience | None = None
    looking_for: Audience | None = None
    badge: Audience | None = None
    links: Audience | None = None
    activity: Audience | None = None
    entry: Audience | None = None


_Words = Annotated[
    list[Annotated[Line, Field(max_length=WORD_LENGTH, pattern="^[^,;،、，]*$")]],
    Field(max_length=MOST_WORDS),
]


class ProfileChange(Sent):
    """A change of the caller's profile. What is left out stays as it is."""

    headline: Annotated[Line, Field(max_length=HEADLINE_LENGTH)] | None = None
    about: Annotated[Text, Field(max_length=ABOUT_LENGTH)] | None = None
    badge: Badge | None = None
    places: _Words | None = None
    can_help: _Words | None = None
    looking_for: _Words | None = None
    links: Annotated[list[LinkSent], Field(max_length=MOST_LINKS)] | None = None
    is_listed: bool | None = None
    seen_by: AudiencesChange | None = None
    version: Annotated[int, Field(ge=0, lt=10**9)] | None = Field(
        None, description="The one that was read: 409 where it is another by now."
    )


@router.get("/profile", response_model=ProfileWhole, **reads(Scope.PEOPLE_READ, is_public=False))
async def get_own_profile(call: Asking, db: Db) -> Response:
    """Read the caller's own profile, with who sees which piece of it."""
    return answered(call, await _own(call, db))


@router.patch("/profile", response_model=ProfileWhole, **writes(Scope.PEOPLE_WRITE, 409))
async def change_own_profile(call: Asking, sent: ProfileChange) -> Response:
    """Show something else, or show it to others."""
    return await change(call, lambda db: _own(call, db), lambda db: _change(call, db, sent))


async def _change(call: Call, db: AsyncSession, sent: ProfileChange) -> None:
    # Nobody else changes it between what is read here and what is written.
    await get_user(db, call.me.user_id or 0, locked=True)
    now = await _own(call, db)
    links = now.links if sent.links is None else sent.links
    words = {
        WordKind.PLACE: now.places if sent.places is None else sent.places,
        WordKind.CAN_HELP: now.can_help if sent.can_help is None else sent.can_help,
        WordKind.LOOKING_FOR: now.looking_for if sent.looking_for is None else sent.looking_for,
    }
    seen_by = now.seen_by.model_dump()
    if sent.seen_by is not None:
        seen_by |= sent.seen_by.model_dump(exclude_none=True)
    wish = ProfileWish(
        headline=now.headline if sent.headline is None else sent.headline,
        about=now.about if sent.about is None else sent.about,
        badge=now.badge if sent.badge is None else sent.badge,
        links=[ProfileLink(one.label, one.url) for one in links],
        is_listed=now.is_listed if sent.is_listed is None else sent.is_listed,
        words={kind: words_typed(of_kind) for kind, of_kind in words.items()},
        seen_by=seen_by,
        version=now.version if sent.version is None else sent.version,
    )
    with naming(**_NAMES):
        await edit_profile(db, call.me, wish)


async def _own(call: Call, db: AsyncSession) -> ProfileWhole:
    user = await get_user(db, call.me.user_id or 0)
    profile, words = await own_profile(db, user.id), await own_words(db, user.id)
    return ProfileWhole(
        handle=user.slug, name=user.name, headline=profile.headline, about=profile.about_source,
        badge=profile.badge, places=words.get(WordKind.PLACE, []),
        can_help=words.get(WordKind.CAN_HELP, []),
        looking_for=words.get(WordKind.LOOKING_FOR, []),
        links=[ProfileLinkTold.model_validate(link) for link in profile.links],
        is_listed=profile.is_listed,
        seen_by=Audiences(**{piece: getattr(profile, f"{piece}_seen_by") for piece in PIECES}),
        url=call.url(profile_path(user.slug)), version=profile.version,
    )  # fmt: skip
