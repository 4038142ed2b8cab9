"""All the ways a page may name its endpoint, end to end: each is told once, and nobody else is."""

from datetime import timedelta

import pytest

from app.settings import Settings
from app.work import Doors
from tests.core.strangers import Behaviour, answers, redirects_to
from tests.linkbacks.telling import ACCEPTED, Theirs, a_site_of_theirs, ours

pytestmark = pytest.mark.anyio

WRONG = '<link rel="webmention" href="/wrong">'


def page(html: str = "", *links: str) -> Behaviour:
    """A page with `Link` headers, in the case given."""
    headers = (link if ":" in link.split("<")[0] else f"Link: {link}" for link in links)
    return answers(f"<!doctype html><body>{html}</body>".encode(), *headers)


def cases(here: str) -> dict[int, tuple[Behaviour, str]]:
    """W3C Webmention §3.1.2, with what implementations got wrong: the page, and who is to hear."""
    escaped = '<code>&lt;link rel="webmention" href="/wrong"&gt;</code>'
    return {
        1: (page("", "</hear/1>; rel=webmention"), "/hear/1"),
        2: (page("", f"<{here}/hear/2>; rel=webmention"), "/hear/2"),
        3: (page('<link rel="webmention" href="/hear/3">'), "/hear/3"),
        4: (page(f'<link rel="webmention" href="{here}/hear/4">'), "/hear/4"),
        5: (page('<a rel="webmention" href="/hear/5">x</a>'), "/hear/5"),
        6: (page(f'<a href="{here}/hear/6" rel="webmention">x</a>'), "/hear/6"),
        7: (page("", "LinK: </hear/7>; rel=webmention"), "/hear/7"),
        8: (page("", '</hear/8>; rel="webmention"'), "/hear/8"),
        9: (page('<link rel="x webmention y" href="/hear/9">'), "/hear/9"),
        10: (page("", '</hear/10>; rel="webmention x"'), "/hear/10"),
        11: (page(WRONG + '<a rel="webmention" href="/wrong">x</a>', "</hear/11>; rel=webmention"), "/hear/11"),
        12: (page('<link rel="not-webmention" href="/wrong"><link rel=webmention href=/hear/12>'), "/hear/12"),
        13: (page(f'<!-- {WRONG} --><a rel="webmention" href="/hear/13">x</a>'), "/hear/13"),
        14: (page(f'{escaped}<a rel="webmention" href="/hear/14">x</a>'), "/hear/14"),
        15: (page('<link rel="webmention" href="">'), "/page/15"),
        16: (page(f'<a rel="webmention" href="/hear/16">x</a>{WRONG}'), "/hear/16"),
        17: (page('<link rel="webmention" href="/hear/17"><a rel="webmention" href="/wrong">x</a>'), "/hear/17"),
        18: (page("", '</wrong>; rel="other"', '</hear/18>; rel="webmention"'), "/hear/18"),
        19: (page("", '</wrong>; rel="other", </hear/19>; rel="webmention"'), "/hear/19"),
        20: (page('<link rel="webmention"><a rel="webmention" href="/hear/20">x</a>'), "/hear/20"),
        21: (page('<link rel="webmention" href="/hear/21?query=yes">'), "/hear/21?query=yes"),
        22: (page('<link rel="webmention" href="22/hear">'), "/page/22/hear"),
        23: (redirects_to("/moved/23/page"), "/moved/23/hear"),
    }  # fmt: skip


async def test_twenty_three_pages_are_told_rightly_each_at_its_endpoint(
    doors: Doors, settings: Settings
) -> None:
    async with a_site_of_theirs(
        {"/moved/23/page": page('<a rel="webmention" href="hear">x</a>')}
    ) as theirs:
        known = cases(theirs.url(""))
        for number, (behaviour, endpoint) in known.items():
            theirs.pages[f"GET /page/{number}"] = behaviour
            theirs.pages[f"POST {endpoint}"] = ACCEPTED
        us = ours(doors, settings, theirs)
        await us.writes(" ".join(f"[{n}]({theirs.url(f'/page/{n}')})" for n in known))
        # One server is asked ten times a minute; what waits for its turn is put off, and comes.
        for minute in range(1, 12):
            await us.works(later=timedelta(minutes=minute, seconds=minute))

    assert told(theirs) == {
        endpoint: theirs.url(f"/page/{number}") for number, (_page, endpoint) in known.items()
    }
    rows = await us.rows()
    assert [(row.kind, row.state) for row in rows] == [("webmention", "sent")] * 23
    # A page and its endpoint, and one redirect.
    assert len(theirs.asked) == 2 * 23 + 1


def told(theirs: Theirs) -> dict[str, str]:
    """Which target was named at which path."""
    paths = [line.removeprefix("POST ") for line in theirs.asked if line.startswith("POST ")]
    assert len(paths) == len(set(paths))
    return {path: theirs.heard(path)[0]["target"] for path in paths}
