"""Thanks to the connector, from those who say that they talked; and how many introductions led to a talk."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.core.answers import YES, Answer, no, require
from app.core.i18n import marked
from app.networking.introductions.models import Introduction
from app.networking.introductions.moves import Part
from app.networking.introductions.queries import locked_introduction
from app.networking.thanks.actions import say_thanks
from app.networking.thanks.models import ThankedFor, Thanks


def may_thank(introduction: Introduction, part: Part | None) -> Answer:
    """Who says that they talked may thank whoever introduced them."""
    talked = {
        Part.REQUESTER: introduction.requester_talked,
        Part.TARGET: introduction.target_talked,
    }
    if part not in talked or not talked[part]:
        return no(marked("Say first that you talked."))
    if introduction.connector_id is None:
        return no(marked("Whoever introduced you has no account here any more."))
    return YES


async def thank_connector(
    session: AsyncSession, actor: Actor, introduction_id: int, *, note: str, is_public: bool
) -> Thanks:
    """Thank whoever introduced them. Raises NotFound, Forbidden, Conflict where it was done."""
    introduction = await locked_introduction(session, actor, introduction_id)
    require(may_thank(introduction, introduction.part_of(actor.user_id)))
    return await say_thanks(
        session,
        actor,
        introduction.connector_id or 0,
        source=(ThankedFor.INTRODUCTION, introduction_id),
        note=note,
        is_public=is_public,
    )
