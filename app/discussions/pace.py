"""How much one person may say, and how fast."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import TooMany
from app.core.i18n import _
from app.core.limits import Limit, take
from app.core.networks import household
from app.core.secrets import Secrets
from app.discussions.queries import waiting_from
from app.moderation.facts import Who
from app.moderation.models import AuthorKey
from app.moderation.submission import Submission


@dataclass(frozen=True, slots=True)
class Pace:
    """How often one person may say something, and what that is counted as; each place has its own."""

    counted_as: str
    limits: Sequence[Limit]
    # Kept beside it, where things of several kinds are counted together.
    beside: "Pace | None" = None


# Under posts, where strangers may write.
COMMENTING = Pace(
    "comment",
    (
        Limit(1, timedelta(seconds=15)),
        Limit(5, timedelta(minutes=10)),
        Limit(30, timedelta(days=1)),
    ),
)
MOST_WAITING = 5
# Whoever has so many waiting may come back when some were read.
_READ_LATER = timedelta(hours=1)


async def keep_pace(
    session: AsyncSession,
    secrets: Secrets,
    who: Who,
    author: AuthorKey,
    submission: Submission,
    at: datetime,
    pace: Pace,
) -> None:
    """Refuse whoever is too quick, or has too much waiting; `author` is counted as arriving.

    Raises TooMany, which says when to come back.
    """
    first, last = household(submission.address)
    # A browser that nobody knows yet is as cheap as an address that was typed.
    is_known = submission.user_id is not None or (who.is_proved and author.approved > 0)
    subject = f"key:{who.key}" if is_known else f"address:{secrets.keyed_hash('pace', first)}"
    # What is just coming in is counted with its author already.
    waiting = author.pending - 1 if is_known else await waiting_from(session, first, last)
    if waiting >= MOST_WAITING:
        raise too_many(
            _("Some of your comments still wait to be read. Please come back when they were."),
            _READ_LATER,
        )
    kept: Pace | None = pace
    while kept is not None:
        wait = await take(session, f"{kept.counted_as}:{subject}", kept.limits, at)
        if wait is not None:
            says = _("That was very quick. Please wait a little, then send it again.")
            raise too_many(says, wait)
        kept = kept.beside


def too_many(sentence: str, wait: timedelta) -> TooMany:
    """A refusal that says when to come back (RFC 9110 §10.2.3)."""
    return TooMany(sentence, headers={"Retry-After": str(max(1, ceil(wait.total_seconds())))})
