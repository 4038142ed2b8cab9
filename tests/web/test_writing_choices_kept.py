"""All that is typed and chosen in the editor is kept, not its words alone: apart from the post, until it is saved."""

import re
from html import unescape
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, update

from app.accounts.actor import Role
from app.posts.models import Autosave, Post, PostKind, PostStatus, Revision, Term
from app.site.models import SiteRow
from app.work import Doors
from tests.conftest import SignedIn
from tests.web.writing import DESK, JSON, Sheet, autosaved, begun, opened, post_in, saved, sheet_of
from tests.world import a_category, a_member, a_post

pytestmark = pytest.mark.anyio

CHOSEN = {
    "slug": "another-place", "at": "2031-05-06T07:08", "tags": "bees, honey", "is_sticky": "1",
    "status": "private", "mails_followers": "1", "closes_at": "2032-01-02T03:04",
    "trackbacks": "https://one.example/tb\nhttps://two.example/tb", "alt": "A hive in the snow",
}  # fmt: skip


@pytest.fixture
async def post_id(doors: Doors) -> int:
    """A draft that several people may write."""
    async with doors.unit_of_work() as db:
        return (await a_post(db, "A letter", body="As it was.", status=PostStatus.DRAFT)).id


async def people_and_places(doors: Doors) -> dict[str, str]:
    """Somebody else who signs, and a category, as the form names them."""
    async with doors.unit_of_work() as db:
        other = await a_member(db, "Bea", roles=[Role.AUTHOR])
        return {f"author_{other.id}": "1", f"category_{(await a_category(db, 'Bees')).id}": "1"}


async def typed(client: httpx.AsyncClient, sheet: Sheet, post_id: int, **fields: Any) -> Any:
    """What a script sends of a whole form."""
    data = {**sheet.fields, "device": "laptop", **fields}
    unticked = {name for name, value in data.items() if value is None}
    data = {name: value for name, value in data.items() if name not in unticked}
    return await client.post(f"{DESK}{post_id}/autosave", data=data, headers=JSON)


def as_sent(fields: dict[str, str]) -> dict[str, str]:
    return {name: value.replace("\n", "\r\n") for name, value in fields.items()}


async def test_every_field_is_kept_apart_and_comes_back(
    doors: Doors, signed_in: SignedIn, post_id: int
) -> None:
    nora = await signed_in(Role.EDITOR)
    sheet = await opened(nora, post_id)
    chosen = CHOSEN | await people_and_places(doors)
    before = await post_in(doors, post_id)

    unticked = {"comments_open": None, "pings_open": None}
    answer = await typed(nora, sheet, post_id, **chosen, **unticked)

    assert answer.status_code == 200
    after = await post_in(doors, post_id)
    assert (after.version, after.slug, after.status) == (1, before.slug, PostStatus.DRAFT)
    assert after.comments_open
    async with doors.reading() as db:
        tags = select(func.count()).select_from(Term).where(Term.taxonomy == "tag")
        assert await db.scalar(tags) == 0
    again = await opened(nora, post_id)
    assert "You have words that were not saved" in again
    for label in ("Who reads it", "Its day", "Tags", "Categories", "Who wrote it", "Take comments"):
        assert re.search(f"What you chose waits with them: [^.]*{label}", again.html)
    assert again.fields.get("tags") == ""
    taken = await opened(nora, post_id, words="unsaved")
    assert {name: taken.fields.get(name) for name in chosen} == as_sent(chosen)
    assert not {"comments_open", "pings_open"} & set(taken.fields)
    assert (await saved(nora, taken, post_id)).status_code == 303
    made = await post_in(doors, post_id)
    assert (made.slug, made.status, made.is_sticky) == ("another-place", PostStatus.PRIVATE, True)
    assert not made.comments_open
    assert made.comments_close_at is not None
    assert "You have words" not in await opened(nora, post_id)


async def test_every_field_of_a_page_is_kept(doors: Doors, signed_in: SignedIn) -> None:
    nora = await signed_in(Role.EDITOR)
    async with doors.unit_of_work() as db:
        above = await a_post(db, "Above", kind=PostKind.PAGE)
        page = await a_post(db, "About", kind=PostKind.PAGE)
    chosen = {"parent": str(above.id), "menu_order": "7", "comments_open": "1", "slug": "us"}

    await typed(nora, await opened(nora, page.id), page.id, **chosen)

    taken = await opened(nora, page.id, words="unsaved")
    assert {name: taken.fields.get(name) for name in chosen} == chosen


