"""Links between Rapport and WordPress: sent, looked at, held, let through, shown, by each way that WordPress knows."""

from functools import partial

from tests.interop.conftest import World
from tests.journeys.sites import ShownLink, Site, until

# WordPress takes one ping in fifteen seconds; who comes too early comes again in a minute.
PATIENCE = 200.0


def test_three_sites_link_to_each_other(world: World) -> None:
    gwen, tom, wordpress = world.gwen, world.tom, world.wordpress
    tea = gwen.write("Tea without sugar", "The first week is the hardest one.")
    soup = tom.write("Soup for a week", "Leeks and potatoes.")
    bread = wordpress.publish("Bread", "<p>Flour, water, salt and a night.</p>")

    meal = gwen.write("A meal", f"First there was [soup]({soup}), and then some [bread]({bread}).")
    fast = tom.write("A fast", f"No [tea]({tea}) for a day, and of [bread]({bread}) not a crumb.")
    words = f"<p>There was <a href='{tea}'>tea</a>, and later <a href='{soup}'>soup</a>.</p>"
    feast = wordpress.publish("A feast", words)

    require_pingbacks(world, bread, (gwen, meal), (tom, fast))
    require_links(gwen, tea, {fast: "webmention", feast: "pingback"})
    require_links(tom, soup, {meal: "webmention", feast: "pingback"})


def test_a_post_with_many_links_to_wordpress_has_all_of_them_told(world: World) -> None:
    gwen, wordpress = world.gwen, world.wordpress
    beds = [wordpress.publish(f"Bed {n}", "<p>Beans.</p>") for n in range(4)]

    tour = gwen.write("A tour", " ".join(f"Here is [a bed]({bed}) of beans." for bed in beds))

    until(lambda: gwen.told_of(tour), [("pingback", "sent", bed) for bed in beds], PATIENCE)
    assert [wordpress.links(bed) for bed in beds] == [[("pingback", "unapproved", tour)]] * 4


def test_wordpress_shows_a_trackback_from_rapport(world: World) -> None:
    gwen, wordpress = world.gwen, world.wordpress
    bulbs = wordpress.publish("Bulbs", "<p>They are in the ground since October.</p>")
    trackback = f"{bulbs}trackback/"

    spring = gwen.write("Frühling “bald”", "It comes & goes.", "--trackback", trackback)

    until(lambda: gwen.told_of(spring), [("trackback", "sent", trackback)], PATIENCE)
    (kept,) = wordpress.do("links", bulbs)
    assert (kept["kind"], kept["state"], kept["source"]) == ("trackback", "unapproved", spring)
    assert (kept["name"], "Frühling “bald”" in kept["text"]) == ("Gwen writes", True)
    assert wordpress.links_shown(bulbs) == []
    wordpress.approve_all(bulbs)
    assert wordpress.links_shown(bulbs) == [spring]


def test_rapport_shows_a_trackback_from_wordpress(world: World) -> None:
    gwen, wordpress = world.gwen, world.wordpress
    rain = gwen.write("Rain", "It rains.")

    said = "Where there was rain & wind, there is a Pfütze."
    text = f"<p>{said.replace('&', '&amp;').replace('rain', f'<a href={rain!r}>rain</a>')}</p>"
    puddle = wordpress.publish("Eine Pfütze", text, f"{rain}trackback/", tells_links=False)

    require_links(gwen, rain, {puddle: "trackback"})
    assert gwen.links_shown(rain) == [ShownLink(puddle, "Eine Pfütze", said)]


def test_a_page_that_is_told_of_by_pingback_and_trackback_is_one_link(world: World) -> None:
    gwen, wordpress = world.gwen, world.wordpress
    rain = gwen.write("Rain", "It rains.")

    text = f"<p>Where there is <a href='{rain}'>rain</a>, there is also a puddle.</p>"
    puddle = wordpress.publish("A puddle", text, f"{rain}trackback/")

    require_links(gwen, rain, {puddle: "pingback"})
    until(lambda: wordpress.told_of(puddle), [rain, f"{rain}trackback/"])


def test_a_trackback_from_a_page_that_does_not_link_here_waits_for_nobody(world: World) -> None:
    gwen, wordpress = world.gwen, world.wordpress
    rain = gwen.write("Rain", "It rains.")

    wordpress.publish("A shop", "<p>Umbrellas!</p>", f"{rain}trackback/")

    until(gwen.links_kept, [("trackback", "spam", "missing")])
    assert gwen.waiting() == []


def require_links(here: Site, page: str, sources: dict[str, str]) -> None:
    """Each has come its way, was found on its page, is held, and is shown as soon as somebody wants it to be."""
    until(here.kinds_waiting, sorted(sources.values()))
    assert {link[1:] for link in here.links_kept()} == {("pending", "found")}
    assert here.links_shown(page) == []
    here.approve_all()
    assert {link.url for link in here.links_shown(page)} == set(sources)


def require_pingbacks(world: World, page: str, *sent: tuple[Site, str]) -> None:
    """The same in WordPress."""
    wordpress = world.wordpress
    for site, source in sent:
        until(partial(has_told, site, source, page), True, PATIENCE)
    held = {("pingback", "unapproved", source) for _site, source in sent}
    assert set(wordpress.links(page)) == held
    assert wordpress.links_shown(page) == []
    wordpress.approve_all(page)
    assert set(wordpress.links_shown(page)) == {source for _site, source in sent}


def has_told(site: Site, source: str, page: str) -> bool:
    """Whether a pingback was sent, and taken."""
    return ("pingback", "sent", page) in site.told_of(source)
