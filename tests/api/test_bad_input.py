"""What bad input gets: always a problem, with a status that says what is wrong."""

import json
import re
from typing import Any

import httpx
import pytest

from app.accounts.actor import Role
from app.api.calling import WITH_TOKEN, WITHOUT
from app.api.once import CHANGES
from app.work import Doors
from tests.api.conftest import Program
from tests.api.speaking import API, is_problem
from tests.groups.building import a_group
from tests.world import a_member

pytestmark = pytest.mark.anyio

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"title": NaN}', "application/json", 400),
        (b'{"title": ' + b"[" * 60_000, "application/json", 400),
        (b'{"menu_order": ' + b"9" * 6000 + b"}", "application/json", 400),
        (b"null", "application/json", 422),
        (b"[]", "application/json", 422),
        (b'"x"', "application/json", 422),
        (b'{"title": 1}', "application/json", 422),
        (b"title=x", "application/x-www-form-urlencoded", 415),
        (b"<x/>", "text/xml", 415),
        (b'{"title": "x"}', "", 415),
    ],
)
async def test_a_body_that_is_none(
    program: Program, content: bytes, kind: str, status: int
) -> None:
    author = await program(Role.AUTHOR)

    answer = await author.post("posts", content=content, headers={"Content-Type": kind})

    assert is_problem(answer, status), answer.text


async def test_a_body_that_is_too_large(program: Program) -> None:
    author = await program(Role.AUTHOR)

    tag = await author.post("terms", json={"taxonomy": "tag", "name": "x" * 70_000})
    post = await author.post("posts", content=b"x" * (14 << 20), headers=JSON)

    assert is_problem(tag, 413)
    assert is_problem(post, 413)


async def test_a_whole_book_is_taken(program: Program) -> None:
    author = await program(Role.AUTHOR)

    made = await author.post("posts", json={"title": "Long", "source": "word " * 200_000})

    assert made.status_code == 201
    assert len(made.json()["source"]) > 990_000


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "term_id=99999999999999999999", "since=soon"]
)
async def test_a_wrong_query_names_its_field(visitor: httpx.AsyncClient, query: str) -> None:
    answer = await visitor.get(f"{API}/posts?{query}")

    assert is_problem(answer, 422)
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


@pytest.mark.parametrize(
    ("sent", "field", "says"),
    [
        ({}, "name", "Please fill this in."),
        ({"name": "x"}, "name", "At least 2 characters, please."),
        ({"name": "x" * 81}, "name", "At most 80 characters, please."),
        ({"name": 5}, "name", "This is a text."),
        ({"holds_first": -1}, "holds_first", "A number from 0 on, please."),
        ({"slow_seconds": 86_401}, "slow_seconds", "A number up to 86400, please."),
        ({"holds_first": "two"}, "holds_first", "Please write a whole number."),
        ({"visibility": "secret"}, "visibility", "One of these, please: public, members, hidden."),
        ({"kinds": "ask"}, "kinds", "This is a list."),
        ({"kinds": []}, "kinds", "At least 1 of these, please."),
        ({"colour": "red"}, "colour", "There is no such field."),
    ],
)
async def test_a_wrong_field_is_named_with_a_sentence_of_ours(
    program: Program, sent: dict[str, object], field: str, says: str
) -> None:
    owner = await program(Role.OWNER)

    answer = await owner.post("groups", json=sent)

    assert is_problem(answer, 422)
    assert {"field": field, "detail": says} in answer.json()["errors"]


@pytest.mark.parametrize("wrong", [-1, "x", [{}], {}, True, None], ids=str)
async def test_no_operation_answers_in_another_librarys_words(
    program: Program, wrong: object
) -> None:
    owner = await program(Role.OWNER)
    told = (await owner.get("openapi.json")).json()
    details = set()

    for path, methods in told["paths"].items():
        for method in {"post", "patch", "put"} & methods.keys():
            schema = fields_of(told, methods[method])
            answer = await owner.request(
                method, re.sub(r"\{.*?\}", "1", path).lstrip("/"), json=dict.fromkeys(schema, wrong)
            )
            details |= {one["detail"] for one in answer.json().get("errors", ())}

    assert len(details) > 3
    assert [one for one in details if re.search(r"\b(input|should|valid)\b", one.lower())] == []


