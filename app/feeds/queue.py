"""What waits for a moderator, as their own feed needs it: of what is theirs to decide, and of nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core.i18n import _
from app.core.markup import SafeHtml
from app.core.text import plain_text, shorten
from app.discussions.models import Comment, Thread
from app.discussions.reach import cases_of
from app.feeds.model import Entry, Person
from app.groups.models import Topic
from app.moderation.models import Case, Tab
from app.posts.models import Post

_WAITING = (Tab.NEEDS, Tab.REPORTED)


@dataclass(frozen=True, slots=True)
class WaitingCase:
    """One case, what it is about, and where that stands. No address of anybody, mail or network."""

    tab: Tab
    comment_id: int
    comment_guid: str
    author_name: str
    body_html: SafeHtml
    arrived_at: datetime
    moved_at: datetime
    reasons: Sequence[dict[str, str]]
    # Of a post, or a topic in a group.
    post_title: str | None
    topic_title: str | None


async def newest_waiting(
    session: AsyncSession, actor: Actor, *, skip: int, limit: int
) -> list[WaitingCase]:
    """The comments of all kinds that wait or were reported and are the actor's to decide, the newest first."""
    query = (
        select(
            Case.tab, Comment.id, Comment.guid, Comment.author_name, Comment.body_html,
            Case.arrived_at, Case.moved_at, Case.reasons, Post.title, Topic.title,
        )
        # Whatever else is reported has numbers of its own.
        .join(Comment, and_(Comment.kind == Case.kind, Comment.id == Case.item_id))
        .join(Thread, Thread.id == Comment.thread_id)
        .outerjoin(Post, Post.id == Thread.post_id)
        .outerjoin(Topic, Topic.id == Thread.topic_id)
        .where(cases_of(actor), Case.tab.in_(_WAITING))
        .order_by(Case.arrived_at.desc(), Case.id.desc())
        .offset(skip)
        .limit(limit)
    )  # fmt: skip
    rows: Iterable[Any] = await session.execute(query)
    return [WaitingCase(*row) for row in rows]


def waiting_entry(case: WaitingCase, console_url: str) -> Entry:
    """One of them as an entry, which leads to its row in the console."""
    title = _("%(name)s on %(title)s") % {
        "name": case.author_name, "title": case.post_title or case.topic_title or "",
    }  # fmt: skip
    because = " ".join(reason.get("because", "") for reason in case.reasons or ())
    is_reported = case.tab == Tab.REPORTED
    url = f"{console_url}?tab=reported" if is_reported else console_url
    return Entry(
        guid=f"{case.comment_guid}#waits",
        url=f"{url}#case-{case.comment_id}",
        title=_("Reported: %(what)s") % {"what": title} if is_reported else title,
        published=case.arrived_at,
        updated=max(case.arrived_at, case.moved_at),
        # Never as HTML: nobody has read it yet.
        summary=f"{shorten(plain_text(str(case.body_html)))} {because}".strip(),
        authors=(Person(case.author_name),) if case.author_name else (),
    )
