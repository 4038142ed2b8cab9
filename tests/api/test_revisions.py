"""How a post read before, by the API; back to it, and out of the trash."""

import httpx
import pytest

from app.accounts.actor import Role
from tests.api.conftest import Program
from tests.api.speaking import is_problem

pytestmark = pytest.mark.anyio


async def a_post_changed_twice(author: httpx.AsyncClient) -> str:
    made = await author.post("posts", json={"title": "One", "source": "First."})
    path = f"posts/{made.json()['id']}"
    for word in ("Second", "Third"):
        assert (await author.patch(path, json={"source": f"{word}."})).status_code == 200
    return path


async def test_what_it_said_before_is_listed_read_and_brought_back(program: Program) -> None:
    author = await program(Role.AUTHOR)
    path = await a_post_changed_twice(author)

    newest = await author.get(f"{path}/revisions", params={"limit": 2})
    oldest = await author.get(newest.links["next"]["url"])
    assert [len(page.json()["items"]) for page in (newest, oldest)] == [2, 1]
    [first] = oldest.json()["items"]
    read = await author.get(f"{path}/revisions/{first['id']}")
    assert (read.json()["source"], read.json()["author_name"]) == ("First.", "The author")

    back = await author.post(f"{path}/revisions/{first['id']}/restoration")
    assert (back.status_code, back.json()["source"]) == (201, "First.")
    assert len((await author.get(f"{path}/revisions")).json()["items"]) == 4
    assert is_problem(await author.get(f"{path}/revisions/999"), 404)


async def test_it_is_brought_back_only_over_what_was_read(program: Program) -> None:
    author = await program(Role.AUTHOR)
    path = await a_post_changed_twice(author)
    read = await author.get(path)
    [*_newer, first] = (await author.get(f"{path}/revisions")).json()["items"]
    await author.patch(path, json={"source": "Fourth."})

    late = await author.post(
        f"{path}/revisions/{first['id']}/restoration", headers={"If-Match": read.headers["etag"]}
    )

    assert is_problem(late, 412)
    assert (await author.get(path)).json()["source"] == "Fourth."


async def test_what_lies_in_the_trash_comes_out_as_a_draft(program: Program) -> None:
    author = await program(Role.AUTHOR)
    path = await a_post_changed_twice(author)
    await author.delete(path)

    restored = await author.post(f"{path}/restoration", headers={"Idempotency-Key": "once"})
    again = await author.post(f"{path}/restoration", headers={"Idempotency-Key": "once"})
    twice = await author.post(f"{path}/restoration")

    assert (restored.status_code, restored.json()["status"]) == (201, "draft")
    assert again.json() == restored.json()
    assert is_problem(twice, 409)
