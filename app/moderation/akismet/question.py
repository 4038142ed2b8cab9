"""What Akismet is told of a comment. Its words are those of https://akismet.com/developers/comment-check/."""

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import cast

from app.core.lean import without

# With it comes httpx, and with that its command line, drawn by rich.
with without("rich", "pygments"):
    from akismet import AkismetArguments


class AskedAs(StrEnum):
    """The kinds of text that Akismet tells apart, as far as there are such here."""

    COMMENT = "comment"
    REPLY = "reply"
    FORUM_POST = "forum-post"
    TRACKBACK = "trackback"
    PINGBACK = "pingback"


@dataclass(frozen=True, kw_only=True)
class Question:
    """One comment as it came in, named as Akismet names it; an empty text is not sent.

    `user_ip` alone is always sent: the service wants it, be it empty after the address was wiped.
    """

    user_ip: str
    blog_lang: str
    comment_type: AskedAs
    permalink: str
    comment_author: str
    comment_author_email: str
    comment_author_url: str
    comment_content: str
    comment_date_gmt: str
    comment_post_modified_gmt: str
    referrer: str
    user_agent: str
    user_role: str = ""
    honeypot_field_name: str = ""
    recheck_reason: str = ""
    blog_charset: str = "UTF-8"

    def arguments(self) -> AkismetArguments:
        """What the package sends beside the address."""
        named = {field.name: str(getattr(self, field.name)) for field in fields(self)}
        del named["user_ip"]
        return cast("AkismetArguments", {name: said for name, said in named.items() if said})


def moment(at: datetime | None) -> str:
    """ISO 8601 in UTC, to the second; empty for a moment nobody knows."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else ""


def language(tag: str) -> str:
    """A language tag as the service spells it: `pt_br`."""
    return tag.replace("-", "_").lower()
