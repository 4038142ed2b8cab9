"""Takes in a comment: checks that it may be said, keeps it whatever it is, and lets it be judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.answers import require
from app.core.errors import Conflict, Invalid
from app.core.events import record
from app.core.i18n import _, marked
from app.core.ids import new_guid
from app.core.limits import Limit, take
from app.core.networks import household
from app.core.secrets import Secrets, secrets_of
from app.discussions.events import AuthorshipAsked, CheckWanted, FollowAsked
from app.discussions.judging import carry_out, tab_of, write_reasons
from app.discussions.latest_posts.keeping import want_latest_post
from app.discussions.matters import Matter
from app.discussions.models import Comment, CommentStatus, Thread
from app.discussions.open_threads import thread_meant
from app.discussions.pace import COMMENTING, Pace, keep_pace
from app.discussions.policy import may_reply
from app.discussions.queries import Said, said_lately
from app.discussions.showing import COMMENTS
from app.discussions.threading import depth_of, new_place
from app.groups.models import Topic
from app.moderation.asking import asks_others
from app.moderation.authors import arriving_author
from app.moderation.cases import CASES, open_case
from app.moderation.facts import gather_facts, known_author, who_sends
from app.moderation.models import AuthorKey, Case, Check, Tab
from app.moderation.opinions import local_opinion
from app.moderation.pipeline import judge
from app.moderation.rules import is_settled
from app.moderation.submission import Facts, Submission, text_hash
from app.posts.models import Post, PostAuthor
from app.settings import Settings
from app.site.models import SiteRow

CONFIRMATIONS = (Limit(1, timedelta(days=1)),)
CONFIRMATIONS_OF_A_NETWORK = (Limit(5, timedelta(hours=1)),)
SAME_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Ground:
    """Where something is said, its thread's row locked, and what the place adds to how it is judged."""

    thread: Thread
    parent: Comment | None = None
    post_id: int | None = None
    # Whoever says it may decide about it here, or wrote what it stands under.
    is_staff_here: bool = False
    # In a group: whether a moderator reads it first, as it comes from a new member.
    holds_new: bool | None = None
    # How often somebody may say something here.
    pace: Pace = COMMENTING
    # Answers stand below what they answer, or all beside each other.
    is_nested: bool = True


@dataclass(frozen=True, slots=True)
class Target:
    """What is answered: a post, or a comment under it."""

    post_id: int
    parent_id: int | None = None


class ParentGone(Invalid):
    """The comment that is answered is not there, not shown, or under another post."""

    title = marked("The comment you answer is gone")


class SaidAlready(Conflict):
    """The same words by the same person, under the same post, within a day."""

    title = marked("You have said this already")

    def __init__(self, said: Said, *, is_sender: bool) -> None:
        super().__init__(_said_of(CommentStatus(said.status)))
        self.comment_id, self.state = said.id, CommentStatus(said.status)
        # Whether it may be shown to whoever sent this: the words alone prove nothing.
        self.is_sender = is_sender


def _said_of(status: CommentStatus) -> str:
    if status == CommentStatus.APPROVED:
        return _("The same comment was sent before, and is published.")
    if status == CommentStatus.PENDING:
        return _("The same comment was sent before, and waits for a moderator.")
    return _("The same comment was sent before, and was not published.")


async def reply(
    session: AsyncSession,
    actor: Actor,
    settings: Settings,
    site: SiteRow,
    target: Target,
    submission: Submission,
    *,
    browser: str = "",
    wants_answers: bool = False,
    links_latest_post: bool = False,
) -> Comment:
    """Take in a comment, let the filters judge it, and keep it whatever they say.

    `browser` is the secret of a browser that begins to remember its reader with this comment.
    Raises NotFound, Forbidden, ParentGone, SaidAlready, TooMany.
    """
    place = await thread_meant(session, actor, (), target.post_id)
    return await reply_at(
        session, actor, settings, site, place, target.parent_id, submission, browser=browser,
        wants_answers=wants_answers, links_latest_post=links_latest_post,
    )  # fmt: skip


async def reply_at(
    session: AsyncSession,
    actor: Actor,
    settings: Settings,
    site: SiteRow,
    place: tuple[Post, Thread],
    parent_id: int | None,
    submission: Submission,
    *,
    browser: str = "",
    wants_answers: bool = False,
    links_latest_post: bool = False,
) -> Comment:
    """The same under a post with its thread, as `thread_meant` has it locked."""
    post, thread = place
    require(may_reply(site, post, thread, clock.now()))
    parent = await answered(session, thread, parent_id)
    is_staff_here = actor.moderates or await _wrote(session, actor, post)
    ground = Ground(thread, parent, post_id=post.id, is_staff_here=is_staff_here)
    comment = await take_in(session, actor, settings, site, ground, submission, browser=browser)
    if wants_answers:
        record(session, FollowAsked(comment_id=comment.id))
    if links_latest_post and comment.author_url:
        want_latest_post(session, comment)
    return comment


