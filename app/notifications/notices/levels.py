"""How somebody wants to hear of what: chosen by family and by group, on a page or by the link in a letter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.holding import take_turns
from app.accounts.models import User
from app.accounts.queries import get_user
from app.core import clock
from app.groups.models import Group, GroupState, Membership
from app.groups.queries import INSIDE
from app.notifications.notices.kinds import DEFAULTS, KINDS, Family, Level, level_of
from app.notifications.notices.models import Notice, NoticeLevel, NoticeMute
from app.notifications.notices.times import Rhythm, mail_moment
from app.site.queries import get_site

# `(family, 0)`, or `("", group)`.
Chosen: TypeAlias = Mapping[tuple[str, int], Level]
# The same; None for a group of which one hears by family, as of all the others.
Wanted: TypeAlias = Mapping[tuple[str, int], Level | None]
# Nobody reads in more.
_MOST_GROUPS = 500

DIGEST, GROUP = "digest", "group"
_IN_DIGESTS = (Level.DAILY, Level.WEEKLY)


@dataclass(frozen=True)
class Habits:
    """Somebody's zone, language and hours. Empty: the site's own."""

    timezone: str
    language: str
    mail_hour: int
    mail_weekday: int


async def chosen_levels(session: AsyncSession, user_id: int) -> dict[tuple[str, int], Level]:
    """What somebody has chosen; nothing of what they left as it comes."""
    mine = select(NoticeLevel).where(NoticeLevel.user_id == user_id)
    return {(row.family, row.group_id): Level(row.level) for row in await session.scalars(mine)}


async def choose_levels(session: AsyncSession, user_id: int, wanted: Wanted) -> None:
    """Hear so of these from now on; what waits to be mailed follows. Raises NotFound."""
    user = await get_user(session, user_id, locked=True)
    if not wanted:
        return
    these = or_(
        *(and_(NoticeLevel.family == family, NoticeLevel.group_id == group)
          for family, group in wanted)
    )  # fmt: skip
    await session.execute(delete(NoticeLevel).where(NoticeLevel.user_id == user_id, these))
    session.add_all(
        NoticeLevel(user_id=user_id, family=family, group_id=group, level=level)
        for (family, group), level in wanted.items()
        if level is not None
    )
    await session.flush()
    await _follow(session, user)


async def choose_for_group(
    session: AsyncSession, user_id: int, group_id: int, level: Level
) -> None:
    """Hear so of what a group brings to all its members."""
    await choose_levels(session, user_id, {("", group_id): level})


async def groups_to_choose_for(session: AsyncSession, user_id: int) -> list[tuple[int, str]]:
    """The groups that somebody is inside of, by name: number and name."""
    query = (
        select(Group.id, Group.name)
        .join(Membership, Membership.group_id == Group.id)
        .where(
            Membership.user_id == user_id,
            Membership.state.in_(INSIDE),
            Group.state != GroupState.CLOSED,
        )
        .order_by(func.lower(Group.name), Group.id)
        .limit(_MOST_GROUPS)
    )
    return [(group_id, name) for group_id, name in await session.execute(query)]


async def choose_habits(session: AsyncSession, user_id: int, habits: Habits) -> None:
    """Have letters at other hours, in another language; what waits moves along."""
    user = await get_user(session, user_id, locked=True)
    user.timezone, user.language = habits.timezone, habits.language
    user.mail_hour, user.mail_weekday = habits.mail_hour, habits.mail_weekday
    await _follow(session, user, moves=True)


async def mute(session: AsyncSession, user_id: int, thread: str) -> None:
    """Hear nothing of a discussion, such as `thread:7`, any more. Twice is once."""
    await take_turns(session, user_id)
    if await session.get(NoticeMute, (user_id, thread)) is None:
        session.add(NoticeMute(user_id=user_id, thread=thread))
        await session.flush()


async def unmute(session: AsyncSession, user_id: int, thread: str) -> None:
    """Hear of it again."""
    its = and_(NoticeMute.user_id == user_id, NoticeMute.thread == thread)
    await session.execute(delete(NoticeMute).where(its))


def list_of(user_id: int, name: str, group_id: int = 0) -> str:
    """What a link that ends letters says: whose, which list (a family, `digest`, `group`), of which group."""
    return f"{user_id}.{name}.{group_id}"


async def end_list(session: AsyncSession, subject: str) -> None:
    """Somebody pressed the link in a letter: these stay in their inbox. Ended twice is ended."""
    user_id, name, group_id = subject.split(".")
    if await session.get(User, int(user_id)) is None:
        return
    wanted: dict[tuple[str, int], Level] = {(name, 0): Level.INBOX}
    if name == GROUP:
        wanted = {("", int(group_id)): Level.INBOX}
    elif name == DIGEST:
        chosen = await chosen_levels(session, int(user_id))
        of_digests = [k for k, v in chosen.items() if v in _IN_DIGESTS and k[0] != Family.REMINDERS]
        wanted = dict.fromkeys(of_digests, Level.INBOX)
    await choose_levels(session, int(user_id), wanted)


async def _follow(session: AsyncSession, user: User, *, moves: bool = False) -> None:
    """Let what waits to be mailed wait for what is wanted now."""
    await session.flush()
    chosen = await chosen_levels(session, user.id)
    site = await get_site(session)
    rhythm = Rhythm(user.timezone or site.timezone, user.mail_hour, user.mail_weekday)
    for notice in await _waiting(session, user.id):
        kind = KINDS.get(notice.kind)
        family = kind.family if kind else Family.ACCOUNT
        level = level_of(family, notice.group_id, chosen)
        if level == notice.level and not (moves and level != Level.AT_ONCE):
            continue
        reminds = family == Family.REMINDERS
        notice.level = level if level != Level.OFF else Level.INBOX
        notice.mail_at = mail_moment(level, rhythm, clock.now(), reminds=reminds)
    await session.flush()


async def _waiting(session: AsyncSession, user_id: int) -> Sequence[Notice]:
    waits = and_(Notice.user_id == user_id, Notice.mail_at.is_not(None))
    query = select(Notice).where(waits).order_by(Notice.id).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).all()


def shown_level(family: Family, chosen: Chosen) -> Level:
    """What is ticked for a family on the page of choices."""
    return chosen.get((family, 0), DEFAULTS[family])
