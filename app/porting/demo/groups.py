"""The demo's groups: who is in them, what they began, what was answered."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import ClassVar

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.accounts.models import User
from app.core.markup import markdown_comment
from app.core.secrets import Secrets
from app.core.text import slugify
from app.discussions.actions import approve
from app.discussions.deciding import case_of
from app.discussions.models import Comment, CommentStatus, Thread
from app.discussions.replying import put_in_place
from app.groups.models import (
    Group,
    Joining,
    MemberRole,
    Membership,
    MemberState,
    Topic,
    TopicKind,
    Visibility,
)
from app.moderation.authors import author_of_key, count_author, key_of_member
from app.moderation.cases import open_case
from app.porting.demo.content import STRICT, DemoSite

_FILE = files("app.porting.demo") / "groups.toml"


@dataclass(frozen=True, kw_only=True)
class DemoReply:
    """Something said in a topic; `text` is Markdown, `at` the site's own clock."""

    __pydantic_config__: ClassVar = STRICT

    at: datetime
    by: str
    text: str


@dataclass(frozen=True, kw_only=True)
class DemoTopic:
    """What somebody began; `solved` counts the replies from 1."""

    __pydantic_config__: ClassVar = STRICT

    at: datetime
    by: str
    title: str
    text: str
    tags: tuple[str, ...] = ()
    pinned: bool = False
    solved: int = 0
    kind: TopicKind = TopicKind.DISCUSSION
    replies: tuple[DemoReply, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DemoGroup:
    """A group, its people by login, and its topics."""

    __pydantic_config__: ClassVar = STRICT

    slug: str
    name: str
    purpose: str
    about: str
    rules: str
    owner: str
    questions: tuple[str, ...] = ()
    visibility: Visibility = Visibility.PUBLIC
    moderators: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    topics: tuple[DemoTopic, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DemoMember:
    """Somebody who writes in groups alone."""

    __pydantic_config__: ClassVar = STRICT

    login: str
    name: str
    email: str


@dataclass(frozen=True, kw_only=True)
class DemoGroups:
    """All of it."""

    __pydantic_config__: ClassVar = STRICT

    members: tuple[DemoMember, ...]
    groups: tuple[DemoGroup, ...]


_all = TypeAdapter(DemoGroups)


def read_demo_groups() -> DemoGroups:
    """The demo's groups as their file has them."""
    return _all.validate_python(tomllib.loads(_FILE.read_text("utf-8")))


async def add_groups(
    session: AsyncSession, demo: DemoSite, users: dict[str, User], secrets: Secrets
) -> None:
    """Every group with its people and its talk. `users` are found by login; more are added to them."""
    found = read_demo_groups()
    for member in found.members:
        user = User(
            login=member.login, slug=slugify(member.name), name=member.name, email=member.email,
            created_at=demo.moment(found.groups[0].topics[0].at - timedelta(days=60)),
        )  # fmt: skip
        session.add(user)
        users[member.login] = user
    await session.flush()
    for group in found.groups:
        await _add_group(session, demo, group, users, secrets)


async def _add_group(
    session: AsyncSession,
    demo: DemoSite,
    told: DemoGroup,
    users: dict[str, User],
    secrets: Secrets,
) -> None:
    began = demo.moment(told.topics[0].at - timedelta(days=7))
    group = Group(
        slug=told.slug, guid=demo.guid("group", told.slug, told.topics[0].at), name=told.name,
        purpose=told.purpose, about_source=told.about.strip(), rules_source=told.rules.strip(),
        about_html=markdown_comment(told.about.strip()),
        rules_html=markdown_comment(told.rules.strip()),
        visibility=told.visibility, joining=Joining.REQUEST, questions=list(told.questions),
        created_at=began, created_by=users[told.owner].id,
    )  # fmt: skip
    session.add(group)
    await session.flush()
    roles = dict.fromkeys(told.members, MemberRole.MEMBER)
    roles |= dict.fromkeys(told.moderators, MemberRole.MODERATOR) | {told.owner: MemberRole.OWNER}
    for days, (login, role) in enumerate(sorted(roles.items())):
        joined = began + timedelta(days=days)
        session.add(
            Membership(
                group_id=group.id, user_id=users[login].id, role=role, state=MemberState.ACTIVE,
                joined_at=joined, rules_accepted_at=joined,
            )
        )  # fmt: skip
    group.member_count = len(roles)
    await session.flush()
    for topic in told.topics:
        await add_topic(session, demo, group, topic, users, secrets)
    moments = [reply.at for topic in told.topics for reply in topic.replies]
    group.last_said_at = demo.moment(max(moments))


async def add_topic(
    session: AsyncSession,
    demo: DemoSite,
    group: Group,
    told: DemoTopic,
    users: dict[str, User],
    secrets: Secrets,
) -> Topic:
    """A topic with all that was said in it."""
    at, author = demo.moment(told.at), users[told.by]
    topic = Topic(
        group_id=group.id, user_id=author.id, author_name=author.name, title=told.title,
        slug=slugify(told.title)[:80].strip("-"), guid=demo.guid("topic", told.title, told.at),
        tags=list(told.tags), is_pinned=told.pinned, created_at=at, last_said_at=at,
        last_said_by=author.name, kind=told.kind,
    )  # fmt: skip
    session.add(topic)
    await session.flush()
    thread = Thread(topic_id=topic.id, group_id=group.id)
    session.add(thread)
    await session.flush()
    for number, said in enumerate(
        (DemoReply(at=told.at, by=told.by, text=told.text), *told.replies)
    ):
        comment = await _say(session, demo, thread, topic, said, users[said.by], secrets)
        if number and number == told.solved:
            topic.solved_by = comment.id
    await session.flush()
    return topic


async def _say(
    session: AsyncSession,
    demo: DemoSite,
    thread: Thread,
    topic: Topic,
    said: DemoReply,
    by: User,
    secrets: Secrets,
) -> Comment:
    """One thing said: it came into the queue, as everything does, and was approved."""
    at, text = demo.moment(said.at), said.text.strip()
    author = await author_of_key(session, key_of_member(secrets, by.id), at)
    author.user_id = by.id
    comment = Comment(
        thread_id=thread.id, group_id=thread.group_id, is_opening=topic.opening_id is None,
        status=CommentStatus.PENDING, user_id=by.id,
        guid=demo.guid("comment", f"{said.by} {said.at}", said.at), author_name=by.name,
        author_key_id=author.id, body_source=text, body_html=markdown_comment(text),
        created_at=at, approved_at=at,
    )  # fmt: skip
    await put_in_place(session, comment, None)
    topic.opening_id = topic.opening_id or comment.id
    count_author(author, "", comment.status, written_at=at, at=at)
    await open_case(session, case_of(comment, thread))
    await approve(session, OWNER_AT_THE_MACHINE, comment.id)
    return comment
