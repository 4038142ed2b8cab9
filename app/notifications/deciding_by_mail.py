"""A moderator decides by a link in a letter: it stands for them, works once, and asks before it acts."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.links import find_link, use_link
from app.accounts.models import LinkPurpose, OneTimeLink, User
from app.core.errors import Conflict, Gone, NotFound
from app.core.i18n import marked
from app.discussions.actions import approve, mark_as_spam
from app.discussions.deciding import require_decider
from app.discussions.models import Thread
from app.discussions.reach import deciding_actor
from app.notifications.queries import Said, find_said

# What a letter offers; everything else is done in the console.
BY_MAIL = {"approve": approve, "spam": mark_as_spam}
_CHANGED = marked("Somebody has decided about this comment since the letter was written.")
_PURGED = marked("This comment is no longer here.")
_UNKNOWN = marked("There is no such link. Was all of it copied?")


@dataclass(frozen=True)
class Decidable:
    """A comment a letter asks about, and who is asked."""

    said: Said
    actor: Actor
    # Nobody has changed anything since the letter was written.
    is_as_it_was: bool


async def to_decide(session: AsyncSession, token: str, verb: str) -> Decidable:
    """What a link would decide about; changes nothing.

    Raises NotFound, Gone, or Forbidden for somebody who moderates no more.
    """
    if verb not in BY_MAIL:
        raise NotFound(_UNKNOWN)
    return await _decidable(session, await find_link(session, LinkPurpose.MODERATE, token))


async def decide_by_mail(session: AsyncSession, token: str, verb: str) -> Decidable:
    """Decide. Raises as `to_decide`, and Conflict where somebody was faster."""
    await to_decide(session, token, verb)
    found = await _decidable(session, await use_link(session, LinkPurpose.MODERATE, token))
    if not found.is_as_it_was:
        raise Conflict(_CHANGED)
    await BY_MAIL[verb](session, found.actor, found.said.comment.id)
    return found


async def _decidable(session: AsyncSession, link: OneTimeLink) -> Decidable:
    said = await find_said(session, link.subject_id or 0)
    user = await session.get(User, link.user_id or 0)
    if said is None or user is None:
        raise Gone(_PURGED)
    actor = await deciding_actor(session, user)
    thread = await session.get_one(Thread, said.comment.thread_id)
    await require_decider(session, actor, thread, said.comment)
    return Decidable(said, actor, said.comment.version == link.payload.get("version"))
