"""The form under a post: the same for everybody, or with what this reader's browser remembers."""

from datetime import datetime, timedelta

from fastapi import Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.text import number_in
from app.discussions.models import Comment, Thread
from app.discussions.policy import may_reply
from app.discussions.queries import IS_APPROVED
from app.posts.addresses import address
from app.posts.models import Post, PostKind
from app.site.models import SiteRow
from app.web.comments.forms import FORM_LASTS, Answered, CommentForm, new_token_for, typed_before
from app.web.comments.remembering import Remembered
from app.web.comments.usual_wait import usual_wait
from app.web.deps import Frame, settings_of
from app.web.pages.post_reading import FoundPost


async def form_under(
    request: Request,
    session: AsyncSession,
    me: Actor,
    frame: Frame,
    found: FoundPost,
    known: Remembered | None,
    answered: Answered | None,
) -> CommentForm:
    """The form as it stands on the page of a post."""
    post, settings = found.post, settings_of(request)
    is_open = bool(found.thread and may_reply(frame.site, post, found.thread, clock.now()))
    return CommentForm(
        post_id=post.id,
        action=address(post.path or "/", "comment"),
        is_open=is_open,
        is_offered=is_open or post.kind == PostKind.POST,
        token=new_token_for(settings, post.id) if is_open else "",
        usual_wait=await usual_wait(request, session, frame.site) if is_open else "",
        is_for_member=me.is_signed_in,
        is_read_first=not me.moderates,
        is_remembered=known is not None,
        typed=typed_before(known),
        answered=answered,
        post_url=address(post.path or "/"),
    )


async def find_answered(
    session: AsyncSession, thread: Thread | None, written: str
) -> Answered | None:
    """The comment of a reply link, if it may be answered here."""
    number = number_in(written)
    if thread is None or number is None:
        return None
    query = select(Comment.id, Comment.author_name).where(
        Comment.id == number, Comment.thread_id == thread.id, IS_APPROVED
    )
    found = (await session.execute(query)).first()
    return Answered(*found) if found else None


def made_anew_after(
    site: SiteRow, post: Post, form: CommentForm, now: datetime
) -> timedelta | None:
    """How long a page with this form may be kept: its token grows old, and comments may close."""
    if not form.is_open:
        return None
    ends = [FORM_LASTS]
    if post.comments_close_at is not None:
        ends.append(post.comments_close_at - now)
    if site.comments_close_after and post.published_at is not None:
        ends.append(post.published_at + timedelta(days=site.comments_close_after) - now)
    return min(ends)
