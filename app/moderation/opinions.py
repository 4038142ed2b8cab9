"""What this site's own filter thinks of a submission."""

from weakref import WeakKeyDictionary

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncSession

from app.moderation.learned import LocalFilter
from app.moderation.learning.opinion import as_sentences
from app.moderation.learning.words import Words
from app.moderation.submission import Learned, Submission

# One a process and database: as long as the engine lives, so does what was learned through it.
_filters: WeakKeyDictionary[Engine, LocalFilter] = WeakKeyDictionary()
# The strongest of its reasons, for a moderator who has a second.
_REASONS = 3


async def local_opinion(
    session: AsyncSession, submission: Submission, akismet: str = ""
) -> Learned | None:
    """A score with its reasons; None while too little was learned.

    First takes in what was decided since it was last asked, in whatever process. `akismet` is what
    Akismet said, where it was asked: one more thing to go by.
    """
    local_filter = local_filter_of(session)
    await local_filter.catch_up(session)
    opinion = local_filter.judge(words_of(submission, akismet), most=_REASONS)
    if opinion.score is None:
        return None
    reasons = tuple(f"{sentence}." for sentence in as_sentences(opinion.reasons))
    return Learned(opinion.score, reasons)


def local_filter_of(session: AsyncSession) -> LocalFilter:
    """This process's copy of what was learned from the database behind a session."""
    bind = session.get_bind()
    engine = bind.engine if isinstance(bind, Connection) else bind
    found = _filters.get(engine)
    if found is None:
        # Not `setdefault`: an empty one is megabytes of zeros, too dear to make for nothing.
        found = _filters[engine] = LocalFilter()
    return found


def words_of(submission: Submission, akismet: str = "") -> Words:
    """What the filter reads of a submission."""
    return Words(
        text=submission.text,
        author=submission.name,
        email=submission.email,
        url=submission.url,
        kind=submission.kind,
        akismet=akismet if akismet != "unavailable" else "",
    )
