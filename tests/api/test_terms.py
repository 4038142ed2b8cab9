"""Categories and tags by the API."""

import httpx
import pytest

from app.accounts.actor import Role
from app.work import Doors
from tests.api.conftest import Program
from tests.api.speaking import API, is_problem
from tests.world import a_category, a_draft, a_post, a_tag

pytestmark = pytest.mark.anyio


async def test_what_a_draft_is_about_is_as_secret_as_the_draft(
    doors: Doors, program: Program, visitor: httpx.AsyncClient
) -> None:
    async with doors.unit_of_work() as db:
        public, secret, drawer = await a_tag(db, "open"), await a_tag(db, "secret"), await a_category(db)  # fmt: skip
        await a_post(db, under=[public])
        await a_draft(db, under=[secret])
    author, editor = await program(Role.AUTHOR), await program(Role.EDITOR)

    async def seen(client: httpx.AsyncClient, path: str) -> list[int]:
        return [one["id"] for one in (await client.get(path)).json()["items"]]

    assert await seen(visitor, f"{API}/terms") == [public.id]
    assert await seen(author, "terms") == [public.id, drawer.id]
    assert await seen(editor, "terms") == [public.id, secret.id, drawer.id]
    hidden = await visitor.get(f"{API}/terms/{secret.id}")
    assert is_problem(hidden, 404)
    assert hidden.content == (await visitor.get(f"{API}/terms/999")).content


async def test_editors_make_categories_and_authors_tags(doors: Doors, program: Program) -> None:
    author, editor = await program(Role.AUTHOR), await program(Role.EDITOR)
    category = {"taxonomy": "category", "name": "Working life"}

    made = await editor.post("terms", json=category)

    assert (made.status_code, made.json()["slug"]) == (201, "working-life")
    below = {**category, "name": "At home", "parent_id": made.json()["id"]}
    assert (
        "/category/working-life/at-home/" in (await editor.post("terms", json=below)).json()["url"]
    )
    assert is_problem(await author.post("terms", json=category), 403)
    assert (await author.post("terms", json={"taxonomy": "tag", "name": "x"})).status_code == 201
    assert is_problem(await editor.post("terms", json={**below, "parent_id": 999}), 422)


async def test_a_term_is_renamed_moved_merged_and_taken_away(
    doors: Doors, program: Program
) -> None:
    async with doors.unit_of_work() as db:
        work, life, bare = [await a_category(db, name) for name in ("Work", "Life", "Bare")]
        post = await a_post(db, under=[work])
    editor = await program(Role.EDITOR)

    moved = await editor.patch(f"terms/{work.id}", json={"name": "Jobs", "parent_id": life.id})
    assert (moved.status_code, moved.json()["name"]) == (200, "Jobs")
    assert "/category/life/work/" in moved.json()["url"]
    round_ = await editor.patch(f"terms/{life.id}", json={"parent_id": work.id})
    assert is_problem(round_, 422)
    assert [one["field"] for one in round_.json()["errors"]] == ["parent_id"]

    assert is_problem(await editor.delete(f"terms/{work.id}"), 409)
    gone = await editor.delete(f"terms/{bare.id}")
    assert (gone.status_code, gone.json()["name"]) == (200, "Bare")
    assert is_problem(await editor.get(f"terms/{bare.id}"), 404)

    merged = await editor.post(f"terms/{work.id}/merger", json={"into_id": life.id})
    assert (merged.status_code, merged.json()["id"]) == (201, life.id)
    [under] = (await editor.get(f"posts/{post.id}")).json()["categories"]
    assert under["id"] == life.id
    itself = await editor.post(f"terms/{life.id}/merger", json={"into_id": life.id})
    assert [one["field"] for one in itself.json()["errors"]] == ["into_id"]