async def test_what_is_wrong_is_kept_as_it_was_typed(signed_in: SignedIn, post_id: int) -> None:
    nora = await signed_in(Role.EDITOR)
    wrong = {"slug": "///", "at": "tomorrow", "closes_at": "never", "trackbacks": "no address"}

    answer = await typed(nora, await opened(nora, post_id), post_id, body="New words.", **wrong)

    assert answer.status_code == 200
    taken = await opened(nora, post_id, words="unsaved")
    assert {name: taken.fields[name] for name in wrong} == wrong
    assert (await saved(nora, taken, post_id)).status_code == 422


@pytest.mark.parametrize(
    ("name", "value"),
    [("slug", "x" * 201), ("tags", "x" * 1001), ("trackbacks", "x" * 20_001), ("alt", "x" * 1001),
     ("at", "x" * 41), ("closes_at", "x" * 41)],
)  # fmt: skip
async def test_one_field_that_is_too_long_is_refused_and_all_others_are_kept(
    signed_in: SignedIn, post_id: int, name: str, value: str
) -> None:
    nora = await signed_in(Role.EDITOR)
    sheet = await opened(nora, post_id)
    chosen = CHOSEN | {name: value}

    answer = await typed(nora, sheet, post_id, body="New words.", **chosen)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, name)
    taken = await opened(nora, post_id, words="unsaved")
    kept = as_sent({**CHOSEN, "body": "New words.", name: sheet.fields[name]})
    assert {field: taken.fields.get(field) for field in kept} == kept


async def test_a_choice_that_grew_too_long_stays_as_it_was_kept_last(
    signed_in: SignedIn, post_id: int
) -> None:
    nora = await signed_in(Role.EDITOR)
    sheet = await opened(nora, post_id)
    await typed(nora, sheet, post_id, tags="bees, honey", slug="bees")

    await typed(nora, sheet, post_id, tags="x" * 1001, slug="hives")

    taken = await opened(nora, post_id, words="unsaved")
    assert (taken.fields["tags"], taken.fields["slug"]) == ("bees, honey", "hives")


async def test_no_more_than_500_ticks_are_kept(signed_in: SignedIn, post_id: int) -> None:
    nora = await signed_in(Role.EDITOR)
    ticks = {f"category_{number}": "1" for number in range(501)}

    answer = await typed(nora, await opened(nora, post_id), post_id, body="New.", **ticks)

    assert answer.status_code == 422
    assert (await opened(nora, post_id, words="unsaved")).fields["body"] == "New."


async def test_unknown_fields_and_categories_that_are_gone_do_no_harm(
    doors: Doors, signed_in: SignedIn, post_id: int
) -> None:
    nora = await signed_in(Role.EDITOR)
    odd = {"category_999": "1", "author_x": "1", "nonsense": "1", "category_": "1", "version": "9"}

    assert (await typed(nora, await opened(nora, post_id), post_id, **odd)).status_code == 200

    taken = await opened(nora, post_id, words="unsaved")
    assert not set(odd) & set(taken.fields)
    assert (await saved(nora, taken, post_id)).status_code == 303


async def test_a_second_device_is_shown_the_choices_of_the_first(
    signed_in: SignedIn, post_id: int
) -> None:
    nora = await signed_in(Role.EDITOR)
    sheet = await opened(nora, post_id)

    first = await typed(nora, sheet, post_id, slug="one", tags="bees,honey")
    second = await typed(nora, sheet, post_id, device="phone", slug="two")

    assert (first.status_code, second.status_code) == (200, 409)
    theirs = second.json()["choices"]
    assert (theirs["slug"], theirs["tags"], theirs["comments_open"]) == ("one", "bees, honey", "1")
    again = await typed(
        nora, sheet, post_id, device="phone", slug="two", base=second.json()["base"]
    )
    assert again.status_code == 200


async def test_an_author_is_told_of_nothing_their_form_has_no_field_for(
    doors: Doors, signed_in: SignedIn
) -> None:
    ada, nora = await signed_in(Role.AUTHOR), await signed_in(Role.EDITOR)
    post_id = await begun(ada, body="Hello.", status="draft")
    mine = await opened(ada, post_id)
    await typed(nora, await opened(nora, post_id), post_id, is_sticky="1", tags="bees")

    told = (await typed(ada, mine, post_id, body="Mine.")).json()["choices"]

    assert told["tags"] == "bees"
    assert not [name for name in told if name.startswith("author_") or name == "is_sticky"]
    taken = await opened(ada, post_id, words="unsaved")
    assert (await saved(ada, taken, post_id)).status_code == 303
    assert not (await post_in(doors, post_id)).is_sticky


