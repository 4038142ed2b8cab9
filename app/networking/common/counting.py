"""Which acts count for a figure. The numbers are fixed, and printed on the site's help page. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

OLD_ENOUGH = timedelta(days=30)
MOST_PER_PAIR = 2
PAIR_WINDOW = timedelta(days=90)
LOOKS_BACK = timedelta(days=365)


@dataclass(frozen=True)
class Account:
    """What has to be known of somebody whose acts are counted."""

    verified_at: datetime | None
    created_at: datetime | None

    def is_trusted(self, at: datetime) -> bool:
        """Verified, and thirty days old. Of an account without a beginning, the verification is one."""
        begun = self.created_at or self.verified_at
        return bool(
            self.verified_at and self.verified_at <= at and begun and begun + OLD_ENOUGH <= at
        )


@dataclass(frozen=True, kw_only=True)
class CountedAct:
    """Something that one person did for another."""

    id: int
    by: int
    to: int
    # When it was agreed upon, and when it was done.
    begun_at: datetime
    at: datetime
    # What is reported counts neither for nor against anybody until that is dismissed, nor does what is
    # between people who part.
    reported: bool = False
    blocked: bool = False


def countable(
    acts: Iterable[CountedAct],
    accounts: dict[int, Account],
    at: datetime,
    *,
    mirrors_count: bool = False,
) -> Sequence[CountedAct]:
    """The acts that count, the first one first: of a pair two in ninety days.

    None that mirrors another, unless it is of a kind that may: each was asked for by somebody else.
    """
    honest = [act for act in acts if stands(act, accounts, at)]
    mirrored = set[int]() if mirrors_count else _mirrors(honest)
    taken: dict[frozenset[int], list[datetime]] = defaultdict(list)
    counted: list[CountedAct] = []
    for act in sorted(honest, key=lambda one: (one.at, one.id)):
        before = taken[frozenset((act.by, act.to))]
        recent = [moment for moment in before if moment > act.at - PAIR_WINDOW]
        if act.id in mirrored or len(recent) >= MOST_PER_PAIR:
            continue
        before.append(act.at)
        counted.append(act)
    return counted


def stands(act: CountedAct, accounts: dict[int, Account], at: datetime) -> bool:
    """Whether an act counts by itself, however many others there are between the two."""
    # By the age that both had when it was done: what was done too early does not ripen.
    both = (accounts.get(act.by), accounts.get(act.to))
    trusted = all(account is not None and account.is_trusted(act.at) for account in both)
    return trusted and not act.reported and not act.blocked and act.at <= at


def _mirrors(acts: Iterable[CountedAct]) -> set[int]:
    """One does for the other what the other does for the one, agreed upon on the same day."""
    by_day: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for act in acts:
        by_day[act.begun_at.date(), act.by, act.to].append(act.id)
    return {one for (day, by, to), ids in by_day.items() if (day, to, by) in by_day for one in ids}
