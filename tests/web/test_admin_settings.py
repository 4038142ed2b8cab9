"""What owners decide about the site: seen in the very next answer, kept in the log, and nobody else's to decide."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from app.accounts.actor import Role
from app.site.changing import FIELDS, Part
from app.site.queries import get_site
from app.work import Doors
from tests.conftest import SignedIn
from tests.web.owning import SETTINGS, audited, fields_in, keep
from tests.world import a_page, a_post, the_site

pytestmark = pytest.mark.anyio

POST = "/2024/03/a-letter-a-week/"


@dataclass(frozen=True)
class Seen:
    """A choice, and the answer in which a reader sees it: what is gone from there, and what is new."""

    part: Part
    typed: Mapping[str, Any]
    where: str
    gone: str = ""
    new: str = ""


FEED, SEND = "/feed/", 'class="comment-form"'
CHOICES = (
    Seen(Part.GENERAL, {"title": "The Weekly Letter"}, "/", "A new site", "The Weekly Letter"),
    Seen(Part.GENERAL, {"title": "The Weekly Letter"}, FEED, "A new site", "<title>The Weekly Letter"),
    Seen(Part.GENERAL, {"tagline": "One letter a week"}, POST, "", "One letter a week"),
    Seen(Part.GENERAL, {"language": "de"}, POST, 'lang="en"', 'lang="de"'),
    Seen(Part.GENERAL, {"timezone": "Asia/Tokyo"}, POST, "", "+09:00"),
    Seen(Part.READING, {"posts_per_page": "1"}, "/", "A letter a week", "/page/2/"),
    Seen(Part.READING, {"front_page_id": "3"}, "/", "A letter a week", "We write letters."),
    Seen(Part.COMMENTS, {"comments_open": None}, POST, SEND, "are closed."),
    Seen(Part.COMMENTS, {"comments_close_after": "1"}, POST, SEND, "are closed."),
    Seen(Part.LINKBACKS, {"takes_trackbacks": None}, POST, "Trackback address:"),
    Seen(Part.LINKBACKS, {"takes_webmentions": None}, POST, 'rel="webmention"'),
    Seen(Part.LINKBACKS, {"takes_pingbacks": None}, POST, 'rel="pingback"'),
    Seen(Part.FEEDS, {"feed_items": "1"}, FEED, "A letter a week"),
    Seen(Part.FEEDS, {"feed_full_text": None}, FEED, "<content:encoded>"),
    Seen(Part.APPEARANCE, {"own_accent": "1", "accent": "#1f6f54"}, POST, "", "/static/look."),
    Seen(Part.APPEARANCE, {"reading_width": "wide"}, POST, "", "/static/look."),
)  # fmt: skip


@pytest.fixture
async def owner(doors: Doors, signed_in: SignedIn) -> httpx.AsyncClient:
    """An owner, and two posts and a page."""
    async with doors.unit_of_work() as db:
        await the_site(db)
        await a_post(db)
        await a_post(db, "A second one")
        await a_page(db, "About", body="We write letters.")
    return await signed_in(Role.OWNER)


@pytest.mark.parametrize(
    "choice", CHOICES, ids=lambda one: f"{one.part} {dict(one.typed)} {one.where}"
)
async def test_a_choice_is_seen_in_the_next_answer_and_kept_in_the_log(
    doors: Doors, owner: httpx.AsyncClient, visitor: httpx.AsyncClient, choice: Seen
) -> None:
    first = (await visitor.get(choice.where)).text
    assert choice.gone in first
    assert not choice.new or choice.new not in first
    assert (await visitor.get(choice.where)).text == first

    answer = await keep(owner, choice.part, **choice.typed)

    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"{SETTINGS}{choice.part}/?done=1",
    )
    then = (await visitor.get(choice.where)).text
    assert choice.new in then
    assert not choice.gone or choice.gone not in then
    [entry] = await audited(doors, "settings changed")
    assert entry.thing == f"settings:{choice.part}"
    assert (
        set(entry.before)
        == set(entry.after)
        == {name for name in choice.typed if name != "own_accent"}
    )


async def test_what_is_kept_as_it_was_is_no_news(doors: Doors, owner: httpx.AsyncClient) -> None:
    for part in Part:
        if part != Part.MENUS:
            assert (await keep(owner, part)).status_code == 303, part

    assert await audited(doors, "settings changed") == []


async def test_every_setting_has_a_field_on_its_page(owner: httpx.AsyncClient) -> None:
    for part, names in FIELDS.items():
        if part == Part.MENUS:
            continue
        page = (await owner.get(f"{SETTINGS}{part}/")).text
        for name in names:
            assert (
                f'name="{name.removesuffix("_id") if name in ("logo_id", "header_id") else name}"'
                in page
            )
        assert f'href="{SETTINGS}{part}/"' in (await owner.get(SETTINGS)).text


BAD = (
    ("general", {"title": ""}, "title", "Please fill this in."),
    ("general", {"title": "x" * 201}, "title", "At most 200 characters, please."),
    ("general", {"tagline": "x" * 301}, "tagline", "At most 300 characters, please."),
    ("general", {"language": "klingon"}, "language", "There is no such language."),
    ("general", {"timezone": "Mars/Olympus"}, "timezone", "There is no such time zone."),
    ("general", {"timezone": "../etc/passwd"}, "timezone", "There is no such time zone."),
    ("reading", {"posts_per_page": "0"}, "posts_per_page", "A number from 1 to 100, please."),
    ("reading", {"posts_per_page": "101"}, "posts_per_page", "A number from 1 to 100, please."),
    ("reading", {"posts_per_page": "ten"}, "posts_per_page", "Please write a whole number."),
    ("reading", {"posts_per_page": "9" * 5000}, "posts_per_page", "Please write a whole number."),
    ("reading", {"front_page_id": "99"}, "front_page_id", "That page is not there, or not public."),
    ("comments", {"links_allowed": "-1"}, "links_allowed", "Please write a whole number."),
    ("comments", {"spam_above": "often"}, "spam_above", "Please write a number such as 0.95."),
    ("comments", {"spam_above": "nan"}, "spam_above", "A number from 0.5 to 1, please."),
    ("comments", {"ham_below": "0.7"}, "ham_below", "A number from 0 to 0.5, please."),
    ("comments", {"comments_close_after": "4000"}, "comments_close_after", "A number from 0 to 3650, please."),
    ("notices", {"owners_warned_after": "400"}, "owners_warned_after", "A number from 0 to 365, please."),
    ("feeds", {"feed_items": ""}, "feed_items", "Please write a whole number."),
    ("appearance", {"own_accent": "1", "accent": "red;}"}, "accent", "A colour is written as #"),
    ("appearance", {"reading_width": "endless"}, "reading_width", "That can&#39;t be used."),
)  # fmt: skip


@pytest.mark.parametrize(("part", "typed", "at", "says"), BAD)
async def test_what_can_not_be_is_said_at_the_top_and_at_the_field_and_all_that_was_typed_stays(
    doors: Doors, owner: httpx.AsyncClient, part: str, typed: dict[str, str], at: str, says: str
) -> None:
    answer = await keep(owner, part, **typed)

    assert answer.status_code == 422
    assert f'<a href="#{at}">{says}' in answer.text
    assert f'id="{at}' in answer.text
    if at not in ("reading_width", "accent"):
        assert fields_in(answer.text)[at] == typed[at]
    assert await audited(doors, "settings changed") == []


async def test_of_two_owners_the_second_is_shown_what_the_first_kept_and_loses_nothing(
    doors: Doors, owner: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    other = await signed_in(Role.OWNER)
    mine = fields_in((await owner.get(f"{SETTINGS}general/")).text)
    await keep(other, "general", title="Hers", tagline="Of letters")

    late = await owner.post(
        f"{SETTINGS}general/", data={**mine, "title": "His", "tagline": "Of mine"}
    )

    assert late.status_code == 409
    assert "Somebody else changed this meanwhile." in late.text
    assert "Kept meanwhile: Hers" in late.text
    assert fields_in(late.text)["title"] == "His"
    assert fields_in(late.text)["tagline"] == "Of mine"
    async with doors.reading() as db:
        assert (await get_site(db)).title == "Hers"
    # Sending it again is meant.
    again = await owner.post(f"{SETTINGS}general/", data=fields_in(late.text))
    assert again.status_code == 303
    async with doors.reading() as db:
        assert (await get_site(db)).title == "His"


async def test_of_two_owners_at_the_same_moment_one_is_told(
    doors: Doors, owner: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    other = await signed_in(Role.OWNER)
    typed = fields_in((await owner.get(f"{SETTINGS}general/")).text)

    answers = await asyncio.gather(
        owner.post(f"{SETTINGS}general/", data={**typed, "title": "His"}),
        other.post(f"{SETTINGS}general/", data={**typed, "title": "Hers"}),
    )

    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert len(await audited(doors, "settings changed")) == 1


async def test_two_owners_change_different_parts_and_neither_is_late(
    owner: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    other = await signed_in(Role.OWNER)
    mine = fields_in((await owner.get(f"{SETTINGS}general/")).text)
    await keep(other, "feeds", feed_items="5")

    assert (
        await owner.post(f"{SETTINGS}general/", data={**mine, "title": "His"})
    ).status_code == 303


async def test_the_front_page_says_in_words_that_all_is_well_and_leads_everywhere(
    owner: httpx.AsyncClient,
) -> None:
    page = (await owner.get("/admin/")).text

    assert "All is well. Nothing waits, and nothing has failed." in page
    for path in (
        "/admin/settings/", "/admin/menus/", "/admin/redirects/", "/admin/people/", "/admin/members/",
        "/admin/links/", "/admin/health", "/admin/log/", "/mod/", "/write/",
    ):  # fmt: skip
        assert f'href="{path}"' in page


async def test_a_part_that_is_not_there_is_not_found(owner: httpx.AsyncClient) -> None:
    assert (await owner.get(f"{SETTINGS}plugins/")).status_code == 404
    assert (await owner.post(f"{SETTINGS}plugins/", data={"a": "b"})).status_code == 404
