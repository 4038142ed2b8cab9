"""What stands around every page of the console: the tabs with their numbers, and the bar."""

from collections.abc import Mapping

from fastapi import Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core.errors import Forbidden, SignInNeeded
from app.core.i18n import _, speak
from app.discussions.deciding import BECOMES
from app.discussions.models import Comment
from app.discussions.reach import counts_seen_by
from app.discussions.verbs import did
from app.moderation.keys import Keys, keys_of
from app.moderation.kinds import ThingKind
from app.moderation.log import AUTHOR, THREAD
from app.moderation.models import Decision
from app.moderation.models import Tab as CaseTab
from app.moderation.sought import Sought, View
from app.reporting.deciding import BECOMES as ANSWERS
from app.reporting.sources import SOURCES
from app.web.deps import Frame, frame_of
from app.web.head import Head
from app.web.moderating.addresses import QUEUE, address_of
from app.web.moderating.pages import Act, Tab
from app.web.reporting.words import thing_words

LOG, OUTBOX = "log", "outbox"
_UNDONE_BY_OTHER_MEANS = frozenset(("edit", "move", "lock", "unlock"))


def require_console(actor: Actor) -> None:
    """Let in whoever decides: moderators, those who keep a group, and authors under their own posts.

    Raises SignInNeeded or Forbidden.
    """
    if not actor.is_signed_in:
        raise SignInNeeded(_("Sign in to moderate."))
    if not actor.has_queue:
        raise Forbidden(_("The console is for moderators."))


def require_moderators_console(actor: Actor) -> None:
    """Let in those alone to whom all comments are given. Raises SignInNeeded or Forbidden."""
    require_console(actor)
    if not actor.moderates:
        raise Forbidden(_("This part of the console is for moderators."))


def require_many_console(actor: Actor) -> None:
    """Let in who decides about many at once, and finds their own deeds in the log. Raises as the others do.

    Moderators, and those who keep a group.
    """
    require_console(actor)
    if not (actor.moderates or actor.keeps_groups):
        raise Forbidden(_("This part of the console is for moderators."))


async def console_frame(request: Request, session: AsyncSession) -> Frame:
    """The frame of the site, in whose language everything is said from here on."""
    frame = await frame_of(request, session)
    speak(frame.site.language)
    return frame


def head_of(frame: Frame, title: str) -> Head:
    """The head of a page that is for nobody's index."""
    return Head(title=f"{title} – {frame.site.title}", path=QUEUE, robots="noindex")


async def tabs_of(
    session: AsyncSession, actor: Actor, current: str, keys: Keys | None = None
) -> list[Tab]:
    """The tabs, with their numbers from the counters; authors see less, and no numbers."""
    counts = await counts_seen_by(session, actor)
    keys = keys or await keys_of(session, actor)
    tabs = [
        Tab(
            view=view,
            label=words_of(view),
            url=address_of(Sought(view=view)),
            key=_way_to(view, keys),
            is_current=view == current,
            number=_number(counts, view),
        )
        for view in View
    ]
    if actor.moderates or actor.keeps_groups:
        tabs.append(Tab(LOG, _("Log"), "/mod/log/", "", current == LOG))
    if actor.moderates:
        tabs.append(Tab(OUTBOX, _("Outbox"), "/mod/outbox/", "", current == OUTBOX))
    return tabs


def _way_to(view: View, keys: Keys) -> str:
    """The two keys that go to a list, one after the other; empty where one of them is missing."""
    first, then = keys.of("go"), keys.of(f"go-{view}")
    return first + then if first and then else ""


def words_of(view: View) -> str:
    """The name of a list."""
    return {
        View.NEEDS: _("Needs you"),
        View.REPORTED: _("Reported"),
        View.MISTAKES: _("Likely mistakes"),
        View.SPAM: _("Spam"),
        View.RECENT: _("Recent"),
        View.REMOVED: _("Removed"),
    }[view]


def grouped(number: int) -> str:
    """A number as people read it: 19,300."""
    return f"{number:,}".replace(",", "\u202f") if number >= 10_000 else str(number)


async def act_of(
    session: AsyncSession, actor: Actor, decision_id: int | None, keys: Keys
) -> Act | None:
    """What somebody did last, for the bar; nobody's deeds but their own."""
    if decision_id is None:
        return None
    decision = await session.get(Decision, decision_id)
    if decision is None or decision.user_id != actor.user_id:
        return None
    return Act(
        decision.id,
        says=did(decision.verb, _("You"), await _given_to(session, decision)),
        about=await _about(session, decision),
        can_be_undone=can_be_undone(decision),
        key=keys.of("undo"),
    )


async def _about(session: AsyncSession, decision: Decision) -> str:
    """Whose comment, or who."""
    if decision.kind == THREAD:
        return ""
    if decision.kind in set(ThingKind):
        return thing_words(decision.kind)
    if decision.kind == AUTHOR:
        newest = select(Comment.author_name).where(Comment.author_key_id == decision.item_id)
        return await session.scalar(newest.order_by(Comment.id.desc()).limit(1)) or ""
    whose = select(Comment.author_name).where(Comment.id == decision.item_id)
    return await session.scalar(whose) or ""


async def _given_to(session: AsyncSession, decision: Decision) -> str:
    if decision.given_to is None:
        return ""
    return await session.scalar(select(User.name).where(User.id == decision.given_to)) or ""


def can_be_undone(decision: Decision) -> bool:
    """Whether a decision is of a kind that Undo takes back."""
    if decision.kind in SOURCES:
        return decision.verb in ANSWERS
    return decision.verb not in _UNDONE_BY_OTHER_MEANS and (
        decision.verb in BECOMES or decision.kind == AUTHOR or decision.verb == "undo"
    )


async def name_of(session: AsyncSession, user_id: int | None) -> str:
    """Somebody's name."""
    user = await session.get(User, user_id) if user_id is not None else None
    return user.name if user else _("Somebody")


def _number(counts: Mapping[CaseTab, int], view: View) -> str:
    # How many of the spam are likely mistakes is counted nowhere.
    if view == View.MISTAKES or not counts:
        return ""
    return grouped(counts.get(CaseTab(view), 0))