async def take_in(
    session: AsyncSession,
    actor: Actor,
    settings: Settings,
    site: SiteRow,
    ground: Ground,
    submission: Submission,
    *,
    browser: str = "",
    opens: Topic | None = None,
) -> Comment:
    """Keep what somebody says on a ground that is open to them, and let the filters judge it.

    `opens` is the topic whose opening text it is. Raises SaidAlready, TooMany.
    """
    at, secrets, thread = clock.now(), secrets_of(settings), ground.thread
    same = await said_lately(session, text_hash(submission.text), at)
    _refuse_the_same(same, thread, submission, at)
    who = who_sends(secrets, actor, submission.email, browser)
    author = await arriving_author(session, who.key, at)
    if author.user_id is None and actor.user_id is not None:
        author.user_id = actor.user_id
    if settings.rate_limits == "on" and not ground.is_staff_here:
        await keep_pace(session, secrets, who, author, submission, at, ground.pace)
    comment = _comment_of(submission, site, settings, ground, author, at)
    comment.is_opening = opens is not None
    await put_in_place(session, comment, ground.parent if ground.is_nested else None)
    if opens is not None:
        # Before it is judged: what becomes of it becomes of the topic.
        opens.opening_id = comment.id
    known = await known_author(
        session, author, who, submission.email, at, is_staff_here=ground.is_staff_here
    )
    facts = await gather_facts(
        session, site, submission, known, at=at,
        said_elsewhere=sum(said.thread_id != thread.id for said in same),
        form_min_seconds=settings.form_min_seconds,
        learned=await local_opinion(session, submission),
        is_new_here=ground.holds_new,
    )  # fmt: skip
    matter = Matter(thread, comment, author, _case_of(comment, ground, author, at))
    await _judge_first(session, matter, submission, facts, asks=asks_others(settings, site))
    if known.uses_members_address:
        await _ask_to_confirm(session, secrets, comment, at)
    return comment


async def _judge_first(
    session: AsyncSession, matter: Matter, submission: Submission, facts: Facts, *, asks: bool
) -> None:
    """Judge it here and now, unless another server has to be heard first: then it waits for that."""
    comment, case, at = matter.comment, matter.case, matter.comment.created_at
    judgement = judge(submission, facts)
    write_reasons(case, submission, facts, judgement)
    waits = asks and not is_settled(judgement.verdicts)
    case.check_state = Check.WAITING if waits else Check.DONE
    case.tab = Tab.NEEDS if waits else tab_of(judgement)
    await open_case(session, case)
    if waits:
        record(session, CheckWanted(comment_id=comment.id))
    else:
        await carry_out(session, matter, judgement, at)


async def answered(session: AsyncSession, thread: Thread, parent_id: int | None) -> Comment | None:
    """What is answered, if anything is: shown, and in that thread. Raises ParentGone."""
    if not parent_id:
        return None
    parent = await session.get(Comment, parent_id, populate_existing=True)
    if parent is None or parent.thread_id != thread.id or not parent.is_approved:
        raise ParentGone(_("The comment you answer is gone."))
    return parent


def _refuse_the_same(
    same: Sequence[Said], thread: Thread, submission: Submission, at: datetime
) -> None:
    for said in same:
        is_theirs = (
            said.user_id == submission.user_id
            if submission.user_id is not None
            else said.user_id is None and said.author_email == submission.email
        )
        if said.thread_id == thread.id and is_theirs and said.created_at > at - SAME_WITHIN:
            is_sender = submission.user_id is not None or said.author_ip == submission.address
            raise SaidAlready(said, is_sender=is_sender)


async def _wrote(session: AsyncSession, actor: Actor, post: Post) -> bool:
    if actor.user_id is None:
        return False
    return await session.get(PostAuthor, (post.id, actor.user_id)) is not None


def _comment_of(
    submission: Submission,
    site: SiteRow,
    settings: Settings,
    ground: Ground,
    author: AuthorKey,
    at: datetime,
) -> Comment:
    return COMMENTS.new(
        thread_id=ground.thread.id,
        group_id=ground.thread.group_id,
        parent_id=ground.parent.id if ground.parent else None,
        guid=new_guid(site.guid_host or settings.base_host, at.year, "comment"),
        status=CommentStatus.PENDING,
        user_id=submission.user_id,
        author_name=submission.name,
        author_email=submission.email,
        author_url=submission.url,
        author_ip=submission.address,
        author_agent=submission.agent[:500],
        referrer=submission.referrer[:500],
        author_key_id=author.id,
        text_hash=text_hash(submission.text),
        body_source=submission.text,
        body_html=submission.html,
        created_at=at,
    )


async def put_in_place(session: AsyncSession, comment: Comment, parent: Comment | None) -> None:
    """Find its place, and write it down."""
    comment.place = new_place(comment.created_at, comment.guid, parent.place if parent else None)
    comment.depth = depth_of(comment.place)
    await COMMENTS.add(session, comment)


def _case_of(comment: Comment, ground: Ground, author: AuthorKey, at: datetime) -> Case:
    return CASES.new(
        kind=comment.kind, item_id=comment.id, post_id=ground.post_id,
        group_id=ground.thread.group_id, author_key_id=author.id,
        tab=Tab.NEEDS, arrived_at=at, moved_at=at, version=1,
    )  # fmt: skip


async def _ask_to_confirm(
    session: AsyncSession, secrets: Secrets, comment: Comment, at: datetime
) -> None:
    """Have the owner of an address asked whether this was them; not so often that it annoys."""
    network = secrets.keyed_hash("pace", household(comment.author_ip)[0])
    if await take(session, f"confirm:network:{network}", CONFIRMATIONS_OF_A_NETWORK, at):
        return
    email = secrets.keyed_hash("pace", comment.author_email.casefold())
    if await take(session, f"confirm:email:{email}", CONFIRMATIONS, at) is None:
        record(session, AuthorshipAsked(comment_id=comment.id))
