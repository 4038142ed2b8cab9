"""One switch of all posts at once."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.accounts.policy import may_run_the_site
from app.core.answers import require
from app.core.events import Event, record
from app.core.page_cache import EVERYTHING
from app.posts.models import Post


async def switch_all_pings(session: AsyncSession, actor: Actor, *, is_open: bool) -> int:
    """Let all posts there are collect links from elsewhere, or none; the number of those changed.

    Raises SignInNeeded, Forbidden.
    """
    require(may_run_the_site(actor))
    others = update(Post).where(Post.pings_open.is_not(is_open)).values(pings_open=is_open)
    changed = (await session.scalars(others.returning(Post.id))).all()
    if changed:
        record_audit(
            session, actor, "pings of all posts switched", "posts", after={"open": is_open}
        )
        record(session, Event(touches=frozenset({EVERYTHING})))
    return len(changed)
