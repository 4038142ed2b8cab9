"""Commenters' own sites, played on loopback, and their feeds in every format."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from anyio.abc import SocketStream

from tests.core.strangers import Behaviour, Stranger, a_stranger, answers

NOWHERE = answers(b"<h1>Not here</h1>", status="404 Not Found")


@asynccontextmanager
async def a_blog(pages: Mapping[str, Behaviour]) -> AsyncIterator[Stranger]:
    """A site with something at each of these paths; `pages` may change while it stands."""

    async def behave(stream: SocketStream) -> None:
        path = blog.requests[-1].split(b" ")[1].decode()
        await pages.get(path, NOWHERE)(stream)

    async with a_stranger(behave) as blog:
        yield blog


def a_page(feed: str = "/feed", kind: str = "application/rss+xml") -> Behaviour:
    """A page that names its feed."""
    link = f'<link rel="alternate" type="{kind}" href="{feed}">' if feed else ""
    return answers(f"<!DOCTYPE html><title>Gwen</title>{link}<p>Hello.".encode())


def a_feed(*items: tuple[str, str]) -> Behaviour:
    """RSS with these addresses and titles, a day between them, the first the newest."""
    return answers(rss(*items), "Content-Type: application/rss+xml")


def rss(*items: tuple[str, str]) -> bytes:
    """The same as bytes; titles are markup already."""
    told = "".join(
        f"<item><title>{title}</title><link>{url}</link>"
        f"<pubDate>{28 - day:02} Nov 2026 10:00:00 +0000</pubDate></item>"
        for day, (url, title) in enumerate(items)
    )
    return f'<rss version="2.0"><channel><title>Gwen</title>{told}</channel></rss>'.encode()
