"""What members do with their profile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.policy import may_have_account_page
from app.accounts.queries import get_user
from app.core.answers import require
from app.core.errors import Conflict, Invalid
from app.core.events import record
from app.core.i18n import _
from app.core.markup import markdown_comment, web_address
from app.core.text import clean_text, one_line
from app.groups.profiles.events import ProfileChanged
from app.groups.profiles.models import (
    ABOUT_LENGTH,
    HEADLINE_LENGTH,
    Audience,
    Badge,
    Profile,
    ProfileWord,
    WordKind,
)
from app.groups.profiles.queries import own_profile
from app.groups.profiles.words import word_key, words_in

MOST_LINKS = 5
LABEL_LENGTH = 60
# The pieces of a profile, each with an audience of its own, in the order of the form.
PIECES = (
    "photo", "headline", "about", "place", "can_help", "looking_for", "badge", "links", "activity", "entry",
)  # fmt: skip


@dataclass(frozen=True)
class ProfileLink:
    """Words, and where they lead; without words, the address is shown."""

    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class ProfileWish:
    """A profile as somebody wants it."""

    headline: str = ""
    about: str = ""
    badge: Badge = Badge.NONE
    links: Sequence[ProfileLink] = ()
    is_listed: bool = False
    words: Mapping[WordKind, str]
    seen_by: Mapping[str, Audience]
    # The version of which the form was made.
    version: int


async def edit_profile(session: AsyncSession, actor: Actor, wish: ProfileWish) -> Profile:
    """Show this from now on. Raises SignInNeeded, Invalid with its fields, Conflict for an old form."""
    require(may_have_account_page(actor))
    pieces = _checked(wish)
    profile = await _locked(session, actor)
    if profile.version != wish.version:
        raise Conflict(_("This was changed in another window meanwhile. Look at it once more."))
    profile.headline, profile.badge = one_line(wish.headline), wish.badge
    profile.about_source = clean_text(wish.about).strip()
    profile.about_html = markdown_comment(profile.about_source)
    profile.links, profile.is_listed = pieces.links, wish.is_listed
    for name, audience in wish.seen_by.items():
        setattr(profile, f"{name}_seen_by", audience)
    profile.version += 1
    await session.execute(delete(ProfileWord).where(ProfileWord.user_id == profile.user_id))
    session.add_all(_rows(profile.user_id, pieces.words))
    await session.flush()
    _changed(session, profile.user_id)
    return profile


async def show_photo(session: AsyncSession, actor: Actor, photo: str) -> str:
    """Let this be their picture, none for an empty name; the name of the one before. Raises SignInNeeded."""
    require(may_have_account_page(actor))
    profile = await _locked(session, actor)
    before, profile.photo = profile.photo, photo
    await session.flush()
    _changed(session, profile.user_id)
    return before


@dataclass(frozen=True)
class _Checked:
    links: list[dict[str, str]]
    words: Mapping[WordKind, list[str]]


def _checked(wish: ProfileWish) -> _Checked:
    """All that is wrong with it at once. Raises Invalid."""
    wrong: dict[str, str] = {}
    too_long = _("At most %(number)s characters, please.")
    if len(one_line(wish.headline)) > HEADLINE_LENGTH:
        wrong["headline"] = too_long % {"number": HEADLINE_LENGTH}
    if len(clean_text(wish.about).strip()) > ABOUT_LENGTH:
        wrong["about"] = too_long % {"number": ABOUT_LENGTH}
    words: dict[WordKind, list[str]] = {}
    for kind, typed in wish.words.items():
        try:
            words[kind] = words_in(typed)
        except Invalid as refused:
            wrong[kind] = refused.detail
    links = []
    for number, link in enumerate(wish.links[:MOST_LINKS], 1):
        label, url = one_line(link.label), one_line(link.url)
        if not url and not label:
            continue
        if not web_address(url):
            wrong[f"link_{number}_url"] = _("An address of the web begins with https:// or http://")
        elif len(label) > LABEL_LENGTH:
            wrong[f"link_{number}_label"] = too_long % {"number": LABEL_LENGTH}
        links.append({"label": label, "url": url})
    if wrong:
        raise Invalid(_("Something in your profile needs another look."), fields=wrong)
    return _Checked(links, words)


def _rows(user_id: int, words: Mapping[WordKind, list[str]]) -> list[ProfileWord]:
    return [
        ProfileWord(user_id=user_id, kind=kind, position=position, word=word, key=word_key(word))
        for kind, of_kind in words.items()
        for position, word in enumerate(of_kind)
    ]


async def _locked(session: AsyncSession, actor: Actor) -> Profile:
    # Their account's row is the lock, as there may be no profile yet.
    await get_user(session, actor.user_id or 0, locked=True)
    profile = await own_profile(session, actor.user_id or 0)
    session.add(profile)
    return profile


def _changed(session: AsyncSession, user_id: int) -> None:
    touches = frozenset({"people", f"user:{user_id}"})
    record(session, ProfileChanged(user_id=user_id, touches=touches))
