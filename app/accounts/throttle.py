"""How often somebody may try to prove who they are; counted before it is known whether they are right.

Nobody learns from it whether a name is known: names nobody has are counted as others are. Exact on
any number of processes, as each subject's row is locked while it is counted. Load tests have no way round it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TypeAlias

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.queries import normalised
from app.core.limits import Allowance
from app.core.secrets import Secrets

Limits: TypeAlias = Sequence[tuple[int, timedelta]]

# So many tries in so long, for one account, and for whoever shares a network address.
PER_ACCOUNT: Limits = ((10, timedelta(minutes=15)), (50, timedelta(days=1)))
PER_ADDRESS: Limits = ((30, timedelta(minutes=15)), (300, timedelta(days=1)))

_MAKE = text(
    "INSERT INTO allowances (subject, times, stale_at) VALUES (:subject, '[]', :at)"
    " ON CONFLICT (subject) DO NOTHING"
)


async def count_try(
    session: AsyncSession,
    secrets: Secrets,
    what: str,
    name: str,
    address: str,
    at: datetime,
    *,
    per_account: Limits = PER_ACCOUNT,
    per_address: Limits = PER_ADDRESS,
) -> timedelta | None:
    """Count one try to do `what`; how long to wait where there were too many, and then nothing is counted."""
    limits = {
        _subject(secrets, what, f"name:{normalised(name)}"): per_account,
        _subject(secrets, what, f"from:{network_of(address)}"): per_address,
    }
    return await take_all(session, limits, at)


async def forget_tries(session: AsyncSession, secrets: Secrets, what: str, name: str) -> None:
    """Whoever was right starts from nothing again; their network address does not."""
    subject = _subject(secrets, what, f"name:{normalised(name)}")
    await session.execute(delete(Allowance).where(Allowance.subject == subject))


async def take_all(
    session: AsyncSession, limits: Mapping[str, Limits], at: datetime
) -> timedelta | None:
    """Count once for all of these subjects, or for none: then how long to wait until it would be counted."""
    now, rows = at.timestamp(), []
    # In one order, so that no two wait for each other.
    for subject in sorted(limits):
        rows.append(await _locked(session, subject, now))
    waits = [_wait(row.times, limits[row.subject], now) for row in rows]
    if longest := max(waits):
        return timedelta(seconds=longest)
    for row in rows:
        keep = max(span.total_seconds() for _number, span in limits[row.subject])
        row.times = [*(time for time in row.times if time > now - keep), now]
        row.stale_at = now + keep
    return None


def network_of(address: str) -> str:
    """The address, or for IPv6 the /64 that one household has to itself."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        mapped = known.ipv4_mapped
        return str(mapped) if mapped else str(ip_network((known, 64), strict=False))
    return str(known)


async def _locked(session: AsyncSession, subject: str, now: float) -> Allowance:
    await session.execute(_MAKE, {"subject": subject, "at": now})
    query = select(Allowance).where(Allowance.subject == subject).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


def _wait(times: Sequence[float], limits: Limits, now: float) -> float:
    """Seconds until one more would be within all limits; 0: now."""
    waits = [0.0]
    for number, span in limits:
        lately = sorted(time for time in times if time > now - span.total_seconds())
        if len(lately) >= number:
            waits.append(lately[-number] + span.total_seconds() - now)
    return max(waits)


def _subject(secrets: Secrets, what: str, whose: str) -> str:
    return f"{what}:{secrets.keyed_hash('throttle', whose)}"
