"""An introduction, reported by one of its three."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core.i18n import _
from app.moderation.kinds import ThingKind
from app.networking.introductions.models import Introduction
from app.networking.introductions.queries import introductions_open_to
from app.reporting.things import Source, Thing

_Requester, _Connector, _Target = aliased(User), aliased(User), aliased(User)


async def _find(session: AsyncSession, actor: Actor, introduction_id: int) -> Thing | None:
    which = (Introduction.id == introduction_id) & introductions_open_to(actor)
    # Each of the three reads other words of it, on its own page.
    found = (await _those(session, which)).get(introduction_id)
    return found.without_words() if found else None


async def _read(session: AsyncSession, ids: Sequence[int]) -> Mapping[int, Thing]:
    return await _those(session, Introduction.id.in_(ids))


async def _those(session: AsyncSession, which: ColumnElement[bool]) -> Mapping[int, Thing]:
    query = (
        select(Introduction, _Requester.name, _Connector.name, _Target.name)
        .outerjoin(_Requester, _Requester.id == Introduction.requester_id)
        .outerjoin(_Connector, _Connector.id == Introduction.connector_id)
        .outerjoin(_Target, _Target.id == Introduction.target_id)
        .where(which)
    )
    return {row[0].id: _thing(row[0], row[1:]) for row in await session.execute(query)}


def _thing(one: Introduction, names: Sequence[str | None]) -> Thing:
    requester, connector, target = (name or _("Former member") for name in names)
    words = {"one": requester, "other": one.target_name or target, "connector": connector}
    return Thing(
        kind=ThingKind.INTRODUCTION,
        id=one.id,
        name=_("%(one)s to %(other)s, through %(connector)s") % words,
        path=f"/intros/{one.id}/",
        people=frozenset(
            part for part in (one.requester_id, one.connector_id, one.target_id) if part is not None
        ),
        said=_said(one),
        is_private=True,
    )


def _said(one: Introduction) -> list[tuple[str, str]]:
    """What was said for others to read; a reason that is for the connector alone is not among it."""
    pieces = [
        (_("About themselves"), one.about_me),
        (_("Why"), one.why),
        (_("What they ask"), one.what_i_ask),
        (_("What they can give"), one.what_i_give),
        (_("The connector's note"), one.note),
        (_("The connector's note to the first"), one.note_to_first),
    ]
    return [(heading, words) for heading, words in pieces if words]


INTRODUCTIONS = Source(Introduction, _find, _read)
