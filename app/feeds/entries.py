"""Posts and comments as entries of a feed. Pure, but for the language being spoken."""

from functools import lru_cache
from urllib.parse import quote

from app.core.i18n import _
from app.core.links import absolute_links
from app.core.text import plain_text, shorten
from app.discussions.models import Section
from app.feeds.comments import FeedComment
from app.feeds.model import AnswerTo, Enclosure, Entry, Label, Person, Replies
from app.feeds.posts import FeedPost, Part, PostParts
from app.feeds.xml import ENTRIES_KEPT
from app.posts.addresses import Asked, View, address


# By all that it is made of: a change of one post leaves the entries of the others as they are.
@lru_cache(maxsize=ENTRIES_KEPT)
def post_entry(post: FeedPost, parts: PostParts, base_url: str, *, full_text: bool) -> Entry:
    """A post, with its whole text (all its pages) or its summary alone."""
    url = base_url + address(post.path)
    feed_url = f"{url.rstrip('/')}/feed/"
    text = str(post.body_html).replace("\f", "\n") if full_text else ""
    return Entry(
        guid=post.guid,
        url=url,
        title=post.title,
        published=post.published_at,
        updated=max(post.published_at, post.updated_at or post.published_at),
        summary=post.summary,
        content_html=absolute_links(text, url),
        authors=tuple(
            Person(author.name, f"{base_url}/author/{quote(author.path)}/")
            for author in parts.authors
        ),
        labels=_labels(parts.categories, f"{base_url}/category/")
        + _labels(parts.tags, f"{base_url}/tag/"),
        enclosures=tuple(_enclosure(file, base_url) for file in parts.audio),
        replies=Replies(
            count=post.reply_count,
            page_url=url + "#comments",
            rss_url=feed_url,
            atom_url=feed_url + "atom/",
        ),
    )


def comment_entry(comment: FeedComment, base_url: str, *, names_post: bool) -> Entry:
    """A comment or linkback; `names_post` where the feed has those of other posts, too."""
    page_url = _page_url(comment, comment.page, base_url)
    html = absolute_links(str(comment.body_html), page_url)
    author = comment.author_name.strip() or _("Anonymous")
    return Entry(
        guid=comment.guid,
        url=f"{page_url}#comment-{comment.id}",
        title=_title(comment, author, names_post=names_post),
        published=comment.created_at,
        # Feeds are in the order of approval: to those who read them, that is when it changed.
        updated=comment.approved_at,
        summary=shorten(plain_text(html)),
        content_html=html,
        authors=(Person(author, comment.author_url),),
        answer_to=_answer_to(comment, base_url),
    )


def _title(comment: FeedComment, author: str, *, names_post: bool) -> str:
    if comment.section == Section.LINKBACKS:
        title = _("Link to %(post)s from %(author)s") if names_post else _("Link from %(author)s")
    else:
        title = _("Comment on %(post)s by %(author)s") if names_post else _("By %(author)s")
    return title % {"author": author, "post": comment.post_title}


def _answer_to(comment: FeedComment, base_url: str) -> AnswerTo:
    if comment.parent_guid is None:
        return AnswerTo(comment.post_guid, base_url + address(comment.post_path))
    page_url = _page_url(comment, comment.parent_page, base_url)
    return AnswerTo(comment.parent_guid, f"{page_url}#comment-{comment.parent_id}")


def _page_url(comment: FeedComment, number: int, base_url: str) -> str:
    asked = Asked(comment.post_path, View.COMMENT_PAGE, number)
    return base_url + address(comment.post_path, asked.suffix)


def _labels(terms: tuple[Part, ...], scheme: str) -> tuple[Label, ...]:
    return tuple(Label(term.name, scheme) for term in terms)


def _enclosure(file: Part, base_url: str) -> Enclosure:
    return Enclosure(f"{base_url}/wp-content/uploads/{quote(file.path)}", file.name, file.size)