async def test_what_was_kept_before_choices_were_still_comes_back(
    doors: Doors, signed_in: SignedIn, post_id: int
) -> None:
    nora = await signed_in(Role.EDITOR)
    sheet = await opened(nora, post_id)
    await typed(nora, sheet, post_id, body="Old words.", slug="elsewhere")
    async with doors.unit_of_work() as db:
        await db.execute(update(Autosave).values(choices=None))

    taken = await opened(nora, post_id, words="unsaved")
    second = await typed(nora, sheet, post_id, device="phone", body="New words.")

    assert taken.fields["body"] == "Old words."
    assert (taken.fields["slug"], taken.fields["comments_open"]) == ("", "1")
    assert (second.status_code, second.json()["choices"]) == (409, None)


async def test_the_same_choices_are_nothing_to_offer(signed_in: SignedIn, post_id: int) -> None:
    nora = await signed_in(Role.EDITOR)
    await saved(nora, await opened(nora, post_id), post_id, tags="bees, honey")

    sheet = await opened(nora, post_id)
    assert (await typed(nora, sheet, post_id, tags="bees,honey ,")).status_code == 200

    assert "You have words" not in await opened(nora, post_id)


async def test_a_program_that_sends_words_alone_leaves_choices_as_they_were_kept(
    signed_in: SignedIn, post_id: int
) -> None:
    nora = await signed_in(Role.EDITOR)
    sheet = await opened(nora, post_id)
    await typed(nora, sheet, post_id, slug="elsewhere")

    await autosaved(nora, post_id, "New words.", base=sheet.fields["base"])

    taken = await opened(nora, post_id, words="unsaved")
    assert (taken.fields["slug"], taken.fields["body"]) == ("elsewhere", "New words.")


async def test_the_first_words_of_a_post_make_a_draft_and_nothing_they_chose_is_done(
    doors: Doors, signed_in: SignedIn
) -> None:
    nora = await signed_in(Role.EDITOR)
    async with doors.unit_of_work() as db:
        await db.execute(update(SiteRow).values(comments_open=False))
    new = sheet_of(await nora.get(f"{DESK}new/")).fields
    data = new | {"body": "Hello.", "device": "laptop", **CHOSEN, "status": "published", "at": ""}

    made = await nora.post(DESK, data=data, headers=JSON)
    again = await nora.post(DESK, data=data, headers=JSON)
    more = await nora.post(DESK, data=data | {"slug": "yet-another"}, headers=JSON)

    assert (made.status_code, again.status_code, more.status_code) == (201, 201, 200)
    assert made.json() == again.json()
    post = await post_in(doors, made.json()["id"])
    assert (post.status, post.body_source, post.is_sticky) == (PostStatus.DRAFT, "Hello.", False)
    async with doors.reading() as db:
        assert await db.scalar(select(func.count()).select_from(Term)) == 0
        assert await db.scalar(select(func.count()).select_from(Post)) == 1
    taken = await opened(nora, post.id, words="unsaved")
    assert taken.fields["slug"] == "yet-another"
    assert (taken.fields["status"], taken.fields["tags"]) == ("published", "bees, honey")


async def test_first_words_are_kept_where_what_is_chosen_beside_them_is_too_long(
    doors: Doors, signed_in: SignedIn
) -> None:
    nora = await signed_in(Role.EDITOR)
    new = sheet_of(await nora.get(f"{DESK}new/")).fields
    data = new | {"body": "Hello.", "device": "laptop", "slug": "x" * 201, "tags": "bees"}

    answers = [await nora.post(DESK, data=data, headers=JSON) for _round in range(2)]
    shorter = await nora.post(DESK, data=data | {"slug": "short"}, headers=JSON)

    assert [one.status_code for one in (*answers, shorter)] == [422, 422, 200]
    async with doors.reading() as db:
        [post] = await db.scalars(select(Post))
    assert post.body_source == "Hello."
    taken = await opened(nora, post.id, words="unsaved")
    assert (taken.fields["slug"], taken.fields["tags"]) == ("short", "bees")


