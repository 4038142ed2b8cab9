"""Sites that link to each other, each with a server, a worker and data of its own: between them is only HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.databases import Copies
from tests.journeys.sites import ShownLink, Site, read, sites, until

SAID = "Back at home there was tea."


@dataclass(frozen=True)
class Neighbours:
    """Gwen's and Tom's take whatever is sent, Li's no webmentions, and Noor's trackbacks alone."""

    gwen: Site
    tom: Site
    li: Site
    noor: Site


@pytest.fixture(scope="module")
def neighbours(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neighbours]:
    """Four sites for all stories here, in which each asks each other one less than ten times."""
    with sites(
        copies,
        tmp_path_factory.mktemp("neighbours"),
        {"title": "Gwen writes"},
        {"title": "Tom's notes"},
        {"title": "Li at home", "takes_webmentions": False},
        {"title": "Noor's garden", "takes_webmentions": False, "takes_pingbacks": False},
    ) as four:
        yield Neighbours(*four)


def test_two_sites_mention_each_other_and_show_it_when_it_was_read(neighbours: Neighbours) -> None:
    gwen, tom = neighbours.gwen, neighbours.tom
    tea = tom.write("Tea without sugar", "The first week is the hardest one.")
    walk = gwen.write("A long walk", SAID.replace("tea", f"[tea]({tea})"))
    cups = tom.write(
        "Ten cups", f"Of these cups one has seen a [walk]({walk}) that did it no good."
    )

    until(lambda: gwen.told_of(walk), [("webmention", "sent", tea)])
    until(lambda: tom.told_of(cups), [("webmention", "sent", walk)])
    for here, page in ((tom, tea), (gwen, walk)):
        until(here.kinds_waiting, ["webmention"])
        assert here.links_shown(page) == []
        here.approve_all()
    assert tom.links_shown(tea) == [ShownLink(walk, "A long walk", SAID)]
    assert [link.url for link in gwen.links_shown(walk)] == [cups]
    assert '<h1 class="notice__title">Shown</h1>' in read(status_of(gwen, walk))


def test_a_mention_follows_its_page_until_the_link_is_taken_out(neighbours: Neighbours) -> None:
    li, tom = neighbours.li, neighbours.tom
    soup = tom.write("Soup for a week", "Leeks and potatoes.")
    hunger = li.write("Hungry again", f"Since Monday there is [soup]({soup}), and I like it a lot.")
    until(tom.kinds_waiting, ["webmention"])
    tom.approve_all()
    assert [link.url for link in tom.links_shown(soup)] == [hunger]

    tired = f"Since Monday there is [soup]({soup}), and I cannot see it any more."
    li.change(hunger, text=tired)
    until(tom.kinds_waiting, ["webmention"])
    assert "like it" in tom.links_shown(soup)[0].excerpt
    tom.approve_all()
    assert "cannot see it" in tom.links_shown(soup)[0].excerpt

    li.change(hunger, text="Since Tuesday there is bread.")
    until(lambda: tom.links_shown(soup), [])
    assert "does not link here" in read(status_of(li, hunger))


def test_a_mention_goes_with_its_page(neighbours: Neighbours) -> None:
    gwen, noor = neighbours.gwen, neighbours.noor
    rain = gwen.write("Rain", "It rains.")
    puddle = noor.write("A puddle", f"Where there is [rain]({rain}), there is also a puddle.")
    until(gwen.kinds_waiting, ["webmention"])
    gwen.approve_all()
    assert [link.url for link in gwen.links_shown(rain)] == [puddle]

    noor.delete(puddle)

    until(lambda: gwen.links_shown(rain), [])


def test_who_takes_no_mentions_gets_a_pingback(neighbours: Neighbours) -> None:
    gwen, li = neighbours.gwen, neighbours.li
    bread = li.write("Bread", "Flour, water, salt and a night.")
    toast = gwen.write("Toast", f"What is left of the [bread]({bread}) is toasted in the morning.")

    until(lambda: gwen.told_of(toast), [("pingback", "sent", bread)])
    until(li.kinds_waiting, ["pingback"])
    assert li.links_shown(bread) == []
    li.approve_all()
    assert [link.url for link in li.links_shown(bread)] == [toast]


def test_a_trackback_is_sent_where_its_author_wants_it_to_go(neighbours: Neighbours) -> None:
    tom, noor = neighbours.tom, neighbours.noor
    bulbs = noor.write("Bulbs", "They are in the ground since October.")
    words = f"In spring I look at [other people's bulbs]({bulbs}), for I have none of my own."
    spring = tom.write("Spring", words, "--trackback", f"{bulbs}trackback/")

    until(
        lambda: [told[:2] for told in tom.told_of(spring)],
        [("", "none offered"), ("trackback", "sent")],
    )
    until(noor.kinds_waiting, ["trackback"])
    assert noor.links_shown(bulbs) == []
    noor.approve_all()
    assert [link.url for link in noor.links_shown(bulbs)] == [spring]


def status_of(site: Site, url: str) -> str:
    """Where the other site tells what became of a mention."""
    (told,) = site.announcements(url)
    return str(told["status_url"])
