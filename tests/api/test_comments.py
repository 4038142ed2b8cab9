"""Comments by the API: what everybody reads, and a member's own words through the same filters as ever."""

import httpx
import pytest

from app.accounts.actor import Role
from app.discussions.models import CommentStatus
from app.work import Doors
from tests.api.conftest import Program
from tests.api.speaking import API, is_problem
from tests.conftest import CountQueries
from tests.world import a_comment, a_draft, a_linkback, a_post, the_site

pytestmark = pytest.mark.anyio


async def test_what_is_said_is_read_in_order_and_what_waits_is_not_there(
    doors: Doors, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        await a_linkback(db, under=post)
        first = await a_comment(db, "One.", under=post, author_email="gwen@example.org")
        await a_comment(db, "Two.", under=post)
        await a_comment(db, "Answer.", under=post, answering=first)
        waits = await a_comment(db, "Spam!", under=post, status=CommentStatus.PENDING)
        gone = await a_comment(db, "Gone.", under=post, by="Rude")
        await a_comment(db, "To what is gone.", under=post, answering=gone)
        await a_comment(db, "x", under=await a_draft(db), status=CommentStatus.PENDING)
    async with doors.unit_of_work() as db:
        from_here = post.id

    answer = await visitor.get(f"{API}/posts/{from_here}/comments")

    told = answer.json()["items"]
    texts = [one["html"].strip().removeprefix("<p>").removesuffix("</p>") for one in told]
    assert texts[:5] == ["One.", "Answer.", "Two.", "Gone.", "To what is gone."]
    assert told[5]["kind"] == "pingback"
    assert told[1]["parent_id"] == first.id
    assert "gwen@example.org" not in answer.text
    assert "Spam" not in answer.text
    hidden = await visitor.get(f"{API}/comments/{waits.id}")
    assert is_problem(hidden, 404)
    assert hidden.content == (await visitor.get(f"{API}/comments/999")).content
    by_two = await visitor.get(f"{API}/posts/{post.id}/comments", params={"limit": 5})
    rest = await visitor.get(by_two.links["next"]["url"])
    assert [one["id"] for one in rest.json()["items"]] == [told[5]["id"]]
    last = (await visitor.get(f"{API}/comments", params={"limit": 1})).json()
    assert len(last["items"]) == 1
    assert last["next_cursor"]


async def test_a_member_comments_changes_it_and_takes_it_back(
    doors: Doors, program: Program, visitor: httpx.AsyncClient
) -> None:
    member = await program()
    async with doors.unit_of_work() as db:
        await the_site(db, holds_first=False)
        post = await a_post(db)

    made = await member.post(f"posts/{post.id}/comments", json={"text": "It is *green*."})

    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["source"], told["author"]["name"]) == ("It is *green*.", "The member")
    assert (await member.get(made.headers["location"])).json() == told
    again = await member.post(f"posts/{post.id}/comments", json={"text": "It is *green*."})
    assert is_problem(again, 409)
    own = (await member.get("comments", params={"mine": "true"})).json()
    assert [one["id"] for one in own["items"]] == [told["id"]]

    here = f"comments/{told['id']}"
    changed = await member.patch(here, json={"text": "It is red.", "version": told["version"]})
    late = await member.patch(here, json={"text": "It is blue.", "version": told["version"]})
    assert changed.json()["source"] == "It is red."
    assert is_problem(late, 409)
    assert late.json()["current"] == changed.json()

    gone = await member.delete(here)
    assert (gone.status_code, gone.json()["status"]) == (200, "removed")
    assert is_problem(await visitor.get(f"{API}/{here}"), 404)


async def test_nobody_changes_another_s_words(doors: Doors, program: Program) -> None:
    owner = await program(Role.OWNER)
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        comment = await a_comment(db, under=post)
        waits = await a_comment(db, "Waits.", under=post, status=CommentStatus.PENDING)

    assert is_problem(await owner.patch(f"comments/{comment.id}", json={"text": "Mine."}), 403)
    assert is_problem(await owner.delete(f"comments/{comment.id}"), 403)
    assert is_problem(await owner.delete(f"comments/{waits.id}"), 404)


async def test_a_closed_or_missing_post_says_why(doors: Doors, program: Program) -> None:
    member = await program()
    async with doors.unit_of_work() as db:
        closed = await a_post(db, comments_open=False)
        draft = await a_draft(db)
    sent = {"text": "Hello."}

    refused = await member.post(f"posts/{closed.id}/comments", json=sent)
    hidden = await member.post(f"posts/{draft.id}/comments", json=sent)
    never = await member.post("posts/999/comments", json=sent)
    gone = await member.post(f"posts/{closed.id}/comments", json={"text": "x", "parent_id": 10**17})

    assert is_problem(refused, 403)
    assert "closed" in refused.json()["detail"]
    assert is_problem(hidden, 404)
    assert hidden.content == never.content
    assert gone.status_code in (403, 422)


async def test_a_list_asks_as_much_however_much_was_said(
    doors: Doors, visitor: httpx.AsyncClient, count_queries: CountQueries
) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
    asked = []
    for number in (1, 30):
        async with doors.unit_of_work() as db:
            for each in range(number):
                await a_comment(db, f"{number} {each}", under=post)
        for path in (f"posts/{post.id}/comments", "comments"):
            await visitor.get(f"{API}/{path}", params={"limit": 100})
            with count_queries() as queries:
                await visitor.get(f"{API}/{path}", params={"limit": 100})
            asked.append(len(queries))

    assert asked[:2] == asked[2:]