async def test_words_alone_make_a_draft_as_the_form_was_shown(
    doors: Doors, signed_in: SignedIn
) -> None:
    nora = await signed_in(Role.EDITOR)
    new = sheet_of(await nora.get(f"{DESK}new/", params={"kind": "page"})).fields

    made = await nora.post(DESK, data=new | {"body": "Us.", "device": "laptop"}, headers=JSON)

    post_id = made.json()["id"]
    assert not (await post_in(doors, post_id)).comments_open
    assert "You have words" not in await opened(nora, post_id)


async def test_a_form_that_was_overtaken_keeps_its_choices_without_script(
    signed_in: SignedIn, post_id: int
) -> None:
    nora, ines = await signed_in(Role.EDITOR), await signed_in(Role.EDITOR)
    first, second = await opened(nora, post_id), await opened(ines, post_id)
    await saved(nora, first, post_id, tags="theirs", body="Theirs.")

    refused = await saved(ines, second, post_id, **CHOSEN)

    both = sheet_of(refused)
    assert refused.status_code == 409
    told = dict(re.findall(r'<th scope="row">(.*?)</th>(<td.*?</td>)</tr>', both.html))
    assert re.findall(r">([^<]+)<", told["Tags"]) == ["theirs", "bees, honey"]
    assert re.findall(r">([^<]+)<", told["Keep it on top of the front page"]) == ["no", "yes"]
    assert "Take comments" not in told
    assert {name: both.fields.get(name) for name in CHOSEN} == as_sent(CHOSEN)
    later = await opened(ines, post_id, words="unsaved")
    assert {name: later.fields.get(name) for name in CHOSEN} == as_sent(CHOSEN)


async def test_choices_that_are_left_stand_among_the_revisions(
    doors: Doors, signed_in: SignedIn, post_id: int
) -> None:
    nora = await signed_in(Role.EDITOR)
    places = await people_and_places(doors)
    sheet = await opened(nora, post_id)
    await typed(nora, sheet, post_id, excerpt="In short.", slug="elsewhere", **places)

    base = (await opened(nora, post_id)).fields["base"]
    await nora.post(f"{DESK}{post_id}/autosave/dismissal", data={"base": base})

    assert "You have words" not in await opened(nora, post_id)
    async with doors.reading() as db:
        [revision] = await db.scalars(select(Revision).where(~Revision.was_saved))
    page = (await nora.get(f"{DESK}{post_id}/revisions/{revision.id}/")).text
    told = re.findall(r'<th scope="row">(.*?)</th><td[^>]*>.*?</td><td[^>]*>(.*?)</td>', page)
    assert dict(told).items() >= {
        ("Last part of its address", "elsewhere"), ("Excerpt", "In short."), ("Categories", "Bees"),
    }  # fmt: skip


async def test_what_is_saved_leaves_nothing_among_the_revisions_that_was_not(
    doors: Doors, signed_in: SignedIn, post_id: int
) -> None:
    nora = await signed_in(Role.EDITOR)
    sheet = await opened(nora, post_id)
    await typed(nora, sheet, post_id, **CHOSEN)

    await saved(nora, sheet, post_id, device="laptop", **CHOSEN)

    async with doors.reading() as db:
        unsaved = select(func.count()).select_from(Revision).where(~Revision.was_saved)
        assert await db.scalar(unsaved) == 0


async def test_a_session_that_ended_carries_every_field_through_signing_in(
    visitor: httpx.AsyncClient, signed_in: SignedIn, post_id: int
) -> None:
    nora = await signed_in(Role.EDITOR)
    ticks = {f"category_{number}": "1" for number in range(300)}
    sent = (await opened(nora, post_id)).fields | CHOSEN | ticks

    refused = await visitor.post(f"{DESK}{post_id}/", data=sent)
    mistyped = {"email": "nora", "password": "wrong"} | {
        f"carried.{name}": value for name, value in carried_in(refused).items()
    }
    again = await visitor.post("/account/sign-in", data=mistyped)

    assert (refused.status_code, again.status_code) == (401, 422)
    assert carried_in(refused).items() >= sent.items()
    assert carried_in(again).items() >= sent.items()


def carried_in(answer: httpx.Response) -> dict[str, str]:
    pairs = re.findall(r'name="carried\.([^"]+)" value="([^"]*)"', answer.text)
    return {name: unescape(value) for name, value in pairs}
