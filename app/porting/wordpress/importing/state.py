"""What an import knows while it runs: the survey, the ids things have here, and the report."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.accounts.models import User
from app.core.db import Base
from app.core.numbering import Numbers
from app.core.secrets import Secrets
from app.discussions.models import Comment, Thread
from app.media.models import Upload
from app.porting.wordpress.importing.decided import Memory
from app.porting.wordpress.importing.report import Report
from app.porting.wordpress.importing.survey import Survey, usable_id
from app.porting.wordpress.texts.old_site import OldSite
from app.porting.wordpress.texts.shortcodes import Media
from app.posts.models import Post, Redirect, Term
from app.site.models import Permalinks


@dataclass(frozen=True, slots=True)
class NumbersOfAll:
    """Who gets which id, table by table."""

    users: Numbers
    terms: Numbers
    uploads: Numbers
    posts: Numbers
    threads: Numbers
    comments: Numbers
    redirects: Numbers

    @property
    def all(self) -> tuple[Numbers, ...]:
        """Every table's."""
        below = self.threads, self.comments, self.redirects
        return self.users, self.terms, self.uploads, self.posts, *below


@dataclass(slots=True)
class State:
    """One run over one file. Old ids are WordPress's, ids are ours."""

    survey: Survey
    site: OldSite
    report: Report
    secrets: Secrets
    is_dry_run: bool
    # One moment for the whole run: what is due by then is published.
    now: datetime
    numbers: NumbersOfAll
    zone: tzinfo
    permalinks: str = Permalinks.MONTH
    memory: Memory = field(default_factory=Memory)
    # The page that was the site's front page is that here too, if this is where the site went.
    takes_front_page: bool = False
    user_ids: dict[str, int] = field(default_factory=dict)
    users_by_old_id: dict[int, int] = field(default_factory=dict)
    # By taxonomy and the slug in the file.
    term_ids: dict[tuple[str, str], int] = field(default_factory=dict)
    term_paths: dict[tuple[str, str], str] = field(default_factory=dict)
    # Where a term of the file stands here, by taxonomy and path, if that is elsewhere.
    term_places: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    upload_ids: dict[int, int] = field(default_factory=dict)
    media: dict[int, Media] = field(default_factory=dict)
    # The old ids of a post's attachments, in their order.
    attached: dict[int, list[int]] = field(default_factory=dict)
    post_ids: dict[int, int] = field(default_factory=dict)
    # Children whose parent has not been written yet, by the parent's old id.
    orphans: dict[int, list[int]] = field(default_factory=dict)
    # Each guid of the file, with the old id and the line of the item that had it first.
    guids: dict[str, tuple[int | None, int]] = field(default_factory=dict)
    # Paths given to posts that are not in the database yet, and those of files seen so far.
    claimed: set[str] = field(default_factory=set)
    claimed_files: set[str] = field(default_factory=set)
    # The number the last one got that wanted a path which was taken.
    path_numbers: dict[str, int] = field(default_factory=dict)

    async def add(
        self, session: AsyncSession, table: type[Base], rows: Sequence[dict[str, Any]]
    ) -> None:
        """Insert rows, unless this is a dry run."""
        if not self.is_dry_run:
            await add_rows(session, table, rows)


async def add_rows(
    session: AsyncSession, table: type[Base], rows: Sequence[dict[str, Any]]
) -> None:
    """Insert rows that all have the same columns, in one go.

    Into the table, not as objects: these would go in one by one wherever another column is null.
    """
    if rows:
        await session.execute(insert(cast("Table", table.__table__)), list(rows))


def numbers_for(survey: Survey, *, reserves: bool) -> NumbersOfAll:
    """Numbers that stay clear of all that the file holds; `reserves` is False for a dry run."""
    people = max((usable_id(a.id) or 0 for a in survey.channel.authors), default=0)
    terms = max((usable_id(t.id) or 0 for t in survey.channel.terms), default=0)

    def numbers(key: InstrumentedAttribute[int], highest: int) -> Numbers:
        return Numbers(key, highest, reserves=reserves)

    return NumbersOfAll(
        users=numbers(User.id, people),
        terms=numbers(Term.id, terms),
        uploads=numbers(Upload.id, survey.highest_post),
        posts=numbers(Post.id, survey.highest_post),
        threads=numbers(Thread.id, survey.highest_post),
        comments=numbers(Comment.id, survey.highest_comment),
        redirects=numbers(Redirect.id, 0),
    )
