"""No word is lost: not to a second device, to somebody else, to a lost connection or to the end of a session."""

import asyncio
import re

import httpx
import pytest
from sqlalchemy import func, select

from app.accounts.actor import Role
from app.accounts.events import MemberErased
from app.core.events import record
from app.posts.models import Autosave, PostStatus, Revision
from app.posts.personal import own_unsaved_words
from app.work import Doors
from tests.conftest import CountQueries, SignedIn
from tests.web.writing import DESK, JSON, autosaved, begun, opened, post_in, saved, sheet_of
from tests.world import a_category, a_post

pytestmark = pytest.mark.anyio


async def shared_post(doors: Doors) -> int:
    async with doors.unit_of_work() as db:
        return (await a_post(db, "A letter", body="As it was.")).id


async def never_saved(doors: Doors, post_id: int) -> list[str]:
    async with doors.reading() as db:
        query = select(Revision.body_source).where(Revision.post_id == post_id, ~Revision.was_saved)
        return list(await db.scalars(query.order_by(Revision.id)))


async def test_who_saves_second_is_shown_both_texts_and_writes_over_nothing(
    doors: Doors, signed_in: SignedIn
) -> None:
    nora, ines = await signed_in(Role.EDITOR), await signed_in(Role.EDITOR)
    post_id = await shared_post(doors)
    first, second = await opened(nora, post_id), await opened(ines, post_id)

    await saved(nora, first, post_id, body="Nora's words.")
    refused = await saved(ines, second, post_id, body="Ines's words.", title="Another")

    both = sheet_of(refused)
    assert refused.status_code == 409
    assert "Nora's words." in both
    assert both.fields["body"] == "Ines's words."
    assert both.fields["title"] == "Another"
    assert re.findall(r"<(del|ins) [^>]*>([^<]*)<", both.html) == [("del", "Nora"), ("ins", "Ines")]
    assert (await post_in(doors, post_id)).body_source == "Nora's words."
    # Closing the window loses nothing, either.
    later = await opened(ines, post_id)
    assert "You have words that were not saved" in later
    # Who has seen both may decide.
    assert (await saved(ines, both, post_id)).status_code == 303
    assert (await post_in(doors, post_id)).body_source == "Ines's words."
    async with doors.reading() as db:
        texts = await db.scalars(select(Revision.body_source).where(Revision.post_id == post_id))
        assert "Nora's words." in set(texts)


async def test_a_form_that_does_not_say_what_it_was_opened_on_writes_over_nothing(
    doors: Doors, signed_in: SignedIn
) -> None:
    nora = await signed_in(Role.EDITOR)
    post_id = await shared_post(doors)

    for base in ("", "x", "2", "999.0", "-1.0"):
        data = {"title": "T", "body": "Over it.", "base": base}
        answer = await nora.post(f"{DESK}{post_id}/", data=data)
        assert answer.status_code == 409, base
    assert (await post_in(doors, post_id)).body_source == "As it was."


async def test_two_saves_at_the_same_moment_are_one_save_and_one_refusal(
    doors: Doors, signed_in: SignedIn
) -> None:
    nora, ines = await signed_in(Role.EDITOR), await signed_in(Role.EDITOR)
    post_id = await shared_post(doors)
    sheets = await opened(nora, post_id), await opened(ines, post_id)

    answers = await asyncio.gather(
        saved(nora, sheets[0], post_id, body="One."), saved(ines, sheets[1], post_id, body="Two.")
    )

    assert sorted(answer.status_code for answer in answers) == [303, 409]


async def test_what_is_typed_is_kept_offered_and_taken(
    doors: Doors, signed_in: SignedIn, visitor: httpx.AsyncClient
) -> None:
    ada = await signed_in(Role.AUTHOR)
    post_id = await begun(ada, body="As it was.")
    await saved(ada, await opened(ada, post_id), post_id, do="publish")
    base = (await opened(ada, post_id)).fields["base"]

    kept = await autosaved(ada, post_id, "Half a sentence", base=base)

    told = kept.json()
    assert kept.status_code == 200
    assert (told["words"], told["others"]) == (3, [])
    assert told["saved_at"]
    assert told["number"] == 1
    post = await post_in(doors, post_id)
    assert post.body_source == "As it was."
    assert "Half a sentence" not in (await visitor.get(post.path or "")).text
    again = await opened(ada, post_id)
    assert "You have words that were not saved" in again
    assert again.fields["body"] == "As it was."
    taken = await opened(ada, post_id, words="unsaved")
    assert taken.fields["body"] == "Half a sentence"
    assert (await saved(ada, taken, post_id)).status_code == 303
    assert "You have words" not in await opened(ada, post_id)
    assert (await post_in(doors, post_id)).body_source == "Half a sentence"
    assert await never_saved(doors, post_id) == []


