"""What moderators decide about people, and what they tell each other about them."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import User
from app.accounts.policy import may_act_on
from app.accounts.sessions import roles_named
from app.core import clock
from app.core.answers import require
from app.core.errors import Conflict, NotFound
from app.core.i18n import _
from app.moderation.authors import locked_author
from app.moderation.log import AUTHOR
from app.moderation.models import AuthorKey, AuthorNote, Decision, Standing
from app.moderation.policy import require_moderator

# The verb that gives somebody a standing, as buttons and the log have it.
VERBS: dict[str, Standing] = {
    "trust": Standing.TRUSTED,
    "watch": Standing.WATCHED,
    "block": Standing.BLOCKED,
    "pardon": Standing.OPEN,
}


async def set_standing(
    session: AsyncSession, actor: Actor, author_key_id: int, verb: str
) -> Decision | None:
    """Trust, watch or block an author, or go back to what their comments alone say of them.

    None where that is how they stand already. Raises NotFound, and Forbidden for whoever has a higher role.
    """
    require_moderator(actor)
    author = await _author_below(session, actor, author_key_id)
    return await _stand(session, actor, author, VERBS[verb], verb)


async def undo_standing(session: AsyncSession, actor: Actor, decision: Decision) -> Decision:
    """Give an author the standing back that a decision took. Raises Conflict where it took another since."""
    require_moderator(actor)
    author = await _author_below(session, actor, decision.item_id)
    if author.standing != decision.became:
        raise Conflict(_("Somebody has decided otherwise about this author since."))
    entry = await _stand(session, actor, author, Standing(decision.was), "undo")
    if entry is None:
        raise Conflict(_("There is nothing to take back."))
    entry.reverses_id = decision.id
    return entry


async def add_note(
    session: AsyncSession, actor: Actor, author_key_id: int, text: str
) -> AuthorNote:
    """Tell the other moderators something about an author. Raises NotFound."""
    require_moderator(actor)
    author = await _author(session, author_key_id)
    note = AuthorNote(
        author_key_id=author.id, user_id=actor.user_id, text=text.strip(), at=clock.now()
    )
    session.add(note)
    await session.flush()
    return note


async def _author_below(session: AsyncSession, actor: Actor, author_key_id: int) -> AuthorKey:
    """An author about whom one may decide: nobody acts on a person above themselves."""
    author = await _author(session, author_key_id)
    user = await session.get(User, author.user_id) if author.user_id is not None else None
    if user is not None:
        require(may_act_on(actor, roles_named(user.roles)))
    return author


async def _author(session: AsyncSession, author_key_id: int) -> AuthorKey:
    author = await locked_author(session, author_key_id)
    if author is None:
        raise NotFound(_("There is no such author."))
    return author


async def _stand(
    session: AsyncSession, actor: Actor, author: AuthorKey, standing: Standing, verb: str
) -> Decision | None:
    if author.standing == standing:
        return None
    entry = Decision(
        at=clock.now(),
        user_id=actor.user_id,
        kind=AUTHOR,
        item_id=author.id,
        author_key_id=author.id,
        verb=verb,
        was=author.standing,
        became=standing,
    )
    author.standing = standing
    session.add(entry)
    await session.flush()
    return entry
