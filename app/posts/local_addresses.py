"""Which path of this site a whole address means, if any."""

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit


def local_path(url: str, base_urls: Iterable[str]) -> str | None:
    """The decoded path of `url` below one of the sites at `base_urls`; None for foreign addresses.

    http and https are the same site here, as is a host with and without its `www.`.
    """
    try:
        asked = urlsplit(url.strip())
        own = [urlsplit(base_url) for base_url in base_urls]
        places = [_place(base.netloc) + base.path.rstrip("/") for base in own]
        here = _place(asked.netloc) + asked.path
    except ValueError:
        return None
    if asked.scheme not in ("http", "https"):
        return None
    for place in sorted(places, key=len, reverse=True):
        if here == place or here.startswith(place + "/"):
            return unquote(here.removeprefix(place)) or "/"
    return None


def _place(host: str) -> str:
    return host.lower().removeprefix("www.").removesuffix(":80").removesuffix(":443")
