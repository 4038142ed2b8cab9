"""Rows into a `PostPage`. Pure: what was read goes in, what is shown comes out."""

from collections.abc import Mapping, Sequence

from app.accounts.models import User
from app.core.i18n import _
from app.core.markup import SafeHtml, html_comment, web_address, with_pictures
from app.core.text import plain_text, shorten
from app.discussions.models import Section
from app.discussions.queries import ShownComment
from app.discussions.topics.taken_up import NOT_DISCUSSED, Discussed, TakenUp
from app.linkbacks.protocols.trackback import rdf
from app.media.showing import UPLOADS
from app.posts.addresses import View, address
from app.posts.models import PostKind
from app.resources.queries import Listed
from app.web.comments.forms import CommentForm
from app.web.deps import Frame
from app.web.groups.addresses import topic_url
from app.web.head import Card, Head, Link
from app.web.pages.comment_cards import NO_OWN, comment_cards, linkback_rows
from app.web.pages.discovery import comments_feed_of, discovery, linkback_links
from app.web.pages.link_doors import doors_for_links
from app.web.pages.post_page import AuthorBox, Cover, DiscussedIn, PostPage, PostText
from app.web.pages.post_places import Places, places_of
from app.web.pages.post_reading import Around, FoundPost
from app.web.pages.structured_data import Facts, crumb_facts, document, post_facts
from app.web.resources.words import row_of

# Longer descriptions are cut by those who show them.
DESCRIPTION_WORDS = 40
DESCRIPTION_LENGTH = 200


def post_page(
    frame: Frame,
    found: FoundPost,
    authors: Sequence[User],
    around: Around,
    said: Sequence[ShownComment],
    form: CommentForm,
    attached: Sequence[Listed] = (),
    discussed: Discussed = NOT_DISCUSSED,
    own_urls: Mapping[int, str] = NO_OWN,
) -> PostPage:
    """The page of a post as it is to be shown, with its form; `said` is comments, then linkbacks."""
    post, thread, places = found.post, found.thread, places_of(found, frame.base_url)
    comments = [one for one in said if one.section == Section.COMMENTS]
    wrote = {author.id for author in authors}
    cards = comment_cards(comments, wrote, may_discuss=discussed.may_begin, own_urls=own_urls)
    text = _text(found, places, authors, around)
    has_feed = form.is_open or bool(thread and thread.comment_count + thread.linkback_count)
    comment_count, doors = thread.comment_count if thread else 0, doors_for_links(frame.site, post)
    trackback_url = places.trackback if doors.trackback and text.is_dated else ""
    facts = document(
        post_facts(text, places.base_url, places.canonical, comment_count, cards),
        _trail(frame, text, around),
    )
    return PostPage(
        frame=frame,
        head=_head(frame, found, places, text, facts, has_feed=has_feed),
        post=text,
        parts=places.numbers(View.PAGE),
        ancestors=around.ancestors,
        resources=[row_of(one) for one in attached],
        comments=cards,
        comment_count=comment_count,
        comment_pages=places.numbers(View.COMMENT_PAGE),
        linkbacks=linkback_rows(said[len(comments) :]),
        linkback_count=thread.linkback_count if thread else 0,
        comment_feed=places.feed if has_feed else "",
        trackback_url=trackback_url,
        trackback_rdf=_rdf(places, text, trackback_url),
        form=form,
        discussed=[_discussed_in(one) for one in discussed.topics],
        may_discuss=discussed.may_begin,
        linked_from=around.linked_from,
        before=around.before,
        after=around.after,
    )


def author_box(user: User) -> AuthorBox:
    """The box about an author, with such links as lead to the web."""
    own = {"label": _bare(user.website), "url": user.website}
    labels = {str(link["url"]): str(link["label"]) for link in (own, *user.links)}
    return AuthorBox(
        name=user.name,
        url=address(f"/author/{user.slug}/"),
        bio_html=user.bio_html,
        photo_url=address(user.photo_path) if user.photo_path else "",
        links=tuple(Link(label, url) for url, label in labels.items() if web_address(url)),
    )


def described(summary: str) -> str:
    """A summary as short as those who show links to a page want it."""
    return shorten(summary, DESCRIPTION_WORDS, DESCRIPTION_LENGTH)


def _bare(url: str) -> str:
    """An address as one would say it: without its scheme and its last slash."""
    return url.partition("://")[2].removeprefix("www.").rstrip("/")


def _text(found: FoundPost, places: Places, authors: Sequence[User], around: Around) -> PostText:
    post = found.post
    number = found.asked.number if found.asked.view == View.PAGE else 1
    return PostText(
        id=post.id,
        title=post.title or _("Untitled"),
        summary=described(post.summary),
        url=places.url,
        body_html=with_pictures(found.shown_html, found.pictures),
        is_dated=post.kind == PostKind.POST,
        published_at=post.published_at,
        updated_at=post.updated_at,
        authors=tuple(author_box(author) for author in authors),
        terms=around.terms,
        cover=_cover(found) if number == 1 else None,
        part_number=number,
        part_count=places.last_part,
    )


def _discussed_in(one: TakenUp) -> DiscussedIn:
    url = topic_url(one.group_slug, one.topic_id, one.topic_slug)
    return DiscussedIn(one.title, url, one.group_name)


def _cover(found: FoundPost) -> Cover | None:
    upload = found.cover
    if upload is None or not upload.is_stored:
        return None
    url = UPLOADS + upload.path
    return Cover(
        url=address(url),
        alt=upload.alt,
        caption=plain_text(upload.caption),
        width=upload.width,
        height=upload.height,
        drawn=found.pictures.get(url),
    )


def _trail(frame: Frame, text: PostText, around: Around) -> Facts:
    category = around.terms[:1]
    above = around.ancestors or category
    return crumb_facts(
        frame.base_url, (Link(frame.site.title, "/"), *above, Link(text.title, text.url))
    )


def _head(
    frame: Frame, found: FoundPost, places: Places, text: PostText, facts: Facts, *, has_feed: bool
) -> Head:
    links = discovery(
        frame.base_url,
        frame.site.title,
        own_feed=comments_feed_of(text.title, places.url) if has_feed else None,
        post_url=places.base_url + places.url,
    )
    doors = doors_for_links(frame.site, found.post)
    links += linkback_links(frame.base_url, pingback=doors.pingback, webmention=doors.webmention)
    card = Card(
        title=text.title,
        kind="article",
        image=frame.base_url + text.cover.url if text.cover else "",
        published_at=text.published_at if text.is_dated else None,
    )
    return Head(
        title=_title(frame, found, text),
        path=text.url,
        description=text.summary,
        canonical=places.canonical,
        previous=places.previous,
        next=places.next,
        links=links,
        card=card,
        facts=facts,
    )


def _rdf(places: Places, text: PostText, trackback_url: str) -> SafeHtml:
    if not trackback_url:
        return SafeHtml("")
    return html_comment(rdf(places.base_url + places.url, text.title, trackback_url))


def _title(frame: Frame, found: FoundPost, text: PostText) -> str:
    words = [text.title, frame.site.title]
    number = found.asked.number
    if found.asked.view == View.COMMENT_PAGE:
        words.insert(1, _("page %(number)s of the comments") % {"number": number})
    elif number > 1:
        words.insert(1, _("part %(number)s") % {"number": number})
    return " – ".join(words)
