"""What somebody hears of a removal: that it was done and why, how to appeal, and what came of that. Never of spam."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.links import make_link
from app.accounts.models import LinkPurpose, User
from app.core import clock
from app.core.i18n import _, ngettext
from app.core.jobs import Tools, enqueue, job
from app.core.markup import BodyFormat, SafeHtml
from app.discussions.appeals import LASTS, appeal_answered_by, removes
from app.discussions.models import Appeal, AppealState, Comment, CommentStatus, Section
from app.discussions.verbs import REASONS
from app.moderation.authors import normalised_email
from app.moderation.models import Batch, Decision
from app.notifications.letters import is_written, write_letter
from app.notifications.queries import AUTHORS_EMAIL, Said, find_said, said_of
from app.notifications.texts import (
    Desk,
    Envelope,
    NewLetter,
    PlainPage,
    Sheet,
    compose,
    desk_of,
    sheet_of,
)

# A slip of a finger is no news.
_MAY_BE_UNDONE = timedelta(minutes=10)
# So many comments stand in one letter, each with its own way to appeal.
_NAMED = 10


@dataclass(frozen=True)
class RemovedItem:
    """One comment in such a letter, and where to appeal."""

    title: str
    html: SafeHtml
    text: str
    appeal_url: str


@dataclass(frozen=True)
class RemovedPage:
    """`mail/removed`."""

    sheet: Sheet
    before: tuple[str, ...]
    items: tuple[RemovedItem, ...]
    after: tuple[str, ...]


@job("tell_author")
async def tell_author(tools: Tools, *, comment_id: int, decision_id: int) -> None:
    """A comment was decided about: its author hears of it, unless that is taken back at once."""
    async with tools.work.unit_of_work() as db:
        decision = await db.get(Decision, decision_id)
        if decision is None:
            return
        if await appeal_answered_by(db, decision_id) is not None:
            wanted = tell_of_answer
        elif removes(decision) and decision.batch_id is None:
            wanted = tell_of_removal
        else:
            return
        await enqueue(
            db, wanted, delay=_MAY_BE_UNDONE, once=f"decision:{decision_id}",
            comment_id=comment_id, decision_id=decision_id,
        )  # fmt: skip


@job("tell_of_batch")
async def tell_of_batch(tools: Tools, *, batch_id: int) -> None:
    """Many were decided about: their authors hear of removals, unless that is taken back at once."""
    async with tools.work.unit_of_work() as db:
        batch = await db.get(Batch, batch_id)
        if batch is not None and batch.verb == "remove":
            await enqueue(
                db, tell_of_removals, delay=_MAY_BE_UNDONE, once=f"batch:{batch_id}",
                batch_id=batch_id,
            )  # fmt: skip


@job("tell_of_removal")
async def tell_of_removal(tools: Tools, *, comment_id: int, decision_id: int) -> None:
    """Tell whoever wrote a comment that it was removed, and why; once for each removal."""
    async with tools.work.reading() as db:
        said = await find_said(db, comment_id)
        decision = await db.get(Decision, decision_id)
    if said is None or decision is None or not said.email:
        return
    if is_heard_of(said.comment, decision):
        to, about = said.email, f"removed:{decision_id}"
        await _tell(tools, to, about, {comment_id: decision}, total=1)


@job("tell_of_removals")
async def tell_of_removals(tools: Tools, *, batch_id: int) -> None:
    """Tell all whose comments went in one act on many: one letter for each of them."""
    async with tools.work.reading() as db:
        batch = await db.get(Batch, batch_id)
        if batch is None or batch.undo_asked_at is not None:
            return
        by_author = await _of_batch(db, batch_id)
    for to, removals in by_author.items():
        some = dict(list(removals.items())[:_NAMED])
        await _tell(tools, to, f"removed:batch {batch_id}", some, total=len(removals))


@job("tell_of_answer")
async def tell_of_answer(tools: Tools, *, comment_id: int, decision_id: int) -> None:
    """Tell whoever appealed what came of it."""
    async with tools.work.reading() as db:
        said = await find_said(db, comment_id)
        decision = await db.get(Decision, decision_id)
        found = await appeal_answered_by(db, decision_id)
        if said is None or decision is None or found is None or not said.email:
            return
        desk = await desk_of(db, tools.settings)
    letter = _answer(desk, said, decision, found)
    async with tools.work.unit_of_work() as db:
        await write_letter(db, letter)


def is_heard_of(comment: Comment, decision: Decision) -> bool:
    """Whether its author hears of a decision: that somebody else removed it, and not as spam."""
    # Whoever took it back themselves knows.
    by_themselves = decision.user_id is not None and decision.user_id == comment.user_id
    return (
        decision.is_by_person
        and removes(decision)
        and decision.was != CommentStatus.SPAM
        and comment.status == CommentStatus.REMOVED
        and comment.status_before != CommentStatus.SPAM
        and comment.section == Section.COMMENTS
        and not by_themselves
    )


def _came_with_an_import(comment: Comment) -> bool:
    """Whether it was written to another site: nobody waits for news of that by the hundred."""
    return comment.body_format == BodyFormat.WORDPRESS or "#comment-" in comment.guid


async def _of_batch(session: AsyncSession, batch_id: int) -> dict[str, dict[int, Decision]]:
    """What went in an act on many and its authors are told of, by their address."""
    query = (
        select(Comment, Decision, AUTHORS_EMAIL)
        .join(Decision, and_(Decision.item_id == Comment.id, Decision.kind == Comment.kind))
        .outerjoin(User, User.id == Comment.user_id)
        .where(Decision.batch_id == batch_id, Decision.verb == "remove")
        .order_by(Decision.id)
    )
    found: dict[str, dict[int, Decision]] = {}
    for comment, decision, email in await session.execute(query):
        if email and is_heard_of(comment, decision) and not _came_with_an_import(comment):
            theirs = found.setdefault(normalised_email(email), {})
            theirs[comment.id] = decision
    return found


async def _tell(
    tools: Tools, to: str, about: str, removals: Mapping[int, Decision], *, total: int
) -> None:
    """One unit makes the letter's links, one puts it into the box; it is written between them."""
    async with tools.work.unit_of_work() as db:
        desk = await desk_of(db, tools.settings)
        if await is_written(db, about, to):
            return
        said = await said_of(db, list(removals))
        items = [await _item(db, desk, one, removals[one.comment.id]) for one in said]
    if items:
        letter = _removal(desk, to, about, said, items, next(iter(removals.values())), total)
        async with tools.work.unit_of_work() as db:
            await write_letter(db, letter)


