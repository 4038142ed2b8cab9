"""A group is begun, and has its settings changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.core import clock
from app.core.answers import require
from app.core.errors import Conflict, WrongFields
from app.core.events import record
from app.core.i18n import _
from app.core.ids import new_guid
from app.core.markup import markdown_comment
from app.core.secrets import new_token
from app.core.text import slugify
from app.groups.events import GroupChanged
from app.groups.models import (
    Group,
    GroupState,
    Joining,
    MemberRole,
    Membership,
    MemberState,
    Sharing,
    TopicKind,
    Visibility,
)
from app.groups.policy import may_found_groups, may_run
from app.groups.queries import lock_group

MOST_QUESTIONS = 3
# Addresses under `/groups/` that are no group's.
RESERVED = frozenset(("new", "feed", "page", "invitations", "discuss"))


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """What its owner decides about a group; cleaned, and within its bounds."""

    name: str
    purpose: str = ""
    about: str = ""
    rules: str = ""
    visibility: Visibility = Visibility.PUBLIC
    joining: Joining = Joining.REQUEST
    questions: Sequence[str] = ()
    kinds: Sequence[TopicKind] = tuple(TopicKind)
    members_start: bool = True
    holds_first: int = 2
    slow_seconds: int = 0
    daily_topics: int = 10
    daily_replies: int = 200
    takes_commercial: bool = True
    sharing: Sharing = Sharing.MEMBERS
    read_only_until: datetime | None = None


async def found_group(
    session: AsyncSession,
    actor: Actor,
    draft: GroupDraft,
    *,
    host: str,
    members_may: bool = False,
    slug: str = "",
) -> Group:
    """Begin a group, whose first owner the actor is. Raises SignInNeeded, Forbidden, Invalid."""
    require(may_found_groups(actor, members_may=members_may))
    at = clock.now()
    group = Group(
        slug=await _free_slug(session, draft, slug),
        guid=new_guid(host, at.year, "group"),
        created_at=at,
        created_by=actor.user_id,
        member_count=1,
        **_columns(draft),
    )
    session.add(group)
    await session.flush()
    session.add(
        Membership(
            group_id=group.id, user_id=actor.user_id, role=MemberRole.OWNER,
            state=MemberState.ACTIVE, joined_at=at, rules_accepted_at=at,
        )
    )  # fmt: skip
    await _written(session, actor, group, "group begun", {})
    return group


async def change_group(
    session: AsyncSession, actor: Actor, slug: str, draft: GroupDraft, *, version: int
) -> Group:
    """Give a group other settings. Raises NotFound, Forbidden, Conflict where somebody was faster."""
    here = await lock_group(session, actor, slug)
    require(may_run(actor, here))
    group = here.group
    if group.version != version:
        raise Conflict(_("Somebody changed this group meanwhile. It is shown here as it is now."))
    before = _shown(group)
    for name, value in _columns(draft).items():
        setattr(group, name, value)
    group.version += 1
    await _written(session, actor, group, "group changed", before)
    return group


async def set_state(session: AsyncSession, actor: Actor, slug: str, state: GroupState) -> Group:
    """Let it only be read, open it again, or close it: then nobody sees it any more."""
    here = await lock_group(session, actor, slug)
    require(may_run(actor, here))
    group, before = here.group, _shown(here.group)
    if group.state == state:
        return group
    group.state = state
    group.version += 1
    await _written(session, actor, group, "group state changed", before)
    return group


def _columns(draft: GroupDraft) -> Mapping[str, object]:
    return {
        "name": draft.name,
        "purpose": draft.purpose,
        "about_source": draft.about,
        "about_html": markdown_comment(draft.about),
        "rules_source": draft.rules,
        "rules_html": markdown_comment(draft.rules),
        "visibility": draft.visibility,
        "joining": draft.joining,
        "questions": [question for question in draft.questions if question][:MOST_QUESTIONS],
        "kinds": [str(kind) for kind in draft.kinds],
        "members_start": draft.members_start,
        "holds_first": draft.holds_first,
        "slow_seconds": draft.slow_seconds,
        "daily_topics": draft.daily_topics,
        "daily_replies": draft.daily_replies,
        "takes_commercial": draft.takes_commercial,
        "sharing": draft.sharing,
        "read_only_until": draft.read_only_until,
    }


def _shown(group: Group) -> dict[str, object]:
    """What the log keeps of a group's settings."""
    return {
        "name": group.name, "visibility": str(group.visibility), "joining": str(group.joining),
        "state": str(group.state), "holds_first": group.holds_first,
    }  # fmt: skip


async def _written(
    session: AsyncSession, actor: Actor, group: Group, what: str, before: dict[str, object]
) -> None:
    await session.flush()
    record_audit(session, actor, what, f"group:{group.id}", before=before, after=_shown(group))
    # Its name stands on every page of it, and in the list of all; the first one puts a door to that on every page.
    touches = frozenset({f"group:{group.id}", "groups", "site"})
    record(session, GroupChanged(group_id=group.id, touches=touches))


async def _free_slug(session: AsyncSession, draft: GroupDraft, wanted: str) -> str:
    slug = slugify(wanted or draft.name)[:60].strip("-")
    if not slug:
        raise WrongFields({"name": _("A name needs a letter or a digit.")})
    if draft.visibility == Visibility.HIDDEN:
        # Else whoever begins a group of the same name would learn of this one by getting a `-2`.
        return f"{slug}-{new_token()[:8].lower().strip('-_')}"
    taken = set(await session.scalars(select(Group.slug).where(Group.slug.startswith(slug))))
    number, free = 2, slug
    while free in taken | RESERVED:
        free, number = f"{slug}-{number}", number + 1
    return free
