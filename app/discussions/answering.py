"""A moderator lets a comment through and answers it at once."""

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
from app.moderation.cases import open_case
from app.moderation.models import Decision
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
    comment, decision = await decide(session, actor, comment_id, "approve", version=version)
    if comment.section != Section.COMMENTS:
        raise Invalid(_("Links from elsewhere can't be answered here."))
    answered, thread = await locked_comment(session, comment_id)
    answer = await _written(session, actor, site, answered, text)
    # What those who moderate say here needs nobody's leave; its case stands among the recent.
    await change_status(session, answer, thread, CommentStatus.APPROVED, clock.now())
    await open_case(session, case_of(answer, thread))
    return answer, decision


async def _written(
    session: AsyncSession, actor: Actor, site: SiteRow, answered: Comment, text: str
) -> Comment:
    user = await session.get(User, actor.user_id) if actor.user_id is not None else None
    at = clock.now()
    answer = Comment(
        thread_id=answered.thread_id,
        parent_id=answered.id,
        status=CommentStatus.PENDING,
        guid=new_guid(site.guid_host, at.year, "comment"),
        user_id=actor.user_id,
        author_name=user.name if user else actor.name,
        author_email=user.email if user else "",
        author_url=user.website if user else "",
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
