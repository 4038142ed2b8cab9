"""One comment of Disqus as a row of ours. Its words are cleaned as those that come from WordPress are."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from app.core.i18n import marked
from app.core.markup import BodyFormat, clean_comment
from app.core.text import clean_text, one_line, unescaped
from app.discussions.models import CommentKind, CommentStatus, Section
from app.discussions.threading import depth_of
from app.porting.disqus.scratch import Outline, Words
from app.porting.threads import Voice
from app.porting.wordpress.texts.comment_text import comment_html
from app.porting.wordpress.texts.tags import plain_line

BECAUSE = {
    CommentStatus.PENDING: marked("It waited in Disqus when the comments moved"),
    CommentStatus.SPAM: marked("Disqus had it in spam"),
    CommentStatus.REMOVED: marked("It was deleted in Disqus"),
}
# Disqus leads every link by a counter of its own.
_COUNTED = re.compile(r'href="(https?://disq\.us/[^"]*)"', re.IGNORECASE)
_LONGEST_EMAIL = 254


def guid_of(old_id: int) -> str:
    """By it a comment is known again, whatever page it stands under."""
    return f"urn:disqus:post:{old_id}"


def status_of(outline: Outline, *, is_page_gone: bool) -> CommentStatus:
    """Spam stays spam, deleted is removed, also with its page; old exports know comments that wait."""
    if outline.is_spam:
        return CommentStatus.SPAM
    if outline.is_deleted or is_page_gone:
        return CommentStatus.REMOVED
    return CommentStatus.APPROVED if outline.is_approved else CommentStatus.PENDING


def row_of(voice: Voice, words: Words, place: bytes, **kept: Any) -> dict[str, Any]:
    """The row of a comment; `kept` is what is settled already: its id, thread, parent, and whether it is shown."""
    email = one_line(words.email)
    message = _led_directly(words.message)
    return {
        "kind": CommentKind.COMMENT,
        "section": Section.COMMENTS,
        "status": voice.status,
        "guid": voice.guid,
        # Disqus's own links to it end in #comment- and this number.
        "legacy_id": voice.old_id,
        "user_id": None,
        "author_name": plain_line(words.name)[:300],
        "author_email": email if "@" in email and len(email) <= _LONGEST_EMAIL else "",
        "author_url": "",
        "body_source": clean_text(message),
        "body_format": BodyFormat.WORDPRESS,
        "body_html": clean_comment(comment_html(message)),
        "created_at": voice.at,
        "approved_at": voice.approved_at,
        "place": place,
        "depth": depth_of(place),
        "version": 1,
        **kept,
    }


def _led_directly(message: str) -> str:
    return _COUNTED.sub(_target, message)


def _target(found: re.Match[str]) -> str:
    """`disq.us/url?url=` has the address behind the last colon of which it keeps a mark of its own."""
    try:
        (url,) = parse_qs(urlsplit(unescaped(found[1])).query)["url"][:1]
    except (KeyError, ValueError):
        return found[0]
    url = re.sub(r":[\w-]{20,30}$", "", url)
    if '"' in url or not url.startswith(("http://", "https://")):
        return found[0]
    return f'href="{url}"'
