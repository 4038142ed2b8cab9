"""Web addresses as linkbacks compare them: one spelling for each place."""

import re

import httpx

_PORTS = {"http": 80, "https": 443}
# RFC 3986 §2.2 and §2.3: what stands for itself in a path or a query; everything else is written
# as percent and digits. Square brackets are left, as every browser leaves them.
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?|[^A-Za-z0-9._~!$&'()*+,;=:@/?\[\]-]")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|[0-9a-f]*:[0-9a-f:.]*")


def is_web_address(url: str, longest: int = 1000) -> bool:
    """Whether this is a whole http(s) address of some host, with nobody's name or password in it."""
    return len(url) <= longest and _read(url) is not None


def normalised(url: str) -> str:
    """The address in its one spelling (RFC 3986 §6.2.2, §6.2.3), without fragment.

    What is no web address comes back as it was.
    """
    parsed = _read(url)
    if parsed is None:
        return url
    path, asks, query = parsed.raw_path.decode("ascii").partition("?")
    return f"{parsed.scheme}://{_host_and_port(parsed)}{_path(path)}{asks}{_escaped(query)}"


def same_place(a: str, b: str) -> bool:
    """Whether two addresses lead to one page: http is https, and a last slash says nothing."""
    return _place(a) == _place(b)


def _read(url: str) -> httpx.URL | None:
    # A blank or a control character inside is a mistake in the address, or a way around a check.
    if not url.isprintable() or any(map(str.isspace, url)):
        return None
    try:
        parsed = httpx.URL(url)
        host = parsed.raw_host.decode("ascii").lower()
    except (httpx.InvalidURL, ValueError):
        return None
    if parsed.scheme not in _PORTS or parsed.userinfo or not _HOST.fullmatch(host):
        return None
    return parsed


def _host_and_port(url: httpx.URL) -> str:
    host = url.raw_host.decode("ascii").lower()
    host = f"[{host}]" if ":" in host else host
    return host if url.port in (None, _PORTS[url.scheme]) else f"{host}:{url.port}"


def _path(path: str) -> str:
    path = _escaped(path)
    # A dot may have been written as %2E: only now they can all be seen (RFC 3986 §6.2.2.3).
    if re.search(r"/\.\.?(?:/|$)", path):
        path = httpx.URL("http://host" + path).raw_path.decode("ascii")
    return path or "/"


def _escaped(text: str) -> str:
    return _ESCAPE.sub(_one_escape, text)


def _one_escape(found: re.Match[str]) -> str:
    if found[1]:
        letter = chr(int(found[1], 16))
        return letter if _UNRESERVED.fullmatch(letter) else found[0].upper()
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))


def _place(url: str) -> str:
    address, asks, query = normalised(url).partition("?")
    return address.replace("http://", "https://", 1).rstrip("/") + asks + query
