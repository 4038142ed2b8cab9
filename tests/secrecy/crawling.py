"""Somebody walks through the whole site: from each known address on, along each link, and only reads."""

import asyncio
import html
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.types import ASGIApp, Message

from app.api.calling import BASE as API
from app.api.routers import ROUTERS
from tests.secrecy.building import World
from tests.secrecy.oracle import VISITOR, Person
from tests.visiting import BASE_URL
from tests.web.test_every_route import READ

# A site of a seed has some hundreds of addresses for each of its people; more would be a trap.
MOST_PAGES = 350
_LINK = re.compile(r'(?:href|src)="([^"#]*)|(?<![\w.])' + re.escape(BASE_URL) + r'(/[^\s"<>#]*)')
_PLACE = re.compile(r"\{(\w+)(?::\w+)?\}")
# Nothing of what people write stands there, and there is a lot of it.
_SKIPPED = re.compile(r"/(static|wp-content)/|/account/sign-in\?|/account/sign-up\?|\?replytocom=")
# Where one goes from there, or in which order things stand, changes nothing of what is told.
_SAME = re.compile(r"[?&](back|next|kind|order)=[^&]*")
_FEEDS = ("feed", "atom", "json")
# What leads to the same with a stroke at its end is told by that.
_WRITTEN = [path for path in READ if path + "/" not in READ]
# What programs are told, each with a token of somebody's.
API_READ = [
    f"{API}{route.path}"
    for router in ROUTERS
    for route in router.routes
    if "GET" in getattr(route, "methods", ())
]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes

    def header(self, name: bytes) -> str:
        """One of its headers."""
        return next((value.decode("latin-1") for key, value in self.headers if key == name), "")

    @property
    def everything(self) -> bytes:
        """All that can be read of it: headers, body, and what lies in a packed file."""
        said = b"\n".join(name + b": " + value for name, value in self.headers)
        return said + b"\n" + self.body + _unpacked(self.body)

    @property
    def links(self) -> set[str]:
        """The addresses on this site that it names, in whatever format."""
        text = self.body.decode("utf-8", "replace")
        named = {html.unescape(one or other) for one, other in _LINK.findall(text)}
        # JSON escapes no slash here, but whoever writes it may.
        return {here for link in {*named, self.header(b"location")} if (here := _here(link))}


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"PK"):
        return b""
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return b"\n".join(packed.read(name) for name in packed.namelist())


def _here(link: str) -> str:
    if link.startswith(BASE_URL):
        link = link.removeprefix(BASE_URL)
    return link.partition("#")[0] if re.match(r"/(?!/)", link) else ""


@dataclass
class Reader:
    """Somebody at the door of the application, without a network between."""

    app: ASGIApp
    cookie: str = ""
    # Of a program of theirs, for the addresses that are for programs.
    token: str = ""

    async def get(self, address: str, method: str = "GET", body: bytes = b"") -> Answer:
        """Ask for an address."""
        path, _mark, query = address.partition("?")
        headers = [(b"host", urlsplit(BASE_URL).netloc.encode()), (b"accept", b"text/html")]
        if self.cookie:
            headers.append((b"cookie", self.cookie.encode()))
        if self.token and path.startswith(API):
            headers.append((b"authorization", b"Bearer " + self.token.encode()))
        if method != "GET":
            headers.append((b"content-type", b"application/x-www-form-urlencoded"))
        raw = quote(path, safe="/%:@!$&'()*+,;=~")
        scope: dict[str, Any] = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
            "scheme": "http", "path": _decoded(raw), "raw_path": raw.encode(), "root_path": "",
            "query_string": quote(query, safe="/%:@!$&'()*+,;=~?[]").encode(), "headers": headers,
            "client": ("203.0.113.9", 5000), "server": (urlsplit(BASE_URL).netloc, 80),
        }  # fmt: skip
        told: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        said: list[Message] = []

        async def receive() -> Message:
            if not told:
                # Whoever reads is still there: an answer that is sent in pieces is sent whole.
                await asyncio.Event().wait()
            return told.pop()

        async def send(message: Message) -> None:
            said.append(message)

        await self.app(scope, receive, send)
        content = b"".join(one.get("body", b"") for one in said[1:])
        return Answer(said[0]["status"], said[0]["headers"], content)


def _decoded(raw: str) -> str:
    return (
        re.sub(r"%([0-9A-Fa-f]{2})", lambda hit: chr(int(hit[1], 16)), raw)
        .encode("latin-1", "replace")
        .decode("utf-8", "replace")
        if "%" in raw
        else raw
    )


@dataclass
class Leak:
    """A word that stood where somebody could read it who may not."""

    who: str
    word: str
    about: str
    where: str


@dataclass
class Walk:
    """What somebody read, and what of it was not for them."""

    who: Person
    pages: int = 0
    looked_for: int = 0
    seen: set[str] = field(default_factory=set)
    leaks: list[Leak] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