async def test_words_that_are_left_stand_among_the_revisions(
    doors: Doors, signed_in: SignedIn
) -> None:
    ada = await signed_in(Role.AUTHOR)
    post_id = await begun(ada, body="As it was.")
    sheet = await opened(ada, post_id)
    await autosaved(ada, post_id, "Not this", base=sheet.fields["base"])

    base = (await opened(ada, post_id)).fields["base"]
    await ada.post(f"{DESK}{post_id}/autosave/dismissal", data={"base": base})

    assert "You have words" not in await opened(ada, post_id)
    assert await never_saved(doors, post_id) == ["Not this"]


async def test_saving_puts_away_what_was_known_and_no_newer_words(
    doors: Doors, signed_in: SignedIn
) -> None:
    ada = await signed_in(Role.AUTHOR)
    post_id = await begun(ada, body="As it was.")
    sheet = await opened(ada, post_id)
    await autosaved(ada, post_id, "Typed on the phone", device="phone", base=sheet.fields["base"])

    await saved(ada, sheet, post_id, body="Saved on the laptop")

    again = await opened(ada, post_id)
    assert "You have words" in again
    assert "both texts will be shown" in again
    both = await opened(ada, post_id, words="unsaved")
    assert both.fields["body"] == "Typed on the phone"
    assert "Saved on the laptop" in both


async def test_a_second_device_is_told_of_what_the_first_one_typed(
    doors: Doors, signed_in: SignedIn
) -> None:
    ada = await signed_in(Role.AUTHOR)
    post_id = await begun(ada, body="As it was.")
    base = (await opened(ada, post_id)).fields["base"]

    first = await autosaved(ada, post_id, "On the laptop", device="laptop", base=base)
    second = await autosaved(ada, post_id, "On the phone", device="phone", base=base)

    assert (first.status_code, second.status_code) == (200, 409)
    assert second.json()["body"] == "On the laptop"
    # Both are kept, and whoever has seen the other goes on.
    async with doors.reading() as db:
        kept = set(await db.scalars(select(Autosave.body_source)))
    assert kept == {"On the laptop", "On the phone"}
    onward = await autosaved(
        ada, post_id, "On the phone, too", device="phone", base=second.json()["base"]
    )
    assert onward.status_code == 200
    # The same device again is no news to itself.
    mine = await autosaved(ada, post_id, "Yet more", device="phone", base=onward.json()["base"])
    assert mine.status_code == 200


async def test_two_who_write_are_told_of_each_other(doors: Doors, signed_in: SignedIn) -> None:
    nora, ines = await signed_in(Role.EDITOR), await signed_in(Role.EDITOR)
    post_id = await shared_post(doors)
    base = (await opened(ines, post_id)).fields["base"]

    await autosaved(nora, post_id, "Nora types", base=base, device="n")

    assert "is writing here, too" in await opened(ines, post_id)
    assert "You have words" not in await opened(ines, post_id)
    told = await autosaved(ines, post_id, "Ines types", base=base, device="i")
    assert told.status_code == 409
    assert told.json()["who"].startswith("The editor")
    assert told.json()["body"] == "Nora types"
    assert not told.json()["is_saved"]
    await saved(nora, await opened(nora, post_id, words="unsaved"), post_id)
    told = await autosaved(ines, post_id, "Ines types on", base=told.json()["base"], device="i")
    assert told.status_code == 409
    assert told.json()["is_saved"]


