"""What stands about an author under each of their posts: a photo, a few sentences, links."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.accounts.models import User
from app.accounts.policy import may_act_on, may_edit_author
from app.accounts.queries import get_user
from app.accounts.sessions import roles_named
from app.core.answers import require
from app.core.errors import Conflict, WrongFields
from app.core.events import Event, record
from app.core.i18n import _
from app.core.markup import markdown_comment, web_address
from app.core.text import clean_text, one_line

ABOUT_LENGTH = 2_000
LABEL_LENGTH = 60
MOST_LINKS = 4


@dataclass(frozen=True)
class AuthorWish:
    """What shall stand there: Markdown, a website, and links as pairs of words and address."""

    about: str
    website: str
    links: Sequence[tuple[str, str]]


def state_of_author(user: User) -> str:
    """A short word for how it stands: a form carries it, to say what it was opened on."""
    values = json.dumps([user.bio_source, user.website, user.links])
    return hashlib.sha256(values.encode()).hexdigest()[:16]


async def edit_author(
    session: AsyncSession, actor: Actor, user_id: int, wish: AuthorWish, *, opened_on: str
) -> User:
    """Let this stand about an author from now on.

    Raises SignInNeeded, Forbidden, NotFound, Invalid with its fields, Conflict for an old form.
    """
    user = await _locked(session, actor, user_id)
    about, website, links = _checked(wish)
    before = _facts(user)
    if (about, website, links) == (user.bio_source, user.website, user.links):
        return user
    if opened_on != state_of_author(user):
        raise Conflict(_("This was changed in another window meanwhile. Look at it once more."))
    if about != user.bio_source:
        user.bio_source, user.bio_html = about, markdown_comment(about)
    user.website, user.links = website, links
    after = _facts(user)
    changed = [name for name in before if before[name] != after[name]]
    _note(session, actor, user, {n: before[n] for n in changed}, {n: after[n] for n in changed})
    return user


async def show_author_photo(session: AsyncSession, actor: Actor, user_id: int, path: str) -> None:
    """Show the picture at this path of ours beside an author; empty: none. Raises as `edit_author`."""
    user = await _locked(session, actor, user_id)
    before, user.photo_path = user.photo_path, path
    if before != path:
        _note(session, actor, user, {"photo": before}, {"photo": path})


async def _locked(session: AsyncSession, actor: Actor, user_id: int) -> User:
    require(may_edit_author(actor, user_id))
    user = await get_user(session, user_id, locked=True)
    require(may_act_on(actor, roles_named(user.roles)))
    return user


def _note(
    session: AsyncSession, actor: Actor, user: User, before: dict[str, Any], after: dict[str, Any]
) -> None:
    record_audit(session, actor, "author described", f"user:{user.id}", before=before, after=after)
    record(session, Event(touches=frozenset({f"user:{user.id}", f"author:{user.id}", "people"})))


def _facts(user: User) -> dict[str, Any]:
    links = [f"{link['label']} {link['url']}" for link in user.links]
    return {"about": user.bio_source, "website": user.website, "links": links}


def _checked(wish: AuthorWish) -> tuple[str, str, list[dict[str, Any]]]:
    wrong: dict[str, str] = {}
    about = clean_text(wish.about).replace("\r\n", "\n").strip()
    if len(about) > ABOUT_LENGTH:
        wrong["about"] = _("At most %(number)s characters, please.") % {"number": ABOUT_LENGTH}
    website, says = one_line(wish.website), _("A web address begins with http:// or https://.")
    if website and not web_address(website):
        wrong["website"] = says
    links = []
    for number, (label, url) in enumerate(wish.links, 1):
        label, url = one_line(label), one_line(url)
        if (label or url) and not web_address(url):
            wrong[f"link_{number}_url"] = says
        elif url:
            links.append({"label": (label or url)[:LABEL_LENGTH], "url": url})
    if wrong:
        raise WrongFields(wrong)
    return about, website, links
