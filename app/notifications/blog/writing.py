"""The letter a post goes out in: the same for all, but for whom it is and where it is ended."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.core.i18n import _
from app.core.markup import SafeHtml, read_elsewhere
from app.core.secrets import new_token
from app.core.text import plain_paragraphs
from app.notifications.blog.asking import LIST
from app.notifications.blog.leaving import NEWS
from app.notifications.blog.models import BlogFollower
from app.notifications.ending import Ends
from app.notifications.texts import (
    NO_WORDS,
    Desk,
    Envelope,
    NewLetter,
    Sheet,
    compose,
    message_id,
    sheet_of,
)
from app.posts.addresses import address
from app.posts.models import Post

# A longer text is read on the site: of ten thousand letters each is kept until it was sent.
LONGEST_TEXT = 60_000


@dataclass(frozen=True)
class PostPage:
    """`mail/post`: a post as a letter; with its text, or only with what it is about."""

    sheet: Sheet
    title: str
    byline: str
    summary: str
    html: SafeHtml
    paragraphs: tuple[str, ...]
    act: str
    act_url: str


def written_to(
    desk: Desk, post: Post, authors: Sequence[str], followers: Sequence[BlogFollower]
) -> list[NewLetter]:
    """One letter for each of them. It is drawn once, which takes longer than all the rest."""
    if not followers:
        return []
    # Nobody's key: it stands where each has their own.
    place = new_token().lower().replace("_", "0").replace("-", "0")
    drawn = compose(
        desk,
        "post",
        _page(desk, post, authors, desk.url(f"/unsubscribe/{place}/")),
        Envelope(
            followers[0].email, NEWS.format(post_id=post.id), list_name=LIST, is_asked_for=True
        ),
    )
    return [
        _for(desk, drawn, follower, desk.url(f"/unsubscribe/{place}/")) for follower in followers
    ]


def _for(desk: Desk, drawn: NewLetter, follower: BlogFollower, place: str) -> NewLetter:
    ending = desk.ending(Ends.BLOG, follower.key)
    return replace(
        drawn,
        recipient=follower.email,
        message_id=message_id(desk.host, drawn.about, follower.email),
        text=drawn.text.replace(place, ending),
        html=drawn.html.replace(place, ending),
        headers={name: value.replace(place, ending) for name, value in drawn.headers.items()},
    )


def _page(desk: Desk, post: Post, authors: Sequence[str], end_url: str) -> PostPage:
    url = desk.url(address(post.path or f"/?p={post.id}"))
    is_whole = desk.site.mails_full_text and len(post.body_html) <= LONGEST_TEXT
    sheet = sheet_of(
        desk,
        post.title or _("A new post"),
        _("You get this because you follow %(site)s by mail.") % {"site": desk.site.title},
        end_words=_("Get no more posts by mail"),
        end_url=end_url,
    )
    html = read_elsewhere(post.body_html, url) if is_whole else NO_WORDS
    return PostPage(
        sheet,
        title=post.title or _("Untitled"),
        byline=", ".join(authors),
        summary=post.summary,
        html=html,
        paragraphs=plain_paragraphs(html) if is_whole else (post.summary,),
        act=_("Read it on the site") if is_whole else _("Read on"),
        act_url=url,
    )
