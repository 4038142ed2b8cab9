"""What is said of the API, to machines and to people."""

import httpx
import pytest

from tests.api.speaking import API, is_problem
from tests.conftest import SignedIn

pytestmark = pytest.mark.anyio


async def test_every_operation_says_what_it_needs_and_what_it_may_answer(
    visitor: httpx.AsyncClient,
) -> None:
    told = (await visitor.get(f"{API}/openapi.json")).json()

    assert told["servers"] == [{"url": "http://blog.example/api/v1"}]
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert operation["summary"].endswith("."), where
            assert operation["security"][-1]["token"], where
            refusals = {int(s) for s in operation["responses"] if int(s) >= 400}
            assert refusals >= {401, 403, 429, 503}, where
            for status in refusals:
                content = operation["responses"][str(status)]["content"]
                assert [*content] == ["application/problem+json"], where
            assert (404 in refusals) == ("{" in path), where
            keyed = "Idempotency-Key" in str(operation.get("parameters"))
            assert keyed == (method == "post"), where


async def test_the_page_tells_all_of_it_in_words_and_is_kept_for_everybody(
    visitor: httpx.AsyncClient,
) -> None:
    page = await visitor.get(f"{API}/")
    told = (await visitor.get(f"{API}/openapi.json")).json()

    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["cache-control"] == "no-cache"
    assert "content-security-policy" in page.headers
    assert "<script" not in page.text
    for methods in told["paths"].values():
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in page.text


async def test_unknown_addresses_and_methods_are_problems(visitor: httpx.AsyncClient) -> None:
    unknown = await visitor.get(f"{API}/nothing")
    deleted = await visitor.delete(f"{API}/posts")
    put = await visitor.put(f"{API}/posts/1")

    assert is_problem(unknown, 404)
    assert is_problem(deleted, 405)
    assert deleted.headers["allow"] == "GET, HEAD, POST"
    assert put.headers["allow"] == "DELETE, GET, HEAD, PATCH"
    assert (await visitor.head(f"{API}/posts")).status_code == 200


async def test_a_session_is_no_token(signed_in: SignedIn) -> None:
    member = await signed_in()

    assert is_problem(await member.post(f"{API}/posts", json={"title": "x"}), 401)
    assert (await member.get(f"{API}/posts")).headers.get("cache-control") != "public"
