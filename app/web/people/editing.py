"""One's own profile: what stands on it, for whom, and how it looks to others."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, BeforeValidator, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from app.accounts.actor import VISITOR, Actor
from app.accounts.policy import may_have_account_page
from app.accounts.queries import get_user
from app.core.answers import require
from app.core.errors import Conflict, Invalid
from app.core.i18n import _
from app.groups.profiles.actions import MOST_LINKS, PIECES, ProfileLink, ProfileWish, edit_profile
from app.groups.profiles.models import Audience, Badge, Profile, WordKind
from app.groups.profiles.queries import get_profile, own_profile, own_words
from app.groups.profiles.visibility import SOME_MEMBER
from app.groups.profiles.words import words_typed
from app.web.accounts.pages import head_of, never_kept, spoken_frame, unkept
from app.web.accounts.words import said_done
from app.web.comments.forms import number_typed
from app.web.deps import Db, Me, doors_of
from app.web.forms import FieldError, Form, read_form
from app.web.people.pages import (
    PHOTO_SIZE,
    AudienceChoice,
    BadgeChoice,
    EditPage,
    profile_path,
)
from app.web.people.profile import profile_page
from app.web.people.words import audience_name, badge_name
from app.web.rendering import render

router = APIRouter()

OWN_PROFILE = "/account/profile/"
_READ = ["GET", "HEAD"]
_LINKS = range(1, MOST_LINKS + 1)


class ProfileForm(BaseModel):
    """All but the links and the audiences, which come by the piece."""

    headline: str = ""
    about: str = ""
    place: str = ""
    can_help: str = ""
    looking_for: str = ""
    badge: Badge = Badge.NONE
    is_listed: str = ""
    version: Annotated[int, BeforeValidator(number_typed)] = Field(0)


@router.api_route(OWN_PROFILE.rstrip("/"), methods=_READ)
async def with_slash() -> Response:
    """The canonical address has a slash at its end."""
    return RedirectResponse(OWN_PROFILE, 301)


@router.api_route(OWN_PROFILE, methods=_READ)
async def show(request: Request, db: Db, me: Me) -> Response:
    """The form; with `?as=visitor` or `?as=member`, the page as such a reader sees it."""
    require(may_have_account_page(me))
    reader = {"visitor": VISITOR, "member": SOME_MEMBER}.get(request.query_params.get("as", ""))
    if reader is not None:
        return await _preview(request, db, me, reader)
    done = said_done(request.query_params.get("done", ""))
    return await edit_page(request, db, me, done=done)


@router.post(OWN_PROFILE)
async def change(request: Request, me: Me) -> Response:
    """Show this from now on; 409 where another window was faster."""
    form = await read_form(request, ProfileForm)
    require(may_have_account_page(me))
    if form.value is None:
        return await refused(request, me, form.errors, form.typed)
    try:
        async with doors_of(request).unit_of_work() as db:
            await edit_profile(db, me, _wish(form, form.value))
    except Invalid as error:
        errors = [FieldError(field, says) for field, says in error.fields.items()]
        return await refused(request, me, errors, form.typed)
    except Conflict as error:
        return await refused(request, me, [FieldError("", error.detail)], form.typed, 409)
    return never_kept(RedirectResponse(f"{OWN_PROFILE}?done=profile", 303))


async def refused(
    request: Request,
    me: Actor,
    errors: Sequence[FieldError],
    typed: Mapping[str, str] | None = None,
    status: int = 422,
) -> Response:
    """The form as it was typed, with what is wrong."""
    async with doors_of(request).reading() as db:
        return await edit_page(request, db, me, typed=typed, errors=errors, status=status)


async def edit_page(
    request: Request,
    db: AsyncSession,
    me: Actor,
    *,
    typed: Mapping[str, str] | None = None,
    done: str = "",
    errors: Sequence[FieldError] = (),
    status: int = 200,
) -> Response:
    """The form, with what is kept or what was typed."""
    frame = await spoken_frame(request, db)
    user = await get_user(db, me.user_id or 0)
    profile = await own_profile(db, user.id)
    kept = _as_typed(profile, await own_words(db, user.id))
    # After a conflict, sending it again is meant: the version is always the one that is kept.
    shown = kept if typed is None else {**_empty(kept), **typed, "version": kept["version"]}
    photo = f"{profile_path(user.slug)}photo-{PHOTO_SIZE}.jpg?v={profile.photo[:8]}"
    page = EditPage(
        frame=frame,
        head=head_of(frame, _("Your profile"), OWN_PROFILE),
        handle=user.slug,
        photo_url=photo if profile.photo else "",
        typed=shown,
        badges=[BadgeChoice(b, badge_name(b), b == shown["badge"]) for b in Badge],
        audiences={piece: _audiences(shown[f"{piece}_seen_by"]) for piece in PIECES},
        link_numbers=_LINKS,
        done=done,
        errors=tuple(errors),
    )
    return unkept("people/edit.html", page, status)


async def _preview(request: Request, db: AsyncSession, me: Actor, reader: Actor) -> Response:
    user = await get_user(db, me.user_id or 0)
    shown = await get_profile(db, reader, user.slug)
    words = _("a visitor") if reader is VISITOR else _("a member")
    page = await profile_page(request, db, reader, shown, words)
    return never_kept(render("people/profile.html", page))


def _wish(form: Form[ProfileForm], value: ProfileForm) -> ProfileWish:
    typed = form.typed
    return ProfileWish(
        headline=value.headline,
        about=value.about,
        badge=value.badge,
        links=[
            ProfileLink(typed.get(f"link_{n}_label", ""), typed.get(f"link_{n}_url", ""))
            for n in _LINKS
        ],
        is_listed=bool(value.is_listed),
        words={
            WordKind.PLACE: value.place,
            WordKind.CAN_HELP: value.can_help,
            WordKind.LOOKING_FOR: value.looking_for,
        },
        seen_by={piece: _audience(typed.get(f"{piece}_seen_by", "")) for piece in PIECES},
        version=value.version,
    )


def _audience(typed: str) -> Audience:
    """Whom a piece is for; what is no answer shows it to nobody else."""
    return Audience(typed) if typed in set(Audience) else Audience.ME


def _as_typed(profile: Profile, words: Mapping[WordKind, list[str]]) -> dict[str, str]:
    fields: dict[str, str] = {
        "headline": profile.headline,
        "about": profile.about_source,
        "badge": profile.badge,
        "is_listed": "1" if profile.is_listed else "",
        "version": str(profile.version),
        **{kind.value: words_typed(words.get(kind, [])) for kind in WordKind},
        **{f"{piece}_seen_by": getattr(profile, f"{piece}_seen_by") for piece in PIECES},
    }
    for number in _LINKS:
        link = profile.links[number - 1] if number <= len(profile.links) else {}
        fields[f"link_{number}_label"] = str(link.get("label", ""))
        fields[f"link_{number}_url"] = str(link.get("url", ""))
    return fields


def _empty(kept: Mapping[str, str]) -> dict[str, str]:
    """What a browser does not send was not ticked."""
    return {**kept, "is_listed": ""}


def _audiences(chosen: str) -> list[AudienceChoice]:
    return [AudienceChoice(one, audience_name(one), one == chosen) for one in Audience]
