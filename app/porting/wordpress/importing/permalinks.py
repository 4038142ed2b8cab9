"""Which permalink structure a site had, told from where its posts stood."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from app.site.models import Permalinks

_MONTH = re.compile(r"/\d{4}/\d{2}/([^/]+)/?")
_DAY = re.compile(r"/\d{4}/\d{2}/\d{2}/([^/]+)/?")
_NUMBER = re.compile(r"/archives/(\d{1,18})/?")
_NAME = re.compile(r"/([^/]+)/?")
_CATEGORY = re.compile(r"/(?:[^/]+/)+([^/]+)/?")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one published post stood: the path below the site's root, and what might be in it."""

    path: str
    slug: str
    post_id: int | None
    local: datetime | None
    categories: tuple[str, ...]


def infer_scheme(posts: Iterable[Standing]) -> Permalinks | None:
    """The scheme most posts follow; None where most follow none that can be chosen here."""
    return chosen_by(Counter(scheme_of(post) for post in posts))


def chosen_by(votes: Counter[Permalinks | None]) -> Permalinks | None:
    """The scheme that more than half of the posts follow."""
    scheme, count = max(votes.items(), key=lambda vote: vote[1], default=(None, 0))
    return scheme if count * 2 > votes.total() else None


def scheme_of(post: Standing) -> Permalinks | None:
    """The scheme one post's path follows. Its date and slug must be its own, not just look like some."""
    if (
        post.local is not None
        and _is_named(_DAY, post)
        and post.path.startswith(f"/{post.local:%Y/%m/%d}/")
    ):
        return Permalinks.DAY
    if (
        post.local is not None
        and _is_named(_MONTH, post)
        and post.path.startswith(f"/{post.local:%Y/%m}/")
    ):
        return Permalinks.MONTH
    numbered = _NUMBER.fullmatch(post.path)
    if numbered and int(numbered[1]) == post.post_id:
        return Permalinks.NUMBER
    if _is_named(_NAME, post):
        return Permalinks.NAME
    before_slug = post.path.strip("/").split("/")[:-1]
    if _is_named(_CATEGORY, post) and before_slug and before_slug[-1] in post.categories:
        return Permalinks.CATEGORY
    return None


def _is_named(form: re.Pattern[str], post: Standing) -> bool:
    found = form.fullmatch(post.path)
    return found is not None and found[1] == unquote(post.slug)
