"""Members with profiles, for tests."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import User
from app.groups.profiles.actions import PIECES, ProfileLink, ProfileWish, edit_profile
from app.groups.profiles.models import Audience, Badge, WordKind
from app.groups.profiles.queries import own_profile
from tests.world import a_member


def as_actor(user: User) -> Actor:
    """Somebody who is signed in."""
    return Actor(user_id=user.id, name=user.name)


async def a_profile(
    session: AsyncSession,
    user: User | str = "Ada",
    *,
    seen_by: Audience = Audience.MEMBERS,
    places: str = "",
    can_help: str = "",
    looking_for: str = "",
    but: dict[str, Audience] | None = None,
    **fields: Any,
) -> User:
    """A member with a profile, all of it for the same people `but` for these pieces."""
    member = await a_member(session, user) if isinstance(user, str) else user
    kept = await own_profile(session, member.id)
    words = {
        WordKind.PLACE: places, WordKind.CAN_HELP: can_help, WordKind.LOOKING_FOR: looking_for,
    }  # fmt: skip
    wish = ProfileWish(
        words=words,
        seen_by={**dict.fromkeys(PIECES, seen_by), **(but or {})},
        version=kept.version,
        **fields,
    )
    await edit_profile(session, as_actor(member), wish)
    return member


FULL: dict[str, Any] = {
    "headline": "HEADLINE",
    "about": "ABOUT",
    "badge": Badge.MENTOR,
    "links": (ProfileLink("LINK", "https://ada.example/"),),
    "places": "PLACE",
    "can_help": "HELP",
    "looking_for": "WISH",
    "is_listed": True,
}
