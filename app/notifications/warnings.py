"""A moderator writes to whoever wrote a comment; the comment stays as it is."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.errors import Conflict, Invalid
from app.core.events import record
from app.core.i18n import _
from app.core.jobs import Tools, job
from app.core.mail import is_deliverable
from app.core.secrets import Secrets
from app.core.text import clean_text
from app.discussions.deciding import locked_matter, require_version
from app.discussions.events import AuthorWarned
from app.discussions.models import Comment, Section
from app.discussions.verbs import said_of
from app.moderation.log import last_warning
from app.moderation.models import AuthorNote, Decision
from app.notifications.letters import write_letter
from app.notifications.models import Refusal
from app.notifications.queries import Said, find_said
from app.notifications.texts import (
    Desk,
    Envelope,
    NewLetter,
    PlainPage,
    compose,
    desk_of,
    refusal_key,
    sheet_of,
)

LONGEST_WARNING = 2000


async def why_not_warned(session: AsyncSession, secrets: Secrets, comment: Comment) -> str:
    """Why no letter can go to whoever wrote a comment, as a sentence; empty where one can."""
    said = await find_said(session, comment.id)
    if said is None or comment.section != Section.COMMENTS or not said.email:
        return _("No address is known, so no letter can be sent.")
    if not is_deliverable(said.email):
        return _("No letter can be sent to the address they gave.")
    if await session.get(Refusal, refusal_key(secrets, said.email)) is not None:
        return _("They want no letters from here.")
    return ""


async def warn_author(
    session: AsyncSession,
    actor: Actor,
    secrets: Secrets,
    comment_id: int,
    text: str,
    *,
    version: int | None = None,
    seen: int | None = None,
) -> Decision:
    """Have a letter written to the author of a comment; moderators find it noted with all of theirs.

    `seen` is the last warning that was known when this one was written. Raises NotFound, Forbidden,
    Invalid for no text or too long a one, and Conflict where no letter can go or somebody was faster.
    """
    text = clean_text(text).strip()
    if not 0 < len(text) <= LONGEST_WARNING:
        raise Invalid(_("Please write something, at most 2,000 characters."))
    matter = await locked_matter(session, actor, comment_id)
    await require_version(session, matter.comment, version)
    if reason := await why_not_warned(session, secrets, matter.comment):
        raise Conflict(reason)
    at = clock.now()
    last = await last_warning(session, matter.case.kind, comment_id)
    if last is not None and last.decision.id != seen:
        raise Conflict(said_of(last.decision, last.name or _("Somebody"), at))
    entry = Decision(
        at=at, user_id=actor.user_id, kind=matter.case.kind, item_id=comment_id, verb="warn",
        note=text, author_key_id=matter.comment.author_key_id,
    )  # fmt: skip
    session.add(entry)
    if matter.author is not None:
        words = _("Warned by letter: %(text)s") % {"text": text}
        session.add(
            AuthorNote(author_key_id=matter.author.id, user_id=actor.user_id, text=words, at=at)
        )
    await session.flush()
    record(session, AuthorWarned(comment_id=comment_id, decision_id=entry.id))
    return entry


@job("send_warning")
async def send_warning(tools: Tools, *, comment_id: int, decision_id: int) -> None:
    """Write the letter, unless its words or its reader are gone by now."""
    async with tools.work.reading() as db:
        said = await find_said(db, comment_id)
        decision = await db.get(Decision, decision_id)
        if said is None or decision is None or not said.email:
            return
        desk = await desk_of(db, tools.settings)
    letter = _warning(desk, said, decision)
    async with tools.work.unit_of_work() as db:
        await write_letter(db, letter)


def _warning(desk: Desk, said: Said, decision: Decision) -> NewLetter:
    to = said.email
    sheet = sheet_of(
        desk,
        _("About your comment on “%(title)s”") % {"title": said.title},
        _("You get this because the comment bears your address."),
        to=to,
    )
    paragraphs = (" ".join(part.split()) for part in decision.note.split("\n\n"))
    before = (
        _("A moderator writes to you about your comment on “%(title)s”:") % {"title": said.title},
        *(part for part in paragraphs if part),
        _("This is what you wrote:"),
    )
    page = PlainPage(sheet, before, html=said.html(desk.base_url), text=said.text)
    # More than one may be needed, so it is named after the decision.
    envelope = Envelope(to, f"warned:{decision.id}", said.list_name, said.comment.thread_id)
    return compose(desk, "plain", page, envelope)