async def test_whose_session_ended_is_told_in_json_and_keeps_typing(
    visitor: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    ada = await signed_in(Role.AUTHOR)
    post_id = await begun(ada)

    answer = await visitor.post(f"{DESK}{post_id}/autosave", data={"body": "x", "device": "d"})

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_nobody_else_keeps_or_reads_words_there(doors: Doors, signed_in: SignedIn) -> None:
    ada, ben = await signed_in(Role.AUTHOR), await signed_in(Role.AUTHOR)
    post_id = await begun(ada, body="Secret.")

    assert (await autosaved(ben, post_id, "x", base="1.0")).status_code == 404
    assert (await ben.get(f"{DESK}{post_id}/", params={"words": "unsaved"})).status_code == 404
    async with doors.reading() as db:
        assert await db.scalar(select(func.count()).select_from(Autosave)) == 0


@pytest.mark.parametrize(
    "fields", [{"device": ""}, {"device": "x" * 65}, {"title": "x" * 501}, {"excerpt": "x" * 20_001}]
)  # fmt: skip
async def test_bounds_of_what_is_kept(signed_in: SignedIn, fields: dict[str, str]) -> None:
    ada = await signed_in(Role.AUTHOR)
    post_id = await begun(ada)

    answer = await autosaved(ada, post_id, "x", **{"base": "1.0", **fields})

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_post_that_went_into_the_trash_is_not_brought_back_by_an_old_form(
    doors: Doors, signed_in: SignedIn
) -> None:
    ada = await signed_in(Role.AUTHOR)
    post_id = await begun(ada, body="Old.")
    sheet = await opened(ada, post_id)
    await ada.post(f"{DESK}{post_id}/trash")

    answer = await saved(ada, sheet, post_id, body="New.", do="publish")

    assert answer.status_code == 409
    assert (await post_in(doors, post_id)).status == PostStatus.TRASHED


async def test_a_program_that_saves_in_json_is_told_what_is_wrong_in_json(
    doors: Doors, signed_in: SignedIn
) -> None:
    nora = await signed_in(Role.EDITOR)
    post_id = await shared_post(doors)
    data = {"title": "T", "body": "B", "base": "1.0"}

    first = await nora.post(f"{DESK}{post_id}/", data=data, headers=JSON)
    second = await nora.post(f"{DESK}{post_id}/", data=data, headers=JSON)

    assert (first.status_code, first.json()["base"]) == (200, "2.0")
    assert second.status_code == 409
    assert second.headers["Content-Type"] == "application/problem+json"


async def test_what_was_not_saved_is_taken_along_and_goes_with_its_author(
    doors: Doors, signed_in: SignedIn
) -> None:
    nora = await signed_in(Role.EDITOR)
    post_id = await shared_post(doors)
    await autosaved(nora, post_id, "Nobody reads this", base="1.0")
    async with doors.reading() as db:
        user_id = await db.scalar(select(Autosave.user_id))
        assert user_id
        taken = await own_unsaved_words(db, user_id)
    assert [one["text"] for one in taken] == ["Nobody reads this"]

    async with doors.unit_of_work() as db:
        record(db, MemberErased(user_id=user_id, email="", texts_go=True))

    async with doors.reading() as db:
        assert await db.scalar(select(func.count()).select_from(Autosave)) == 0


async def test_the_desk_and_the_editor_ask_as_much_for_many_as_for_few(
    doors: Doors, signed_in: SignedIn, count_queries: CountQueries
) -> None:
    nora = await signed_in(Role.EDITOR)
    post_id = await shared_post(doors)
    numbers = []

    for _round in range(2):
        async with doors.unit_of_work() as db:
            for number in range(12):
                category = await a_category(db, f"Category {_round} {number}")
                await a_post(db, f"Post {number}", under=[category])
                await a_post(db, f"Draft {number}", status=PostStatus.DRAFT)
        paths = (
            DESK, f"{DESK}?state=published", f"{DESK}{post_id}/", f"{DESK}{post_id}/revisions/", f"{DESK}terms/",
        )  # fmt: skip
        await nora.get(DESK)
        counts = []
        for path in paths:
            with count_queries() as queries:
                assert (await nora.get(path)).status_code == 200
            counts.append(len(queries))
        numbers.append(counts)

    assert numbers[0] == numbers[1]
    assert max(numbers[1]) < 25
