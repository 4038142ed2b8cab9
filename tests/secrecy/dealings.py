"""What the people of a seed's site have to do with each other, and what they show of themselves."""

from datetime import timedelta

from sqlalchemy import select

from app.accounts.feed_tokens import PrivateFeed, make_feed_token
from app.accounts.models import User
from app.core import clock
from app.core.secrets import secrets_of
from app.groups.models import Topic
from app.groups.profiles.actions import PIECES, ProfileLink
from app.groups.profiles.models import Audience, Badge
from app.moderation.kinds import ThingKind
from app.networking.asks import answering
from app.networking.asks.models import HelpWay
from app.networking.conversations.actions import leave, write
from app.networking.conversations.models import OwnerKind
from app.networking.conversations.queries import find_conversation_of
from app.networking.introductions import answering as introducing
from app.networking.introductions.asking import Request, ask
from app.networking.introductions.models import Introduction
from app.networking.promises.actions import Deed, act
from app.networking.promises.making import Wanted, make
from app.networking.promises.moves import Act
from app.networking.thanks.actions import agree, say_thanks
from app.networking.thanks.models import ThankedFor
from app.porting.personal.taking import ask_for_data
from app.reporting.making import report_thing
from app.resources import actions as library
from app.resources.models import Access, Resource
from tests.groups.profiles.membership import a_profile
from tests.networking.introductions.meeting import knowing
from tests.resources.lending import a_resource
from tests.secrecy.building import MEMBERS, World
from tests.secrecy.oracle import (
    everybody,
    only,
    piece_of,
    report_of,
    reported,
    resource_for,
)
from tests.world import the_site

_DAY = timedelta(days=1)
_TEXTS = ("headline", "about", "place", "can_help", "looking_for", "links")


async def help_out(world: World) -> None:
    """Members answer what is asked and offered; some of it is agreed, and so is promised."""
    async with world.doors.reading() as db:
        kinds = {row.id: row for row in await db.scalars(select(Topic))}
    for circle, topic_id, _name, _first in list(world.topics):
        topic = kinds[topic_id]
        author = next(name for name in world.people if world.id(name) == topic.user_id)
        able = [
            name
            for name in circle.named("member", "moderator", "owner")
            if name != author and not world.blocks.between(name, author)
        ]
        if topic.kind == "discussion" or not topic.is_shown or not able:
            continue
        helper = world.chance.choice(able)
        words = world.words.new(f"what {helper} answers {author}", only(helper, author))
        way = HelpWay.HELP if topic.kind == "ask" else HelpWay.WISH
        place = (circle.slug, topic_id)
        async with world.doors.unit_of_work() as db:
            helping = await answering.answer(
                db, world.actor(helper), await the_site(db), place, way, f"I {words}.",
                (clock.now() + 5 * _DAY).date(),
            )  # fmt: skip
            is_theirs = circle.is_inside(world.people[author])
            if is_theirs and world.maybe():
                await answering.accept(db, world.actor(author), place, helping.id)


async def promise(world: World) -> None:
    """Promises between two: offered, open or kept."""
    for _time in range(3):
        one, other = world.chance.sample(MEMBERS, 2)
        is_nowhere = world.blocks.between(one, other)
        rule = only(one) if is_nowhere else only(one, other)
        word = world.words.new(f"a promise of {one} to {other}", rule)
        due = (clock.now() + 9 * _DAY).date().isoformat()
        async with world.doors.unit_of_work() as db:
            wanted = Wanted(other_id=world.id(other), by_promiser=True, text=f"I {word}.", due=due)
            made = await make(db, world.actor(one), wanted)
            world.note("promise_id", made.id)
            world.parties["promises", str(made.id)] = {one, other}
            if not is_nowhere and world.maybe():
                await act(db, world.actor(other), made.id, Deed(act=Act.ACCEPT))
                note = world.words.new(f"why {one} gives a promise back", rule)
                if world.maybe():
                    deed = Deed(act=Act.WITHDRAW, note=f"Sorry, {note}.")
                    await act(db, world.actor(one), made.id, deed)


async def introduce(world: World) -> None:
    """Three people who are not in each other's way: asked, passed on, declined or introduced."""
    taken: list[frozenset[str]] = []
    for steps in range(4):
        three = _three(world, taken)
        if three is not None:
            taken.append(frozenset(three))
            await _introduction(world, three, steps)


def _three(world: World, taken: list[frozenset[str]]) -> tuple[str, str, str] | None:
    for _try in range(20):
        one, two, three = world.chance.sample(MEMBERS, 3)
        pairs = ((one, two), (two, three), (one, three))
        if not any(world.blocks.between(*pair) for pair in pairs) and not any(
            len({one, two, three} & before) > 1 for before in taken
        ):
            return one, two, three
    return None


async def _introduction(world: World, three: tuple[str, str, str], steps: int) -> None:
    requester, connector, target = three
    read_by = only(*three) if steps else only(requester, connector)
    texts = {
        part: f"I {world.words.new(f'{part} of {requester}, asking {connector}', read_by)}."
        for part in ("about_me", "why", "what_i_ask", "what_i_give")
    }
    async with world.doors.unit_of_work() as db:
        users = {name: await db.get_one(User, world.id(name)) for name in three}
        await knowing(db, users[requester], users[connector])
        await knowing(db, users[connector], users[target])
        wanted = Request(connector_id=world.id(connector), target_id=world.id(target), **texts)
        made = await ask(db, world.actor(requester), wanted)
        world.note("introduction_id", made.id)
        world.parties["intros", str(made.id)] = set(three)
        if steps:
            note = world.words.new(f"a note of {connector} to {target}", only(connector, target))
            await introducing.pass_on(db, world.actor(connector), made.id, f"She is {note}.")
        if steps == 2:
            word = world.words.new(f"why {target} declines", only(connector, target))
            await introducing.decline(db, world.actor(target), made.id, f"I {word}.")
        if steps == 3:
            await introducing.accept(db, world.actor(target), made.id)
    if steps == 3:
        await _talk(world, three, made)


