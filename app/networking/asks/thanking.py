"""Thanks to whoever met an ask, from whoever asked, once it was said to be met."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core.answers import YES, Answer, no, require
from app.core.i18n import _
from app.groups.models import Topic
from app.networking.asks.closing import own_ask
from app.networking.asks.models import Ask
from app.networking.asks.moves import AskState
from app.networking.asks.policy import may_decide
from app.networking.thanks.actions import say_thanks
from app.networking.thanks.models import ThankedFor, Thanks


def may_thank(actor: Actor, topic: Topic, ask: Ask) -> Answer:
    """Whoever asked, where the ask was met by somebody who is still here."""
    decides = may_decide(actor, topic)
    if not decides:
        return decides
    if ask.state != AskState.MET or ask.met_by is None:
        return no(_("Say first who met it."))
    return YES


async def thank_who_met_it(
    session: AsyncSession, actor: Actor, place: tuple[str, int], *, note: str, is_public: bool
) -> Thanks:
    """Thank whoever met one's ask. Raises NotFound, Forbidden, Invalid, Conflict where it was done."""
    matter, ask = await own_ask(session, actor, place)
    require(may_thank(actor, matter.topic, ask))
    source = (ThankedFor.ASK, ask.topic_id)
    return await say_thanks(
        session, actor, ask.met_by or 0, source=source, note=note, is_public=is_public
    )
