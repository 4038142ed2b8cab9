"""What is said on the site of a seed: in its groups, and under its posts."""

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core import clock
from app.core.secrets import secrets_of
from app.discussions.deciding import decide
from app.discussions.models import Comment, CommentStatus
from app.discussions.reporting import report_comment
from app.discussions.topics.speaking import TopicDraft, reply_in_topic, start_topic
from app.groups.models import Group, Topic
from app.moderation.authors import key_of_email
from app.moderation.models import AuthorNote
from app.moderation.submission import Submission, submission_of
from app.networking.asks import starting
from app.networking.asks.models import HelpKind
from app.posts.models import PostStatus
from tests.secrecy.building import World
from tests.secrecy.oracle import (
    Circle,
    comment_under,
    contact_of,
    post_of,
    report_note,
    reported,
    said_in,
)
from tests.world import a_comment, a_page, a_post, a_tag, an_author_key, the_site

_DAY = timedelta(days=1)
# What becomes of what is said, beside being read by all.
FATES = {"removed": "remove", "spam": "spam"}


def words_of(world: World, name: str, text: str) -> Submission:
    """A text as its author sends it."""
    who = world.people[name]
    return submission_of(
        text, name=who.name, email=who.email, user_id=who.id,
        address=f"198.51.100.{world.id(name)}", agent="A browser",
    )  # fmt: skip


async def say_early(world: World) -> None:
    """What was said while all were members who ever were; they were mentioned by name, and told."""
    for circle in world.circles:
        async with world.doors.unit_of_work() as db:
            for name in circle.named("member", "banned"):
                topic_id = await begin(world, db, circle, name)
                await answer(world, db, circle, topic_id, circle.named("moderator")[0])
                await answer(world, db, circle, topic_id, name)
    await world.run_jobs()


async def say_late(world: World) -> None:
    """What is said since everybody is what they are."""
    for circle in world.circles:
        async with world.doors.unit_of_work() as db:
            for _time in range(2):
                name = world.chance.choice(circle.named("member", "moderator", "owner"))
                topic_id = await begin(world, db, circle, name)
                await answer(world, db, circle, topic_id, name)
        async with world.doors.unit_of_work() as db:
            await _unpublished(world, db, circle)
    await _report_some(world)


async def begin(
    world: World, db: AsyncSession, circle: Circle, name: str, *, status: str = "approved"
) -> int:
    """A discussion, an ask or an offer, with the names of all who were ever there in it."""
    rule = said_in(circle, world.blocks, name, status, is_brought=circle.is_before_moderators)
    what = world.chance.choice(("discussion", "ask", "offer"))
    if what == "ask" and (circle.slug, name) in world.asked:
        # Nobody has more than two asks open in a group.
        what = "offer"
    world.asked |= {(circle.slug, name)} if what == "ask" else set()
    about = f"of a {what} ({status}) by {name} in the {circle.visibility} group"
    title = f"Title {world.words.new(f'the title {about}', rule)}"
    body = f"Text {world.words.new(f'the text {about}', rule)} for {_named(world, circle)}."
    tag = world.words.new(f"the tag {about}", rule)
    topic, opening = await _started(world, db, circle, name, what, (title, body, tag))
    assert opening.status == ("approved" if status == "approved" else "pending"), opening.status
    await _note(world, circle, topic, opening)
    return topic.id


async def _started(
    world: World, db: AsyncSession, circle: Circle, name: str, what: str, said: tuple[str, str, str]
) -> tuple[Topic, Comment]:
    title, body, tag = said
    actor, site = world.actor(name), await the_site(db)
    to = (db, actor, world.settings, site, circle.slug)
    submission, by = words_of(world, name, body), (clock.now() + 9 * _DAY).date()
    if what == "ask":
        ask = starting.AskDraft(title, (tag,), HelpKind.OTHER, by, False)
        return await starting.ask(*to, ask, submission)
    if what == "offer":
        offer = starting.OfferDraft(title, (tag,), HelpKind.OTHER, 2, by, False)
        return await starting.offer(*to, offer, submission)
    return await start_topic(*to, TopicDraft(title, tags=(tag,)), submission)


async def _note(world: World, circle: Circle, topic: Topic, opening: Comment) -> None:
    world.topics.append((circle, topic.id, f"{topic.id}-{topic.slug}", opening.id))
    world.note("comment_id", opening.id)
    world.note("topic_id", topic.id)


def _named(world: World, circle: Circle) -> str:
    return ", ".join(f"@{world.people[name].slug}" for name in circle.standings)


