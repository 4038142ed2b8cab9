"""A mailed link proves an address: whoever opened it gets the mail of whoever a comment names."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.links import find_link, use_link
from app.accounts.models import LinkPurpose
from app.core.errors import Gone
from app.core.events import record
from app.core.i18n import _, marked
from app.discussions.events import AuthorshipConfirmed
from app.discussions.models import Comment
from app.moderation.cases import find_case
from app.notifications.queries import Said, find_said

_PURGED = marked("This comment is no longer here.")


async def comment_to_confirm(session: AsyncSession, token: str) -> Said:
    """What a mailed link would confirm; changes nothing. Raises NotFound, Gone."""
    link = await find_link(session, LinkPurpose.CONFIRM_COMMENT, token)
    return await _said(session, link.subject_id)


async def confirm_authorship(session: AsyncSession, token: str) -> Said:
    """The comment is theirs beyond doubt. Raises NotFound, Gone."""
    link = await use_link(session, LinkPurpose.CONFIRM_COMMENT, token)
    said = await _said(session, link.subject_id)
    await prove(session, said.comment)
    return said


async def prove(session: AsyncSession, comment: Comment) -> None:
    """Write down that the address of a comment is its author's, so that it can be judged anew."""
    case = await find_case(session, comment.kind, comment.id)
    if case is None or case.is_proved:
        return
    case.is_proved = True
    await session.flush()
    record(session, AuthorshipConfirmed(comment_id=comment.id))


async def _said(session: AsyncSession, comment_id: int | None) -> Said:
    said = await find_said(session, comment_id or 0)
    if said is None:
        raise Gone(_(_PURGED))
    return said
