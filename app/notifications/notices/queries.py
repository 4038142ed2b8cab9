"""Somebody's inbox: what they have not read first, the newest first."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core.errors import NotFound
from app.core.i18n import _
from app.notifications.notices.kinds import MENTION, said
from app.notifications.notices.models import Notice

PAGE = 30
_PLACE = re.compile(r"(new|read)-([0-9]{1,18})")


@dataclass(frozen=True)
class InboxNotice:
    """One notice as its reader finds it."""

    id: int
    kind: str
    says: str
    path: str
    about: str
    at: datetime
    is_unread: bool

    @property
    def place(self) -> str:
        """Where it stands in the list, as an address says it."""
        return f"{'new' if self.is_unread else 'read'}-{self.id}"


@dataclass(frozen=True)
class InboxPart:
    """A page of somebody's inbox."""

    notices: tuple[InboxNotice, ...]
    # What to go on after, where there is more.
    after: str = ""


async def inbox(
    session: AsyncSession, actor: Actor, after: str = "", most: int = PAGE
) -> InboxPart:
    """What somebody was told, `after` a place seen last. Raises NotFound for a place that cannot be."""
    found: list[InboxNotice] = []
    among, below = _place(after)
    for is_unread in (True, False):
        if is_unread and among == "read":
            continue
        bound = Notice.id < below if below and is_unread == (among == "new") else None
        query = _notices(actor, is_unread=is_unread, bound=bound)
        rows = await session.execute(query.limit(most + 1 - len(found)))
        found += [_shown(notice, name) for notice, name in rows]
        if len(found) > most:
            return InboxPart(tuple(found[:most]), found[most - 1].place)
    return InboxPart(tuple(found))


async def get_notice(session: AsyncSession, actor: Actor, notice_id: int) -> Notice:
    """One of somebody's own. Raises NotFound."""
    mine = and_(Notice.id == notice_id, Notice.user_id == actor.user_id, Notice.gone_at.is_(None))
    notice: Notice | None = await session.scalar(select(Notice).where(mine))
    if notice is None:
        raise NotFound(_("There is no such notice."))
    return notice


def mentions_of(actor: Actor) -> Select[Any]:
    """The ids of what was said where somebody was named, as far as they were told."""
    said_in = cast(func.substr(Notice.about, len("comment:") + 1), BigInteger)
    return select(said_in).where(
        Notice.user_id == actor.user_id,
        Notice.kind == MENTION.name,
        Notice.about.startswith("comment:"),
        Notice.gone_at.is_(None),
    )


def told_by(name: str | None, facts: Mapping[str, object]) -> dict[str, object]:
    """The facts with the name of whoever did it: a member's present one, or the one a guest gave."""
    return {"name": _("A former member"), **facts, **({"name": name} if name else {})}


def _notices(
    actor: Actor, *, is_unread: bool, bound: ColumnElement[bool] | None
) -> Select[Notice, str]:
    state = Notice.read_at.is_(None) if is_unread else Notice.read_at.is_not(None)
    query = (
        select(Notice, User.name)
        .outerjoin(User, User.id == Notice.by_id)
        .where(Notice.user_id == actor.user_id, state, Notice.gone_at.is_(None))
        .order_by(Notice.id.desc())
    )
    return query if bound is None else query.where(bound)


def _shown(notice: Notice, name: str | None) -> InboxNotice:
    return InboxNotice(
        id=notice.id,
        kind=notice.kind,
        says=said(notice.kind, told_by(name, notice.facts)),
        path=notice.path,
        about=notice.about,
        at=notice.created_at,
        is_unread=notice.read_at is None,
    )


def _place(after: str) -> tuple[str, int]:
    if not after:
        return "new", 0
    found = _PLACE.fullmatch(after)
    if found is None:
        raise NotFound
    return found[1], int(found[2])
