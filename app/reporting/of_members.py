"""A member's page, reported: moderators read what stands there for everybody and for members."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core.i18n import _
from app.core.markup import SafeHtml
from app.groups.profiles.models import Audience, Profile
from app.groups.profiles.visibility import people_visible_to
from app.moderation.kinds import ThingKind
from app.reporting.things import NO_WORDS, Source, Thing

_READ_BY_MODERATORS = (Audience.PUBLIC, Audience.MEMBERS)


async def _find(session: AsyncSession, actor: Actor, user_id: int) -> Thing | None:
    visible = select(User.id).where(User.id == user_id, people_visible_to(actor))
    if await session.scalar(visible) is None:
        return None
    # Which pieces of it this reader sees is for their page to say.
    found = (await _read(session, [user_id])).get(user_id)
    return found.without_words() if found else None


async def _read(session: AsyncSession, ids: Sequence[int]) -> Mapping[int, Thing]:
    query = (
        select(User, Profile)
        .outerjoin(Profile, Profile.user_id == User.id)
        .where(User.id.in_(ids), User.slug != "")
    )
    return {user.id: _thing(user, profile) for user, profile in await session.execute(query)}


def _thing(user: User, profile: Profile | None) -> Thing:
    return Thing(
        kind=ThingKind.PROFILE,
        id=user.id,
        name=user.name,
        path=f"/people/{quote(user.slug)}/",
        people=frozenset({user.id}),
        owner_id=user.id,
        said=_said(profile),
        html=_about(profile),
    )


def _said(profile: Profile | None) -> list[tuple[str, str]]:
    if profile is None or profile.headline_seen_by not in _READ_BY_MODERATORS:
        return []
    return [(_("Headline"), profile.headline)] if profile.headline else []


def _about(profile: Profile | None) -> SafeHtml:
    if profile is None or profile.about_seen_by not in _READ_BY_MODERATORS:
        return NO_WORDS
    return profile.about_html


MEMBERS = Source(User, _find, _read)
