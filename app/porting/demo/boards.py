"""The boards of the demo's groups: asks and offers of the last days, open whenever the demo is looked at."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from importlib.resources import files
from typing import ClassVar
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import User
from app.core import clock
from app.core.secrets import Secrets
from app.groups.models import Group, TopicKind
from app.networking.asks.dates import end_of
from app.networking.asks.models import Ask, HelpKind, Offer
from app.networking.asks.moves import STAYS_FOR
from app.porting.demo.content import STRICT, DemoSite
from app.porting.demo.groups import DemoReply, DemoTopic, add_topic

_FILE = files("app.porting.demo") / "boards.toml"


@dataclass(frozen=True, kw_only=True)
class DemoAnswer:
    """Something said about it."""

    __pydantic_config__: ClassVar = STRICT

    days_ago: int
    by: str
    text: str


@dataclass(frozen=True, kw_only=True)
class DemoWish:
    """What a member asks for; or, with `times`, offers so often."""

    __pydantic_config__: ClassVar = STRICT

    group: str
    by: str
    title: str
    text: str
    kind: HelpKind
    days_ago: int
    days_left: int
    times: int = 0
    tags: tuple[str, ...] = ()
    replies: tuple[DemoAnswer, ...] = ()


_all = TypeAdapter(dict[str, tuple[DemoWish, ...]])


def read_demo_boards() -> tuple[DemoWish, ...]:
    """All of it, as the file has it."""
    return _all.validate_python(tomllib.loads(_FILE.read_text("utf-8")))["wishes"]


async def add_boards(
    session: AsyncSession, demo: DemoSite, users: dict[str, User], secrets: Secrets
) -> None:
    """Put up what is asked and offered. Its days are counted from today."""
    today = datetime.combine(clock.now().astimezone(ZoneInfo(demo.timezone)).date(), time(9))
    for wish in read_demo_boards():
        group = await session.scalar(select(Group).where(Group.slug == wish.group))
        assert group is not None
        kind = TopicKind.OFFER if wish.times else TopicKind.ASK
        topic = DemoTopic(
            at=today - timedelta(days=wish.days_ago), by=wish.by, title=wish.title,
            text=wish.text, tags=wish.tags, kind=kind,
            replies=tuple(
                DemoReply(at=today - timedelta(days=one.days_ago), by=one.by, text=one.text)
                for one in wish.replies
            ),
        )  # fmt: skip
        row = await add_topic(session, demo, group, topic, users, secrets)
        session.add(_detail(demo, wish, row.id, today))
    await session.flush()


def _detail(demo: DemoSite, wish: DemoWish, topic_id: int, today: datetime) -> Ask | Offer:
    day = today.date() + timedelta(days=wish.days_left)
    over = end_of(day, demo.timezone)
    if wish.times:
        return Offer(
            topic_id=topic_id, kind=wish.kind, times=wish.times, valid_until=day, expires_at=over
        )
    return Ask(topic_id=topic_id, kind=wish.kind, needed_by=day, expires_at=over + STAYS_FOR)
