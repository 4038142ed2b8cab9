"""A moderator lets a comment through and answers it at once."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core import clock
from app.core.errors import Invalid
from app.core.i18n import _
from app.core.ids import new_guid
from app.core.markup import markdown_comment
from app.core.text import clean_text
from app.discussions.changing import LONGEST
from app.discussions.deciding import case_of, decide
from app.discussions.models import Comment, CommentStatus, Section
from app.discussions.showing import change_status, locked_comment
from app.discussions.threading import depth_of, place_of
from app.moderation.authors import author_of_key, count_author
from app.moderation.cases import open_case
from app.moderation.models import AuthorKey, Decision
from app.moderation.submission import text_hash
from app.site.models import SiteRow


async def approve_and_reply(
    session: AsyncSession,
    actor: Actor,
    site: SiteRow,
    comment_id: int,
    text: str,
    *,
    version: int | None = None,
) -> tuple[Comment, Decision | None]:
    """Approve a comment and stand below it with an answer. Returns the answer, and what was decided.

    Raises NotFound, Forbidden, Conflict, and Invalid for no text, or an answer to a link from elsewhere.
    """
    text = clean_text(text).strip()
    if not 0 < len(text) <= LONGEST:
        raise Invalid(_("A comment has 1 to 20,000 characters."))
    at = clock.now()
    answered, thread = await locked_comment(session, comment_id)
    author = await _author(session, actor, answered, at)
    comment, decision = await decide(session, actor, comment_id, "approve", version=version)
    if comment.section != Section.COMMENTS:
        raise Invalid(_("Links from elsewhere can't be answered here."))
    answer = await _written(session, actor, site, answered, text, at)
    if author is not None:
        answer.author_key_id = author.id
        count_author(author, "", CommentStatus.APPROVED, written_at=at, at=at)
    # What those who moderate say here needs nobody's leave; its case stands among the recent.
    await change_status(session, answer, thread, CommentStatus.APPROVED, at)
    await open_case(session, case_of(answer, thread))
    return answer, decision


async def _author(
    session: AsyncSession, actor: Actor, answered: Comment, at: datetime
) -> AuthorKey | None:
    """The key of whoever answers, as a member; nobody's for the command line.

    Locked together with that of whom they answer, the lower id first: two may answer each other at once.
    """
    if not actor.proved_key:
        return None
    both = or_(AuthorKey.key == actor.proved_key, AuthorKey.id == answered.author_key_id)
    await session.execute(select(AuthorKey.id).where(both).order_by(AuthorKey.id).with_for_update())
    author = await author_of_key(session, actor.proved_key, at)
    author.user_id = author.user_id or actor.user_id
    return author


async def _written(
    session: AsyncSession, actor: Actor, site: SiteRow, answered: Comment, text: str, at: datetime
) -> Comment:
    user = await session.get(User, actor.user_id) if actor.user_id is not None else None
    answer = Comment(
        thread_id=answered.thread_id,
        group_id=answered.group_id,
        parent_id=answered.id,
        status=CommentStatus.PENDING,
        guid=new_guid(site.guid_host, at.year, "comment"),
        user_id=actor.user_id,
        author_name=user.name if user else actor.name,
        author_email=user.email if user else "",
        author_url=user.website if user else "",
        text_hash=text_hash(text),
        body_source=text,
        body_html=markdown_comment(text),
        created_at=at,
        place=b"",
    )
    session.add(answer)
    await session.flush()
    # Its place has its number in it, which only the database knows.
    answer.place = place_of(at, answer.id, answered.place)
    answer.depth = depth_of(answer.place)
    await session.flush()
    return answer
