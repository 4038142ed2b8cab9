"""How often somebody may try to prove who they are; counted before it is known whether they are right.

Nobody learns from it whether a name is known: names nobody has are counted as others are. Load
tests, which have the other limits switched off, have no way round this one.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.queries import normalised
from app.core.limits import Allowance, Limit, take
from app.core.networks import household, kept_address
from app.core.secrets import Secrets

Limits: TypeAlias = Sequence[Limit]

# So many tries in so long, for one account, and for whoever shares a network address.
PER_ACCOUNT: Limits = (Limit(10, timedelta(minutes=15)), Limit(50, timedelta(days=1)))
PER_ADDRESS: Limits = (Limit(30, timedelta(minutes=15)), Limit(300, timedelta(days=1)))


async def count_try(
    session: AsyncSession,
    secrets: Secrets,
    what: str,
    name: str,
    address: str,
    at: datetime,
    *,
    per_account: Limits = PER_ACCOUNT,
) -> timedelta | None:
    """Count one try to do `what`; how long to wait where there were too many."""
    # Always in this order, so that no two wait for each other.
    by_name = await take(session, _of_name(secrets, what, name), per_account, at)
    if by_name is not None:
        return by_name
    network, _last = household(kept_address(address))
    return await take(session, _subject(secrets, what, f"from:{network}"), PER_ADDRESS, at)


async def forget_tries(session: AsyncSession, secrets: Secrets, what: str, name: str) -> None:
    """Whoever was right starts from nothing again; their network address does not."""
    subject = _of_name(secrets, what, name)
    await session.execute(delete(Allowance).where(Allowance.subject == subject))


def _of_name(secrets: Secrets, what: str, name: str) -> str:
    return _subject(secrets, what, f"name:{normalised(name)}")


def _subject(secrets: Secrets, what: str, whose: str) -> str:
    return f"{what}:{secrets.keyed_hash('throttle', whose)}"
