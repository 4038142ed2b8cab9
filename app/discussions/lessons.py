"""What the local filter is to learn of a decision. The one place where decisions and learning meet."""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from app.discussions.models import Comment, CommentStatus
from app.moderation.models import Decision

LABELS = {CommentStatus.APPROVED: "ham", CommentStatus.SPAM: "spam"}


@dataclass(frozen=True)
class Lesson:
    """A label, and what of the text it is about; nothing to learn where the label is empty."""

    label: str = ""
    features: bytes | None = None
    text_hash: str = ""
    domains: list[str] = field(default_factory=list)


async def lesson_of(session: AsyncSession, comment: Comment, status: CommentStatus) -> Lesson:
    """The lesson of a person's decision that a comment is to have this status.

    To hold and to remove teach nothing: people remove what is rude, late or said twice.
    """
    return Lesson(label=LABELS.get(status, ""), text_hash=comment.text_hash)


def write_lesson(entry: Decision, lesson: Lesson) -> None:
    """Keep a lesson with the decision it is drawn from."""
    entry.label, entry.features = lesson.label, lesson.features
    entry.text_hash, entry.domains = lesson.text_hash, lesson.domains


def unlearn(entry: Decision, taught_by: Decision) -> None:
    """Take back with a reversal what the decision taught; a reversal of a reversal teaches it again."""
    entry.label, entry.features = taught_by.label, taught_by.features
    entry.text_hash, entry.domains = taught_by.text_hash, taught_by.domains
    entry.unlearns = bool(taught_by.label) and not taught_by.unlearns
