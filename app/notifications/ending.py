"""How letters are ended: one link for each kind, without signing in and for ever good."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import ModerationMail, User
from app.core import clock
from app.core.errors import NotFound
from app.core.i18n import marked
from app.core.secrets import Secrets
from app.notifications.blog.leaving import leave
from app.notifications.models import Follow, Refusal
from app.notifications.notices.levels import end_list

_TOKEN = re.compile(r"([fmanb])([0-9a-z.]{1,64})-([0-9a-f]{32})")
_PURPOSE = "ending letters"
_LENGTH = 32
_UNKNOWN = marked("There is no such link. Was all of it copied?")


class Ends(StrEnum):
    """What a link ends."""

    # The answers one follow brings, the mail about what waits for moderators, all letters to an address,
    # one list of what a member is told, new posts.
    FOLLOW = "f"
    MODERATION = "m"
    ALL = "a"
    NOTICES = "n"
    BLOG = "b"


@dataclass(frozen=True)
class Ending:
    """What a token ends: its kind, and whose."""

    ends: Ends
    subject: str


def ending_token(secrets: Secrets, ends: Ends, subject: str | int) -> str:
    """The secret part of the link: whoever has not the letter can't end what it brings."""
    name = f"{ends}{subject}"
    return f"{name}-{secrets.keyed_hash(_PURPOSE, name)[:_LENGTH]}"


def read_ending(secrets: Secrets, token: str) -> Ending:
    """What a token ends. Raises NotFound for one that was altered."""
    found = _TOKEN.fullmatch(token)
    if not found or not secrets.matches(_PURPOSE, found[1] + found[2], found[3]):
        raise NotFound(_UNKNOWN)
    return Ending(Ends(found[1]), found[2])


async def end_letters(session: AsyncSession, ending: Ending) -> None:
    """Send no more of them. Ended twice is ended."""
    now = clock.now()
    if ending.ends == Ends.FOLLOW:
        going_on = (Follow.id == int(ending.subject)) & Follow.ended_at.is_(None)
        await session.execute(update(Follow).where(going_on).values(ended_at=now))
    elif ending.ends == Ends.MODERATION:
        mine = User.id == int(ending.subject)
        await session.execute(update(User).where(mine).values(moderation_mail=ModerationMail.NONE))
    elif ending.ends == Ends.NOTICES:
        await end_list(session, ending.subject)
    elif ending.ends == Ends.BLOG:
        await leave(session, ending.subject)
    else:
        # Posts by mail are asked for, and would come all the same.
        await leave(session, ending.subject)
        await _refuse(session, ending.subject, now)


async def _refuse(session: AsyncSession, address: str, at: datetime) -> None:
    if await session.get(Refusal, address) is not None:
        return
    # A mail program presses twice at once: the other one has just written the same.
    with suppress(IntegrityError):
        async with session.begin_nested():
            session.add(Refusal(address=address, at=at))
