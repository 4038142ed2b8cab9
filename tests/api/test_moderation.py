"""Moderation by the API: the console's queue, its decisions, and the way back from each."""

import asyncio

import httpx
import pytest

from app.accounts.actor import Role
from app.discussions.models import CommentStatus
from app.work import Doors
from tests.api.conftest import Program
from tests.api.speaking import is_problem
from tests.groups.building import a_group, a_membership
from tests.world import a_comment, a_member, a_post

pytestmark = pytest.mark.anyio


async def waiting(doors: Doors, number: int = 1, by: str = "Ada") -> list[int]:
    """So many comments that wait."""
    async with doors.unit_of_work() as db:
        author = await a_member(db, by, roles=[Role.AUTHOR])
        post = await a_post(db, by=author)
        said = [
            await a_comment(
                db, f"Number {n}.", under=post, status=CommentStatus.PENDING,
                author_email="gwen@example.org", author_ip="203.0.113.7",
                case={"reasons": [{"code": "links", "because": "Many links."}]},
            )
            for n in range(number)
        ]  # fmt: skip
        return [one.id for one in said]


async def test_a_moderator_reads_the_queue_decides_and_takes_it_back(
    doors: Doors, program: Program, visitor: httpx.AsyncClient
) -> None:
    [comment_id] = await waiting(doors)
    moderator = await program(Role.MODERATOR)

    [case] = (await moderator.get("moderation/queue")).json()["items"]
    assert (case["item_id"], case["tab"], case["title"]) == (comment_id, "needs", "A letter a week")
    assert case["reasons"] == [{"code": "links", "because": "Many links."}]
    assert (case["comment"]["email"], case["comment"]["address"]) == ("gwen@example.org", "203.0.113.7")  # fmt: skip
    one = await moderator.get(f"moderation/comments/{comment_id}")
    assert one.json() == case

    decisions = f"moderation/comments/{comment_id}/decisions"
    version = case["comment"]["version"]
    made = await moderator.post(decisions, json={"verb": "approve", "version": version})
    assert made.status_code == 201
    assert made.json()["case"]["comment"]["status"] == "approved"
    late = await moderator.post(decisions, json={"verb": "spam", "version": version})
    assert is_problem(late, 409)
    assert "approved this" in late.json()["detail"]
    assert late.json()["current"] == made.json()["case"]
    public = f"/api/v1/comments/{comment_id}"
    assert (await visitor.get(public)).status_code == 200

    back = await moderator.post(f"moderation/decisions/{made.json()['decision_id']}/reversal")
    assert (back.status_code, back.json()["case"]["comment"]["status"]) == (201, "pending")
    assert (await visitor.get(public)).status_code == 404
    log = (await moderator.get("moderation/log")).json()["items"]
    assert [line["verb"] for line in log] == ["undo", "approve"]


async def test_the_queue_goes_on_by_its_cursor(doors: Doors, program: Program) -> None:
    ids = await waiting(doors, 5)
    moderator = await program(Role.MODERATOR)
    found, cursor = [], ""

    while cursor is not None:
        page = await moderator.get("moderation/queue", params={"limit": 2, "cursor": cursor})
        found += [case["item_id"] for case in page.json()["items"]]
        cursor = page.json()["next_cursor"]

    assert found == ids


async def test_of_two_who_decide_at_once_one_is_told_who_was_faster(
    doors: Doors, program: Program
) -> None:
    [comment_id] = await waiting(doors)
    moderator = await program(Role.MODERATOR)
    here = f"moderation/comments/{comment_id}/decisions"

    answers = await asyncio.gather(
        *(moderator.post(here, json={"verb": verb, "version": 1}) for verb in ("approve", "spam"))
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409]


@pytest.mark.parametrize("verb", ["approve", "hold"])
async def test_what_its_author_took_back_is_not_shown_again(
    doors: Doors, program: Program, visitor: httpx.AsyncClient, verb: str
) -> None:
    async with doors.unit_of_work() as db:
        post, gwen = await a_post(db), await a_member(db, "Gwen")
    author, moderator = await program(user=gwen), await program(Role.MODERATOR)
    said = (await author.post(f"posts/{post.id}/comments", json={"text": "Green."})).json()["id"]
    await author.delete(f"comments/{said}")

    refused = await moderator.post(f"moderation/comments/{said}/decisions", json={"verb": verb})

    assert is_problem(refused, 409)
    assert refused.json()["detail"] == "Its author has withdrawn it: it stays out of sight."
    assert refused.json()["current"]["comment"]["status"] == "removed"
    assert (await visitor.get(f"/api/v1/comments/{said}")).status_code == 404


async def test_who_may_decide_is_who_may_in_the_console(doors: Doors, program: Program) -> None:
    [comment_id] = await waiting(doors, by="Ida")
    here, sent = f"moderation/comments/{comment_id}/decisions", {"verb": "approve"}
    wanted = {
        Role.AUTHOR: (200, 404), Role.EDITOR: (403, 403), Role.MODERATOR: (200, 201), None: (403, 403),
    }  # fmt: skip

    for role, (reads, decides) in wanted.items():
        someone = await program(*([role] if role else []))
        assert (await someone.get("moderation/queue")).status_code == reads, role
        assert (await someone.post(here, json=sent)).status_code == decides, role


async def test_an_author_sees_no_address_of_who_comments_under_their_posts(
    doors: Doors, program: Program
) -> None:
    async with doors.unit_of_work() as db:
        author = await a_member(db, "Ada", roles=[Role.AUTHOR])
        post = await a_post(db, by=author)
        await a_comment(
            db, under=post, status=CommentStatus.PENDING, author_email="gwen@example.org"
        )
    ada = await program(user=author)

    queue = await ada.get("moderation/queue")

    assert queue.json()["items"][0]["comment"]["email"] is None
    assert "gwen@example.org" not in queue.text


async def test_a_decision_in_a_hidden_group_is_not_there_for_others(
    doors: Doors, program: Program
) -> None:
    async with doors.unit_of_work() as db:
        olga, mika = await a_member(db, "Olga"), await a_member(db, "Mika")
        group = await a_group(db, by=olga, visibility="hidden")
        await a_membership(db, group, mika)
    member, moderator, owner = [
        await program(user=mika), await program(Role.MODERATOR), await program(user=olga),
    ]  # fmt: skip
    topic = await member.post(
        f"groups/{group.slug}/topics", json={"title": "A secret", "text": "Between us."}
    )
    assert topic.status_code == 201, topic.text
    [said] = (await member.get(f"groups/{group.slug}/topics/{topic.json()['id']}/replies")).json()["items"]  # fmt: skip
    here = f"moderation/comments/{said['id']}"

    hidden = await moderator.post(f"{here}/decisions", json={"verb": "hold"})
    never = await moderator.post("moderation/comments/99999/decisions", json={"verb": "hold"})
    assert is_problem(hidden, 404)
    assert hidden.content == never.content
    assert (await moderator.get(here)).content == never.content
    held = await owner.post(f"{here}/decisions", json={"verb": "hold"})
    assert held.status_code == 201, held.text
    back = f"moderation/decisions/{held.json()['decision_id']}/reversal"
    assert (await owner.post(back)).status_code == 201
    gone = await moderator.post(back)
    assert gone.content == (await moderator.post("moderation/decisions/99999/reversal")).content
