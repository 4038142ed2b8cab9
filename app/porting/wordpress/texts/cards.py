"""What stands for a player or a card of another site: a calm link, since a frame would fetch from it."""

import re

from app.porting.wordpress.texts.tags import link

# Addresses of players, and the page where the same thing can be read about and watched.
_PAGES = (
    (re.compile(r"(?:https?:)?//(?:www\.)?youtube(?:-nocookie)?\.com/(?:embed|v)/([\w-]{6,20}).*"),
     r"https://www.youtube.com/watch?v=\1"),
    (re.compile(r"(?:https?:)?//player\.vimeo\.com/video/(\d+).*"), r"https://vimeo.com/\1"),
    (re.compile(r"(?:https?:)?//www\.dailymotion\.com/embed/video/(\w+).*"),
     r"https://www.dailymotion.com/video/\1"),
    (re.compile(r"(?:https?:)?//open\.spotify\.com/embed/(\w+/\w+).*"), r"https://open.spotify.com/\1"),
)  # fmt: skip
_LONGEST = 80


def link_card(url: str, caption: str = "") -> str:
    """A figure with a link to what would have been shown in a frame; `caption` is HTML."""
    url = page_of_player(url)
    said = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure class="embed">{link(url, shown_address(url))}{said}</figure>'


def page_of_player(url: str) -> str:
    """The page to visit instead of the player's own address; protocol-relative ones become https."""
    for player, page in _PAGES:
        if player.fullmatch(url):
            return player.sub(page, url)
    return f"https:{url}" if url.startswith("//") else url


def shown_address(url: str) -> str:
    """An address as people read it: no scheme, no slash at its end, not too long."""
    text = re.sub(r"^https?://(?:www\.)?", "", url).rstrip("/")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