async def answer(
    world: World,
    db: AsyncSession,
    circle: Circle,
    topic_id: int,
    name: str,
    *,
    status: str = "approved",
) -> Comment:
    """A reply that answers the first text, and names everybody."""
    rule = said_in(circle, world.blocks, name, status, is_brought=circle.is_before_moderators)
    about = f"a reply ({status}) by {name} in the {circle.visibility} group"
    text = f"Reply {world.words.new(about, rule)} to {_named(world, circle)}."
    opening = next(first for _c, one, _name, first in world.topics if one == topic_id)
    _found, comment = await reply_in_topic(
        db, world.actor(name), world.settings, await the_site(db), (circle.slug, topic_id),
        words_of(world, name, text), parent_id=opening if world.maybe() else None,
    )  # fmt: skip
    assert comment.status == ("approved" if status == "approved" else "pending"), comment.status
    world.note("comment_id", comment.id)
    return comment


async def _unpublished(world: World, db: AsyncSession, circle: Circle) -> None:
    """What waits, was removed, or is spam; each in a discussion of its own beside others."""
    group = await db.get_one(Group, circle.id)
    group.holds_first = 99
    name = circle.named("member")[0]
    is_held = world.maybe(0.7)
    circle.is_before_moderators = is_held
    if is_held:
        await begin(world, db, circle, name, status="pending")
    # What was decided within the group is not before the site's moderators.
    circle.is_before_moderators = False
    group.holds_first = 0
    await db.flush()
    # In a discussion of their own, which no block hides from them.
    topic_id = await begin(world, db, circle, name)
    group.holds_first = 99
    await db.flush()
    for fate, verb in FATES.items():
        comment = await answer(world, db, circle, topic_id, name, status=fate)
        await decide(db, world.actor(circle.named("owner")[0]), comment.id, verb)
    circle.is_before_moderators = is_held
    group.holds_first = 0
    await db.flush()


async def _report_some(world: World) -> None:
    """A muted member reports what is said in a discussion begun for that."""
    for circle in world.circles:
        if not world.maybe(0.6):
            continue
        circle.is_before_moderators = True
        by, reporter = circle.named("moderator")[0], circle.named("muted")[0]
        async with world.doors.unit_of_work() as db:
            topic_id = await begin(world, db, circle, by)
            opening = next(first for _c, one, _n, first in world.topics if one == topic_id)
        if world.blocks.between(by, reporter):
            continue
        note = world.words.new(f"a report by {reporter}", report_note(circle, reporter))
        async with world.doors.unit_of_work() as db:
            await report_comment(
                db, world.actor(reporter), secrets_of(world.settings), opening, "attack",
                f"It is {note}.", address="198.51.100.7",
            )  # fmt: skip


async def write_posts(world: World) -> None:
    """Posts in each state, and what was said under the public one."""
    async with world.doors.unit_of_work() as db:
        author = await db.get_one(User, world.id("Aut"))
        for status in PostStatus:
            await _post(world, db, author, str(status))
        page = world.words.new("a page", post_of("Aut", "published"))
        await a_page(db, f"Page {page}", by=author)
    async with world.doors.unit_of_work() as db:
        await _comments(world, db, author)


async def _post(world: World, db: AsyncSession, author: User, status: str) -> None:
    def say(what: str) -> str:
        return world.words.new(f"{what} of a {status} post", post_of("Aut", status))

    tag = await a_tag(db, say("the tag"))
    at = clock.now() + (7 * _DAY if status == "scheduled" else -2 * _DAY)
    post = await a_post(
        db, f"Post {say('the title')}", body=f"Body {say('the body')}.", by=author, at=at,
        under=[tag], status=PostStatus(status), excerpt=f"Short {say('the excerpt')}.",
    )  # fmt: skip
    world.note("post_id", post.id)
    world.note("post_path", post.path)
    world.note("tag", tag.slug)


async def _comments(world: World, db: AsyncSession, author: User) -> None:
    """By a guest whose address and network are words, too, and by members."""
    post = await a_post(db, "Much talked about", by=author, at=clock.now() - _DAY)
    guest = world.words.new("a guest's address", contact_of("guest"))
    email = f"{guest}@guests.example"
    key = await an_author_key(db, email)
    key.key = key_of_email(secrets_of(world.settings), email)
    for status in CommentStatus:
        for by in ("guest", world.chance.choice([*world.people])):
            await _comment(world, db, post, by, str(status), email if by == "guest" else "", key.id)
    # Whoever decides about an author's comments reads what was noted on them: Aut does, below own posts.
    note = world.words.new("a note on an author", reported("Aut"))
    db.add(AuthorNote(author_key_id=key.id, user_id=world.id("Moe"), text=note, at=clock.now()))


async def _comment(
    world: World, db: AsyncSession, post: Any, by: str, status: str, email: str, key_id: int
) -> None:
    rule = comment_under(by, "Aut", status)
    text = f"Said {world.words.new(f'a comment ({status}) by {by}', rule)}."
    who = world.people.get(by)
    said = await a_comment(
        db, text, under=post, by=by, status=CommentStatus(status), at=clock.now(),
        user_id=who.id if who else None, author_email=email or (who.email if who else ""),
        author_key_id=key_id if email else None, author_ip="198.51.100.99",
    )  # fmt: skip
    world.note("comment_id", said.id)
