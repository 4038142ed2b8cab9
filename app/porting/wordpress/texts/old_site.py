"""Addresses of the site as it was: which are its own, and what they are called here."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from unicodedata import normalize
from urllib.parse import SplitResult, unquote, urlsplit

from app.core.storage import is_good_name
from app.posts.addresses import without_program

UPLOADS = "/wp-content/uploads/"
# Where networks of sites, and WordPress.com, keep what others keep under wp-content/uploads.
_SLASHES = re.compile("/{2,}")
_BY_MONTH = re.compile(r"(?:^|/)((?:19|20)\d\d/(?:0[1-9]|1[0-2])/[^/].*)$")


@dataclass(frozen=True)
class OldSite:
    """A site at its former base URLs, and the hosts its files lay on."""

    base_urls: tuple[str, ...] = ()
    media_hosts: frozenset[str] = frozenset()
    _bases: tuple[tuple[str, str], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        bases = ((_host(parts), parts.path.rstrip("/")) for parts in map(_split, self.base_urls))
        object.__setattr__(self, "_bases", tuple(b for b in bases if b[0]))

    def owns(self, url: str) -> bool:
        """Whether an absolute address lay on the old site, by either scheme, with www. or without."""
        parts = _split(url)
        return any(
            _host(parts) == host and _is_below(parts.path, path) for host, path in self._bases
        )

    def path_of(self, url: str) -> str | None:
        """The path a page of the old site stood at, decoded, in NFC; None for queries and strangers."""
        parts = _split(url)
        if not self.owns(url) or parts.query:
            return None
        return without_program(_SLASHES.sub("/", normalize("NFC", unquote(parts.path))) or "/")

    def is_root(self, url: str) -> bool:
        """Whether this is the address of the old site's front page."""
        parts = _split(url)
        own = (_host(parts), parts.path.rstrip("/"))
        return own in self._bases and not parts.query

    def local(self, url: str) -> str | None:
        """An address as it is written here, from the root of the site; None for one elsewhere."""
        if url.startswith("/") and not url.startswith("//"):
            return url
        parts = _split(url)
        if (file := self._file(parts)) is not None:
            return f"{UPLOADS}{file}" + (f"#{parts.fragment}" if parts.fragment else "")
        if not self.owns(url):
            return None
        query = f"?{parts.query}" if parts.query else ""
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        return f"{_SLASHES.sub('/', f'/{parts.path}')}{query}{fragment}"

    def upload_path(self, url: str) -> str | None:
        """Where a file of the old site lies below the uploads folder, decoded; None if nowhere safe."""
        return _safe_path(unquote(_file_part(_split(url).path)))

    def _file(self, parts: SplitResult) -> str | None:
        host = _host(parts)
        if host in self.media_hosts:
            return _file_part(parts.path)
        is_ours = any(host == own for own, _path in self._bases)
        return _file_part(parts.path) if is_ours and UPLOADS in parts.path else None


def with_media_of(base_urls: Iterable[str], attachment_urls: Iterable[str]) -> OldSite:
    """The old site, knowing the hosts its attachments were on; its own host is none of these."""
    site = OldSite(tuple(base_urls))
    own = {host for host, _path in site._bases}
    hosts = {_host(_split(url)) for url in attachment_urls}
    return OldSite(site.base_urls, frozenset(hosts - own - {""}))


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(f"http:{url}" if url.startswith("//") else url)
        _ = parts.port
    except ValueError:
        return urlsplit("")
    return parts if parts.scheme in ("http", "https") else urlsplit("")


def _host(parts: SplitResult) -> str:
    """Host and port, the port left out where it is the scheme's own."""
    port = parts.port if parts.port not in (80, 443) else None
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}:{port}" if port else host


def _is_below(path: str, base: str) -> bool:
    return not base or path == base or path.startswith(base + "/")


def _file_part(path: str) -> str:
    _before, found, file = path.partition(UPLOADS)
    if found:
        return file
    by_month = _BY_MONTH.search(path)
    return by_month[1] if by_month else path.lstrip("/")


def _safe_path(path: str) -> str | None:
    path = normalize("NFC", path)
    return path if path and is_good_name(path) else None