def fields_of(told: dict[str, Any], operation: dict[str, Any]) -> list[str]:
    """The names of all that is sent to an operation."""
    content = operation.get("requestBody", {}).get("content", {})
    name = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
    return list(told["components"]["schemas"].get(name, {}).get("properties", ()))


@pytest.mark.parametrize(
    "path",
    ["posts/0", "posts/9999999999999999999", "groups/%00x", "groups/%ff", "resources/%ed%a0%80"],
)
async def test_what_leads_nowhere_is_not_found(visitor: httpx.AsyncClient, path: str) -> None:
    assert is_problem(await visitor.get(f"{API}/{path}"), 404)


async def test_too_many_calls_are_told_to_wait(
    program: Program, visitor: httpx.AsyncClient
) -> None:
    for _ in range(WITHOUT.amount):
        assert (await visitor.get(f"{API}/terms/1")).status_code == 404
    refused = await visitor.get(f"{API}/terms/1")

    assert is_problem(refused, 429)
    assert 0 < int(refused.headers["retry-after"]) <= 60
    # Whoever has a token is counted by that.
    assert WITH_TOKEN.amount > WITHOUT.amount
    member = await program()
    assert is_problem(await member.get("terms/1"), 404)


async def test_too_many_changes_are_told_to_wait(program: Program) -> None:
    author = await program(Role.AUTHOR)
    for number in range(CHANGES[0].times):
        sent = {"taxonomy": "tag", "name": f"tag {number}"}
        assert (await author.post("terms", json=sent)).status_code == 201
    refused = await author.post("terms", json={"taxonomy": "tag", "name": "one more"})

    assert is_problem(refused, 429)
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert json.loads(refused.content)["title"] == "Too many requests"


@pytest.mark.parametrize(
    ("kind", "sent", "field"),
    [
        ("posts", {"category_ids": [1, 999]}, "category_ids"),
        ("posts", {"category_ids": [1, "x"]}, "category_ids.1"),
        ("posts", {"tags": ["x", "y" * 201]}, "tags.1"),
        ("posts", {"status": "trashed"}, "status"),
        ("posts", {"cover_id": 999}, "cover_id"),
        ("posts", {"parent_id": 1}, "parent_id"),
        ("pages", {"parent_id": 999}, "parent_id"),
        ("pages", {"title": "x", "slug": "groups", "status": "published"}, "slug"),
        ("terms", {"taxonomy": "category", "name": "x", "parent_id": 999}, "parent_id"),
        ("terms", {"taxonomy": "tag", "name": "x", "parent_id": 1}, "parent_id"),
        ("reports", {"kind": "profile", "reason": "other"}, "handle"),
        ("reports", {"kind": "comment", "id": 1, "reason": "dull"}, "reason"),
    ],
)
async def test_what_is_wrong_deep_inside_names_its_field(
    program: Program, kind: str, sent: dict[str, object], field: str
) -> None:
    editor = await program(Role.EDITOR)

    refused = await editor.post(kind, json=sent)

    assert is_problem(refused, 422)
    assert [one["field"] for one in refused.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("path", "sent", "field"),
    [
        ("groups", {"name": "!!", "purpose": "Letters."}, "name"),
        ("groups/letters/topics/1/split", {"title": "New", "reply_ids": [999]}, "reply_ids"),
    ],
)
async def test_no_refusal_speaks_of_a_form(
    doors: Doors, program: Program, path: str, sent: dict[str, object], field: str
) -> None:
    async with doors.unit_of_work() as db:
        owner = await a_member(db, "Gwen", roles=[Role.OWNER])
        await a_group(db, "Letters", by=owner)
    client = await program(user=owner)
    await client.post("groups/letters/topics", json={"title": "Old", "text": "Hello."})

    refused = await client.post(path, json=sent)

    assert is_problem(refused, 422)
    assert refused.json()["detail"] == "Please look at the fields that are named."
    assert [one["field"] for one in refused.json()["errors"]] == [field]
