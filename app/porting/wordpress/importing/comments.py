"""What was said under a post becomes rows, part by part; with the last part its thread is complete."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.i18n import _
from app.core.markup import BodyFormat, clean_comment, web_address
from app.core.text import one_line
from app.discussions.models import Comment, CommentStatus, Thread
from app.discussions.threading import depth_of
from app.porting.wordpress.importing.judged import know_authors, open_cases
from app.porting.wordpress.importing.known_comments import source_of
from app.porting.wordpress.importing.meanings import comment_kind
from app.porting.wordpress.importing.own_words import fact, moment_fact, number_fact
from app.porting.wordpress.importing.plans import ThreadPlan
from app.porting.wordpress.importing.state import State, add_rows
from app.porting.wordpress.importing.tallies import finish_thread
from app.porting.wordpress.reading.values import Skipped, WxrComment
from app.porting.wordpress.texts.comment_text import comment_html
from app.porting.wordpress.texts.tags import plain_line
from app.search.entries import Entry, comment_entry, held_entry
from app.search.index import index_of

Row = dict[str, Any]


def rows_of(state: State, plan: ThreadPlan) -> Iterator[tuple[int, Row]]:
    """The rows that are still to be written, each with its id in the file; texts are read here."""
    for ordinal, comment in enumerate(plan.coming.item.comments):
        if isinstance(comment, Skipped) or comment.id is None or comment.id in plan.written:
            continue
        if plan.ordinals.get(comment.id) == ordinal:
            yield comment.id, _row(state, plan, comment, comment.id)


def _row(state: State, plan: ThreadPlan, comment: WxrComment, old_id: int) -> Row:
    voice, place = plan.voices[old_id], plan.places[old_id]
    number, parent = plan.ids[old_id], plan.parents[old_id]
    return {
        "id": number,
        "thread_id": plan.coming.thread_id,
        # One that answers what comes later in the file is told of it at the end.
        "parent_id": plan.ids[parent] if parent in plan.written else None,
        "kind": comment_kind(comment),
        "section": voice.section,
        "status": voice.status,
        "guid": voice.guid,
        "legacy_id": old_id if number != old_id else number_fact(comment, "former_id"),
        **(_nobody() if old_id in plan.nameless else _author(state, comment)),
        **_text(comment),
        "created_at": voice.at,
        "approved_at": voice.approved_at,
        "edited_at": moment_fact(comment, "edited_at"),
        "is_edited_by_moderator": fact(comment, "edited_by_moderator") == "1",
        "place": place,
        "depth": depth_of(place),
        "is_shown": old_id in plan.shown,
        "version": 1,
    }


def _author(state: State, comment: WxrComment) -> Row:
    email = one_line(comment.email)
    return {
        "user_id": state.users_by_old_id.get(comment.user_id or 0),
        "author_name": plain_line(comment.author)[:300],
        "author_email": email if len(email) <= 254 else "",
        "author_url": web_address(comment.url, limit=1000),
        "author_ip": comment.ip if len(comment.ip) <= 45 else "",
        "author_agent": one_line(fact(comment, "agent"))[:500],
    }


def _nobody() -> Row:
    names = ("author_email", "author_url", "author_ip", "author_agent")
    return {"user_id": None, "author_name": _("Former member"), **dict.fromkeys(names, "")}


def _text(comment: WxrComment) -> Row:
    source = source_of(comment)
    if fact(comment, "markdown"):
        # Then the content is what became of it here.
        html = clean_comment(comment.content)
        return {"body_source": source, "body_format": BodyFormat.MARKDOWN, "body_html": html}
    return {
        "body_source": source,
        "body_format": BodyFormat.WORDPRESS,
        "body_html": clean_comment(comment_html(comment.content)),
    }


async def write_comments(
    session: AsyncSession,
    state: State,
    plan: ThreadPlan,
    rows: Iterator[tuple[int, Row]],
    most: int,
) -> int:
    """Write up to `most` rows; with the last of a thread, its counts and pages. Returns how many."""
    part: list[Row] = []
    for old_id, row in islice(rows, most):
        plan.written.add(old_id)
        part.append(row)
    if not part:
        return 0
    # The thread first, then the authors: whoever decides about something here keeps to that order.
    thread = select(Thread.id).where(Thread.id == plan.coming.thread_id).with_for_update()
    await session.execute(thread)
    blocked = await know_authors(session, state.secrets, part)
    await add_rows(session, Comment, part)
    await open_cases(session, part, plan.coming.post_id, blocked=blocked)
    await index_of(session).write(session, [_entry(row) for row in part])
    if not plan.missing:
        await finish_thread(session, plan)
    return len(part)


def _entry(row: Row) -> Entry:
    number, name, html = row["id"], row["author_name"], row["body_html"]
    if row["status"] == CommentStatus.APPROVED:
        return comment_entry(number, name, html)
    return held_entry(number, row["status"], name, row["author_url"], html)
