"""What lists of posts say of themselves to programs."""

from collections.abc import Sequence

from app.core.i18n import _
from app.web.deps import Frame
from app.web.head import Card, Head, Link
from app.web.pages.archive_pages import PostRow
from app.web.pages.archive_subjects import Subject
from app.web.pages.discovery import discovery
from app.web.pages.paging import Pages
from app.web.pages.post_assembly import described
from app.web.pages.structured_data import crumb_facts, document, list_facts, site_facts


def home_head(frame: Frame, path: str, pages: Pages, posts: Sequence[PostRow]) -> Head:
    """The head of the newest posts; `path` is that of their first page."""
    site = frame.site
    if pages.number == 1:
        title = f"{site.title} – {site.tagline}" if site.tagline else site.title
    else:
        title = _numbered(site.title, pages.number)
    canonical = frame.base_url + at_page(path, pages.number)
    facts = document(
        site_facts(site.title, site.tagline, frame.base_url, site.language),
        list_facts(title, canonical, _links(posts), frame.base_url),
    )
    return Head(
        title=title,
        path=path,
        description=site.tagline,
        canonical=canonical,
        previous=_whole(frame, pages.newer),
        next=_whole(frame, pages.older),
        links=discovery(frame.base_url, site.title),
        card=Card(title=site.title),
        facts=facts,
    )


def archive_head(frame: Frame, subject: Subject, pages: Pages, posts: Sequence[PostRow]) -> Head:
    """The head of an archive."""
    canonical = frame.base_url + at_page(subject.path, pages.number)
    title = f"{_numbered(subject.title, pages.number)} – {frame.site.title}"
    feed = (f"{subject.title} – {frame.site.title}", f"{subject.path}feed/")
    trail = (Link(frame.site.title, "/"), *subject.ancestors, Link(subject.title, subject.path))
    facts = document(
        list_facts(subject.title, canonical, _links(posts), frame.base_url),
        crumb_facts(frame.base_url, trail),
    )
    return Head(
        title=title,
        path=subject.path,
        description=described(subject.description),
        canonical=canonical,
        previous=_whole(frame, pages.newer),
        next=_whole(frame, pages.older),
        links=discovery(frame.base_url, frame.site.title, own_feed=feed),
        card=Card(title=subject.title, kind="profile" if subject.author else "website"),
        facts=facts,
    )


def at_page(path: str, number: int) -> str:
    """Page `number` of the list that begins at `path`, which ends with a slash."""
    return f"{path}page/{number}/" if number > 1 else path


def _numbered(title: str, number: int) -> str:
    if number == 1:
        return title
    return _("%(title)s, page %(number)s") % {"title": title, "number": number}


def _links(posts: Sequence[PostRow]) -> list[Link]:
    return [Link(post.title, post.url) for post in posts]


def _whole(frame: Frame, path: str) -> str:
    return frame.base_url + path if path else ""
