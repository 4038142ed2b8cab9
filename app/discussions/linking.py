"""Takes in links from other sites: comments of another kind, which wait until their page was looked at."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.errors import NotFound
from app.core.events import record
from app.core.i18n import _
from app.core.ids import new_guid
from app.core.limits import Limit, take
from app.core.markup import safe_text
from app.core.networks import household
from app.core.secrets import Secrets, secrets_of
from app.discussions.edits import drop_waiting_edit
from app.discussions.events import CheckWanted, LinkArrived
from app.discussions.judging import judge_again
from app.discussions.matters import Matter
from app.discussions.models import (
    Comment,
    CommentKind,
    CommentStatus,
    Relation,
    Section,
    Thread,
)
from app.discussions.own import say_otherwise, take_back
from app.discussions.pace import too_many
from app.discussions.queries import waiting_from
from app.discussions.replying import put_in_place
from app.discussions.showing import COMMENTS, change_status, locked_comment
from app.moderation.asking import asks_others
from app.moderation.authors import (
    arriving_author,
    count_author,
    key_of_site,
    locked_author,
)
from app.moderation.cases import CASES, find_case, move_case, note_count, open_case
from app.moderation.models import AuthorKey, Case, Check, Decision, Tab
from app.moderation.submission import host_of, text_hash
from app.moderation.verdicts import Verdict
from app.posts.models import Post
from app.settings import Settings
from app.site.models import SiteRow

# A site that has found this one sends a link for each of its pages at once: wider than for people.
LIMITS = (Limit(60, timedelta(minutes=10)), Limit(500, timedelta(days=1)))
MOST_WAITING = 50
_READ_LATER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a post, as it was sent: nothing of it is known to be true."""

    kind: CommentKind
    # The page it stands on.
    source: str
    name: str = ""
    text: str = ""
    address: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """What the page says that a link is said to stand on."""

    name: str
    text: str
    relation: Relation = Relation.MENTION
    # Why it counts as no link at all; None where it was found.
    trouble: Verdict | None = None


async def thread_linked_to(session: AsyncSession, post_id: int) -> tuple[Post, Thread]:
    """A post and its thread, the thread locked. Raises NotFound."""
    row = (
        await session.execute(
            select(Post, Thread)
            .join(Thread, Thread.post_id == Post.id)
            .where(Post.id == post_id)
            .with_for_update(of=Thread)
            .execution_options(populate_existing=True)
        )
    ).first()
    if row is None:
        raise NotFound(_("There is nothing here that could be linked to."))
    return row[0], row[1]


async def take_in_link(
    session: AsyncSession,
    settings: Settings,
    site: SiteRow,
    place: tuple[Post, Thread],
    link: Link,
    *,
    looked_at_within: int = 0,
) -> Comment:
    """Keep a link that was sent; it waits for a look at its page. Raises TooMany."""
    at = clock.now()
    post, thread = place
    secrets = secrets_of(settings)
    if settings.rate_limits == "on":
        await _keep_pace(session, secrets, link.address, at, of="link")
    author = await arriving_author(session, key_of_site(secrets, host_of(link.source)), at)
    comment = COMMENTS.new(
        thread_id=thread.id,
        kind=link.kind,
        section=Section.LINKBACKS,
        guid=new_guid(site.guid_host or settings.base_host, at.year, link.kind),
        status=CommentStatus.PENDING,
        author_name=link.name,
        author_url=link.source,
        author_ip=link.address,
        author_agent=link.agent[:500],
        author_key_id=author.id,
        text_hash=text_hash(link.text) if link.text else "",
        body_source=link.text,
        body_html=safe_text(link.text),
        created_at=at,
    )
    await put_in_place(session, comment, None)
    case = CASES.new(
        kind=comment.kind, item_id=comment.id, post_id=post.id, author_key_id=author.id,
        tab=Tab.NEEDS, arrived_at=at, moved_at=at, version=1, check_state=Check.SOURCE,
    )  # fmt: skip
    await open_case(session, case)
    record(session, LinkArrived(comment_id=comment.id, looked_at_within=looked_at_within))
    return comment


async def count_look(session: AsyncSession, settings: Settings, address: str) -> None:
    """Count a page that is looked at while its sender waits, also one that links to nothing. Raises TooMany."""
    if settings.rate_limits == "on":
        await _keep_pace(session, secrets_of(settings), address, clock.now(), of="look")


