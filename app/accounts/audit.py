"""Who changed what about people and the site: written in the transaction of the change, never altered."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import AuditEntry
from app.core import clock

_NOTHING: Mapping[str, Any] = {}


def record_audit(
    session: AsyncSession,
    actor: Actor,
    what: str,
    thing: str,
    *,
    before: Mapping[str, Any] = _NOTHING,
    after: Mapping[str, Any] = _NOTHING,
) -> None:
    """Write down a change: `what` in the past tense (`roles changed`), `thing` such as `user:12`.

    Secrets and hashes stay out of `before` and `after`.
    """
    entry = AuditEntry(
        at=clock.now(),
        user_id=actor.user_id,
        what=what,
        thing=thing,
        before=dict(before),
        after=dict(after),
    )
    session.add(entry)