async def walk(world: World, reader: Reader, who: Person, most: int = MOST_PAGES) -> Walk:
    """Read everything that can be found from any known address."""
    found, allowed = Walk(who), world.words.for_(who)
    waiting, first = [*dict.fromkeys(entries(world, who))], [*world.own.get(who.name, [])]
    known = set(waiting)
    while waiting and found.pages < most:
        # What was given to them alone, then by lot, so that no corner keeps anybody from the others.
        where = waiting.index(first.pop()) if first else world.chance.randrange(len(waiting))
        waiting[where], address = waiting[-1], waiting[where]
        waiting.pop()
        answer = await reader.get(address)
        found.pages += 1
        if answer.status >= 500 and not address.startswith("/readyz"):
            found.failed.append(f"{answer.status} {address}")
        examine(world, found, allowed, answer.everything, address)
        for link in answer.links:
            if (same := _SAME.sub("", link)) not in known and not _SKIPPED.search(link):
                known.add(same)
                waiting.append(link)
    return found


def examine(world: World, found: Walk, allowed: set[str], content: bytes, where: str) -> None:
    """Look for every word there is; what an address names itself is not told by its answer."""
    read = world.words.found_in(content) - world.words.found_in(where.encode())
    if "/feed/" in where and not where.startswith("/f/"):
        # A public feed is one and the same for all, and so shows what a block hides on pages.
        allowed = allowed | world.words.for_(VISITOR)
    found.looked_for += len(world.words.known)
    found.seen |= read & allowed
    for word in read - allowed:
        about = world.words.known[word].about
        found.leaks.append(Leak(found.who.name, word, about, where))


def entries(world: World, who: Person) -> Iterable[str]:
    """Where one may begin: each address of the program, with some of what is known in its places."""
    yield from world.own.get(who.name, [])
    for written in _WRITTEN:
        yield from (one for one in filled(world, written) if not _SKIPPED.search(one))
    yield from (f"{one}?limit=100" for written in API_READ for one in filled(world, written))
    yield f"{API}/comments?mine=true&limit=100"
    for status in ("draft", "private", "scheduled", "trashed"):
        yield f"{API}/posts?status={status}&limit=100"
    for tab in ("reported", "mistakes", "spam", "recent", "removed"):
        yield f"{API}/moderation/queue?tab={tab}&limit=100"
    for post in world.places["post_path"]:
        yield from (post, f"{post}feed/", f"{post}feed/json/", f"{post}embed/")
    for post in world.places["post_id"]:
        yield from (f"/?p={post}", f"/wp-json/oembed/1.0/embed?url={BASE_URL}/?p={post}")
    for comment in world.chance.sample(world.places["comment_id"], 4):
        yield from (f"/report/?comment={comment}", f"/mod/?item={comment}")
    for tab in ("needs", "reported", "mistakes", "spam", "recent", "removed"):
        yield f"/mod/?tab={tab}"
    for handle in world.chance.sample(world.places["handle"], 3):
        yield from (f"/intros/new?to={handle}", f"/promises/new/?to={handle}")
    for word in world.chance.sample([*world.words.known], 6):
        yield f"/search/?q={word}"
        yield f"/people/?q={word}"
        yield f"/search/feed/{world.chance.choice(_FEEDS)}/?q={word}"
    # Words that stand in all texts of a kind.
    yield from (f"/search/?q={common}" for common in ("title", "text", "reply", "group", "body"))


def filled(world: World, written: str) -> Iterable[str]:
    """An address with some known things in its places: each group's, and some of the others'."""
    if written.removeprefix(API).startswith(("/groups/{slug}", "/groups/{path")):
        yield from _of_groups(world, written)
        return
    places = _PLACE.findall(written)
    if not places:
        yield written
        return
    for _time in range(3):
        yield _PLACE.sub(lambda place: _some(world, written, place[1]), written)


def _of_groups(world: World, written: str) -> Iterable[str]:
    if "topic_id" not in written and "{name}" not in written:
        for circle in world.circles:
            yield _PLACE.sub(
                lambda place, circle=circle: (
                    circle.slug if place[1] == "slug" else _some(world, written, place[1])
                ),
                written,
            )
        return
    for circle, topic_id, name, first in world.chance.sample(world.topics, 6):
        # Now and then in a group that it is not in.
        there = circle if world.maybe(0.8) else world.chance.choice(world.circles)
        own = {"slug": there.slug, "topic_id": str(topic_id), "name": name, "reply_id": str(first)}
        yield _PLACE.sub(
            lambda place, own=own: own.get(place[1]) or _some(world, written, place[1]), written
        )


def _some(world: World, written: str, place: str) -> str:
    if place == "written":
        return world.chance.choice(_FEEDS[1:])
    if place in ("slug", "path") and written.startswith("/tag/"):
        place = "tag"
    if place == "slug":
        place = "resource" if written.removeprefix(API).startswith("/resources/") else "handle"
    return world.chance.choice(world.places.get(place) or ["1"])
