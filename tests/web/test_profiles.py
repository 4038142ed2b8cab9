"""A member's page and the list of people, as readers find them."""

import httpx
import pytest

from app.accounts.blocks import is_blocked_between
from app.accounts.models import User
from app.groups.profiles.models import Audience
from app.work import Doors
from tests.conftest import CountQueries, SignedIn
from tests.groups.profiles.membership import FULL, a_profile
from tests.world import a_comment, a_member, a_page, a_post

pytestmark = pytest.mark.anyio

OWN = "/account/profile/"


async def ada_of(doors: Doors, seen_by: Audience = Audience.PUBLIC, **fields: object) -> User:
    async with doors.unit_of_work() as db:
        return await a_profile(db, "Ada", seen_by=seen_by, **{**FULL, **fields})


async def test_everybody_sees_what_is_for_everybody(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    await ada_of(doors)

    page = await visitor.get("/people/ada/")
    listed = (await visitor.get("/people/")).text

    for words in ("HEADLINE", "ABOUT", "PLACE", "HELP", "WISH", "Mentor", "nobody checked it"):
        assert words in page.text, words
    assert '"@type":"ProfilePage"' in page.text
    assert "noindex" not in page.text
    assert "HEADLINE" in listed
    assert (await visitor.get("/people/ada")).headers["location"] == "/people/ada/"


async def test_visitors_are_told_nothing_of_what_is_for_members(
    visitor: httpx.AsyncClient, signed_in: SignedIn, doors: Doors
) -> None:
    await ada_of(doors, Audience.MEMBERS)
    member = await signed_in()

    page = await visitor.get("/people/ada/")
    listed = (await visitor.get("/people/")).text

    for words in ("HEADLINE", "ABOUT", "PLACE", "HELP", "WISH", "Mentor", "ada.example"):
        assert words not in page.text + listed, words
    assert 'content="noindex"' in page.text
    assert "Members may see more" in page.text
    assert "ld+json" not in page.text
    seen = await member.get("/people/ada/")
    assert "HEADLINE" in seen.text
    assert seen.headers["cache-control"] == "no-store"
    assert "HEADLINE" in (await member.get("/people/")).text


async def test_a_blocked_pair_meets_the_same_answer_as_for_nobody(
    signed_in: SignedIn, doors: Doors
) -> None:
    ada = await ada_of(doors)
    async with doors.unit_of_work() as db:
        bo = await a_profile(db, "Bertram", seen_by=Audience.PUBLIC, **FULL)
    as_ada, as_bo = await signed_in(user=ada), await signed_in(user=bo)

    done = await as_ada.post("/people/bertram/block/")

    assert (done.status_code, done.headers["location"]) == (303, "/account/blocks/?done=blocked")
    for client, other in ((as_ada, "bertram"), (as_bo, "ada")):
        gone, nobody = await client.get(f"/people/{other}/"), await client.get("/people/nobody/")
        assert gone.status_code == nobody.status_code == 404
        assert gone.text.replace(other, "nobody") == nobody.text
        assert f"/people/{other}/" not in (await client.get("/people/")).text
        assert (await client.post(f"/people/{other}/block/")).status_code == 404
    assert "Bertram" in (await as_ada.get("/account/blocks/")).text
    assert "Ada" not in (await as_bo.get("/account/blocks/")).text.partition("<main")[2]

    await as_bo.post(f"/account/blocks/{ada.id}/removal")
    async with doors.reading() as db:
        assert await is_blocked_between(db, ada.id, bo.id), "only who blocked takes it back"
    await as_ada.post(f"/account/blocks/{bo.id}/removal")
    assert (await as_bo.get("/people/ada/")).status_code == 200


async def test_a_profile_is_edited_and_looked_at_as_others(
    signed_in: SignedIn, doors: Doors
) -> None:
    ada = await ada_of(doors)
    here = await signed_in(user=ada)
    fields = {
        "headline": "New & true", "about": "*Hello* <script>", "can_help": "CVs, cvs, Salary talks",
        "place": "Berlin", "looking_for": "", "badge": "coach", "version": "2",
        "link_1_label": "Mine", "link_1_url": "https://ada.example/", "headline_seen_by": "members",
        "about_seen_by": "public", "can_help_seen_by": "public", "place_seen_by": "nonsense",
        "entry_seen_by": "public", "badge_seen_by": "me", "links_seen_by": "public",
    }  # fmt: skip

    kept = await here.post(OWN, data=fields)

    assert (kept.status_code, kept.headers["location"]) == (303, f"{OWN}?done=profile")
    as_visitor = (await here.get(f"{OWN}?as=visitor")).text
    as_member = (await here.get(f"{OWN}?as=member")).text
    assert "<em>Hello</em>" in as_visitor
    assert "<script>" not in as_visitor.partition("<main")[2]
    assert "New &amp; true" in as_member
    assert "New &amp; true" not in as_visitor
    assert as_visitor.count("CVs") == 1
    assert "Berlin" not in as_member
    assert "coach" not in as_member
    assert (await here.post(OWN, data=fields)).status_code == 409, "of an older version"


async def test_a_refused_profile_comes_back_as_it_was_typed(signed_in: SignedIn) -> None:
    here = await signed_in()

    answer = await here.post(
        OWN,
        data={
            "headline": "Mine <own>", "link_2_url": "javascript:alert(1)", "link_2_label": "Click",
            "can_help": "x" * 50, "version": "1", "about_seen_by": "me",
        },
    )  # fmt: skip

    assert answer.status_code == 422
    for shown in ('value="Mine &lt;own&gt;"', "javascript:alert(1)", "x" * 50, "link_2_url-wrong"):
        assert shown in answer.text
    assert 'href="#can_help"' in answer.text


async def test_the_list_is_filtered_and_read_in_parts(
    visitor: httpx.AsyncClient, doors: Doors, count_queries: CountQueries
) -> None:
    async with doors.unit_of_work() as db:
        for number in range(35):
            await a_profile(
                db, f"Member {number:02}", seen_by=Audience.PUBLIC, is_listed=True,
                can_help="Salary talks" if number % 2 else "CVs", places="Berlin, Köln",
            )  # fmt: skip

    with count_queries() as queries:
        first = (await visitor.get("/people/")).text
    rest = (await visitor.get("/people/?after=member-29")).text
    helping = (await visitor.get("/people/?can_help=salary+TALKS&place=köln")).text

    assert (first.count('class="person '), rest.count('class="person ')) == (30, 5)
    assert "after=member-29" in first
    assert "after=" not in rest.partition("<main")[2].replace("after=member-29", "")
    assert helping.count('class="person ') == 17
    assert "Nobody here says so" in (await visitor.get("/people/?place=Rome")).text
    assert len(queries) <= 5, queries


async def test_words_said_in_public_are_listed_for_whom_they_are(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        ada = await a_profile(db, "Ada", seen_by=Audience.PUBLIC)
        shy = await a_profile(db, "Shy", seen_by=Audience.MEMBERS)
        post = await a_post(db, "A letter")
        for who in (ada, shy):
            await a_comment(db, under=post, text=f"Said by {who.name}", user_id=who.id)

    assert "Said by Ada" in (await visitor.get("/people/ada/")).text
    assert "Said by Shy" not in (await visitor.get("/people/shy/")).text


async def test_an_imported_page_opens_the_list_with_its_text(
    visitor: httpx.AsyncClient, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        page = await a_page(db, "Our people", body="All of us", slug="people-old")
        page.path = "/people/"

    answer = await visitor.get("/people/")

    assert "Our people" in answer.text
    assert "All of us" in answer.text


async def test_a_page_says_the_same_until_it_is_changed_and_then_another_thing(
    visitor: httpx.AsyncClient, signed_in: SignedIn, doors: Doors
) -> None:
    ada = await ada_of(doors)
    here = await signed_in(user=ada)
    assert "HEADLINE" in (await visitor.get("/people/ada/")).text

    await here.post(OWN, data={"headline": "Other", "headline_seen_by": "public", "version": "2"})
    assert "Other" in (await visitor.get("/people/ada/")).text
    await here.post("/account/name", data={"name": "Ada King"})
    assert "Ada King" in (await visitor.get("/people/ada/")).text


async def test_empty_pages_say_what_will_be_there(
    visitor: httpx.AsyncClient, signed_in: SignedIn, doors: Doors
) -> None:
    async with doors.unit_of_work() as db:
        bo = await a_member(db, "Bo")
    here = await signed_in(user=bo)

    assert "Your page is empty" in (await here.get("/people/bo/")).text
    assert "nothing here for everybody" in (await visitor.get("/people/bo/")).text
    assert "who want to be found" in (await visitor.get("/people/")).text
    assert "Nobody is listed unasked" in (await here.get("/people/")).text
