"""Moderators hear by mail of what waits: the first thing at once, then once an hour or a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.links import make_link
from app.accounts.models import LinkPurpose, ModerationMail, OneTimeLink, User
from app.accounts.queries import IS_OWNER, MODERATES
from app.core import clock
from app.core.events import Event
from app.core.i18n import _, ngettext
from app.core.jobs import Tools, enqueue, job
from app.core.markup import SafeHtml
from app.discussions.models import CommentKind
from app.discussions.reach import cases_of, deciding_actor
from app.groups.models import Membership
from app.groups.queries import keeps_group
from app.moderation.models import Case, Check, Tab
from app.notifications.ending import Ends
from app.notifications.letters import write_letter
from app.notifications.queries import Said, said_of
from app.notifications.texts import (
    Desk,
    Envelope,
    NewLetter,
    PlainPage,
    Sheet,
    compose,
    desk_of,
    sheet_of,
)
from app.site.queries import get_site

PERIODS = {
    ModerationMail.AT_ONCE: timedelta(),
    ModerationMail.HOURLY: timedelta(hours=1),
    ModerationMail.DAILY: timedelta(days=1),
}
LINKS_WORK_FOR = timedelta(days=7)
# So many are named in one letter; the rest waits in the console.
_NAMED = 10


@dataclass(frozen=True)
class WaitingItem:
    """One comment in the letter, and its two ways."""

    name: str
    title: str
    reasons: tuple[str, ...]
    html: SafeHtml
    text: str
    approve_url: str
    spam_url: str


@dataclass(frozen=True)
class WaitingPage:
    """`mail/waiting`."""

    sheet: Sheet
    says: str
    items: tuple[WaitingItem, ...]
    console_url: str


@job("tell_moderators")
async def tell_moderators(tools: Tools, *, comment_id: int = 0) -> None:
    """Write to each moderator who is due, if anything waits that they were not told of.

    Runs when something arrives and by the clock; `comment_id` only says what made it run.
    """
    async with tools.work.reading() as db:
        due = await _who_is_due(db, clock.now())
    for user_id in due:
        await _tell(tools, user_id)


async def tell_soon(session: AsyncSession, _event: Event) -> None:
    """Something arrived: one run tells of all that did meanwhile."""
    await enqueue(session, tell_moderators, once="arrived", hurries=False)


@job("warn_owners")
async def warn_owners(tools: Tools) -> None:
    """Nothing that waits is ever purged, so say so when something has waited for as long as owners bear."""
    now = clock.now()
    async with tools.work.reading() as db:
        days = (await get_site(db)).owners_warned_after
        if not days:
            return
        too_long = now - timedelta(days=days)
        oldest = select(Case.id).where(Case.tab == Tab.NEEDS, Case.arrived_at < too_long)
        if await db.scalar(oldest.limit(1)) is None:
            return
        owners = (await db.scalars(select(User).where(IS_OWNER, User.email != ""))).all()
        desk = await desk_of(db, tools.settings)
    letters = [_warning(desk, owner, now) for owner in owners]
    async with tools.work.unit_of_work() as db:
        for letter in letters:
            await write_letter(db, letter)


async def _who_is_due(session: AsyncSession, at: datetime) -> list[int]:
    # Who keeps a group has not asked for a role: those alone in whose groups something waits.
    waits = select(Case.group_id).where(Case.tab == Tab.NEEDS, Case.group_id.is_not(None))
    keeps = select(Membership.user_id).where(
        keeps_group(Membership, at), Membership.group_id.in_(waits)
    )
    keepers = and_(User.id.in_(keeps), User.email_confirmed_at.is_not(None))
    query = (
        select(User)
        .where(
            or_(MODERATES, keepers),
            User.email != "",
            User.moderation_mail != ModerationMail.NONE,
        )
        .order_by(User.id)
    )
    users = await session.scalars(query)
    return [user.id for user in users if _is_due(user, at)]


def _is_due(user: User, at: datetime) -> bool:
    period = PERIODS.get(ModerationMail(user.moderation_mail))
    if period is None:
        return False
    return user.moderation_mailed_at is None or at - user.moderation_mailed_at >= period


async def _tell(tools: Tools, user_id: int) -> None:
    """One unit makes the letter's links, one puts it into the box; it is written between them."""
    now = clock.now()
    async with tools.work.unit_of_work() as db:
        user = await db.get(
            User,
            user_id,
        )
        if user is None or not _is_due(user, now):
            return
        cases = await _waiting(db, await deciding_actor(db, user))
        since = user.moderation_mailed_at
        if await _were_told(db, user_id, cases[:_NAMED]):
            return
        desk = await desk_of(db, tools.settings)
        items = await _items(db, desk, user, cases[:_NAMED])
    letter = _letter(desk, user, items, now, has_more=len(cases) > _NAMED)
    async with tools.work.unit_of_work() as db:
        # Of two who came so far at once, one still finds what both have seen.
        unchanged = User.moderation_mailed_at.is_not_distinct_from(since)
        mine = update(User).where(User.id == user_id, unchanged).returning(User.id)
        if await db.scalar(mine.values(moderation_mailed_at=now)) is not None:
            await write_letter(db, letter)


