"""What is measured: pages of the loaded site, as a browser or a feed reader asks for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from bench.site import HOT, HOTTER, LoadPost, Size, plan
from bench.yardstick import Answer

CONCURRENCIES = (1, 8, 32)
# The answer to what is said: go and see what became of it.
TAKEN_IN = 303
_BROWSER = {"accept-encoding": "gzip, deflate, br, zstd", "accept": "text/html,*/*;q=0.8"}
# The server writes it anew each time, the yardstick's server too.
_WRITTEN_BY_THE_SERVER = (b"date", b"server")


@dataclass(frozen=True)
class Page:
    """One thing to ask for."""

    name: str
    path: str
    # What goes stale when the page changes; empty for one that is not kept.
    tags: tuple[str, ...] = ()
    status: int = 200
    is_conditional: bool = False
    # Left out of the load, where only its first rendering is of interest.
    is_driven: bool = True
    # By whom it is asked for; nobody in particular without.
    cookie: str = ""


@dataclass(frozen=True)
class Asked:
    """A page at one server, with the headers it is asked for with."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


def pages_of(size: Size) -> tuple[Page, ...]:
    """The pages that are measured, in the order of the table."""
    posts = plan(size)
    hot, hotter = (next(post for post in posts if post.slug == slug) for slug in (HOT, HOTTER))
    month = f"/{hot.at:%Y/%m}/"
    deep = f"{hotter.path}comment-page-10/"
    return (
        Page("post page, 100 comments", hot.path, _tags(hot)),
        Page("post page, 2,000 comments", hotter.path, _tags(hotter)),
        Page("its 10th page of comments", deep, _tags(hotter), is_driven=False),
        Page("home", "/", ("posts",)),
        Page("feed, RSS", "/feed/", ("posts",)),
        Page("feed, Atom", "/feed/atom/", ("posts",), is_driven=False),
        Page("feed, not modified", "/feed/", status=304, is_conditional=True),
        Page("archive of a month", month, ("posts", f"dated:{hot.at:%Y-%m}")),
        Page("search", "/search/?q=patient+letter"),
        Page("no such page", "/no-such-page/", status=404),
    )


def pages_signed_in(size: Size, cookie: str) -> tuple[Page, ...]:
    """What a moderator who has this cookie is shown; none of it is kept."""
    hot = next(post for post in plan(size) if post.slug == HOT)
    return (
        Page("signed-in post page", hot.path, cookie=cookie),
        Page("console queue", "/mod/", cookie=cookie),
    )


def _tags(post: LoadPost) -> tuple[str, ...]:
    return (f"post:{post.number}",)


def ask_for(page: Page, server: str, path: str | None = None) -> tuple[Asked, Answer]:
    """How to ask a server for a page, and what it answers, byte by byte as it travels."""
    url = server + (page.path if path is None else path)
    headers = dict(_BROWSER) | ({"cookie": page.cookie} if page.cookie else {})
    if page.is_conditional:
        headers["if-none-match"] = _fetch("GET", url, headers)[1]["etag"]
    answer, _ = _fetch("GET", url, headers)
    if answer.status != page.status:
        raise SystemExit(f"{url} answers {answer.status} instead of {page.status}")
    return Asked(url, headers), answer


def answer_to_form(url: str, fields: Mapping[str, str], status: int, cookie: str = "") -> Answer:
    """What a server answers to a form that is sent to it, byte by byte as it travels.

    Raises SystemExit for another status.
    """
    headers = _BROWSER | ({"cookie": cookie} if cookie else {})
    answer, _ = _fetch("POST", url, headers, dict(fields))
    if answer.status != status:
        raise SystemExit(f"{url} answers {answer.status} to a form instead of {status}")
    return answer


def _fetch(
    method: str, url: str, headers: Mapping[str, str], fields: dict[str, str] | None = None
) -> tuple[Answer, httpx.Headers]:
    with (
        httpx.Client(trust_env=False, timeout=60) as client,
        client.stream(method, url, headers=headers, data=fields) as response,
    ):
        body = b"".join(response.iter_raw())
        kept = [
            (n.lower(), v)
            for n, v in response.headers.raw
            if n.lower() not in _WRITTEN_BY_THE_SERVER
        ]
        return Answer(response.status_code, tuple(kept), body), response.headers
