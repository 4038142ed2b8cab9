"""What search engines read off a discussion: the whole of it in schema.org's words, or that it is none of theirs."""

import json

import pytest
from lxml import html
from sqlalchemy import select

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.discussions.actions import remove
from app.discussions.models import Comment
from tests.groups.building import a_place, answer, begin, fill_topic

pytestmark = pytest.mark.anyio

SITE = "http://blog.example"


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def test_a_discussion_tells_who_began_it_and_its_answers_as_a_tree(visitor, doors, signed_in):
    place = await a_place(doors, signed_in)
    text = "Tell me </script><script>alert(1)</script>."
    topic = (await begin(place.member, place, comment=text, tags="work")).headers["location"]
    await answer(place.owner, topic, "Somebody in *Leeds*.")
    _opening, second = await _ids(doors)
    await answer(place.member, topic, "Rude.", comment_parent=second)
    await answer(place.owner, topic, "Which street?", comment_parent=(await _ids(doors))[-1])
    async with doors.unit_of_work() as db:
        await remove(db, OWNER_AT_THE_MACHINE, (await _ids(doors))[2])

    page = (await visitor.get(topic)).text

    said = _facts_on(page)["DiscussionForumPosting"]
    assert said["url"] == said["mainEntityOfPage"] == f"{SITE}{topic}"
    assert said["headline"] == "Who is hiring?"
    assert said["author"] == {"@type": "Person", "name": "Mika", "url": f"{SITE}/people/mika/"}
    assert "alert(1)" in said["text"]
    assert "<script>alert" not in page
    assert said["isPartOf"]["url"] == f"{SITE}{place.url}"
    assert said["interactionStatistic"]["userInteractionCount"] == 2
    (leeds,) = said["comment"]
    assert (leeds["text"], leeds["author"]["name"]) == ("Somebody in Leeds.", "Olga")
    assert leeds["url"] == f"{SITE}{topic}#reply-{second}"
    assert "datePublished" in leeds
    assert [one["text"] for one in leeds["comment"]] == ["Which street?"]


async def test_each_page_of_a_discussion_says_how_it_began_and_what_stands_beside_it(
    visitor, doors, signed_in
):
    place = await a_place(doors, signed_in)
    topic = (await begin(place.member, place)).headers["location"]
    await fill_topic(doors, 120)

    pages = [(await visitor.get(f"{topic}{rest}")).text for rest in ("", "page/2/", "page/3/")]

    told = [_facts_on(page) for page in pages]
    for number, facts in enumerate(told, 1):
        said = facts["DiscussionForumPosting"]
        assert said["text"] == "Who is hiring? I would like to know."
        assert said["author"]["url"] == f"{SITE}/people/mika/"
        assert said["url"] == f"{SITE}{topic}"
        assert said["mainEntityOfPage"] == f"{SITE}{topic}" + f"page/{number}/" * (number > 1)
    texts = [one["text"] for facts in told for one in facts["DiscussionForumPosting"]["comment"]]
    assert texts == [f"Reply {number}" for number in range(120)]
    assert told[1]["WebPage"]["isPartOf"]["url"] == f"{SITE}{topic}"
    links = [{link.get("rel"): link.get("href") for link in _head_links(page)} for page in pages]
    assert [link["canonical"] for link in links] == [
        f"{SITE}{topic}", f"{SITE}{topic}page/2/", f"{SITE}{topic}page/3/",
    ]  # fmt: skip
    assert "prev" not in links[0]
    assert (links[1]["prev"], links[1]["next"]) == (f"{SITE}{topic}", f"{SITE}{topic}page/3/")
    assert "next" not in links[2]


@pytest.mark.parametrize("visibility", ["members", "hidden"])
async def test_what_is_said_among_members_is_told_to_no_search_engine(doors, signed_in, visibility):
    place = await a_place(doors, signed_in, visibility=visibility)
    topic = (await begin(place.member, place)).headers["location"]

    for path in (topic, place.url, f"{place.url}about/"):
        page = await place.member.get(path)
        assert page.headers["x-robots-tag"] == "noindex"
        assert 'name="robots" content="noindex"' in page.text
        assert "ld+json" not in page.text


async def test_a_public_discussion_is_listed_and_the_addresses_of_its_replies_are_not(
    visitor, doors, signed_in
):
    place = await a_place(doors, signed_in)
    topic = (await begin(place.member, place)).headers["location"]
    (opening,) = await _ids(doors)

    assert "x-robots-tag" not in (await visitor.get(topic)).headers
    leading = await visitor.get(f"{place.url}r/{opening}")
    assert (leading.status_code, leading.headers["x-robots-tag"]) == (302, "noindex")


def _facts_on(page):
    (block,) = html.fromstring(page).xpath("//script[@type='application/ld+json']")
    return {thing["@type"]: thing for thing in json.loads(block.text)["@graph"]}


def _head_links(page):
    return html.fromstring(page).xpath("//link[@rel='canonical' or @rel='prev' or @rel='next']")


async def _ids(doors):
    async with doors.reading() as db:
        return list(await db.scalars(select(Comment.id).order_by(Comment.id)))
