"""A member begins a topic, or says something in one: judged as comments are, by the rules of the group, too."""

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.answers import require
from app.core.errors import NotFound
from app.core.events import record
from app.core.i18n import _
from app.core.ids import new_guid
from app.core.limits import Limit
from app.core.text import slugify
from app.discussions.events import TopicBegun
from app.discussions.models import Comment, Thread
from app.discussions.pace import Pace
from app.discussions.replying import Ground, answered, take_in
from app.discussions.topics.mentions import handles_in, html_said
from app.discussions.topics.open_topics import OpenTopic, topic_open_to
from app.groups.models import Group, Membership, Topic, TopicKind
from app.groups.policy import may_moderate_here, may_reply_to, may_start
from app.groups.queries import Standing, get_group_to_read
from app.moderation.submission import Submission
from app.settings import Settings
from app.site.models import SiteRow

SLUG_LENGTH = 80
_DAY = timedelta(days=1)
# People who talk to each other are quicker than strangers under a post.
_BREATH = (Limit(1, timedelta(seconds=3)), Limit(20, timedelta(minutes=5)))


@dataclass(frozen=True, slots=True)
class TopicDraft:
    """What somebody begins: cleaned, and within its bounds."""

    title: str
    kind: TopicKind = TopicKind.DISCUSSION
    tags: tuple[str, ...] = ()
    about_post_id: int | None = None
    about_comment_id: int | None = None


async def start_topic(
    session: AsyncSession,
    actor: Actor,
    settings: Settings,
    site: SiteRow,
    slug: str,
    draft: TopicDraft,
    submission: Submission,
) -> tuple[Topic, Comment]:
    """Begin a topic with its opening text. Raises NotFound, Forbidden, SignInNeeded, SaidAlready, TooMany."""
    here, at = await get_group_to_read(session, actor, slug), clock.now()
    require(may_start(actor, here, draft.kind, at))
    topic = Topic(
        group_id=here.group.id, kind=draft.kind, user_id=actor.user_id, author_name=actor.name,
        title=draft.title, slug=slugify(draft.title)[:SLUG_LENGTH].strip("-"),
        guid=new_guid(site.guid_host or settings.base_host, at.year, "topic"),
        tags=list(draft.tags), created_at=at, last_said_at=at, last_said_by=actor.name,
        about_post_id=draft.about_post_id, about_comment_id=draft.about_comment_id,
    )  # fmt: skip
    session.add(topic)
    await session.flush()
    thread = Thread(topic_id=topic.id, group_id=here.group.id)
    session.add(thread)
    await session.flush()
    group = here.group
    pace = _pace(group, "topics", group.daily_topics)
    ground = _ground(actor, here, thread, None, pace)
    submission = await _naming(session, actor, group, submission)
    opening = await take_in(session, actor, settings, site, ground, submission, opens=topic)
    record(session, TopicBegun(topic_id=topic.id, comment_id=opening.id))
    return topic, opening


async def reply_in_topic(
    session: AsyncSession,
    actor: Actor,
    settings: Settings,
    site: SiteRow,
    place: tuple[str, int],
    submission: Submission,
    *,
    parent_id: int | None = None,
) -> tuple[OpenTopic, Comment]:
    """Say something in a topic, `place` a group's slug and the topic's id.

    Raises NotFound, Forbidden, SignInNeeded, ParentGone, SaidAlready, TooMany.
    """
    found = await topic_open_to(session, actor, *place)
    here, topic, thread = found.here, found.topic, found.thread
    if not topic.is_shown:
        raise NotFound(_("This discussion is not open yet."))
    require(may_reply_to(actor, here, topic, clock.now()))
    parent = await answered(session, thread, parent_id)
    group = here.group
    pace = _pace(group, "replies", group.daily_replies)
    ground = _ground(actor, here, thread, parent, pace)
    submission = await _naming(session, actor, group, submission)
    return found, await take_in(session, actor, settings, site, ground, submission)


async def _naming(
    session: AsyncSession, actor: Actor, group: Group, submission: Submission
) -> Submission:
    """What is said, with links to whom it names; where nobody is named, it stays as it was made."""
    if not handles_in(submission.text):
        return submission
    html = await html_said(session, group.id, actor.user_id, submission.text)
    return replace(submission, html=html)


def _ground(
    actor: Actor, here: Standing, thread: Thread, parent: Comment | None, pace: Pace
) -> Ground:
    is_staff_here = bool(may_moderate_here(actor, here))
    return Ground(
        thread,
        parent,
        is_staff_here=is_staff_here,
        holds_new=_holds_new(here.group, here.membership),
        pace=pace,
        is_nested=False,
    )


def _holds_new(group: Group, membership: Membership | None) -> bool:
    return membership is None or membership.approved < group.holds_first


def _pace(group: Group, counted_as: str, daily: int) -> Pace:
    slow = None
    if group.slow_seconds:
        # Between any two things, be one a reply and the other begun.
        slow = Pace(f"said:{group.id}", (Limit(1, timedelta(seconds=group.slow_seconds)),))
    limits = (*_BREATH, *((Limit(daily, _DAY),) if daily else ()))
    return Pace(f"{counted_as}:{group.id}", limits, beside=slow)
