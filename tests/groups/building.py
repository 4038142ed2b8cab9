"""Groups with people in them, as tests begin with them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor, Role
from app.accounts.models import User
from app.core import clock
from app.core.markup import markdown_comment
from app.discussions.models import Comment, CommentStatus, Section, Thread
from app.discussions.pages import rebuild_pages
from app.discussions.threading import place_of
from app.groups.founding import GroupDraft, found_group
from app.groups.models import Group, MemberRole, Membership, MemberState
from app.work import Doors
from tests.conftest import SignedIn
from tests.world import GUID_HOST, a_member, the_site


def as_actor(user: User, *roles: Role) -> Actor:
    """Somebody, as actions know them."""
    return Actor(user_id=user.id, name=user.name, roles=frozenset(roles))


async def a_group(
    session: AsyncSession, name: str = "Job search", *, by: User, slug: str = "", **choices: Any
) -> Group:
    """A group that `by` begins, open to all unless `choices` say otherwise; nothing is held in it."""
    await the_site(session)
    draft = GroupDraft(
        name=name, purpose=choices.pop("purpose", "Finding work together."),
        **{"holds_first": 0, "joining": "open", **choices},
    )  # fmt: skip
    return await found_group(session, as_actor(by, Role.OWNER), draft, host=GUID_HOST, slug=slug)


async def a_membership(
    session: AsyncSession,
    group: Group,
    user: User,
    *,
    role: MemberRole = MemberRole.MEMBER,
    state: MemberState = MemberState.ACTIVE,
    **fields: Any,
) -> Membership:
    """Somebody in a group, whatever the way there."""
    member = Membership(
        group_id=group.id, user_id=user.id, role=role, state=state, joined_at=clock.now(), **fields
    )
    session.add(member)
    if state in (MemberState.ACTIVE, MemberState.MUTED):
        group.member_count += 1
    await session.flush()
    return member


@dataclass
class Place:
    """A group, its owner, and a member, each with a browser."""

    slug: str
    group_id: int
    owner: httpx.AsyncClient
    member: httpx.AsyncClient
    owner_id: int
    member_id: int

    @property
    def url(self) -> str:
        """Where the group stands."""
        return f"/groups/{self.slug}/"


async def a_place(doors: Doors, signed_in: SignedIn, **choices: Any) -> Place:
    """A group with an owner, Olga, and a member, Mika, both signed in."""
    async with doors.unit_of_work() as db:
        olga, mika = await a_member(db, "Olga"), await a_member(db, "Mika")
        group = await a_group(db, by=olga, **choices)
        await a_membership(db, group, mika)
    owner, member = await signed_in(user=olga), await signed_in(user=mika)
    return Place(group.slug, group.id, owner, member, olga.id, mika.id)


async def begin(
    client: httpx.AsyncClient, place: Place, title: str = "Who is hiring?", **fields: Any
) -> httpx.Response:
    """Send the form for a new discussion."""
    form = {"title": title, "comment": f"{title} I would like to know.", **fields}
    return await client.post(f"{place.url}d/", data=form)


async def answer(
    client: httpx.AsyncClient, topic_url: str, text: str = "I know somebody.", **fields: Any
) -> httpx.Response:
    """Send the form under a discussion."""
    group, _d, name = topic_url.strip("/").rpartition("/d/")
    number = name.partition("-")[0]
    return await client.post(f"/{group}/d/{number}/replies", data={"comment": text, **fields})


async def fill_topic(doors: Doors, count: int, author_id: int | None = None) -> None:
    """So many replies in the only topic, as if they had been said long ago."""
    async with doors.unit_of_work() as db:
        thread = await db.scalar(select(Thread).where(Thread.topic_id.is_not(None)))
        assert thread is not None
        at = clock.now()
        said = [_reply(thread, number, at, author_id) for number in range(count)]
        db.add_all(said)
        await db.flush()
        for one in said:
            one.place = place_of(one.created_at, one.id, None)
        await db.flush()
        await rebuild_pages(db, thread.id)


def _reply(thread: Thread, number: int, at: datetime, author_id: int | None) -> Comment:
    at += timedelta(seconds=number + 1)
    return Comment(
        thread_id=thread.id, group_id=thread.group_id, section=Section.COMMENTS,
        status=CommentStatus.APPROVED,
        guid=f"tag:blog.example,2026:comment/{number}", place=b"%06d" % number, depth=1,
        user_id=author_id, author_name="Olga", body_source=f"Reply {number}",
        body_html=markdown_comment(f"Reply {number}"), created_at=at, approved_at=at, is_shown=True,
    )  # fmt: skip
