"""Whether a post goes to those who follow the blog by mail, and what became of it."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.i18n import _, ngettext
from app.notifications.blog.following import count_followers
from app.notifications.blog.models import PostMailing
from app.posts.models import Post, PostKind


@dataclass(frozen=True)
class Mailed:
    """What the editor says of it: how many would get it, as long as that is to be decided; then a sentence."""

    followers: int | None = None
    says: str = ""


def is_to_decide(kind: PostKind, post: Post | None) -> bool:
    """Whether its author may still say so: what everybody could read once is never sent out."""
    return kind == PostKind.POST and not (post and post.was_public)


async def mailed_of(db: AsyncSession, kind: PostKind, post: Post | None) -> Mailed:
    """What there is to say of a post."""
    if is_to_decide(kind, post):
        return Mailed(followers=await count_followers(db))
    mailing = await db.get(PostMailing, post.id) if post and post.mails_followers else None
    return Mailed(says=_in_words(mailing) if mailing else "")


def _in_words(mailing: PostMailing) -> str:
    number = mailing.written
    if mailing.ended_at is None:
        return _("It is on its way to those who follow by mail.")
    if mailing.was_stopped:
        says = ngettext(
            "Its letters were stopped after %(num)d.",
            "Its letters were stopped after %(num)d.",
            number,
        )
    else:
        says = ngettext(
            "It was mailed to %(num)d follower.", "It was mailed to %(num)d followers.", number
        )
    return says % {"num": number}
