"""What members are told of asks and offers: that somebody answered, what was said to it, and that time is over."""

from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.groups.models import Group, GroupState, Topic, TopicKind
from app.groups.queries import belongs_to
from app.networking.asks.events import AskExpired, HelpAgreed, HelpDeclined, HelpOffered, PassedOn
from app.networking.asks.models import Ask, Helping
from app.notifications.notices.kinds import (
    HELP_AGREED,
    HELP_DECLINED,
    HELP_OFFERED,
    HELP_WANTED,
    PASSED_ON,
    STILL_NEEDED,
    Kind,
)
from app.notifications.notices.telling import News, tell


async def tell_offered(session: AsyncSession, event: HelpOffered) -> None:
    """Whoever asked hears who can help; whoever offers, who would like it."""
    found = await _found(session, event.topic_id, event.owner_id)
    if found is None:
        return
    kind = HELP_OFFERED if found[0].kind == TopicKind.ASK else HELP_WANTED
    once = await _once(session, event.helping_id, kind)
    await tell(session, event.owner_id, _news(found, kind, once, event.helper_id))


async def tell_agreed(session: AsyncSession, event: HelpAgreed) -> None:
    """Whoever answered hears the yes."""
    found = await _found(session, event.topic_id, event.helper_id)
    if found is not None:
        once = await _once(session, event.helping_id, HELP_AGREED)
        await tell(session, event.helper_id, _news(found, HELP_AGREED, once, event.owner_id))


async def tell_declined(session: AsyncSession, event: HelpDeclined) -> None:
    """Whoever answered hears that nothing comes of it."""
    found = await _found(session, event.topic_id, event.helper_id)
    if found is not None:
        once = await _once(session, event.helping_id, HELP_DECLINED)
        await tell(session, event.helper_id, _news(found, HELP_DECLINED, once, None))


async def tell_passed_on(session: AsyncSession, event: PassedOn) -> None:
    """A member hears that another thought of them."""
    found = await _found(session, event.topic_id, event.to_id)
    if found is not None:
        once = f"topic:{event.topic_id} passed on by {event.from_id}"
        await tell(session, event.to_id, _news(found, PASSED_ON, once, event.from_id))


async def ask_whether_needed(session: AsyncSession, event: AskExpired) -> None:
    """Whoever asked is asked whether it is still needed, each time its day has long passed."""
    found = await _found(session, event.topic_id, event.owner_id)
    if found is not None and event.owner_id:
        until = await session.scalar(select(Ask.needed_by).where(Ask.topic_id == event.topic_id))
        once = f"topic:{event.topic_id} still needed after {until}"
        await tell(session, event.owner_id, _news(found, STILL_NEEDED, once, None))


async def _found(
    session: AsyncSession, topic_id: int, to_id: int | None
) -> tuple[Topic, str] | None:
    """A topic that is shown, and the slug of its group; None for who is in that group no more."""
    query = (
        select(Topic, Group.slug)
        .join(Group, Group.id == Topic.group_id)
        .where(
            Topic.id == topic_id,
            Topic.is_shown,
            Group.state != GroupState.CLOSED,
            belongs_to(Actor(user_id=to_id), Group.id),
        )
    )
    row = (await session.execute(query)).one_or_none()
    return (row[0], row[1]) if row else None


async def _once(session: AsyncSession, helping_id: int, kind: Kind) -> str:
    """Names it: who answers again later is told of again."""
    at = await session.scalar(select(Helping.made_at).where(Helping.id == helping_id))
    return f"helping:{helping_id} {kind.name} {int(at.timestamp()) if at else 0}"


def _news(found: tuple[Topic, str], kind: Kind, once: str, by: int | None) -> News:
    topic, group_slug = found
    name = f"{topic.id}-{quote(topic.slug)}" if topic.slug else str(topic.id)
    return News(
        kind=kind,
        once=once,
        about=f"topic:{topic.id}",
        path=f"/groups/{quote(group_slug)}/d/{name}/",
        by=by,
        group_id=topic.group_id,
        facts={"title": topic.title},
    )