async def _item(session: AsyncSession, desk: Desk, said: Said, removal: Decision) -> RemovedItem:
    token = await make_link(
        session,
        LinkPurpose.APPEAL,
        subject_id=said.comment.id,
        payload={"decision": removal.id},
        lifetime=removal.at + LASTS - clock.now(),
    )
    return RemovedItem(
        said.title, said.html(desk.base_url), said.text, desk.url(f"/appeal/{token}/")
    )


def _removal(
    desk: Desk,
    to: str,
    about: str,
    said: Sequence[Said],
    items: Sequence[RemovedItem],
    decision: Decision,
    total: int,
) -> NewLetter:
    title = said[0].title
    subject = _("Your comment on “%(title)s” was removed") % {"title": title}
    before = [_("A moderator removed your comment on “%(title)s”.") % {"title": title}]
    if total > 1:
        many = ngettext(
            "%(num)s comment of yours was removed", "%(num)s comments of yours were removed", total
        )
        subject = many % {"num": total}
        before = [_("A moderator removed %(number)s of your comments.") % {"number": total}]
    before += _why(decision)
    before.append(_("This is what you wrote:"))
    after = [_("Each link leads to a form, works once, and until two weeks after the removal.")]
    if total > len(items):
        left = _("The other comments have a page of their own each, on which you can appeal, too.")
        after.insert(0, left)
    sheet = sheet_of(
        desk, subject, _("You get this because the comment bears your address."), to=to
    )
    envelope = (
        Envelope(to, about, said[0].list_name, said[0].comment.thread_id)
        if total == 1
        else Envelope(to, about, "comments")
    )
    return compose(
        desk, "removed", RemovedPage(sheet, tuple(before), tuple(items), tuple(after)), envelope
    )


def _why(decision: Decision) -> list[str]:
    said = []
    if decision.reason in REASONS:
        reason = _(REASONS[decision.reason])
        said.append(_("The reason: %(reason)s.") % {"reason": reason})
    if decision.note:
        said.append(_("They add: %(note)s") % {"note": decision.note})
    return said


def _answer(desk: Desk, said: Said, decision: Decision, found: Appeal) -> NewLetter:
    to, title = said.email, {"title": said.title}
    is_accepted = found.state == AppealState.ACCEPTED
    subject = _("Your comment on “%(title)s” stays removed")
    came = _("A moderator has read your appeal and looked at it again. It stays removed.")
    if said.comment.status == CommentStatus.APPROVED:
        subject = _("Your comment on “%(title)s” is shown again")
        came = _("A moderator has read your appeal and looked at it again. It is shown again.")
    elif is_accepted:
        subject = _("Your comment on “%(title)s” waits again")
        came = _("A moderator has read your appeal. The comment waits to be read once more.")
    why = _("You get this because you appealed against the removal of a comment.")
    page = PlainPage(
        sheet_of(desk, subject % title, why, to=to),
        before=(came, *_why(decision), _("This is what you wrote:")),
        html=said.html(desk.base_url),
        text=said.text,
        act=_("Read it there") if said.comment.is_approved else "",
        act_url=desk.url(said.at) if said.comment.is_approved else "",
    )
    about = f"appeal:{found.id} answer:{decision.id}"
    envelope = Envelope(to, about, said.list_name, said.comment.thread_id)
    return compose(desk, "plain", page, envelope)
