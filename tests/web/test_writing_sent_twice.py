"""The form of a new post makes one post, however often it is sent: answers get lost, and buttons are pressed twice."""

import asyncio

import httpx
import pytest
from sqlalchemy import func, select

from app.accounts.actor import Actor, Role
from app.accounts.leaving import erase_account
from app.posts.beginning import BegunPost
from app.posts.models import Autosave, Post, PostStatus, Revision, Term
from app.work import Doors
from tests.conftest import SignedIn
from tests.web.writing import DESK, JSON, Sheet, autosaved, opened, post_in, saved, sheet_of
from tests.world import SECRETS, a_member

pytestmark = pytest.mark.anyio


async def a_new_form(client: httpx.AsyncClient) -> Sheet:
    return sheet_of(await client.get(f"{DESK}new/"))


async def number_of(doors: Doors, table: type[Post] | type[Revision] | type[Term]) -> int:
    async with doors.reading() as db:
        return await db.scalar(select(func.count()).select_from(table)) or 0


def where(answer: httpx.Response) -> str:
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


async def test_a_form_sent_twice_makes_one_post(doors: Doors, signed_in: SignedIn) -> None:
    ada = await signed_in(Role.AUTHOR)
    sheet = await a_new_form(ada)
    typed = sheet.fields | {
        "title": "A letter",
        "body": "Hello.",
        "tags": "one, two",
        "do": "publish",
    }

    first, second = await ada.post(DESK, data=typed), await ada.post(DESK, data=typed)

    assert where(first) == where(second)
    assert [await number_of(doors, table) for table in (Post, Revision, Term)] == [1, 1, 2]


async def test_which_forms_were_sent_goes_with_the_account(
    doors: Doors, signed_in: SignedIn
) -> None:
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Ada", roles=[Role.AUTHOR])
    client = await signed_in(user=ada)
    typed = (await a_new_form(client)).fields | {"title": "A letter", "body": "Hello."}
    where(await client.post(DESK, data=typed))

    async with doors.unit_of_work() as db:
        await erase_account(db, Actor(user_id=ada.id, name="Ada"), SECRETS, texts_go=False)

    async with doors.reading() as db:
        assert await db.scalar(select(func.count()).select_from(BegunPost)) == 0
        assert await db.scalar(select(func.count()).select_from(Post)) == 1


async def test_forms_sent_at_the_same_moment_make_one_post(
    doors: Doors, signed_in: SignedIn
) -> None:
    ada = await signed_in(Role.AUTHOR)
    typed = (await a_new_form(ada)).fields | {"title": "A letter", "body": "Hello.", "tags": "one"}

    answers = await asyncio.gather(*(ada.post(DESK, data=typed) for _round in range(5)))

    assert len({where(answer) for answer in answers}) == 1
    assert [await number_of(doors, table) for table in (Post, Revision)] == [1, 1]


async def test_two_forms_and_two_people_make_a_post_each(doors: Doors, signed_in: SignedIn) -> None:
    ada, ben = await signed_in(Role.AUTHOR), await signed_in(Role.AUTHOR)
    one, other = await a_new_form(ada), await a_new_form(ada)
    typed = {"title": "The same", "body": "The same."}

    for sheet in (one, other):
        await ada.post(DESK, data=sheet.fields | typed)
    theirs = await ben.post(DESK, data=typed | {"form_key": one.fields["form_key"]})

    assert theirs.status_code == 303
    assert await number_of(doors, Post) == 3


async def test_what_was_typed_since_goes_into_the_post_that_was_made(
    doors: Doors, signed_in: SignedIn
) -> None:
    ada = await signed_in(Role.AUTHOR)
    sheet = await a_new_form(ada)
    sheet.fields |= {"title": "A letter", "body": "Hello."}
    address = where(await ada.post(DESK, data=sheet.fields)).partition("?")[0]

    for body in ("Hello, you.", "Hello, you.", "Hello, all of you."):
        more = sheet.fields | {"body": body, "do": "publish"}
        assert where(await ada.post(DESK, data=more)).startswith(address)

    post = await post_in(doors, int(address.split("/")[2]))
    assert (post.body_source, post.status) == ("Hello, all of you.", PostStatus.PUBLISHED)
    assert (post.version, await number_of(doors, Post)) == (3, 1)


async def test_where_somebody_has_changed_it_since_both_texts_are_shown(
    doors: Doors, signed_in: SignedIn
) -> None:
    ada, nora = await signed_in(Role.AUTHOR), await signed_in(Role.EDITOR)
    sheet = await a_new_form(ada)
    sheet.fields |= {"title": "A letter", "body": "Hello."}
    post_id = int(where(await ada.post(DESK, data=sheet.fields)).split("/")[2])
    await saved(nora, await opened(nora, post_id), post_id, body="Nora's words.")

    answer = await ada.post(DESK, data=sheet.fields | {"body": "Hello, you."})

    assert answer.status_code == 409
    assert "Nora's words." in sheet_of(answer)
    assert sheet_of(answer).fields["body"] == "Hello, you."
    assert (await post_in(doors, post_id)).body_source == "Nora's words."


async def test_a_script_whose_answer_was_lost_goes_on_with_the_same_draft(
    doors: Doors, signed_in: SignedIn
) -> None:
    ada = await signed_in(Role.AUTHOR)
    typed = {
        "form_key": (await a_new_form(ada)).fields["form_key"],
        "device": "laptop",
        "base": "0.0",
    }
    typed |= {"title": "A letter", "body": "Hel", "excerpt": ""}

    made = await ada.post(DESK, data=typed, headers=JSON)
    again = await ada.post(DESK, data=typed, headers=JSON)
    more = await ada.post(DESK, data=typed | {"body": "Hello."}, headers=JSON)

    post_id = made.json()["id"]
    assert (made.status_code, again.status_code, made.json()) == (201, 201, again.json())
    assert (more.status_code, more.json()["id"]) == (200, post_id)
    assert (await opened(ada, post_id, words="unsaved")).fields["body"] == "Hello."
    onward = await autosaved(ada, post_id, "Hello, you.", base=more.json()["base"])
    assert onward.status_code == 200
    async with doors.reading() as db:
        assert list(await db.scalars(select(Autosave.body_source))) == ["Hello, you."]
    assert await number_of(doors, Post) == 1


async def test_a_form_that_was_refused_may_be_sent_again(doors: Doors, signed_in: SignedIn) -> None:
    ada = await signed_in(Role.AUTHOR)
    sheet = await a_new_form(ada)

    refused = sheet_of(await ada.post(DESK, data=sheet.fields | {"body": "Kept.", "slug": "?"}))
    made = await ada.post(DESK, data=refused.fields | {"slug": ""})

    assert (refused.status, refused.fields["body"]) == (422, "Kept.")
    assert where(made)
    assert await number_of(doors, Post) == 1


@pytest.mark.parametrize("key", ["", "1", "x" * 5000, "{6BA7B810-9DAD-11D1-80B4-00C04FD430C8}"])
async def test_what_is_no_key_is_refused_with_the_text_and_a_new_one(
    doors: Doors, signed_in: SignedIn, key: str
) -> None:
    ada = await signed_in(Role.AUTHOR)
    sheet = await a_new_form(ada)

    refused = sheet_of(await ada.post(DESK, data=sheet.fields | {"form_key": key, "body": "Kept."}))

    assert (refused.status, refused.fields["body"]) == (422, "Kept.")
    assert "Please send it once more." in refused
    assert where(await ada.post(DESK, data=refused.fields))
