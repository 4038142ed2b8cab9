"""Who comments, by the API: trusted, watched and blocked by moderators of the site, and by nobody else."""

from datetime import timedelta

import pytest

from app.accounts.actor import Role
from app.core import clock
from app.discussions.models import CommentStatus
from app.work import Doors
from tests.api.conftest import Program
from tests.api.speaking import is_problem
from tests.world import a_comment, a_member, a_post, the_site

pytestmark = pytest.mark.anyio


async def test_somebody_who_comments_is_found_and_decided_about(
    doors: Doors, program: Program
) -> None:
    async with doors.unit_of_work() as db:
        await the_site(db, holds_first=True)
        post, max_ = await a_post(db), await a_member(db, "Max")
    moderator, writer = await program(Role.MODERATOR), await program(user=max_)
    said = f"posts/{post.id}/comments"
    first = (await writer.post(said, json={"text": "It is green."})).json()
    assert first["status"] == CommentStatus.PENDING
    case = (await moderator.get(f"moderation/comments/{first['id']}")).json()
    number = case["comment"]["author_id"]
    here = f"moderation/authors/{number}"

    [line] = (await moderator.get("moderation/authors")).json()["items"]
    assert (line["id"], line["name"], line["handle"]) == (number, "Max", max_.slug)
    assert (line["pending"], line["approved"], line["is_trusted"]) == (1, 0, False)
    trusted = await moderator.post(f"{here}/standing", json={"verb": "trust"})
    noted = await moderator.post(f"{here}/notes", json={"text": "I know him."})

    assert (trusted.json()["standing"], trusted.json()["is_trusted"]) == ("trusted", True)
    assert [one["text"] for one in noted.json()["notes"]] == ["I know him."]
    assert (await moderator.get(here)).json() == noted.json()
    with clock.moved(timedelta(minutes=1)):
        second = (await writer.post(said, json={"text": "No, it is blue."})).json()
    assert second["status"] == CommentStatus.APPROVED
    for standing, found in (("trusted", 1), ("blocked", 0)):
        params = {"standing": standing}
        listed = await moderator.get("moderation/authors", params=params)
        assert len(listed.json()["items"]) == found
    assert (await moderator.get("moderation/log")).json()["items"][0]["verb"] == "trust"
    pardoned = await moderator.post(f"{here}/standing", json={"verb": "pardon"})
    assert pardoned.json()["standing"] == ""


async def test_nobody_decides_about_who_has_a_higher_role(doors: Doors, program: Program) -> None:
    async with doors.unit_of_work() as db:
        post, olga = await a_post(db), await a_member(db, "Olga", roles=[Role.OWNER])
    owner, moderator = await program(user=olga), await program(Role.MODERATOR)
    said = await owner.post(f"posts/{post.id}/comments", json={"text": "It is red."})
    case = (await moderator.get(f"moderation/comments/{said.json()['id']}")).json()
    here = f"moderation/authors/{case['comment']['author_id']}"

    assert is_problem(await moderator.post(f"{here}/standing", json={"verb": "block"}), 403)
    assert is_problem(await moderator.post(f"{here}/standing", json={"verb": "ban"}), 422)
    assert (await moderator.get(here)).json()["standing"] == ""
    assert is_problem(await moderator.get("moderation/authors/999"), 404)
    assert is_problem(await (await program(Role.AUTHOR)).get(here), 403)


async def test_authors_are_told_page_by_page(doors: Doors, program: Program) -> None:
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        people = [await a_member(db, name) for name in ("Ada", "Bo", "Cy")]
    for one in people:
        client = await program(user=one)
        await client.post(f"posts/{post.id}/comments", json={"text": f"I am {one.name}."})
    moderator = await program(Role.MODERATOR)

    first = await moderator.get("moderation/authors", params={"limit": 2})
    rest = await moderator.get(first.links["next"]["url"])

    names = [one["name"] for page in (first, rest) for one in page.json()["items"]]
    assert names == ["Cy", "Bo", "Ada"]
    assert rest.json()["next_cursor"] is None


async def test_an_author_sees_under_their_own_post_no_number_of_who_comments(
    doors: Doors, program: Program
) -> None:
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Ada", roles=[Role.AUTHOR])
        comment = await a_comment(db, under=await a_post(db, by=ada), status=CommentStatus.PENDING)
    author = await program(user=ada)

    case = await author.get(f"moderation/comments/{comment.id}")

    assert case.json()["comment"]["author_id"] is None
