"""Whoever follows hears of answers, once each; and whoever waited hears that their own words are up."""

from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.i18n import _
from app.core.jobs import Tools, job
from app.discussions.models import Section
from app.moderation.authors import normalised_email
from app.notifications.ending import Ends
from app.notifications.letters import write_letters
from app.notifications.models import Follow
from app.notifications.notices.of_comments import (
    WAITED,
    tell_followers_of_post,
    tell_of_comment,
    who_has_not_looked,
)
from app.notifications.queries import Said, find_said
from app.notifications.texts import (
    Desk,
    Envelope,
    NewLetter,
    PlainPage,
    compose,
    desk_of,
    sheet_of,
)

# What was first approved longer ago is no news, whatever happened to it since.
_IS_NEWS_FOR = timedelta(days=7)
_AT_ONCE = 50


@job("tell_followers")
async def tell_followers(tools: Tools, *, comment_id: int) -> None:
    """Mail a comment to those who follow what it answers, and tell the members whom it concerns."""
    async with tools.work.reading() as db:
        said = await find_said(db, comment_id)
        if said is None or not _is_news(said):
            return
        follows = await _follows(db, said)
        members = {follow.user_id for follow in follows if follow.user_id is not None}
        have_letters = await who_has_not_looked(db, said, members) if members else set()
        desk = await desk_of(db, tools.settings)
    wanted = [follow for follow in follows if follow.user_id not in have_letters]
    letters = [letter for follow in wanted if (letter := _letter(desk, said, follow))]
    for start in range(0, len(letters), _AT_ONCE):
        async with tools.work.unit_of_work() as db:
            await write_letters(db, letters[start : start + _AT_ONCE])
    mailed_to = {normalised_email(letter.recipient) for letter in letters}
    of_all = {
        follow.user_id: follow.email in mailed_to
        for follow in follows
        if follow.user_id is not None and follow.comment_id is None
    }
    async with tools.work.unit_of_work() as db:
        await tell_of_comment(db, said, mailed_to)
        await tell_followers_of_post(db, said, of_all)


def _is_news(said: Said) -> bool:
    comment = said.comment
    return (
        comment.is_approved
        and comment.approved_at is not None
        and clock.now() - comment.approved_at < _IS_NEWS_FOR
        and comment.section == Section.COMMENTS
        and said.is_public
    )


async def _follows(session: AsyncSession, said: Said) -> list[Follow]:
    """One for each address: what somebody follows in two ways is told once."""
    comment = said.comment
    query = select(Follow).where(
        Follow.thread_id == comment.thread_id,
        or_(
            Follow.comment_id.is_(None),
            Follow.comment_id == comment.parent_id,
            Follow.comment_id == comment.id,
        ),
        Follow.confirmed_at.is_not(None),
        Follow.ended_at.is_(None),
    )
    # The one that says most comes last, and stays: of the post, of an answer, of their own comment.
    nearness = (None, comment.parent_id, comment.id)
    found = sorted(
        await session.scalars(query.order_by(Follow.id)),
        key=lambda follow: nearness.index(follow.comment_id),
    )
    return list({follow.email: follow for follow in found}.values())


def _letter(desk: Desk, said: Said, follow: Follow) -> NewLetter | None:
    comment = said.comment
    is_own = follow.email == normalised_email(comment.author_email) or (
        follow.user_id is not None and follow.user_id == comment.user_id
    )
    asked_here = follow.comment_id == comment.id
    if not is_own:
        return None if asked_here else _answer(desk, said, follow)
    waited = comment.approved_at is not None and comment.approved_at - comment.created_at > WAITED
    return _is_up(desk, said, follow) if asked_here and waited else None


def _answer(desk: Desk, said: Said, follow: Follow) -> NewLetter:
    names = {"name": said.name, "title": said.title}
    if follow.comment_id is None:
        says = _("%(name)s said something about “%(title)s”.") % names
        why = _("You get this because you asked to hear of what is said about this post.")
    else:
        says = _("%(name)s answered you on “%(title)s”.") % names
        why = _("You get this because you asked to hear of answers to your comment.")
    sheet = sheet_of(
        desk,
        says.rstrip("."),
        why,
        end_words=_("Get no more of these"),
        end_url=desk.ending(Ends.FOLLOW, follow.id),
    )
    page = PlainPage(
        sheet,
        before=(says,),
        html=said.html(desk.base_url),
        text=said.text,
        act=_("Read it in its place"),
        act_url=desk.url(said.at),
    )
    return compose(desk, "plain", page, _envelope(said, follow))


def _is_up(desk: Desk, said: Said, follow: Follow) -> NewLetter:
    sheet = sheet_of(
        desk,
        _("Your comment on “%(title)s” is up") % {"title": said.title},
        _("You get this because you asked to hear of answers to your comment."),
        end_words=_("Get no more of these"),
        end_url=desk.ending(Ends.FOLLOW, follow.id),
    )
    page = PlainPage(
        sheet,
        before=(_("A moderator has read your comment, and everybody can read it now."),),
        act=_("See it in its place"),
        act_url=desk.url(said.at),
    )
    return compose(desk, "plain", page, _envelope(said, follow))


def _envelope(said: Said, follow: Follow) -> Envelope:
    return Envelope(
        follow.email,
        about=f"comment:{said.comment.id} answer",
        list_name=said.list_name,
        thread_id=said.comment.thread_id,
    )
