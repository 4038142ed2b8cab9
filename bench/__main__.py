"""`python -m bench`: load a site, drive the server as shipped, print one table.

Ratios are to a yardstick of the same run: the same bytes, headers and all, from a bare ASGI function
under the same server with the same settings. Quote ratios, never single times.
"""

import argparse
from contextlib import ExitStack
from pathlib import Path

from bench.contestants import bare_server, other_server, our_server
from bench.load import has_wrk
from bench.loading import loaded
from bench.measuring import print_first_renderings, print_load, print_rest
from bench.pages import pages_of
from bench.site import Size
from bench.writing import print_writing

LARGE = Size(comments=1_000_000)


def main() -> None:
    """Measure and print."""
    options = _parsed()
    sizes = [Size(options.posts, options.comments), *([LARGE] if options.scale else [])]
    sites = [loaded(size, options.data) for size in sizes]
    pages = [page for page in pages_of(sizes[0]) if options.only in page.name]
    others = [other_server(options.wordpress, pages)] if options.wordpress else []
    with ExitStack() as servers:
        ours = [servers.enter_context(our_server(site, pages, options.data)) for site in sites]
        yardstick = servers.enter_context(bare_server(ours[0], pages, options.data))
        if not has_wrk():
            print("wrk is not installed. Our own sockets drive, which flatters every ratio.")
        print_load(pages, [yardstick, *ours, *others], options.seconds)
        for server in ours:
            print_first_renderings(pages, server, yardstick, options.rounds)
            print_rest(server, yardstick)
    for site in sites:
        print_writing(site, options.data, options.seconds, options.flood)


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--comments", type=int, default=100_000)
    parser.add_argument("--scale", action="store_true", help=f"beside it a site of {LARGE}")
    parser.add_argument("--seconds", type=int, default=1, help="of each of a row's five rounds")
    parser.add_argument("--rounds", type=int, default=200, help="first renderings of each page")
    parser.add_argument("--flood", type=float, default=60, help="seconds of it")
    parser.add_argument("--only", default="", metavar="WORD", help="pages with this in their name")
    parser.add_argument(
        "--data", type=Path, default=Path("bench-data"), help="where sites are kept"
    )
    parser.add_argument(
        "--wordpress",
        type=Path,
        metavar="URL-MAP",
        help="another running server: a JSON file of names of pages and their URLs there",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
