"""A mailed link proves an address: whoever opened it gets the mail of whoever a comment names."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.links import find_link, use_link
from app.accounts.models import LinkPurpose, User
from app.core.errors import Gone
from app.core.i18n import _, marked
from app.core.secrets import Secrets
from app.discussions.models import Comment
from app.discussions.own import confirm_author
from app.moderation.authors import normalised_email
from app.notifications.queries import Said, find_said
from app.site.queries import get_site

_PURGED = marked("This comment is no longer here.")


async def comment_to_confirm(session: AsyncSession, token: str) -> Said:
    """What a mailed link would confirm; changes nothing. Raises NotFound, Gone."""
    link = await find_link(session, LinkPurpose.CONFIRM_COMMENT, token)
    return await _said(session, link.subject_id)


async def confirm_authorship(session: AsyncSession, secrets: Secrets, token: str) -> Said:
    """The comment is theirs beyond doubt, and judged as theirs. Raises NotFound, Gone."""
    link = await use_link(session, LinkPurpose.CONFIRM_COMMENT, token)
    said = await _said(session, link.subject_id)
    await prove(session, secrets, said.comment)
    return said


async def prove(session: AsyncSession, secrets: Secrets, comment: Comment) -> None:
    """A letter has reached the address of a comment's author: from now on the comment counts as theirs."""
    if comment.user_id is not None or not comment.author_email:
        return
    spellings = {comment.author_email.strip(), normalised_email(comment.author_email)}
    account = select(User.id).where(User.email.in_(spellings)).order_by(User.id).limit(1)
    await confirm_author(
        session, secrets, await get_site(session), comment.id, await session.scalar(account)
    )


async def _said(session: AsyncSession, comment_id: int | None) -> Said:
    said = await find_said(session, comment_id or 0)
    if said is None:
        raise Gone(_(_PURGED))
    return said
