"""Reads what judging needs to know, once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, bindparam, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.models import User
from app.core.prepared import Prepared
from app.core.secrets import Secrets
from app.moderation.authors import (
    is_trusted,
    key_of_browser,
    key_of_email,
    key_of_member,
    key_of_typed_email,
    normalised_email,
)
from app.moderation.models import AuthorKey, Listed, ListedKind, Standing
from app.moderation.submission import Author, Facts, Learned, ListedEntry, Submission
from app.site.models import SiteRow


@dataclass(frozen=True, slots=True)
class Who:
    """The author key that a thing is entered under, and whether it is proved to be the sender's.

    `also` are keys that the same address has otherwise: their history is not used, but whoever is
    blocked or watched under one of them stays so.
    """

    key: str
    is_proved: bool
    also: tuple[str, ...] = ()


def who_sends(secrets: Secrets, actor: Actor, email: str, browser: str = "") -> Who:
    """Whose key it is: a proved one; else that of a `browser` that begins to remember; else the address typed."""
    if actor.user_id is not None:
        return Who(actor.proved_key or key_of_member(secrets, actor.user_id), is_proved=True)
    typed, owned = key_of_typed_email(secrets, email), key_of_email(secrets, email)
    if actor.proved_key:
        return Who(actor.proved_key, is_proved=True, also=(typed, owned))
    if browser:
        return Who(key_of_browser(secrets, browser), is_proved=False, also=(typed, owned))
    return Who(typed, is_proved=False, also=(owned,))


async def gather_facts(
    session: AsyncSession,
    site: SiteRow,
    submission: Submission,
    author: Author,
    *,
    at: datetime,
    said_elsewhere: int = 0,
    form_min_seconds: float = 0.0,
    learned: Learned | None = None,
    akismet: str = "",
    hook: str = "",
    is_new_here: bool | None = None,
) -> Facts:
    """The facts about a submission by an author who was already looked up.

    `is_new_here` is for what is said in a group: its own rule on new members stands in place of the site's.
    """
    return Facts(
        at=at,
        author=author,
        listed=await listed_entries(session),
        said_elsewhere=said_elsewhere,
        language=site.language,
        links_allowed=site.links_allowed,
        holds_everything=site.holds_everything,
        holds_first=site.holds_first and is_new_here is None,
        holds_links=site.holds_links,
        spam_above=site.spam_above,
        ham_below=site.ham_below,
        form_min_seconds=form_min_seconds,
        learned=learned,
        akismet=akismet,
        hook=hook,
        is_new_here=is_new_here,
    )


async def known_author(
    session: AsyncSession,
    row: AuthorKey,
    who: Who,
    email: str,
    at: datetime,
    *,
    is_staff_here: bool,
) -> Author:
    """What is known of an author; `email` is empty for who is signed in."""
    found = {str(row.standing)}
    if who.also:
        values = {"key_a": who.also[0], "key_b": who.also[-1], "email": normalised_email(email)}
        rows = await _OTHERWISE.rows(session, values | {"as_typed": email.strip()})
        found |= {str(said) for (said,) in rows}
    return Author(
        is_staff_here=is_staff_here,
        is_proved=who.is_proved,
        approved=row.approved,
        is_trusted=is_trusted(row, at),
        standing=next((one for one in _STRICTEST if one in found), row.standing),
        uses_members_address=_MEMBER in found and not who.is_proved,
    )


async def listed_entries(session: AsyncSession) -> tuple[ListedEntry, ...]:
    """The block list and the hold words."""
    rows = await _LISTED.rows(session, {})
    return tuple(ListedEntry(effect, ListedKind(kind), value) for effect, kind, value in rows)


# Whatever was decided about one of the keys of an address, the stricter holds.
_STRICTEST = (Standing.BLOCKED, Standing.WATCHED)
_MEMBER = "member"
_LISTED = Prepared(select(Listed.effect, Listed.kind, Listed.value).order_by(Listed.id))
_KEYS = [bindparam("key_a", type_=String), bindparam("key_b", type_=String)]
_ADDRESSES = [bindparam("email", type_=String), bindparam("as_typed", type_=String)]
_OTHERWISE = Prepared(
    select(AuthorKey.standing)
    .where(AuthorKey.key.in_(_KEYS))
    .union_all(select(literal(_MEMBER)).where(User.email.in_(_ADDRESSES), User.email != ""))
)
