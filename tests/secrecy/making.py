"""A site of a seed from its beginning to its end, and a way in for each of its people."""

import os
import random
from datetime import timedelta

from starlette.types import ASGIApp

from app.accounts.api_tokens import Scope, make_api_token
from app.accounts.models import User
from app.accounts.sessions import Whereabouts, start_session
from app.settings import Settings
from app.web.accounts.session_cookie import cookie_name
from app.work import Doors
from tests.conftest import RunJobs
from tests.secrecy import building, dealings, saying
from tests.secrecy.building import World
from tests.secrecy.crawling import Reader, Walk
from tests.secrecy.letters import mail
from tests.secrecy.oracle import VISITOR, Person
from tests.secrecy.words import Words

# RAPPORT_TEST_SECRECY_SEEDS=50: so many sites, read as a whole by everybody. A few in passing by default.
ALL = "RAPPORT_TEST_SECRECY_SEEDS" in os.environ
SEEDS = int(os.environ.get("RAPPORT_TEST_SECRECY_SEEDS", "3"))


async def a_world(
    seed: int, doors: Doors, settings: Settings, run_jobs: RunJobs
) -> tuple[World, list[Walk]]:
    """While all who were ever members are so, things are said; then they are muted, gone, banned, and more is said."""
    chance = random.Random(seed)
    world = World(seed, chance, doors, settings, run_jobs, Words(chance))
    await building.settle(world)
    await saying.say_early(world)
    await building.part(world)
    await saying.say_late(world)
    await run_jobs()
    await dealings.help_out(world)
    await dealings.promise(world)
    await dealings.introduce(world)
    await dealings.show_themselves(world)
    await dealings.fill_the_shelves(world)
    await saying.write_posts(world)
    mailed = [await mail(world, timedelta(hours=1))]
    await building.end(world)
    # Digests come within a week.
    mailed.append(await mail(world, timedelta(days=8)))
    await dealings.take_away(world)
    return world, mailed


async def a_reader(world: World, app: ASGIApp, who: Person) -> Reader:
    """Somebody at the door, signed in where they have an account."""
    if who is VISITOR:
        return Reader(app)
    async with world.doors.unit_of_work() as db:
        user = await db.get_one(User, who.id)
        session = await start_session(db, user, Whereabouts("203.0.113.9", "A browser"))
        token = await make_api_token(db, world.actor(who.name), "A program", Scope)
    return Reader(app, f"{cookie_name(world.settings)}={session}", token)
