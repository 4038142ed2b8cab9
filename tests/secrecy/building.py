"""A site made by a seed: its people, its groups, and what each of them is in which."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor, Role
from app.accounts.blocks import block
from app.accounts.feed_tokens import feed_of_group, make_feed_token
from app.accounts.models import SignUpMode, User
from app.core import clock
from app.groups import keeping
from app.groups.founding import GroupDraft, change_group, set_state
from app.groups.joining import invite, leave
from app.groups.models import Group, GroupState, MemberRole, Membership, MemberState, Visibility
from app.notifications.notices.kinds import FIXED, Family, Level, levels_for
from app.notifications.notices.models import NoticeLevel
from app.settings import Settings
from app.work import Doors
from tests.conftest import RunJobs
from tests.groups.building import a_group, a_membership
from tests.secrecy.oracle import VISITOR, Blocks, Circle, Person, contact_of, of_keepers
from tests.secrecy.words import Words
from tests.world import a_member, the_site

# One for each standing in each group.
MEMBERS = ("Ada", "Bo", "Cy", "Dee", "Eli", "Fay", "Gil", "Hal")
STAFF = {
    "Ina": (Role.OWNER,), "Moe": (Role.MODERATOR,), "Edi": (Role.EDITOR,), "Aut": (Role.AUTHOR,),
}  # fmt: skip
STANDINGS = ("owner", "moderator", "member", "muted", "banned", "invited", "asked", "left")
_ROLES = {"owner": MemberRole.OWNER, "moderator": MemberRole.MODERATOR}


@dataclass
class World:
    """A site, and all that is known of it beforehand."""

    seed: int
    chance: random.Random
    doors: Doors
    settings: Settings
    run_jobs: RunJobs
    words: Words
    people: dict[str, Person] = field(default_factory=dict)
    circles: list[Circle] = field(default_factory=list)
    blocks: Blocks = field(default_factory=Blocks)
    # What the places in addresses can be filled with.
    places: dict[str, list[str]] = field(default_factory=dict)
    # Topics: the group's slug, the topic's id, its name in addresses, and the number of its first text.
    topics: list[tuple[Circle, int, str, int]] = field(default_factory=list)
    # Who has to do with what stands below an address, by its number.
    parties: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    # Who has asked in which group.
    asked: set[tuple[str, str]] = field(default_factory=set)
    # The number of the last letter that was read.
    read_to: int = 0
    # Addresses that one person alone was given.
    own: dict[str, list[str]] = field(default_factory=dict)

    @property
    def everyone(self) -> list[Person]:
        """All who look at the site."""
        return [VISITOR, *self.people.values()]

    def actor(self, name: str) -> Actor:
        """Somebody, as actions know them."""
        who = self.people[name]
        return Actor(user_id=who.id, name=who.name, roles=frozenset(map(Role, who.roles)))

    def id(self, name: str) -> int:
        """Somebody's number."""
        return self.people[name].id or 0

    def note(self, kind: str, value: object) -> None:
        """Something that can stand in addresses."""
        self.places.setdefault(kind, []).append(str(value))

    def give(self, name: str, address: str) -> None:
        """An address that somebody alone is told."""
        self.own.setdefault(name, []).append(address)

    def maybe(self, share: float = 0.5) -> bool:
        """Yes or no, by chance."""
        return self.chance.random() < share


async def settle(world: World) -> None:
    """People, and groups in which everybody is who will be a member, or was one."""
    async with world.doors.unit_of_work() as db:
        modes = list(SignUpMode)
        await the_site(
            db, title="A site", sign_up=world.chance.choice(modes),
            members_found_groups=world.maybe(), holds_first=world.maybe(),
        )  # fmt: skip
        for name in (*MEMBERS, *STAFF):
            await _person(world, db, name, STAFF.get(name, ()))
    async with world.doors.unit_of_work() as db:
        for visibility in ("hidden", "members", "public", world.chance.choice([*Visibility])):
            await _group(world, db, str(visibility))


async def _person(world: World, db: AsyncSession, name: str, roles: tuple[Role, ...]) -> None:
    word = world.words.new(f"the address of {name}", contact_of(name))
    old = clock.now() - timedelta(days=100)
    user = await a_member(
        db, name, roles=roles, email=f"{word}@members.example", created_at=old, email_confirmed_at=old,
    )  # fmt: skip
    found = Person(name, user.id, user.slug, user.email, frozenset(map(str, roles)))
    world.people[name] = found
    world.note("handle", user.slug)
    world.note("user_id", user.id)
    for family in Family:
        if family not in FIXED:
            level = world.chance.choice([one for one in levels_for(family) if one != Level.OFF])
            row = NoticeLevel(user_id=user.id, family=family, group_id=0, level=level)
            db.add(row)


