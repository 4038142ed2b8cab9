"""What is decided about, by filters or by people."""

from dataclasses import dataclass

from app.discussions.models import Comment, Thread
from app.moderation.models import AuthorKey, Case

# On the case, as long as it is removed because its author took it back.
WITHDRAWN = "withdrawn"


@dataclass
class Matter:
    """A comment and all that changes with it, each row locked: thread, then author, then case."""

    thread: Thread
    comment: Comment
    author: AuthorKey | None
    case: Case
