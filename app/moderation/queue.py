"""Which cases a page of the console lists, and in which order. Conditions on cases alone, for others to join.

Everything is found along an index and paged by key, however many cases there are.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal_column, or_, select, true, tuple_

from app.moderation.models import Case, Tab
from app.moderation.sought import Age, Claimed, Links, Sought, View

# Written out, not bound: SQLite uses a partial index only where the query names the same constant.
IN_SPAM = Case.tab == literal_column("'spam'")
IS_CLAIMED = Case.claimed_by.is_not(None)

PAGE_SIZE = 25


AGES = {Age.DAY: timedelta(days=1), Age.WEEK: timedelta(days=7), Age.MONTH: timedelta(days=30)}


@dataclass(frozen=True)
class Cursor:
    """Where a page ended: the key of its last case. `doubt` counts in the list of likely mistakes."""

    id: int
    arrived_at: datetime | None = None
    doubt: float = 0.0


def cases_sought(sought: Sought, user_id: int | None, at: datetime) -> ColumnElement[bool]:
    """What a case must be, at a moment, to stand in a list; the words of a search are found elsewhere."""
    wanted: list[ColumnElement[bool]] = []
    wanted.append(IN_SPAM if sought.tab == Tab.SPAM else Case.tab == sought.tab)
    if sought.view == View.MISTAKES:
        wanted.append(Case.doubt > 0)
    if sought.kind:
        wanted.append(Case.kind == sought.kind)
    if sought.post_id is not None:
        wanted.append(Case.post_id == sought.post_id)
    if sought.group_id is not None:
        wanted.append(Case.group_id == sought.group_id)
    if sought.author_id is not None:
        wanted.append(Case.author_key_id == sought.author_id)
    if sought.reason:
        wanted.append(Case.reason_codes.contains(f" {sought.reason} ", autoescape=True))
    if sought.links is not None:
        wanted.append(Case.links > 0 if sought.links == Links.SOME else Case.links == 0)
    if sought.age is not None:
        wanted.append(_of_age(sought.age, at))
    if sought.claimed is not None:
        wanted.append(_claimed(sought.claimed, user_id))
    return and_(*wanted)


def listed(
    where: ColumnElement[bool],
    view: View,
    after: Cursor | None,
    most: int,
    found: Select[Any] | None = None,
) -> Select[Any]:
    """The ids of the cases of one page, in its order; `found` are the ids of the things a search found."""
    wanted = where if after is None else and_(where, _beyond(view, after))
    if found is None:
        query = select(Case.id).where(wanted)
    else:
        # A search finds few, a list may be all there is. Asked of groups, of one case each, it is no
        # reason for SQLite to walk along the list and see of each case whether it was found.
        query = select(Case.id).where(Case.item_id.in_(found)).group_by(Case.id).having(wanted)
    return query.order_by(*order_of(view)).limit(most)


def _beyond(view: View, after: Cursor) -> ColumnElement[bool]:
    if view == View.MISTAKES:
        return tuple_(Case.doubt, Case.id) < (after.doubt, after.id)
    if after.arrived_at is None:
        return true()
    key, last = tuple_(Case.arrived_at, Case.id), (after.arrived_at, after.id)
    return key > last if view == View.NEEDS else key < last


def order_of(view: View) -> tuple[ColumnElement[Any], ...]:
    """Who has waited longest comes first; elsewhere what is newest, or likeliest wrong."""
    if view == View.NEEDS:
        return Case.arrived_at.asc(), Case.id.asc()
    if view == View.MISTAKES:
        return Case.doubt.desc(), Case.id.desc()
    return Case.arrived_at.desc(), Case.id.desc()


def _of_age(age: Age, at: datetime) -> ColumnElement[bool]:
    if age == Age.OLDER:
        return Case.arrived_at < at - AGES[Age.MONTH]
    return Case.arrived_at >= at - AGES[age]


def _claimed(claimed: Claimed, user_id: int | None) -> ColumnElement[bool]:
    if claimed == Claimed.NOBODY:
        return Case.claimed_by.is_(None)
    if claimed == Claimed.ME:
        return and_(IS_CLAIMED, Case.claimed_by == user_id)
    if claimed == Claimed.GIVEN:
        return and_(IS_CLAIMED, Case.claimed_by == user_id, Case.assigned_by.is_not(None))
    return and_(IS_CLAIMED, or_(Case.claimed_by != user_id))
