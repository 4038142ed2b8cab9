"""Asking to be mailed answers, and no longer: guests confirm by a mailed link before they get any."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.links import find_link, make_link, use_link
from app.accounts.models import LinkPurpose, User
from app.core import clock
from app.core.errors import Gone
from app.core.i18n import _, marked
from app.core.jobs import Tools, enqueue, job
from app.core.limits import Limit, take
from app.core.mail import is_deliverable
from app.core.networks import household
from app.core.secrets import Secrets, secrets_of
from app.discussions.models import Comment, CommentStatus, Thread
from app.moderation.authors import normalised_email
from app.notifications.authorship import prove
from app.notifications.letters import write_letter
from app.notifications.models import Follow
from app.notifications.texts import Desk, Envelope, NewLetter, PlainPage, compose, desk_of, sheet_of
from app.posts.models import Post

CONFIRM_WITHIN = timedelta(days=7)
# Anybody can type anybody's address: no more letters a day than that to one, nor an hour for one network.
_TO_AN_ADDRESS = (Limit(3, timedelta(days=1)),)
_FOR_A_NETWORK = (Limit(5, timedelta(hours=1)),)
_ENDED = marked("This was ended since. Follow the discussion again from the page of the post.")


@dataclass(frozen=True)
class Followed:
    """A follow with what its pages and letters say of it."""

    follow: Follow
    title: str
    path: str


async def ask_to_follow(
    session: AsyncSession,
    *,
    thread_id: int,
    comment_id: int | None,
    email: str,
    user_id: int | None = None,
) -> Follow | None:
    """Mail somebody the answers to one comment, or with `comment_id` None all that is said in a thread.

    Members with a confirmed address get them from now on; anybody else is asked by mail first. None
    where no mail could reach them.
    """
    email = normalised_email(email)
    if not is_deliverable(email):
        return None
    known = await session.scalar(
        select(Follow).where(
            Follow.email == email,
            Follow.thread_id == thread_id,
            _about(comment_id),
            Follow.ended_at.is_(None),
        )
    )
    if known is not None:
        return known
    now = clock.now()
    follow = Follow(
        thread_id=thread_id,
        comment_id=comment_id,
        user_id=user_id,
        email=email,
        created_at=now,
        confirmed_at=now if await _is_theirs(session, user_id, email) else None,
    )
    session.add(follow)
    await session.flush()
    if follow.confirmed_at is None:
        await enqueue(session, ask_to_confirm, follow_id=follow.id)
    return follow


async def confirm_follow(session: AsyncSession, secrets: Secrets, token: str) -> Followed:
    """Whoever has the letter has the address: from now on they get answers.

    Raises NotFound for a link that was altered, Gone for one that was used or is too old.
    """
    link = await use_link(session, LinkPurpose.CONFIRM_FOLLOW, token)
    followed = await _followed(session, link.subject_id)
    follow = followed.follow
    follow.confirmed_at = follow.confirmed_at or clock.now()
    await session.flush()
    comment = await session.get(Comment, follow.comment_id) if follow.comment_id else None
    if comment is not None and normalised_email(comment.author_email) == follow.email:
        # The letter reached whoever that comment says it is from.
        await prove(session, secrets, comment)
    return followed


async def follow_to_confirm(session: AsyncSession, token: str) -> Followed:
    """What a mailed link would confirm; changes nothing. Raises as `confirm_follow`."""
    link = await find_link(session, LinkPurpose.CONFIRM_FOLLOW, token)
    return await _followed(session, link.subject_id)


async def find_followed(session: AsyncSession, follow_id: int) -> Followed | None:
    """A follow by its number; None when it is long gone."""
    row = (await session.execute(_FOLLOWED.where(Follow.id == follow_id))).one_or_none()
    return Followed(row[0], row[1] or _("Untitled"), row[2] or "/") if row else None


async def end_follows_of(session: AsyncSession, email: str) -> None:
    """End all that an address follows."""
    theirs = and_(Follow.email == normalised_email(email), Follow.ended_at.is_(None))
    await session.execute(update(Follow).where(theirs).values(ended_at=clock.now()))


@job("follow_own_comment")
async def follow_own_comment(tools: Tools, *, comment_id: int) -> None:
    """Whoever wrote a comment asked to be told of answers to it."""
    async with tools.work.unit_of_work() as db:
        # Locked, so that of two who are told at once only one writes it down.
        comment = await db.get(Comment, comment_id, with_for_update=True)
        if comment is None:
            return
        user = await db.get(User, comment.user_id) if comment.user_id else None
        await ask_to_follow(
            db,
            thread_id=comment.thread_id,
            comment_id=comment.id,
            email=user.email if user else comment.author_email,
            user_id=comment.user_id,
        )


@job("ask_to_confirm_follow")
async def ask_to_confirm(tools: Tools, *, follow_id: int) -> None:
    """Ask by mail whether an address is theirs who gave it; for a spammer nobody is asked."""
    async with tools.work.unit_of_work() as db:
        followed = await find_followed(db, follow_id)
        if followed is None or followed.follow.confirmed_at or followed.follow.ended_at:
            return
        if not await _may_ask(db, secrets_of(tools.settings), followed.follow):
            return
        token = await make_link(
            db, LinkPurpose.CONFIRM_FOLLOW, subject_id=follow_id, lifetime=CONFIRM_WITHIN
        )
        desk = await desk_of(db, tools.settings)
    letter = confirmation(desk, followed, token)
    async with tools.work.unit_of_work() as db:
        await write_letter(db, letter)


def confirmation(desk: Desk, followed: Followed, token: str) -> NewLetter:
    """The letter that asks."""
    follow = followed.follow
    what = (
        _("answers to your comment on “%(title)s”")
        if follow.comment_id
        else _("everything that is said about “%(title)s”")
    ) % {"title": followed.title}
    sheet = sheet_of(
        desk,
        _("Shall we mail you answers? – %(site)s") % {"site": desk.site.title},
        _("You get this because somebody typed your address into a form on this site."),
        to=follow.email,
    )
    page = PlainPage(
        sheet,
        before=(_("Somebody, probably you, asked to be mailed %(what)s.") % {"what": what},),
        act=_("Yes, mail me answers"),
        act_url=desk.url(f"/confirm/{token}/"),
        after=(
            _("If it was not you, do nothing: without this you get none."),
            _("The link works once, for seven days."),
        ),
    )
    envelope = Envelope(
        follow.email, f"follow:{follow.id}", f"thread-{follow.thread_id}", follow.thread_id
    )
    return compose(desk, "plain", page, envelope)


async def _followed(session: AsyncSession, follow_id: int | None) -> Followed:
    found = await find_followed(session, follow_id or 0)
    if found is None or found.follow.ended_at is not None:
        raise Gone(_ENDED)
    return found


async def _may_ask(session: AsyncSession, secrets: Secrets, follow: Follow) -> bool:
    comment = await session.get(Comment, follow.comment_id) if follow.comment_id else None
    if comment is not None and comment.status in (CommentStatus.SPAM, CommentStatus.REMOVED):
        return False
    now = clock.now()
    if comment is not None and comment.author_ip:
        network = secrets.keyed_hash("pace", household(comment.author_ip)[0])
        if await take(session, f"confirm:network:{network}", _FOR_A_NETWORK, now):
            return False
    address = secrets.keyed_hash("pace", follow.email)
    return await take(session, f"follow:email:{address}", _TO_AN_ADDRESS, now) is None


async def _is_theirs(session: AsyncSession, user_id: int | None, email: str) -> bool:
    if user_id is None:
        return False
    user = await session.get(User, user_id)
    return (
        user is not None
        and user.email_confirmed_at is not None
        and normalised_email(user.email) == email
    )


def _about(comment_id: int | None) -> ColumnElement[bool]:
    if comment_id is None:
        return Follow.comment_id.is_(None)
    return Follow.comment_id == comment_id


_FOLLOWED = (
    select(Follow, Post.title, Post.path)
    .join(Thread, Thread.id == Follow.thread_id)
    .join(Post, Post.id == Thread.post_id)
)
