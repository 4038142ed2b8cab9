"""A member asks for something, or offers it: a topic with its detail, in one transaction."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core import clock
from app.core.errors import Invalid
from app.core.events import record
from app.core.i18n import _
from app.discussions.models import Comment
from app.discussions.topics.speaking import TopicDraft, start_topic
from app.groups.models import Group, Topic, TopicKind
from app.groups.queries import get_group_to_read
from app.moderation.submission import Submission
from app.networking.asks.dates import end_of, within_reach
from app.networking.asks.events import AskChanged
from app.networking.asks.limits import keep_within_asks
from app.networking.asks.models import Ask, HelpKind, Offer
from app.networking.asks.moves import STAYS_FOR
from app.networking.asks.queries import hold_acting
from app.settings import Settings
from app.site.models import SiteRow


@dataclass(frozen=True, slots=True)
class AskDraft:
    """What is asked for."""

    title: str
    tags: tuple[str, ...]
    kind: HelpKind
    needed_by: date
    is_commercial: bool


@dataclass(frozen=True, slots=True)
class OfferDraft:
    """What is offered."""

    title: str
    tags: tuple[str, ...]
    kind: HelpKind
    times: int
    valid_until: date
    is_commercial: bool


async def ask(
    session: AsyncSession,
    actor: Actor,
    settings: Settings,
    site: SiteRow,
    slug: str,
    draft: AskDraft,
    submission: Submission,
) -> tuple[Topic, Comment]:
    """Ask a group for something. Raises NotFound, Forbidden, SignInNeeded, Invalid, SaidAlready, TooMany."""
    await hold_acting(session, actor)
    at = clock.now()
    group = (await get_group_to_read(session, actor, slug)).group
    within_reach(draft.needed_by, "needed_by", site.timezone, at)
    _keep_unsold(group, is_commercial=draft.is_commercial)
    if actor.user_id is not None:
        await keep_within_asks(session, actor.user_id, group.id, site.timezone, at)
    topic_draft = TopicDraft(draft.title, TopicKind.ASK, draft.tags)
    topic, opening = await start_topic(
        session, actor, settings, site, slug, topic_draft, submission
    )
    over = end_of(draft.needed_by, site.timezone) + STAYS_FOR
    session.add(
        Ask(
            topic_id=topic.id, kind=draft.kind, needed_by=draft.needed_by, expires_at=over,
            is_commercial=draft.is_commercial,
        )
    )  # fmt: skip
    await session.flush()
    record(session, AskChanged(topic_id=topic.id, touches=frozenset({f"group:{group.id}"})))
    return topic, opening


async def offer(
    session: AsyncSession,
    actor: Actor,
    settings: Settings,
    site: SiteRow,
    slug: str,
    draft: OfferDraft,
    submission: Submission,
) -> tuple[Topic, Comment]:
    """Offer a group something. Raises NotFound, Forbidden, SignInNeeded, Invalid, SaidAlready, TooMany."""
    await hold_acting(session, actor)
    at = clock.now()
    group = (await get_group_to_read(session, actor, slug)).group
    within_reach(draft.valid_until, "valid_until", site.timezone, at)
    _keep_unsold(group, is_commercial=draft.is_commercial)
    topic_draft = TopicDraft(draft.title, TopicKind.OFFER, draft.tags)
    topic, opening = await start_topic(
        session, actor, settings, site, slug, topic_draft, submission
    )
    session.add(
        Offer(
            topic_id=topic.id, kind=draft.kind, times=draft.times, valid_until=draft.valid_until,
            expires_at=end_of(draft.valid_until, site.timezone), is_commercial=draft.is_commercial,
        )
    )  # fmt: skip
    await session.flush()
    record(session, AskChanged(topic_id=topic.id, touches=frozenset({f"group:{group.id}"})))
    return topic, opening


def _keep_unsold(group: Group, *, is_commercial: bool) -> None:
    if is_commercial and not group.takes_commercial:
        says = _("Nothing is sold in this group, nor paid for.")
        raise Invalid(says, fields={"commercial": says})
