"""A whole answer: its caching headers, and its bytes in each coding somebody asked for."""

import gzip
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import ceil, inf

import brotli
import zstandard
from starlette.types import Message

from app.core import clock
from app.web.door.negotiation import (
    IDENTITY,
    LONGEST_REMEMBERED,
    chosen_coding,
    http_date,
    is_known,
    is_unchanged,
    parsed_date,
)

HeaderList = tuple[tuple[bytes, bytes], ...]

# The first reader after a change waits for this, so each stands where the next level up costs more
# time than it saves bytes: zstd's third takes an eighth of Brotli's fifth, for 7 % more bytes.
_COMPRESS: Mapping[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=4, lgwin=18),
    "zstd": lambda body: zstandard.ZstdCompressor(level=3).compress(body),
    "gzip": lambda body: gzip.compress(body, 4, mtime=0),
}
_EXPAND: Mapping[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompress(body),
    "gzip": gzip.decompress,
}
_COMPRESSIBLE = (
    b"text/", b"application/json", b"application/javascript", b"application/xml",
    b"application/rss+xml", b"application/atom+xml", b"application/feed+json",
    b"application/rdf+xml", b"application/problem+json", b"application/rsd+xml",
    b"application/opensearchdescription+xml", b"application/manifest+json",
    b"application/ld+json", b"image/svg+xml", b"image/x-icon",
)  # fmt: skip
_NEVER_WHOLE = b"text/event-stream"
_FEEDS = (b"application/rss+xml", b"application/atom+xml", b"application/feed+json")
_OURS = frozenset(
    (b"cache-control", b"content-length", b"etag", b"last-modified", b"vary", b"date", b"server")
)
# Beside its bytes a page takes room for headers and tags.
_OVERHEAD = 2_000
# Browsers and feed readers know about a dozen; the rest is looked at anew.
_WAYS_TO_ASK = 20
# Below this a compressed answer takes as many packets as a plain one.
_SHORT = 500


@dataclass(slots=True)
class Marks:
    """What an endpoint said of its answer: whether it may be kept, and what it shows.

    `since` counts the changes heard of when the request came in, before its first query.
    """

    since: int = -1
    tags: frozenset[str] | None = None
    etag: str | None = None
    last_modified: float | None = None
    good_until: float = inf


@dataclass(frozen=True, slots=True)
class Sent:
    """What goes out."""

    status: int
    headers: HeaderList
    body: bytes
    is_whole_feed: bool = False
    # Both messages, made once: a page that is kept is sent thousands of times.
    start: Message = field(init=False)
    whole: Message = field(init=False)

    def __post_init__(self) -> None:
        start = {"type": "http.response.start", "status": self.status, "headers": self.headers}
        object.__setattr__(self, "start", start)
        object.__setattr__(self, "whole", {"type": "http.response.body", "body": self.body})


_NOT_ACCEPTABLE = Sent(406, ((b"vary", b"Accept-Encoding"), (b"content-length", b"0")), b"")


@dataclass(slots=True)
class StoredPage:
    """A page of status 200. Its entity tag is weak, as all codings share it (RFC 9110 §8.8.1).

    It holds the codings that were asked for and nothing else: most readers take one of a fifth of
    the size, and five times as many pages have room.
    """

    good_until: float
    etag: bytes
    # The first whole second after the last change (Unix time): HTTP dates know no smaller unit,
    # and a second in which the page changed twice would look unchanged.
    _settled_at: float | None
    is_settled: bool
    unchanged: Sent
    _headers: HeaderList
    # As it came, until a coding of it was made.
    _body: bytes | None
    _can_compress: bool
    _is_feed: bool
    # By coding; made when first asked for.
    _sent: dict[str, Sent] = field(default_factory=dict)
    # What went out before, by Accept-Encoding as readers put it.
    ready: dict[bytes | None, Sent] = field(default_factory=dict)
    # Whether a coding was made since `weight` was last asked for.
    has_grown: bool = False

    @classmethod
    def of(cls, headers: Iterable[tuple[bytes, bytes]], body: bytes, marks: Marks) -> "StoredPage":
        """An application's answer, dressed for keeping."""
        there = _lowered(headers)
        given = dict(there)
        settled_at = _settled_at(marks, given)
        etag = _etag(marks, given, body)
        validators = [(b"etag", etag), *caching(given)]
        if settled_at is not None:
            validators.append((b"last-modified", http_date(settled_at)))
        return cls(
            good_until=marks.good_until,
            etag=etag,
            _settled_at=settled_at,
            is_settled=settled_at is None,
            unchanged=Sent(304, tuple(validators), b""),
            _headers=(*(header for header in there if header[0] not in _OURS), *validators),
            _body=body,
            _can_compress=is_compressible(given.get(b"content-type", b"")),
            _is_feed=_is_feed(given),
        )

    def weight(self) -> int:
        """Bytes it holds now."""
        self.has_grown = False
        return sum(len(s.body) for s in self._sent.values()) + len(self._body or b"") + _OVERHEAD

    def is_too_old(self) -> bool:
        """Whether it has to be made anew, though nothing it shows was changed."""
        return self.good_until <= clock.unix_now()

    def reply_to(self, headers: Mapping[bytes, bytes]) -> Sent:
        """What a request with these headers gets: the page, that it has it already, or a refusal."""
        is_conditional = b"if-none-match" in headers or b"if-modified-since" in headers
        if is_conditional and self._is_known_to(headers):
            return self.unchanged if self.is_settled else self._dated(self.unchanged)
        accepted = headers.get(b"accept-encoding")
        coding = chosen_coding(accepted)
        if coding is None:
            return _NOT_ACCEPTABLE
        sent = self._sent.get(coding)
        if sent is None:
            sent = self._sent[coding] = self._sent_as(coding)
            self._body = None
            self.has_grown = True
        if not self.is_settled:
            return self._dated(sent)
        if len(self.ready) < _WAYS_TO_ASK and len(accepted or b"") <= LONGEST_REMEMBERED:
            self.ready[accepted] = sent
        return sent

    def _is_known_to(self, headers: Mapping[bytes, bytes]) -> bool:
        # RFC 9110 §13.2.2: the tag decides; the date only where there is no tag.
        known = headers.get(b"if-none-match")
        if known is not None:
            return is_known(self.etag, known)
        since = headers.get(b"if-modified-since")
        return (
            since is not None
            and self._settled_at is not None
            and is_unchanged(self._settled_at, since)
        )

    def _sent_as(self, coding: str) -> Sent:
        body = self._as_it_came()
        encoding: HeaderList = ()
        if coding != IDENTITY and self._can_compress:
            body = _COMPRESS[coding](body)
            encoding = ((b"content-encoding", coding.encode()),)
        return Sent(200, (*self._headers, *encoding, _length(body)), body, self._is_feed)

    def _as_it_came(self) -> bytes:
        if self._body is not None:
            return self._body
        coding, sent = next(iter(self._sent.items()))
        expand = _EXPAND.get(coding)
        return sent.body if expand is None or not self._can_compress else expand(sent.body)

    def _dated(self, sent: Sent) -> Sent:
        """While the second of the last change is still running, that is now, and never later."""
        now = clock.unix_now()
        if self._settled_at is None or self._settled_at <= now:
            self.is_settled = True
            return sent
        changed = (b"last-modified", http_date(now))
        return replace(
            sent, headers=tuple(changed if h[0] == b"last-modified" else h for h in sent.headers)
        )


