"""Who is signed in where, and for how long."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Role
from app.accounts.sessions import (
    LIFETIME,
    Whereabouts,
    end_session,
    end_sessions,
    find_actor,
    sessions_of,
    start_session,
)
from app.core import clock
from app.core.errors import NotFound
from app.posts.models import PostStatus
from app.work import Doors
from tests.conftest import CountQueries, SignedIn
from tests.world import a_member, a_post

pytestmark = pytest.mark.anyio


async def test_a_token_leads_to_who_was_signed_in(session: AsyncSession) -> None:
    ada = await a_member(session, "Ada", roles=[Role.MODERATOR])
    token = await start_session(session, ada, Whereabouts("203.0.113.9", "A browser"))

    actor = await find_actor(session, token)

    assert actor is not None
    assert (actor.user_id, actor.name, actor.roles) == (ada.id, "Ada", {Role.MODERATOR})
    assert await find_actor(session, token + "x") is None
    assert token not in [one.token_hash for one in await sessions_of(session, ada.id)]


async def test_a_session_that_is_old_leads_nowhere(session: AsyncSession) -> None:
    token = await start_session(session, await a_member(session), Whereabouts())

    with clock.moved(LIFETIME + timedelta(seconds=1)):
        assert await find_actor(session, token) is None


async def test_a_session_that_was_ended_is_out_at_once_and_the_others_stay(
    session: AsyncSession,
) -> None:
    ada = await a_member(session)
    here = await start_session(session, ada, Whereabouts(agent="here"))
    there = await start_session(session, ada, Whereabouts(agent="there"))
    row = next(one for one in await sessions_of(session, ada.id) if one.agent == "there")

    await end_session(session, ada.id, row.id)

    assert await find_actor(session, there) is None
    assert await find_actor(session, here) is not None


async def test_nobody_ends_the_session_of_another(session: AsyncSession) -> None:
    ada, bob = await a_member(session, "Ada"), await a_member(session, "Bob")
    token = await start_session(session, ada, Whereabouts())
    [row] = await sessions_of(session, ada.id)

    with pytest.raises(NotFound):
        await end_session(session, bob.id, row.id)

    assert await find_actor(session, token) is not None


async def test_all_sessions_but_one_end_together(session: AsyncSession) -> None:
    ada = await a_member(session)
    tokens = [await start_session(session, ada, Whereabouts()) for _ in range(3)]
    kept = await find_actor(session, tokens[1])
    assert kept is not None

    await end_sessions(session, ada.id, but=kept.session_id)

    assert [await find_actor(session, token) is not None for token in tokens] == [
        False, True, False,
    ]  # fmt: skip


async def test_a_role_counts_on_the_next_request(doors: Doors, signed_in: SignedIn) -> None:
    async with doors.unit_of_work() as db:
        member = await a_member(db, "Eve")
        secret = await a_post(db, status=PostStatus.PRIVATE)
    path = secret.path or "/"
    client = await signed_in(user=member)
    before = await client.get(path)

    async with doors.unit_of_work() as db:
        member = await db.merge(member)
        member.roles = [Role.EDITOR]
    as_editor = await client.get(path)
    async with doors.unit_of_work() as db:
        member = await db.merge(member)
        member.roles = []
    after = await client.get(path)

    assert [answer.status_code for answer in (before, as_editor, after)] == [404, 200, 404]


async def test_visitors_cost_no_query_and_members_one(
    doors: Doors, visitor: httpx.AsyncClient, signed_in: SignedIn, count_queries: CountQueries
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
    client = await signed_in()
    path = post.path or "/"
    await visitor.get("/")
    with count_queries() as for_visitor:
        await visitor.get(path)
    with count_queries() as for_member:
        await client.get(path)

    def about_sessions(statements: list[str]) -> int:
        return sum("user_sessions" in statement for statement in statements)

    assert about_sessions(for_visitor) == 0
    assert about_sessions(for_member) == 1
