"""Moments as editors have them: once by the site's wall clock, once by Greenwich's, never with a zone."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.core import clock
from app.core.i18n import _
from app.core.xml_rpc import INVALID_PARAMS, Fault, read_moment
from app.posts.models import Post
from app.site.models import SiteRow


def local(at: datetime, site: SiteRow) -> datetime:
    """A moment by the site's clock."""
    return at.astimezone(ZoneInfo(site.timezone)).replace(tzinfo=None, microsecond=0)


def gmt(at: datetime) -> datetime:
    """A moment by Greenwich's clock."""
    return at.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def date_of(post: Post) -> datetime:
    """The date an editor shows for a post: of its publishing, else of its last change."""
    return post.published_at or post.updated_at or post.created_at or clock.now()


def changed_at(post: Post) -> datetime:
    """When a post was changed last."""
    return post.updated_at or date_of(post)


def date_in(
    content: Mapping[str, Any], site: SiteRow, *, in_gmt: Iterable[str], by_site: Iterable[str]
) -> datetime | None:
    """The first of these dates that was sent, Greenwich's first. Raises Fault for what is none."""
    for zone, names in ((UTC, in_gmt), (ZoneInfo(site.timezone), by_site)):
        for name in names:
            at = _moment(content.get(name))
            if at is not None:
                return at if at.tzinfo else at.replace(tzinfo=zone)
    return None


def _moment(value: Any) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    try:
        return read_moment(value) if value else None
    except (TypeError, ValueError, AttributeError):
        raise Fault(INVALID_PARAMS, _("A date is written like 20261224T08:00:00.")) from None