def dressed(start: Message, body: bytes, coding: str | None, cache_control: bytes) -> Sent:
    """A whole answer that is not kept: in a coding, if it is worth it, and with caching headers.

    `cache_control` is for an answer that says nothing of it itself.
    """
    there = _lowered(start["headers"])
    given = dict(there)
    headers = [h for h in there if h[0] not in (b"cache-control", b"content-length", b"vary")]
    headers += caching(given, cache_control)
    if coding and coding in _COMPRESS and _is_worth_it(start["status"], given, body):
        body = _COMPRESS[coding](body)
        headers = [(n, _weak(v) if n == b"etag" else v) for n, v in headers]
        headers.append((b"content-encoding", coding.encode()))
    is_whole_feed = start["status"] == 200 and _is_feed(given)
    return Sent(start["status"], (*headers, _length(body)), body, is_whole_feed)


def is_for_everybody(start: Message, marks: Marks) -> bool:
    """Whether an answer may be kept: marked so by its endpoint, and its headers agree."""
    if marks.tags is None or start["status"] != 200:
        return False
    given = dict(_lowered(start["headers"]))
    control = given.get(b"cache-control", b"").lower()
    depends = {name.strip() for name in given.get(b"vary", b"").lower().split(b",")}
    return (
        b"set-cookie" not in given
        and b"content-encoding" not in given
        and b"no-store" not in control
        and b"private" not in control
        and depends <= {b"", b"accept-encoding", b"cookie"}
    )


def is_compressible(content_type: bytes) -> bool:
    """Whether this type of content is text, and comes to an end."""
    return content_type.startswith(_COMPRESSIBLE) and not content_type.startswith(_NEVER_WHOLE)


def caching(given: Mapping[bytes, bytes], otherwise: bytes = b"no-cache") -> HeaderList:
    """Cache-Control and Vary of an answer with these headers: its own, or what is right for it."""
    content_type = given.get(b"content-type", b"")
    depends = [name.strip() for name in given.get(b"vary", b"").split(b",") if name.strip()]
    if is_compressible(content_type):
        depends.append(b"Accept-Encoding")
    if content_type.startswith(b"text/html"):
        depends.append(b"Cookie")
    control = (b"cache-control", given.get(b"cache-control", otherwise))
    if not depends:
        return (control,)
    return control, (b"vary", b", ".join({name.lower(): name for name in depends}.values()))


def _is_feed(given: Mapping[bytes, bytes]) -> bool:
    return given.get(b"content-type", b"").startswith(_FEEDS)


def _settled_at(marks: Marks, given: Mapping[bytes, bytes]) -> float | None:
    moment = marks.last_modified
    if moment is None:
        moment = parsed_date(given.get(b"last-modified", b""))
    return None if moment is None else float(ceil(moment))


def _etag(marks: Marks, given: Mapping[bytes, bytes], body: bytes) -> bytes:
    if marks.etag is not None:
        return b'W/"%s"' % marks.etag.encode()
    if own := given.get(b"etag"):
        return _weak(own)
    return b'W/"%s"' % hashlib.blake2b(body, digest_size=12).hexdigest().encode()


def _length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", str(len(body)).encode()


def _weak(etag: bytes) -> bytes:
    return b"W/" + etag.removeprefix(b"W/")


def _lowered(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [(name.lower(), value) for name, value in headers]


def _is_worth_it(status: int, given: Mapping[bytes, bytes], body: bytes) -> bool:
    return (
        len(body) >= _SHORT
        and status != 206
        and b"content-encoding" not in given
        and is_compressible(given.get(b"content-type", b""))
    )
