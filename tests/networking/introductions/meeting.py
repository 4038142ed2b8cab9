"""Three people and the steps between them: builders that read like speech."""

from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import User
from app.networking.connections.actions import allow_paths, say_we_know_each_other
from app.networking.introductions.answering import accept, pass_on
from app.networking.introductions.asking import Request, ask
from app.networking.introductions.models import Introduction
from app.work import Doors
from tests.conftest import SignedIn
from tests.world import a_member

WORDS = {
    "about_me": "I bake bread in Lyme.",
    "why": "She runs the mill that I would like to buy from.",
    "what_i_ask": "Twenty minutes on the telephone.",
    "what_i_give": "A loaf a week.",
}


@dataclass
class Three:
    """Ada asks Bo to introduce her to Cy; Dee has nothing to do with it."""

    ada: User
    bo: User
    cy: User
    dee: User


def as_(user: User) -> Actor:
    return Actor(user_id=user.id, name=user.name)


async def knowing(session: AsyncSession, one: User, other: User) -> None:
    """Let two people have said that they know each other."""
    await say_we_know_each_other(session, as_(one), other.id)
    await say_we_know_each_other(session, as_(other), one.id)


async def letting_it_be_known(session: AsyncSession, one: User, other: User) -> None:
    """Let both allow that others are told of it."""
    for user, partner in ((one, other), (other, one)):
        connection = await say_we_know_each_other(session, as_(user), partner.id)
        await allow_paths(session, as_(user), connection.id, allowed=True)


async def three_people(session: AsyncSession) -> Three:
    """Ada knows Bo, and Bo knows Cy."""
    names = ("Ada Brown", "Bo Carter", "Cy Dunn", "Dee Evans")
    three = Three(*[await a_member(session, name) for name in names])
    await knowing(session, three.ada, three.bo)
    await knowing(session, three.bo, three.cy)
    return three


async def three_in(doors: Doors) -> Three:
    """The same, committed."""
    async with doors.unit_of_work() as db:
        return await three_people(db)


async def asked(session: AsyncSession, three: Three, **fields: Any) -> Introduction:
    """Ada asks Bo for an introduction to Cy."""
    wanted: dict[str, Any] = {"connector_id": three.bo.id, "target_id": three.cy.id, **WORDS}
    return await ask(session, as_(three.ada), Request(**(wanted | fields)))


async def passed_on(session: AsyncSession, three: Three) -> Introduction:
    """… and Bo has passed it on."""
    introduction = await asked(session, three)
    return await pass_on(session, as_(three.bo), introduction.id, "She is good company.")


async def introduced(session: AsyncSession, three: Three) -> Introduction:
    """… and Cy has said yes."""
    introduction = await passed_on(session, three)
    return await accept(session, as_(three.cy), introduction.id)


async def browsers(signed_in: SignedIn, three: Three) -> tuple[httpx.AsyncClient, ...]:
    """A browser for each of the four."""
    return tuple(
        [await signed_in(user=user) for user in (three.ada, three.bo, three.cy, three.dee)]
    )


def request_form(three: Three, **fields: str) -> dict[str, str]:
    """What Ada types."""
    return {"to": three.cy.slug, "connector": str(three.bo.id), **WORDS} | fields