async def link_sent_again(session: AsyncSession, comment_id: int, kind: CommentKind) -> None:
    """The same link was sent once more, maybe by another way: its page is looked at anew. Raises NotFound."""
    comment, _thread = await locked_comment(session, comment_id)
    case = await find_case(session, comment.kind, comment_id)
    if kind != comment.kind:
        # Whatever is known by its kind is known by the new one.
        of_it = Decision.kind == comment.kind, Decision.item_id == comment_id
        await session.execute(update(Decision).where(*of_it).values(kind=kind))
        if case is not None:
            note_count(session, case.tab, case.kind, -1, case.group_id)
            note_count(session, case.tab, kind, 1, case.group_id)
            case.kind = kind
        comment.kind = kind
    record(session, LinkArrived(comment_id=comment_id))


async def hear_source(
    session: AsyncSession, settings: Settings, site: SiteRow, comment_id: int, source: Source
) -> Comment:
    """Enter what the page of a link says, and judge it by that; what a person decided stays decided.

    Of one that is shown, the old text stays until the new one may be. Raises NotFound.
    """
    at, asks = clock.now(), asks_others(settings, site)
    comment, thread = await locked_comment(session, comment_id)
    if comment.is_approved:
        text, html = source.text or comment.body_source, safe_text(source.text)
        return await say_otherwise(session, site, (comment, thread), text, html, asks_others=asks)
    case = await find_case(session, comment.kind, comment_id)
    if case is None or not await _is_undecided(session, comment):
        return comment
    if comment.status != CommentStatus.PENDING:
        await _open_again(
            session, Matter(thread, comment, await _author(session, comment), case), at
        )
    _write_down(comment, case, source)
    await session.flush()
    if asks and source.trouble is None:
        case.check_state, case.akismet, case.tries, case.retry_at = Check.WAITING, "", 0, None
        record(session, CheckWanted(comment_id=comment_id))
        return comment
    return await judge_again(session, site, comment_id)


async def withdraw_link(session: AsyncSession, comment_id: int) -> None:
    """The page is gone, or no longer links here: taken from view, as if its author had asked. Raises NotFound."""
    comment, thread = await locked_comment(session, comment_id)
    if comment.status in (CommentStatus.APPROVED, CommentStatus.PENDING):
        await drop_waiting_edit(session, comment_id)
        await take_back(session, comment, thread)


async def _is_undecided(session: AsyncSession, comment: Comment) -> bool:
    """Whether it waits, or lies where no person has put it: a page may be late, away, or think better of it."""
    if comment.status == CommentStatus.PENDING:
        return True
    by_person = select(Decision.became).where(
        Decision.kind == comment.kind, Decision.item_id == comment.id,
        Decision.is_by_person, Decision.became != "",
    )  # fmt: skip
    last: str | None = await session.scalar(by_person.order_by(Decision.id.desc()).limit(1))
    return last != comment.status


async def _open_again(session: AsyncSession, matter: Matter, at: datetime) -> None:
    comment, was = matter.comment, matter.comment.status
    await change_status(session, comment, matter.thread, CommentStatus.PENDING, at)
    # What was taken back was not counted.
    before = "" if was == CommentStatus.REMOVED else was
    count_author(matter.author, before, comment.status, written_at=comment.created_at, at=at)
    move_case(session, matter.case, Tab.NEEDS, at)


async def _author(session: AsyncSession, comment: Comment) -> AuthorKey | None:
    return await locked_author(session, comment.author_key_id)


def _write_down(comment: Comment, case: Case, source: Source) -> None:
    comment.author_name = source.name or comment.author_name
    comment.relation = source.relation
    if source.text:
        comment.body_source, comment.body_html = source.text, safe_text(source.text)
        comment.text_hash = text_hash(source.text)
    case.is_proved = source.trouble is None
    # What was said before was said of another sight; whoever judges next says the rest.
    case.reasons, case.reason_codes = [source.trouble.as_reason()] if source.trouble else [], ""


async def _keep_pace(
    session: AsyncSession, secrets: Secrets, address: str, at: datetime, *, of: str
) -> None:
    first, last = household(address)
    if await waiting_from(session, first, last) >= MOST_WAITING:
        raise too_many(_("Many links from there still wait to be read."), _READ_LATER)
    wait = await take(session, f"{of}:{secrets.keyed_hash('pace', first)}", LIMITS, at)
    if wait is not None:
        raise too_many(_("Too many links came from there just now."), wait)
