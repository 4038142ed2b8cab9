"""Who asks to join is answered from the moderators' queue: by the number of the request."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core.errors import NotFound
from app.core.i18n import _
from app.groups.joining import accept, decline
from app.groups.models import Group, JoinRequest

# What the verbs of the queue mean for somebody who asks; others mean nothing.
ANSWERS = {"approve": accept, "remove": decline}


async def answer_request(session: AsyncSession, actor: Actor, number: int, verb: str) -> None:
    """Let them in, or do not. Raises NotFound, Forbidden, and Conflict where that was decided already."""
    query = (
        select(Group.slug, JoinRequest.user_id)
        .join(JoinRequest, JoinRequest.group_id == Group.id)
        .where(JoinRequest.id == number)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such request."))
    await ANSWERS[verb](session, actor, row[0], row[1])
