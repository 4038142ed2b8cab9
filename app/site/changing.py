"""What owners change at `/admin/settings/`: the site's row, a part at a time; of two at once one is told."""

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.actor import Actor
from app.accounts.audit import record_audit
from app.accounts.policy import may_run_the_site
from app.core.answers import require
from app.core.errors import Conflict
from app.core.events import Event, record
from app.core.i18n import _
from app.core.page_cache import EVERYTHING
from app.site.models import SiteRow


class Part(StrEnum):
    """What is decided on one page, and kept whole."""

    GENERAL = "general"
    READING = "reading"
    COMMENTS = "comments"
    LINKBACKS = "linkbacks"
    NOTICES = "notices"
    FEEDS = "feeds"
    APPEARANCE = "appearance"
    MENUS = "menus"


# Nothing else of the row is changed here.
FIELDS: Mapping[Part, tuple[str, ...]] = {
    Part.GENERAL: ("title", "tagline", "language", "timezone"),
    Part.READING: ("front_page_id", "posts_per_page"),
    Part.COMMENTS: (
        "comments_open", "holds_everything", "holds_first", "comments_close_after", "links_allowed",
        "spam_above", "ham_below", "says_usual_wait",
    ),
    Part.LINKBACKS: ("takes_webmentions", "takes_pingbacks", "takes_trackbacks", "holds_links"),
    Part.NOTICES: ("letters_from", "owners_warned_after"),
    Part.FEEDS: ("feed_items", "feed_full_text"),
    Part.APPEARANCE: ("accent", "reading_width", "logo_id", "header_id"),
    Part.MENUS: ("top_menu", "foot_menu"),
}  # fmt: skip


def values_of(site: SiteRow, part: Part) -> dict[str, Any]:
    """How a part stands, by the names of its columns."""
    return {name: getattr(site, name) for name in FIELDS[part]}


def state_of(site: SiteRow, part: Part) -> str:
    """A short word for how a part stands: a form carries it, to say what it was opened on."""
    values = json.dumps(values_of(site, part), sort_keys=True)
    return hashlib.sha256(values.encode()).hexdigest()[:16]


async def change_settings(
    session: AsyncSession,
    actor: Actor,
    site: SiteRow,
    part: Part,
    wanted: Mapping[str, Any],
    *,
    opened_on: str,
) -> bool:
    """Let a part of the locked row stand as wanted; whether anything is different.

    Raises SignInNeeded, Forbidden, and Conflict where it no longer stands as it did at `opened_on`:
    unless it stands as wanted by now.
    """
    require(may_run_the_site(actor))
    before = values_of(site, part)
    after = {name: wanted.get(name, before[name]) for name in before}
    if after == before:
        return False
    if opened_on != state_of(site, part):
        raise Conflict(
            _("Somebody else changed this meanwhile. What you typed is still here; look at both.")
        )
    changed = [name for name in before if after[name] != before[name]]
    for name in changed:
        setattr(site, name, after[name])
    record_audit(
        session, actor, "settings changed", f"settings:{part}",
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )  # fmt: skip
    # The language, the zone and the sizes of lists show wherever anything is shown.
    record(session, Event(touches=frozenset({EVERYTHING})))
    return True
