"""Every page's address ends with a slash; whoever leaves it out is led there."""

import pytest

from app.accounts.actor import Role
from tests.conftest import SignedIn

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "page", ["/mod/log", "/write/new", "/intros", "/account/feeds", "/help/counting"]
)
async def test_a_page_without_its_last_slash_leads_to_it(signed_in: SignedIn, page: str) -> None:
    owner = await signed_in(Role.OWNER)

    answer = await owner.get(page)

    assert (answer.status_code, answer.headers["location"]) == (301, f"{page}/")


async def test_what_was_asked_goes_along(signed_in: SignedIn) -> None:
    owner = await signed_in(Role.OWNER)

    answer = await owner.get("/mod/log?who=ada&since=2024")

    assert answer.headers["location"] == "/mod/log/?who=ada&since=2024"


async def test_whether_something_stands_there_is_not_told(signed_in: SignedIn) -> None:
    member = await signed_in()

    answers = [await member.get(f"/groups/{name}/asks/new") for name in ("no-such", "hidden")]

    assert [answer.status_code for answer in answers] == [301, 301]


@pytest.mark.parametrize(
    "path", ["/no-such", "/no/such/thing", "//evil.example/intros", "/intros/x"]
)
async def test_what_is_no_page_stays_unknown(signed_in: SignedIn, path: str) -> None:
    owner = await signed_in(Role.OWNER)

    answer = await owner.get(f"http://site.test{path}")

    assert answer.status_code == 404
