"""What is decided about, by filters or by people."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement

from app.core.errors import Conflict
from app.core.i18n import _
from app.discussions.models import Comment, CommentStatus, Thread
from app.moderation.models import AuthorKey, Case

# On the case, for good: its author took it back.
WITHDRAWN = "withdrawn"


class Withdrawn(Conflict):
    """Its author took it back: nobody shows it again, or puts words into it."""


@dataclass
class Matter:
    """A comment and all that changes with it, each row locked: thread, then author, then case."""

    thread: Thread
    comment: Comment
    author: AuthorKey | None
    case: Case


def is_withdrawn(case: Case) -> bool:
    """Whether the author of what a case is about took it back."""
    return f" {WITHDRAWN} " in case.reason_codes


def are_withdrawn() -> ColumnElement[bool]:
    """The cases of what its author took back."""
    return Case.reason_codes.contains(f" {WITHDRAWN} ", autoescape=True)


def require_not_withdrawn(case: Case) -> None:
    """Refuse what would show something again that its author took back. Raises Withdrawn."""
    if is_withdrawn(case):
        raise Withdrawn(_("Its author has withdrawn it: it stays out of sight."))


def counts_as(case: Case | None, status: str) -> str:
    """Under what a comment counts for its author: what they took back themselves, under nothing."""
    is_own_wish = case is not None and is_withdrawn(case)
    return "" if is_own_wish and status == CommentStatus.REMOVED else status