async def _group(world: World, db: AsyncSession, visibility: str) -> None:
    circle = Circle(0, "", visibility, {})
    # Everybody stands somewhere, and one of them nowhere.
    names = world.chance.sample(MEMBERS, len(MEMBERS))
    circle.standings = dict(zip(names, STANDINGS, strict=True))
    circle.standings[circle.named(world.chance.choice(("asked", "invited", "left")))[0]] = "nobody"
    circle.standings |= {name: "member" for name in STAFF if world.maybe(0.3)}
    world.circles.append(circle)

    def say(about: str, rule: Any = circle.of_itself) -> str:
        return world.words.new(f"{about} of the {visibility} group", rule)

    name = say("the name", circle.named_before)
    # Some groups were open to all before, and have told the world so.
    was = Visibility.PUBLIC if world.maybe(0.4) else Visibility(visibility)
    group = await a_group(
        db, f"Group {name}", by=await db.get_one(User, world.id(circle.named("owner")[0])),
        purpose=f"For {say('the purpose')}.", about=f"About {say('the about text')}.",
        rules=f"Mind {say('the rules')}.", questions=(f"Why {say('a question')}?",),
        joining=world.chance.choice(("open", "request", "invite")), visibility=was,
    )  # fmt: skip
    circle.id, circle.slug = group.id, group.slug
    for one in circle.named("moderator", "member", "muted", "banned", "left"):
        role = _ROLES.get(circle.standings[one], MemberRole.MEMBER)
        await a_membership(db, group, await db.get_one(User, world.id(one)), role=role)
        # A link from before somebody was put out is in their feed reader still.
        token = await make_feed_token(db, world.actor(one), feed_of_group(group.id))
        for part_of_it in ("", "replies/", "asks/", "offers/"):
            world.give(one, f"/f/{token}/{part_of_it}feed/")


async def part(world: World) -> None:
    """People are muted, banned, gone and invited; groups become what they are to be; some block each other."""
    for circle in world.circles:
        async with world.doors.unit_of_work() as db:
            await _part_in(world, db, circle)
    async with world.doors.unit_of_work() as db:
        for _pair in range(world.chance.randint(0, 2)):
            one, other = world.chance.sample(MEMBERS, 2)
            await block(db, world.actor(one), world.id(other), clock.now())
            world.blocks.add(one, other)


async def _part_in(world: World, db: AsyncSession, circle: Circle) -> None:
    owner = world.actor(circle.named("owner")[0])
    for name in circle.named("muted"):
        await keeping.mute(db, owner, circle.slug, world.id(name), until=None)
    for name in circle.named("banned"):
        await keeping.ban(db, owner, circle.slug, world.id(name), until=None)
    for name in circle.named("left"):
        await leave(db, world.actor(name), circle.slug)
    for name in circle.named("invited", "asked"):
        await _before(world, db, circle, name)
    _invitation, token = await invite(db, owner, circle.slug, uses=3)
    world.give(circle.named("owner")[0], f"/groups/invitations/{token}/")
    await _become(world, db, circle, owner)


async def _before(world: World, db: AsyncSession, circle: Circle, name: str) -> None:
    """Somebody was invited, or has asked and answered."""
    is_asking = circle.standings[name] == "asked"
    row = Membership(
        group_id=circle.id, user_id=world.id(name), role=MemberRole.MEMBER,
        state=MemberState.REQUESTED if is_asking else MemberState.INVITED,
    )  # fmt: skip
    if is_asking:
        said = world.words.new("an answer of who asks to join", of_keepers(circle, name))
        row.asked_at, row.answers = clock.now(), [{"question": "Why?", "answer": f"For {said}."}]
    db.add(row)


async def _become(world: World, db: AsyncSession, circle: Circle, owner: Actor) -> None:
    group = (await db.scalars(select(Group).where(Group.id == circle.id))).one()
    fields = ("name", "purpose", "joining", "questions", "members_start", "takes_commercial")
    draft = GroupDraft(
        **{name: getattr(group, name) for name in fields}, about=group.about_source,
        rules=group.rules_source, visibility=Visibility(circle.visibility), holds_first=0,
    )  # fmt: skip
    await change_group(db, owner, circle.slug, draft, version=group.version)


async def end(world: World) -> None:
    """At last some groups are closed, or there to be read alone."""
    for circle in world.circles[1:]:
        states = [GroupState.ACTIVE, GroupState.ACTIVE, GroupState.READ_ONLY, GroupState.CLOSED]
        state = world.chance.choice(states)
        async with world.doors.unit_of_work() as db:
            await set_state(db, world.actor(circle.named("owner")[0]), circle.slug, state)
        circle.is_closed = state == GroupState.CLOSED
