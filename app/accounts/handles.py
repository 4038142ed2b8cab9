"""Handles: the short name in somebody's address, unique, made of their name or chosen. Pure but for one look."""

import re

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core.errors import Invalid
from app.core.i18n import _
from app.core.text import clean_text, slugify

LONGEST = 40
SHORTEST = 2

# These mean something else, below `/people/` or behind an @.
RESERVED = frozenset(
    {"admin", "all", "everybody", "everyone", "feed", "group", "here", "me", "owner", "page", "support"}
)  # fmt: skip
# What an erased person is called.
_FORMER = re.compile(r"former-\d+")


def read_handle(typed: str) -> str:
    """The handle that somebody means by what they typed, as `@Ada Lovelace`; empty where there is none in it."""
    wanted = slugify(clean_text(typed).strip().lstrip("@"))
    return wanted[:LONGEST].strip("-")


def checked_handle(typed: str) -> str:
    """The same, for keeping. Raises Invalid for what is too short, or means something else."""
    handle = read_handle(typed)
    if len(handle) < SHORTEST:
        raise Invalid(_("A handle has at least two letters or digits."))
    if handle in RESERVED or _FORMER.fullmatch(handle):
        raise Invalid(_("This handle is kept for something else."))
    return handle


async def is_taken(session: AsyncSession, handle: str, *, but: int = 0) -> bool:
    """Whether somebody is called so already, or signs in by it."""
    its = or_(User.slug == handle, User.login == handle)
    return await session.scalar(select(User.id).where(its, User.id != but).limit(1)) is not None


async def free_handle(session: AsyncSession, name: str) -> str:
    """One that nobody has, made of a name."""
    begins = read_handle(name)[: LONGEST - 4].rstrip("-")
    if len(begins) < SHORTEST or begins in RESERVED or _FORMER.fullmatch(begins):
        begins = "member"
    same = (
        User.slug.startswith(begins, autoescape=True),
        User.login.startswith(begins, autoescape=True),
    )
    taken: set[str] = set()
    for slug, login in await session.execute(select(User.slug, User.login).where(or_(*same))):
        taken |= {slug, login}
    number, handle = 1, begins
    while handle in taken:
        number += 1
        handle = f"{begins}-{number}"
    return handle
