"""What an owner may have tried: it is done by the worker, as no page waits for another server."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.policy import may_run_the_site
from app.core.answers import require
from app.core.events import record
from app.site.events import KeyTrialAsked, MailTrialAsked


async def try_mail(session: AsyncSession, actor: Actor) -> None:
    """Have a letter mailed to whoever asks. Raises SignInNeeded, Forbidden."""
    require(may_run_the_site(actor))
    assert actor.user_id is not None
    record(session, MailTrialAsked(user_id=actor.user_id))


async def try_key(session: AsyncSession, actor: Actor) -> None:
    """Have Akismet asked whether it knows the key. Raises SignInNeeded, Forbidden."""
    require(may_run_the_site(actor))
    record(session, KeyTrialAsked())
