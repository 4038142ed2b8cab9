"""Which ways a post is told of links to it. Pure."""

from dataclasses import dataclass

from app.posts.models import Post
from app.site.models import SiteRow


@dataclass(frozen=True, slots=True)
class LinkDoors:
    """The ways that are open for one post, by its owner's and its author's choice."""

    trackback: bool
    pingback: bool
    webmention: bool


def doors_for_links(site: SiteRow, post: Post) -> LinkDoors:
    """The doors that a post's page names; whoever knocks at another is refused."""
    return LinkDoors(
        trackback=post.pings_open and site.takes_trackbacks,
        pingback=post.pings_open and site.takes_pingbacks,
        webmention=post.pings_open and site.takes_webmentions,
    )
