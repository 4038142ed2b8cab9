"""The library: what stands in it, and how it gets there."""

import hashlib

import httpx
import pytest

from app.accounts.actor import Role
from tests.conftest import SignedIn
from tests.resources.lending import DESK, TEXT, fetch, hand_in

pytestmark = pytest.mark.anyio


async def test_an_author_hands_in_a_file_publishes_it_and_everybody_fetches_it(
    visitor: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    author = await signed_in(Role.AUTHOR)

    added = await hand_in(author, licence="CC BY 4.0", tags="Letters, a year")

    assert added.status_code == 303
    desk = added.headers["location"].partition("?")[0]
    assert (await visitor.get("/resources/a-calendar-of-letters/")).status_code == 404
    assert "It is here, as a draft" in (await author.get(added.headers["location"])).text
    assert (await author.post(f"{desk}publication")).status_code == 303

    page = (await visitor.get("/resources/a-calendar-of-letters/")).text
    assert hashlib.sha256(TEXT).hexdigest() in page
    assert "CC BY 4.0" in page
    assert "A calendar of letters" in (await visitor.get("/resources/")).text
    fetched = await fetch(visitor, "/resources/a-calendar-of-letters/download")
    assert (fetched.status_code, fetched.content) == (200, TEXT)
    assert fetched.headers["content-disposition"].startswith('attachment; filename="calendar.txt"')
    assert (await author.get(DESK)).status_code == 200
