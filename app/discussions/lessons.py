"""What the local filter is to learn of a decision. The one place where decisions and learning meet."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.discussions.models import Comment, CommentStatus
from app.moderation.learned import Lesson, lesson_for
from app.moderation.learning.words import Words
from app.moderation.models import Case, Decision

LABELS = {CommentStatus.APPROVED: "ham", CommentStatus.SPAM: "spam"}


NOTHING = Lesson("", None, "", [])


async def lesson_of(
    session: AsyncSession, comment: Comment, case: Case, status: CommentStatus, at: datetime
) -> Lesson:
    """The lesson of a person's decision that a comment is to have this status.

    To hold and to remove teach nothing: people remove what is rude, late or said twice.
    """
    label = LABELS.get(status)
    if label is None:
        return NOTHING
    words = Words(
        text=comment.body_source,
        author=comment.author_name,
        email=comment.author_email,
        url=comment.author_url,
        kind=comment.kind,
        akismet=case.akismet,
    )
    return await lesson_for(session, words, label, comment.author_key_id, at)


def write_lesson(entry: Decision, lesson: Lesson) -> None:
    """Keep a lesson with the decision it is drawn from."""
    entry.label, entry.features = lesson.label, lesson.features
    entry.text_hash, entry.domains = lesson.text_hash, lesson.domains


def unlearn(entry: Decision, taught_by: Decision) -> None:
    """Take back with a reversal what the decision taught; a reversal of a reversal teaches it again."""
    entry.label, entry.features = taught_by.label, taught_by.features
    entry.text_hash, entry.domains = taught_by.text_hash, taught_by.domains
    entry.unlearns = bool(taught_by.label) and not taught_by.unlearns