async def _talk(world: World, three: tuple[str, str, str], made: Introduction) -> None:
    """A conversation that one left before the last word, and of which a message may have been reported."""
    requester, connector, target = three
    is_reported = world.maybe()
    among = reported if is_reported else only
    async with world.doors.unit_of_work() as db:
        talk = await find_conversation_of(db, OwnerKind.INTRODUCTION, made.id)
        assert talk is not None
        world.note("conversation_id", talk.id)
        # Who leaves a conversation reads nothing of it any more.
        first = world.words.new("a message", among(requester, target))
        said = await write(db, world.actor(requester), talk.id, f"Hello {first}.")
        await leave(db, world.actor(connector), talk.id)
        last = world.words.new("a later message", only(requester, target))
        await write(db, world.actor(target), talk.id, f"Hello {last}.")
        if is_reported:
            why = world.words.new("why a message is reported", report_of(target, *three))
            await report_thing(
                db, world.actor(target), secrets_of(world.settings), (ThingKind.MESSAGE, said.id),
                "attack", f"It is {why}.", address="198.51.100.7",
            )  # fmt: skip
    await _thank(world, requester, connector, made.id)


async def _thank(world: World, sender: str, receiver: str, introduction_id: int) -> None:
    is_public, is_agreed = world.maybe(), world.maybe()
    rule = everybody if is_public and is_agreed else only(sender, receiver)
    note = world.words.new(f"thanks of {sender} to {receiver}", rule)
    async with world.doors.unit_of_work() as db:
        thanks = await say_thanks(
            db, world.actor(sender), world.id(receiver), note=f"Thanks, {note}.",
            source=(ThankedFor.INTRODUCTION, introduction_id), is_public=is_public,
        )  # fmt: skip
        if is_public and is_agreed:
            await agree(db, world.actor(receiver), thanks.id, shown=True)


async def show_themselves(world: World) -> None:
    """A profile of everybody, each piece for others; and links of their own, which nobody else has."""
    for name in world.people:
        seen_by = {piece: world.chance.choice(list(Audience)) for piece in PIECES}
        said = {
            piece: world.words.new(
                f"{piece} of {name}, for {audience}",
                piece_of(name, audience, world.circles, world.blocks),
            )
            for piece, audience in seen_by.items()
            if piece in _TEXTS
        }
        async with world.doors.unit_of_work() as db:
            await a_profile(
                db, await db.get_one(User, world.id(name)), but=seen_by,
                headline=f"I am {said['headline']}", about=f"I {said['about']}.",
                places=said["place"], can_help=said["can_help"],
                looking_for=said["looking_for"], badge=world.chance.choice(list(Badge)),
                links=(ProfileLink(said["links"], f"https://{said['links']}.example/"),),
                is_listed=world.maybe(),
            )  # fmt: skip
            for feed in PrivateFeed:
                token = await make_feed_token(db, world.actor(name), feed)
                # Files end so; what is read as any other feed has its address below.
                world.give(name, f"/f/{token}/{feed}" + ("" if "." in feed else "/feed/"))


async def take_away(world: World) -> None:
    """Last of all everybody has their data written out: a file tells of the day it was made on."""
    for name in world.people:
        async with world.doors.unit_of_work() as db:
            export = await ask_for_data(db, world.actor(name))
            world.note("export_id", export.id)
            world.give(name, f"/account/data/{export.id}/file")
    await world.run_jobs()


async def fill_the_shelves(world: World) -> None:
    """Resources for each audience; one is a group's, one was retired, one is a draft."""
    for audience in ("everyone", "members", "address", "draft", "retired", "group"):
        circle = world.chance.choice(world.circles) if audience == "group" else None
        shown_to = {"address": "everyone", "retired": "members"}.get(audience, audience)
        rule = resource_for(shown_to, "Aut", circle)
        inside = resource_for(audience, "Aut", circle) if audience == "address" else rule
        access = (
            Access(audience) if audience in ("everyone", "members", "address") else Access.MEMBERS
        )
        made = await a_resource(
            world.doors, world.settings, f"Item {world.words.new(f'a resource ({audience})', rule)}",
            by=world.actor("Aut"), access=access, is_public=audience != "draft",
            description=f"It is {world.words.new(f'what a resource ({audience}) is', rule)}.",
            name="letter.txt", content=f"In it {world.words.new(f'in {audience}', inside)}.".encode(),
        )  # fmt: skip
        await _place(world, made, audience, circle.id if circle else None)


async def _place(world: World, made: Resource, audience: str, group_id: int | None) -> None:
    world.note("resource", made.slug)
    world.note("resource_id", made.id)
    async with world.doors.unit_of_work() as db:
        if audience == "retired":
            await library.retire(db, world.actor("Aut"), made.id, "There is a better one.")
        if group_id is not None:
            row = await db.get_one(Resource, made.id)
            row.access, row.group_id = Access.GROUP, group_id
