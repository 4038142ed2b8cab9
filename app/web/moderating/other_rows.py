"""Cases about what is no comment, as rows of the queue: what was reported, and who asks to join a group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.queries import moderators
from app.core.i18n import _
from app.core.markup import SafeHtml
from app.discussions.queue import OtherItem
from app.discussions.verbs import short_span
from app.groups.requests import Request, requests_of
from app.moderation.keys import Keys
from app.moderation.kinds import ThingKind
from app.moderation.models import Tab
from app.moderation.reports import Reported, reports_of
from app.moderation.sought import Sought
from app.reporting.sources import things_of
from app.reporting.things import NO_WORDS, Thing
from app.web.moderating.addresses import address_of
from app.web.moderating.pages import Button
from app.web.moderating.report_lines import report_lines
from app.web.reporting.words import thing_words


@dataclass(frozen=True, slots=True)
class OtherRow:
    """One such case as the queue shows it."""

    is_other: ClassVar[bool] = True

    case_id: int
    version: int
    name: str
    kind: str
    url: str
    group: str
    group_url: str
    arrived_at: datetime
    age: str
    claimed_by: str
    said: Sequence[tuple[str, str]]
    html: SafeHtml
    # Where it is read, of what is private: by a step of its own.
    reading_url: str
    reports: Sequence[str]
    # Why whoever looks does not decide about it.
    aside: str
    decisions: Sequence[Button]
    others: Sequence[Button]
    # By which it is chosen among many; empty where there is nothing for whoever looks to decide.
    pick: str
    pick_key: str
    back: str
    next_row: str


@dataclass(frozen=True)
class OtherAround:
    """What these cases are about, and what the reports say: by kind and number, as far as it is there."""

    things: Mapping[tuple[str, int], Thing]
    requests: Mapping[int, Request]
    reports: Sequence[Reported]
    # Who else could decide, where whoever looks has a part in any of these.
    deciders: frozenset[int] = frozenset()


async def others_around(db: AsyncSession, actor: Actor, items: Sequence[OtherItem]) -> OtherAround:
    """Read for one page: a query for the reports, one or two for each kind there is."""
    asking = [one.case.item_id for one in items if one.case.kind == ThingKind.JOINING]
    reported = [one.case for one in items if one.case.tab == Tab.REPORTED]
    kinds = sorted({case.kind for case in reported})
    things = await things_of(db, [one.case for one in items])
    has_part = any(actor.user_id in thing.people for thing in things.values())
    return OtherAround(
        things=things,
        deciders=frozenset(one.id for one in await moderators(db)) if has_part else frozenset(),
        requests=await requests_of(db, asking),
        reports=await reports_of(db, kinds, [case.item_id for case in reported]),
    )


@dataclass(frozen=True)
class Onlooker:
    """Who looks, with which keys, from which list, and whether what is private is open to them just now."""

    actor: Actor
    keys: Keys
    sought: Sought
    back: str
    has_read: bool = False


def other_row(
    item: OtherItem, around: OtherAround, by: Onlooker, next_row: str, now: datetime
) -> OtherRow:
    """One case, as it is shown to whoever looks."""
    case = item.case
    thing = around.things.get((case.kind, case.item_id))
    asks = around.requests.get(case.item_id) if case.kind == ThingKind.JOINING else None
    has_part = thing is not None and by.actor.user_id in thing.people
    # Where nobody else can decide, they do.
    is_aside = has_part and thing is not None and bool(around.deciders - thing.people)
    is_open = thing is not None and (by.has_read or not thing.is_private)
    return OtherRow(
        case_id=case.id,
        version=case.version,
        name=_name(thing, asks),
        kind=thing_words(case.kind),
        url=_url(thing, asks),
        group=item.group_name or "",
        group_url=address_of(Sought(view=by.sought.view, group_id=case.group_id)),
        arrived_at=case.arrived_at,
        age=short_span((now - case.arrived_at).total_seconds()),
        claimed_by=item.claimer or "",
        said=_said(thing if is_open else None, asks),
        html=thing.html if thing is not None and is_open else NO_WORDS,
        reading_url="" if is_open or is_aside else _reading_url(item, thing),
        reports=report_lines(
            [one for one in around.reports if (one.kind, one.item_id) == (case.kind, case.item_id)],
            is_anonymous=has_part,
        ),
        aside=_("You have a part in this: another moderator decides about it.") if is_aside else "",
        decisions=_decisions(item, by.keys),
        others=_others(item, by, _url(thing, asks)),
        pick=f"c{case.id}" if _waits(item) and not is_aside else "",
        pick_key=by.keys.of("select"),
        back=by.back,
        next_row=next_row,
    )


def _name(thing: Thing | None, asks: Request | None) -> str:
    if asks is not None:
        return asks.name
    return thing.name if thing is not None else _("What is not here any more")


def _url(thing: Thing | None, asks: Request | None) -> str:
    """Where it stands, for moderators; nowhere what only others may read."""
    if asks is not None:
        return f"/people/{asks.handle}/"
    return thing.path if thing is not None and not thing.is_private else ""


def _said(thing: Thing | None, asks: Request | None) -> Sequence[tuple[str, str]]:
    if asks is not None:
        return [(one.get("question", ""), one.get("answer", "")) for one in asks.answers]
    return thing.said if thing is not None else ()


def _reading_url(item: OtherItem, thing: Thing | None) -> str:
    is_private = thing is not None and thing.is_private
    return f"/mod/cases/{item.case.id}/reading" if is_private and _waits(item) else ""


def _waits(item: OtherItem) -> bool:
    return item.case.tab in (Tab.REPORTED, Tab.NEEDS)


def _decisions(item: OtherItem, keys: Keys) -> list[Button]:
    if not _waits(item):
        return []
    is_joining = item.case.kind == ThingKind.JOINING
    yes, no = (_("Let in"), _("Not now")) if is_joining else (_("Keep it"), _("Uphold"))
    here = f"/mod/cases/{item.case.id}/"
    return [
        Button(yes, keys.of("approve"), f"{here}approval", "post", tone=" act--good"),
        Button(no, keys.of("remove"), f"{here}removal", "post", tone=" act--bad"),
    ]


def _others(item: OtherItem, by: Onlooker, url: str) -> list[Button]:
    found = [Button(_("Open"), by.keys.of("open"), url)] if url else []
    if by.actor.moderates:
        is_mine = item.case.claimed_by is not None and item.case.claimed_by == by.actor.user_id
        label, claimed = (_("Give back"), "1") if is_mine else (_("Claim"), "")
        claim = f"/mod/cases/{item.case.id}/claim"
        found.append(
            Button(label, by.keys.of("claim"), claim, "post", name="release", value=claimed)
        )
    return found
