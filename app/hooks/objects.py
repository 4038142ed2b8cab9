"""What a hook is told of a thing: what any visitor may see of it when the worker looks, and its number.

Never addresses of mail or of the network, nothing private, nothing of groups that are not public.
None: there is nothing that anybody may hear of.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import quote

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import VISITOR
from app.core import clock
from app.discussions.topics.reading import SOLUTION
from app.groups.models import Group, Topic
from app.groups.profiles.queries import shown_people
from app.groups.queries import groups_read_by
from app.networking.asks.models import Ask
from app.notifications.queries import Said, find_said
from app.posts.addresses import address
from app.posts.models import Post
from app.posts.queries import authors_of
from app.resources.models import Resource, ResourceState
from app.resources.queries import with_latest
from app.resources.reach import IS_OF_THE_SITE, in_library, resources_visible_to

Found: TypeAlias = tuple[str, dict[str, Any]] | None
Reader: TypeAlias = Callable[[AsyncSession, str, int], Awaitable[Found]]


def _post(event: str) -> Reader:
    async def read(session: AsyncSession, base_url: str, post_id: int) -> Found:
        post = await session.get(Post, post_id)
        if post is None or not post.is_public(clock.now()):
            return None
        authors = (await authors_of(session, [post_id])).get(post_id, [])
        return event, {
            "id": post.id,
            "kind": post.kind,
            "url": base_url + address(post.path or f"/?p={post.id}"),
            "title": post.title,
            "summary": post.summary,
            "authors": [author.name for author in authors],
            "published_at": _moment(post.published_at),
            "updated_at": _moment(post.updated_at),
            "version": post.version,
        }

    return read


async def _removed_post(session: AsyncSession, _base_url: str, post_id: int) -> Found:
    post = await session.get(Post, post_id)
    if post is not None and post.is_public(clock.now()):
        return None
    return "post.removed", {"id": post_id}


def _comment(event: str) -> Reader:
    async def read(session: AsyncSession, base_url: str, comment_id: int) -> Found:
        said = await find_said(session, comment_id)
        if said is None or not said.comment.is_approved or not await is_public(session, said):
            return None
        return event, _said(said, base_url)

    return read


def _comment_by_number(event: str) -> Reader:
    """Of what nobody may read (any more) only where it stands."""

    async def read(session: AsyncSession, _base_url: str, comment_id: int) -> Found:
        said = await find_said(session, comment_id)
        if said is None or said.comment.is_approved or not await is_public(session, said):
            return None
        return event, {"id": comment_id, **home_of(said)}

    return read


async def _said_in_topic(session: AsyncSession, base_url: str, comment_id: int) -> Found:
    said = await find_said(session, comment_id)
    if said is None or not said.comment.is_approved or not await is_public(session, said):
        return None
    topic = await session.get(Topic, said.topic_id or 0)
    if topic is None or topic.opening_id != comment_id:
        return "comment.published", _said(said, base_url)
    return "item.published", {**_item(topic, said.group, base_url), "html": said.html(base_url)}


async def _ended_item(session: AsyncSession, base_url: str, topic_id: int) -> Found:
    query = (
        select(Topic, Group.slug, Ask.state)
        .join(Group, Group.id == Topic.group_id)
        .join(Ask, Ask.topic_id == Topic.id)
        .where(Topic.id == topic_id, Topic.is_shown, groups_read_by(VISITOR))
    )
    found = (await session.execute(query)).first()
    if found is None:
        return None
    topic, group, state = found
    return "item.ended", {**_item(topic, group, base_url), "state": state}


async def _updated_item(session: AsyncSession, base_url: str, topic_id: int) -> Found:
    query = (
        select(Topic, Group.slug, SOLUTION.is_not(None))
        .join(Group, Group.id == Topic.group_id)
        .where(Topic.id == topic_id, Topic.is_shown, groups_read_by(VISITOR))
    )
    found = (await session.execute(query)).first()
    if found is None:
        return None
    topic, group, is_solved = found
    is_so = {
        "is_pinned": topic.is_pinned, "is_locked": topic.is_locked, "is_solved": is_solved,
    }  # fmt: skip
    return "item.updated", {**_item(topic, group, base_url), **is_so}


def _resource(event: str) -> Reader:
    async def read(session: AsyncSession, base_url: str, resource_id: int) -> Found:
        query = with_latest().where(Resource.id == resource_id, in_library(VISITOR))
        found = (await session.execute(query)).first()
        if found is None:
            return None
        resource, newest = found
        return event, {
            "id": resource.id,
            "kind": resource.kind,
            "url": f"{base_url}/resources/{quote(resource.slug)}/",
            "title": resource.title,
            "summary": resource.summary,
            "access": resource.access,
            "file_name": newest.file_name,
            "size": newest.size,
            "number": newest.number,
            "published_at": _moment(resource.published_at),
            "updated_at": _moment(resource.updated_at),
            "version": resource.version,
        }

    return read


async def _removed_resource(session: AsyncSession, _base_url: str, resource_id: int) -> Found:
    was_seen = and_(IS_OF_THE_SITE, resources_visible_to(VISITOR))
    query = select(Resource.id).where(
        Resource.id == resource_id, Resource.status == ResourceState.RETIRED, was_seen
    )
    found = await session.scalar(query)
    return None if found is None else ("resource.removed", {"id": resource_id})


def _member(event: str) -> Reader:
    async def read(session: AsyncSession, base_url: str, user_id: int) -> Found:
        profile = (await shown_people(session, VISITOR, [user_id])).get(user_id)
        if profile is None:
            return None
        if not profile.shows_anything:
            return event, {"id": user_id}
        url = f"{base_url}/people/{quote(profile.handle)}/"
        return event, {
            "id": user_id, "url": url, "handle": profile.handle, "name": profile.name,
        }  # fmt: skip

    return read


def _by_number(event: str) -> Reader:
    async def read(_session: AsyncSession, _base_url: str, number: int) -> Found:
        return event, {"id": number}

    return read


# By the names under which events are noted.
READERS: Mapping[str, Reader] = {
    "post.published": _post("post.published"),
    "post.updated": _post("post.updated"),
    "post.removed": _removed_post,
    "comment.published": _comment("comment.published"),
    "comment.updated": _comment("comment.updated"),
    "comment.removed": _comment_by_number("comment.removed"),
    "comment.waiting": _comment_by_number("comment.waiting"),
    "said": _said_in_topic,
    "item.updated": _updated_item,
    "item.ended": _ended_item,
    "resource.published": _resource("resource.published"),
    "resource.updated": _resource("resource.updated"),
    "resource.removed": _removed_resource,
    "member.joined": _member("member.joined"),
    "member.updated": _member("member.updated"),
    "member.erased": _by_number("member.erased"),
    "promise.kept": _by_number("promise.kept"),
}


async def is_public(session: AsyncSession, said: Said) -> bool:
    """Whether any visitor may read where it stands."""
    if not said.group:
        return said.is_public
    query = select(Group.id).where(Group.slug == said.group, groups_read_by(VISITOR))
    return await session.scalar(query) is not None


def _said(said: Said, base_url: str) -> dict[str, Any]:
    comment = said.comment
    return {
        "id": comment.id,
        "kind": comment.kind,
        "url": base_url + said.at,
        **home_of(said),
        "parent_id": comment.parent_id,
        "author": {"name": said.name, "url": comment.author_url},
        "html": said.html(base_url),
        "published_at": _moment(comment.approved_at),
        "version": comment.version,
    }


def home_of(said: Said) -> dict[str, Any]:
    """Where it stands, by number."""
    if said.group:
        return {"topic_id": said.topic_id, "group": said.group}
    return {"post_id": said.post_id}


def _item(topic: Topic, group: str, base_url: str) -> dict[str, Any]:
    return {
        "id": topic.id,
        "kind": topic.kind,
        "url": f"{base_url}/groups/{quote(group)}/d/{topic.id}-{quote(topic.slug)}/",
        "group": group,
        "title": topic.title,
        "author": {"name": topic.author_name},
        "published_at": _moment(topic.created_at),
        "version": topic.version,
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