async def _waiting(session: AsyncSession, actor: Actor) -> Sequence[Case]:
    """The newest that wait for somebody, one more than a letter names."""
    query = (
        select(Case)
        .where(
            Case.tab == Tab.NEEDS,
            Case.kind.in_(list(CommentKind)),
            cases_of(actor),
            Case.check_state != Check.WAITING,
        )
        .order_by(Case.arrived_at.desc(), Case.id.desc())
        .limit(_NAMED + 1)
    )
    return (await session.scalars(query)).all()


async def _were_told(session: AsyncSession, user_id: int, cases: Sequence[Case]) -> bool:
    """Whether every one stood in a letter since it came to wait: then there are links for each."""
    ids = {case.item_id for case in cases}
    told = (
        select(OneTimeLink.subject_id)
        .join(Case, Case.item_id == OneTimeLink.subject_id)
        .where(
            OneTimeLink.user_id == user_id,
            OneTimeLink.purpose == LinkPurpose.MODERATE,
            Case.id.in_([case.id for case in cases]),
            OneTimeLink.created_at >= Case.moved_at,
        )
    )
    return ids <= set(await session.scalars(told))


async def _items(
    session: AsyncSession, desk: Desk, user: User, cases: Sequence[Case]
) -> tuple[WaitingItem, ...]:
    reasons = {case.item_id: tuple(r["because"] for r in case.reasons) for case in cases}
    items = []
    for said in await said_of(session, list(reasons)):
        token = await make_link(
            session,
            LinkPurpose.MODERATE,
            user_id=user.id,
            subject_id=said.comment.id,
            payload={"version": said.comment.version},
            lifetime=LINKS_WORK_FOR,
        )
        items.append(_item(desk, said, reasons[said.comment.id], token))
    return tuple(items)


def _item(desk: Desk, said: Said, reasons: tuple[str, ...], token: str) -> WaitingItem:
    at = f"/mod/by-mail/{token}"
    return WaitingItem(
        name=said.name,
        title=said.title,
        reasons=reasons,
        html=said.html(desk.base_url),
        text=said.text,
        approve_url=desk.url(f"{at}/approve/"),
        spam_url=desk.url(f"{at}/spam/"),
    )


def _letter(
    desk: Desk, user: User, items: tuple[WaitingItem, ...], at: datetime, *, has_more: bool
) -> NewLetter:
    number = len(items)
    says = ngettext("%(num)s comment waits for you.", "%(num)s comments wait for you.", number)
    says = says % {"num": number}
    if has_more:
        says = _("More than %(num)s comments wait for you. These are the newest.") % {"num": number}
    sheet = _sheet(desk, user, f"{says.split('.')[0]} – {desk.site.title}")
    page = WaitingPage(sheet, says, items, desk.url("/mod/"))
    envelope = Envelope(user.email, f"waiting:{at:%Y%m%dT%H%M%S%f}", "moderation")
    return compose(desk, "waiting", page, envelope)


def _warning(desk: Desk, owner: User, at: datetime) -> NewLetter:
    days = desk.site.owners_warned_after
    says = ngettext(
        "Something has waited for a moderator for %(num)s day",
        "Something has waited for a moderator for %(num)s days",
        days,
    ) % {"num": days}
    page = PlainPage(
        _sheet(desk, owner, f"{says} – {desk.site.title}"),
        before=(f"{says}.", _("What waits is never purged: it needs a person.")),
        act=_("Open the queue"),
        act_url=desk.url("/mod/"),
    )
    year, week, _day = at.isocalendar()
    envelope = Envelope(owner.email, f"long wait:{year}-{week}", "moderation")
    return compose(desk, "plain", page, envelope)


def _sheet(desk: Desk, user: User, subject: str) -> Sheet:
    return sheet_of(
        desk,
        subject,
        _("You get this because you moderate here. How often is up to you, on your account page."),
        end_words=_("Get no more of these"),
        end_url=desk.ending(Ends.MODERATION, user.id),
    )
