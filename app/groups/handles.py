"""Members by how their handles begin, for who is about to name one."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.blocks import seen_by
from app.accounts.models import User
from app.groups.models import Membership
from app.groups.queries import INSIDE

MOST = 8


class Named(NamedTuple):
    """Somebody who can be named."""

    handle: str
    name: str


async def members_named(
    session: AsyncSession, actor: Actor, group_id: int, begins: str
) -> list[Named]:
    """Members whose handle begins so, in order, as the actor sees them. Whoever calls has asked for the group."""
    query = (
        select(User.slug, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.group_id == group_id,
            Membership.state.in_(INSIDE),
            User.id != actor.user_id,
            # A range of the unique index; the rest only where letters are sorted by other rules.
            User.slug >= begins,
            User.slug.startswith(begins, autoescape=True),
            seen_by(actor, User.id),
        )
        .order_by(User.slug)
        .limit(MOST)
    )
    if beyond := first_beyond(begins):
        query = query.where(User.slug < beyond)
    return [Named(*row) for row in await session.execute(query)]


def first_beyond(begins: str) -> str:
    """What comes after all handles that begin so, in the order of any database; empty for no end.

    Only a plain letter or digit has the same next one everywhere: a dash counts for little in some
    languages, and none is sure to come after z.
    """
    stem = begins.rstrip("-z")
    if not stem or not stem[-1].isascii():
        return ""
    return stem[:-1] + ("a" if stem[-1] == "9" else chr(ord(stem[-1]) + 1))
