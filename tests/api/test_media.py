"""Files by the API: handed in by themselves or in a form, once for each key, described and deleted."""

import asyncio

import httpx
import pytest
from sqlalchemy import func, select

from app.accounts.actor import Role
from app.accounts.api_answers import ApiAnswer
from app.media.models import Upload
from app.work import Doors
from tests.api.conftest import Program
from tests.api.speaking import API, a_token, is_problem
from tests.conftest import Serve
from tests.media.samples import PDF, a_picture
from tests.visiting import BASE_URL
from tests.world import a_member, a_post

pytestmark = pytest.mark.anyio

JPEG = {"Content-Type": "image/jpeg"}


async def test_a_file_is_handed_in_by_itself_described_and_deleted(
    program: Program, visitor: httpx.AsyncClient
) -> None:
    author = await program(Role.AUTHOR)

    made = await author.post(
        "media", params={"name": "A garden.jpg", "alt": "Roses"}, content=a_picture(), headers=JPEG
    )

    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["mime"], told["width"], told["alt"]) == ("image/jpeg", 40, "Roses")
    assert (await author.get(made.headers["location"])).json() == told
    path = told["url"].removeprefix(BASE_URL)
    assert (await visitor.get(path)).status_code == 200
    listed = (await author.get("media", params={"kind": "pictures", "q": "garden"})).json()
    assert [one["id"] for one in listed["items"]] == [told["id"]]

    here = f"media/{told['id']}"
    changed = await author.patch(here, json={"alt": "Red roses", "version": told["version"]})
    assert (changed.json()["alt"], changed.json()["title"]) == ("Red roses", told["title"])
    late = await author.patch(here, json={"alt": "Blue", "version": told["version"]})
    assert is_problem(late, 409)
    assert late.json()["current"] == changed.json()
    assert (await author.delete(here)).status_code == 200
    assert is_problem(await author.get(here), 404)


@pytest.mark.parametrize("size", [(1, 1), (7, 300)])
async def test_a_tiny_picture_is_one(program: Program, size: tuple[int, int]) -> None:
    author = await program(Role.AUTHOR)

    made = await author.post(
        "media", params={"name": "x.jpg"}, content=a_picture(size=size), headers=JPEG
    )

    assert made.status_code == 201
    assert (made.json()["width"], made.json()["height"]) == size


async def test_a_file_is_handed_in_in_a_form(program: Program) -> None:
    author = await program(Role.AUTHOR)

    made = await author.post(
        "media", data={"alt": "Ours", "title": "Plan"}, files={"file": ("plan.pdf", PDF)}
    )

    assert made.status_code == 201, made.text
    assert (made.json()["mime"], made.json()["alt"], made.json()["title"]) == (
        "application/pdf", "Ours", "Plan",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "kind", "status"),
    [
        ("x.png", a_picture(), "image/png", 422),
        ("", a_picture(), "image/jpeg", 422),
        ("x.jpg", b"", "image/jpeg", 422),
        ("x.jpg", a_picture(), "application/json", 415),
        ("x.jpg", a_picture(), "application/x-www-form-urlencoded", 415),
        ("x.jpg", a_picture(), "multipart/form-data", 400),
        ("x.pdf", PDF + bytes(20 << 20), "application/pdf", 413),
    ],
)
async def test_what_is_not_taken(
    doors: Doors, program: Program, name: str, content: bytes, kind: str, status: int
) -> None:
    author = await program(Role.AUTHOR)
    headers = {"Content-Type": kind, "Idempotency-Key": "k"}

    answer = await author.post("media", params={"name": name}, content=content, headers=headers)

    assert is_problem(answer, status), answer.text
    async with doors.reading() as db:
        assert await db.scalar(select(func.count()).select_from(ApiAnswer)) == 0


async def test_a_file_that_posts_show_goes_only_if_that_is_meant(
    doors: Doors, program: Program
) -> None:
    editor = await program(Role.EDITOR)
    made = await editor.post("media", params={"name": "x.jpg"}, content=a_picture(), headers=JPEG)
    async with doors.unit_of_work() as db:
        await a_post(db, body=f"![]({made.json()['url'].removeprefix(BASE_URL)})")
    here = f"media/{made.json()['id']}"

    refused = await editor.delete(here)

    assert is_problem(refused, 409)
    assert refused.json()["current"]["id"] == made.json()["id"]
    assert (await editor.delete(here, params={"though_used": "true"})).status_code == 200


async def test_another_s_file_is_not_there(doors: Doors, program: Program) -> None:
    async with doors.unit_of_work() as db:
        other = await a_member(db, "Tom", roles=[Role.AUTHOR])
    ada, tom, member = await program(Role.AUTHOR), await program(user=other), await program()
    made = await ada.post("media", params={"name": "x.jpg"}, content=a_picture(), headers=JPEG)
    here = f"media/{made.json()['id']}"

    hidden, never = await tom.get(here), await tom.get("media/999")
    assert is_problem(hidden, 404)
    assert hidden.content == never.content
    assert is_problem(await tom.delete(here), 404)
    assert is_problem(await member.get(here), 403)
    assert (await tom.get("media")).json()["items"] == []


async def test_of_six_equal_files_at_once_one_is_kept(doors: Doors, serve: Serve) -> None:
    async with doors.unit_of_work() as db:
        ada = await a_member(db, "Ada", roles=[Role.AUTHOR])
    headers = {"Authorization": f"Bearer {await a_token(doors, ada)}", "Idempotency-Key": "six"}
    address = f"{serve().url}{API}/media"

    async with httpx.AsyncClient(headers=headers, timeout=60, trust_env=False) as client:

        async def send() -> httpx.Response:
            while True:
                answer = await client.post(
                    address, params={"name": "x.jpg"}, content=a_picture(), headers=JPEG
                )
                if answer.status_code != 409:
                    return answer
                assert "retry-after" in answer.headers
                await asyncio.sleep(0.1)

        answers = await asyncio.gather(*(send() for _ in range(6)))
        other = await client.post(
            address, params={"name": "x.jpg"}, content=a_picture(size=(9, 9)), headers=JPEG
        )

    assert [answer.status_code for answer in answers] == [201] * 6
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert is_problem(other, 422)
    async with doors.reading() as db:
        kept = select(func.count()).where(Upload.variant_of_id.is_(None), Upload.is_stored)
        assert await db.scalar(kept) == 1
