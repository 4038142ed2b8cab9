"""What each of the three reads: the requester's words as they wrote them, and the connector's note beside them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.i18n import _
from app.groups.profiles.models import Badge, Profile
from app.groups.profiles.queries import own_profile
from app.networking.introductions.models import Introduction
from app.networking.introductions.moves import Part
from app.networking.introductions.queries import Found
from app.web.introductions.pages import Letter, Quoted
from app.web.introductions.words import names_in
from app.web.people.words import badge_name


async def badge_of(db: AsyncSession, user_id: int) -> str:
    """How somebody calls their own role, such as recruiter; empty for none.

    Whoever asks to be introduced shows it, however few they show it to otherwise: the form says so
    before it is sent.
    """
    profile = await own_profile(db, user_id)
    return badge_name(Badge(profile.badge)) if profile.badge else ""


async def badges_of(db: AsyncSession, found: Sequence[Found]) -> Mapping[int, Badge]:
    """The roles of all who asked in these, by the numbers of the introductions; one query."""
    asked = {
        one.introduction.id: one.requester.id
        for one in found
        if not one.introduction.by_connector and one.requester.id is not None
    }
    query = select(Profile.user_id, Profile.badge).where(Profile.user_id.in_(asked.values()))
    badges = {row[0]: Badge(row[1]) for row in await db.execute(query)}
    return {number: badges.get(user_id, Badge.NONE) for number, user_id in asked.items()}


def letter_to(part: Part, found: Found, badge: str = "") -> Letter:
    """What one of the three reads on the page of an introduction."""
    introduction, names = found.introduction, names_in(found)
    note = ""
    if part != Part.REQUESTER:
        note = introduction.note
    elif introduction.by_connector:
        note = introduction.note_to_first
    by = names["connector"] if note else ""
    return Letter(names[part.value], words_of(vars(introduction)), note, by, badge)


def words_of(typed: Mapping[str, str]) -> Sequence[Quoted]:
    """The requester's answers under what was asked; those left empty are left out."""
    asked = (
        (_("About me"), typed.get("about_me", "")),
        (_("Why I would like to meet"), typed.get("why", "")),
        (_("What I ask"), typed.get("what_i_ask", "")),
        (_("What I can give"), typed.get("what_i_give", "")),
    )
    return [Quoted(question, words) for question, words in asked if words]


def text_by_hand(introduction: Introduction, names: Mapping[str, str]) -> str:
    """A text to copy into a letter of one's own: nobody without an account is ever mailed from here."""
    lines = [
        _("Hello %(target)s,") % names,
        _("%(requester)s asked me to introduce you to each other, and writes:") % names,
        *(f"{quoted.question}: {quoted.words}" for quoted in words_of(vars(introduction))),
        _("Tell me whether I may bring you together. No is a fine answer, too."),
    ]
    return "\n\n".join(lines)
