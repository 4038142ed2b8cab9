"""What members are told of comments: that somebody answered theirs, and what became of their own."""

from collections.abc import Collection, Mapping
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.discussions.events import AuthorForgotten, CommentDecided, CommentWithdrawn
from app.discussions.models import Comment, CommentStatus
from app.moderation.authors import normalised_email
from app.moderation.models import Decision
from app.notifications.notices.kinds import (
    ANSWER,
    COMMENT_REMOVED,
    COMMENT_UP,
    MENTION,
    SAID_UNDER_POST,
    TOPIC_ANSWERED,
    Kind,
)
from app.notifications.notices.models import Notice
from app.notifications.notices.telling import News, take_back, tell
from app.notifications.queries import Said, find_said
from app.notifications.removals import is_heard_of

# Who waited less has seen it appear.
WAITED = timedelta(minutes=2)
_SAYS_THAT_IT_IS_THERE = (ANSWER, MENTION, SAID_UNDER_POST, TOPIC_ANSWERED, COMMENT_UP)


async def who_has_not_looked(
    session: AsyncSession, said: Said, user_ids: Collection[int]
) -> set[int]:
    """Who of these was mailed about the discussion, and has not been there since: one letter is enough."""
    query = select(Notice.user_id).where(
        Notice.user_id.in_(user_ids),
        Notice.thread == _thread(said.comment),
        Notice.kind.in_([kind.name for kind in (ANSWER, MENTION, SAID_UNDER_POST)]),
        Notice.about != _about(said.comment.id),
        Notice.mailed_at.is_not(None),
        Notice.read_at.is_(None),
        Notice.gone_at.is_(None),
    )
    return set(await session.scalars(query))


async def tell_followers_of_post(
    session: AsyncSession, said: Said, members: Mapping[int, bool]
) -> None:
    """Tell members who follow all that is said there, by whether they had a letter; not whom it answers."""
    comment = said.comment
    answered = select(Comment.user_id).where(Comment.id == comment.parent_id)
    others = {*members} - {await session.scalar(answered), comment.user_id}
    for user_id in sorted(others):
        news = _news(said, SAID_UNDER_POST, comment.user_id)
        await tell(session, user_id, news, is_mailed=members[user_id])


async def tell_of_comment(session: AsyncSession, said: Said, mailed_to: Collection[str]) -> None:
    """Tell whoever it answers, and its own author; who follows it by mail has had a letter already."""
    comment = said.comment
    answered = select(User).join(Comment, Comment.user_id == User.id)
    user = await session.scalar(answered.where(Comment.id == comment.parent_id))
    # Who forgot to sign in answers themselves under the same address.
    if user is not None and normalised_email(user.email) != normalised_email(comment.author_email):
        is_mailed = normalised_email(user.email) in mailed_to
        await tell(session, user.id, _news(said, ANSWER, comment.user_id), is_mailed=is_mailed)
    waited = comment.approved_at is not None and comment.approved_at - comment.created_at > WAITED
    if comment.user_id is not None and waited:
        # No act of theirs: it is they who are told.
        is_mailed = normalised_email(comment.author_email) in mailed_to
        await tell(session, comment.user_id, _news(said, COMMENT_UP, None), is_mailed=is_mailed)


async def tell_decided(session: AsyncSession, event: CommentDecided) -> None:
    """A member finds in their inbox that a comment of theirs was removed, as long as it is."""
    comment = await session.get(Comment, event.comment_id)
    decision = await session.get(Decision, event.decision_id)
    if comment is None or decision is None or comment.user_id is None:
        return
    if not is_heard_of(comment, decision):
        if comment.status != CommentStatus.REMOVED:
            await take_back(session, _about(comment.id), COMMENT_REMOVED)
        return
    said = await find_said(session, comment.id)
    if said is not None:
        once = f"{_about(comment.id)} removed:{decision.id}"
        news = _news(said, COMMENT_REMOVED, None, once=once)
        # `removals` writes the letter, with the way to appeal.
        await tell(session, comment.user_id, news, is_mailed=True)


async def take_back_withdrawn(session: AsyncSession, event: CommentWithdrawn) -> None:
    """What nobody can read any more is no news."""
    await take_back(session, _about(event.comment_id), *_SAYS_THAT_IT_IS_THERE)


async def forget_name(session: AsyncSession, event: AuthorForgotten) -> None:
    """Nothing that was told of a comment says any longer whose it was."""
    theirs = select(Notice).where(Notice.about == _about(event.comment_id))
    for notice in await session.scalars(theirs):
        notice.facts = {name: fact for name, fact in notice.facts.items() if name != "name"}
    about = Notice.about == _about(event.comment_id)
    await session.execute(update(Notice).where(about).values(by_id=None))


def _news(said: Said, kind: Kind, by: int | None, *, once: str = "") -> News:
    comment = said.comment
    return News(
        kind=kind,
        once=once or f"{_about(comment.id)} {kind.name}",
        about=_about(comment.id),
        path=said.at,
        by=by,
        thread=_thread(comment),
        facts={"title": said.title, **({} if by else {"name": said.name})},
    )


def _thread(comment: Comment) -> str:
    return f"thread:{comment.thread_id}"


def _about(comment_id: int) -> str:
    return f"comment:{comment_id}"
