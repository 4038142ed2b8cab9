"""Text over its bound is refused alone: all else that was typed is kept, and the field is named."""

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.accounts.actor import Role
from app.posts.drafts import LONGEST
from app.posts.models import Post, PostStatus
from app.work import Doors
from tests.conftest import SignedIn
from tests.web.writing import DESK, JSON, begun, opened, post_in, saved, sheet_of
from tests.world import a_post

pytestmark = pytest.mark.anyio

FIRST = {"title": "Bees", "body": "They hum.", "excerpt": "In short."}
SECOND = {"title": "Wasps", "body": "They sting.", "excerpt": "Shorter."}
CALLED = {"title": "“Title”", "body": "“Text”", "excerpt": "“Excerpt”"}


@pytest.fixture
async def post_id(doors: Doors) -> int:
    """A draft that several people may write."""
    async with doors.unit_of_work() as db:
        return (await a_post(db, "A letter", body="As it was.", status=PostStatus.DRAFT)).id


async def typed(client: httpx.AsyncClient, post_id: int, **fields: Any) -> httpx.Response:
    sheet = await opened(client, post_id)
    data = sheet.fields | {"device": "laptop"} | fields
    return await client.post(f"{DESK}{post_id}/autosave", data=data, headers=JSON)


@pytest.mark.parametrize("name", LONGEST)
async def test_a_text_too_long_is_named_and_all_else_is_kept(
    signed_in: SignedIn, post_id: int, name: str
) -> None:
    nora = await signed_in(Role.EDITOR)
    assert (await typed(nora, post_id, **FIRST)).status_code == 200

    answer = await typed(
        nora, post_id, **SECOND | {name: "x" * (LONGEST[name] + 1), "tags": "bees"}
    )

    said = answer.json()
    assert (answer.status_code, [one["field"] for one in said["errors"]]) == (422, [name])
    assert f"{CALLED[name]} takes no more than {LONGEST[name]:,} characters." in said["detail"]
    assert (said["id"], said["address"]) == (post_id, f"{DESK}{post_id}/")
    taken = (await opened(nora, post_id, words="unsaved")).fields
    wanted = SECOND | {name: FIRST[name], "tags": "bees"}
    assert {field: taken[field] for field in wanted} == wanted
    base = said["base"]
    shorter = await typed(nora, post_id, **SECOND, base=base)
    assert (shorter.status_code, shorter.json()["base"] > base) == (200, True)


@pytest.mark.parametrize("name", LONGEST)
async def test_what_was_never_kept_before_stays_as_the_post_has_it(
    signed_in: SignedIn, post_id: int, name: str
) -> None:
    nora = await signed_in(Role.EDITOR)
    as_it_is = (await opened(nora, post_id)).fields

    await typed(nora, post_id, **SECOND | {name: "x" * (LONGEST[name] + 1)})

    taken = (await opened(nora, post_id, words="unsaved")).fields
    wanted = SECOND | {name: as_it_is[name]}
    assert {field: taken[field] for field in wanted} == wanted


async def test_every_field_that_is_too_long_is_named(signed_in: SignedIn, post_id: int) -> None:
    nora = await signed_in(Role.EDITOR)

    answer = await typed(nora, post_id, title="x" * 501, tags="x" * 1001, body="New.")

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["title", "tags"]
    assert answer.json()["detail"] == (
        "“Title” takes no more than 500 characters. “Tags” takes no more than 1,000 characters."
        " All else is kept."
    )
    assert (await opened(nora, post_id, words="unsaved")).fields["body"] == "New."


@pytest.mark.parametrize("name", LONGEST)
async def test_first_words_make_a_draft_of_all_but_what_is_too_long(
    doors: Doors, signed_in: SignedIn, name: str
) -> None:
    nora = await signed_in(Role.AUTHOR)
    new = sheet_of(await nora.get(f"{DESK}new/")).fields | FIRST | {"device": "laptop"}
    data = new | {name: "x" * (LONGEST[name] + 1)}

    answers = [await nora.post(DESK, data=data, headers=JSON) for _round in range(2)]
    shorter = await nora.post(DESK, data=new, headers=JSON)

    assert [one.status_code for one in (*answers, shorter)] == [422, 422, 200]
    assert [one["field"] for one in answers[0].json()["errors"]] == [name]
    async with doors.reading() as db:
        [post] = await db.scalars(select(Post))
    assert {one.json()["id"] for one in (*answers, shorter)} == {post.id}
    kept = {"title": post.title, "body": post.body_source, "excerpt": post.excerpt_source}
    assert kept == FIRST | {name: ""}
    taken = (await opened(nora, post.id, words="unsaved")).fields
    assert {field: taken[field] for field in FIRST} == FIRST


async def test_who_is_overtaken_with_a_text_too_long_is_shown_both_and_loses_nothing(
    doors: Doors, signed_in: SignedIn
) -> None:
    nora, ines = await signed_in(Role.EDITOR), await signed_in(Role.EDITOR)
    post_id = await begun(nora, body="As it was.", status="draft")
    sheet = await opened(nora, post_id)
    await saved(ines, await opened(ines, post_id), post_id, body="Theirs.")

    answer = await saved(nora, sheet, post_id, title="Mine", excerpt="x" * 20_001)

    assert answer.status_code == 409
    again = sheet_of(answer)
    assert (again.fields["title"], again.fields["excerpt"]) == ("Mine", "x" * 20_001)
    assert (await post_in(doors, post_id)).body_source == "Theirs."
