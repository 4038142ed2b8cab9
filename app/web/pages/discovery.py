"""How programs find from a page what else there is: its feeds, its short address, its description."""

from urllib.parse import quote

from app.core.i18n import _
from app.feeds import atom, json_feed, rss
from app.web.head import HeadLink

PINGBACK, WEBMENTION = "/xmlrpc.php", "/webmention"
FORMATS = (
    ("", rss.MEDIA_TYPE, "RSS"),
    ("atom/", atom.MEDIA_TYPE, "Atom"),
    ("json/", json_feed.MEDIA_TYPE, "JSON Feed"),
)


def discovery(
    base_url: str, site_title: str, *, own_feed: tuple[str, str] | None = None, post_url: str = ""
) -> tuple[HeadLink, ...]:
    """The `<link>`s of a page's head for programs; the posts feed is the first on every page.

    `own_feed` is the name and the path (`/2012/01/tea/feed/`, percent-encoded) of the feed of what
    the page shows: a post's comments (where these are or were open), an archive. `post_url` is the
    whole address of a post or page, for those who want to show it elsewhere (oEmbed).
    """
    links = _feed_links(base_url, site_title, "/feed/")
    if own_feed is not None:
        links += _feed_links(base_url, *own_feed)
    if post_url:
        links += _embedding_links(base_url, post_url)
    rsd = HeadLink("EditURI", f"{base_url}/xmlrpc.php?rsd", "application/rsd+xml", "RSD")
    return (*links, rsd)


def linkback_links(base_url: str, *, pingback: bool, webmention: bool) -> tuple[HeadLink, ...]:
    """Where a page wants to be told of links to it (Pingback 1.0 §2.2, W3C Webmention §3.1.2)."""
    links = []
    if pingback:
        links.append(HeadLink("pingback", base_url + PINGBACK))
    if webmention:
        links.append(HeadLink("webmention", base_url + WEBMENTION))
    return tuple(links)


def comments_feed_of(title: str, post_address: str) -> tuple[str, str]:
    """`own_feed` of a post's page; `post_address` is its path, percent-encoded."""
    return _("Comments on: %(title)s") % {"title": title}, f"{post_address.rstrip('/')}/feed/"


def link_header(base_url: str, *, post_id: int | None = None, webmention: bool = False) -> str:
    """The value of a page's `Link` header (RFC 8288): the posts feed, a post's short address, its door for mentions."""
    links = [f'<{base_url}/feed/>; rel="alternate"; type="{rss.MEDIA_TYPE}"']
    if post_id is not None:
        links.append(f'<{base_url}/?p={post_id}>; rel="shortlink"')
    if webmention:
        links.append(f'<{base_url}{WEBMENTION}>; rel="webmention"')
    return ", ".join(links)


def _feed_links(base_url: str, title: str, path: str) -> tuple[HeadLink, ...]:
    return tuple(
        HeadLink("alternate", f"{base_url}{path}{suffix}", media_type, f"{title} ({name})")
        for suffix, media_type, name in FORMATS
    )


def _embedding_links(base_url: str, post_url: str) -> tuple[HeadLink, ...]:
    endpoint = f"{base_url}/wp-json/oembed/1.0/embed?url={quote(post_url, safe='')}"
    return (
        HeadLink("alternate", endpoint, "application/json+oembed"),
        HeadLink("alternate", endpoint + "&format=xml", "text/xml+oembed"),
    )
