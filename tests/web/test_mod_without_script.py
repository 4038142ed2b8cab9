"""The console without script: forms are sent as they stand in the page, and one goes on at the next row."""

import re
from html import unescape

import httpx
import pytest

from app.accounts.actor import Role
from app.discussions.models import CommentStatus
from app.moderation.queue import PAGE_SIZE
from app.work import Doors
from tests.conftest import SignedIn
from tests.world import a_comment, a_post

pytestmark = pytest.mark.anyio


@pytest.fixture
async def moderator(doors: Doors, signed_in: SignedIn) -> httpx.AsyncClient:
    """A moderator, before a page and three more of comments that wait, numbered from 1."""
    async with doors.unit_of_work() as db:
        post = await a_post(db)
        for _ in range(PAGE_SIZE + 3):
            await a_comment(db, under=post, status=CommentStatus.PENDING)
    return await signed_in(Role.MODERATOR)


def form_in(page: httpx.Response, action: str) -> dict[str, str]:
    """The hidden fields of the form that is sent to an address."""
    assert page.status_code == 200, page.text
    form = page.text.split(f'action="{action}"', 1)[1].split("</form>", 1)[0]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)">', form)
    return {name: unescape(value) for name, value in found}


@pytest.mark.parametrize("noun", ["approval", "spam"])
async def test_after_a_decision_one_stands_at_the_row_that_followed(
    moderator: httpx.AsyncClient, noun: str
) -> None:
    fields = form_in(
        await moderator.get("/mod/?links=none&type=comment"), "/mod/comments/2/approval"
    )

    answer = await moderator.post(f"/mod/comments/2/{noun}", data=fields)

    assert answer.status_code == 303
    assert answer.headers["location"] == "/mod/?type=comment&links=none&done=1#case-3"
    assert 'id="case-3"' in (await moderator.get(answer.headers["location"])).text


@pytest.mark.parametrize(("noun", "text"), [("removal", ""), ("answer", "Thank you.")])
async def test_a_form_of_its_own_leads_to_the_same_place(
    moderator: httpx.AsyncClient, noun: str, text: str
) -> None:
    row = (await moderator.get("/mod/?links=none")).text.split('id="case-2"', 1)[1]
    link = re.search(rf'href="(/mod/comments/2/{noun}\?[^"]*)"', row)
    assert link
    fields = form_in(await moderator.get(unescape(link[1])), f"/mod/comments/2/{noun}")

    answer = await moderator.post(f"/mod/comments/2/{noun}", data={**fields, "text": text})

    assert answer.headers["location"] == "/mod/?links=none&done=1#case-3"


async def test_the_last_row_of_a_page_leads_to_the_one_that_comes_up_from_the_next(
    moderator: httpx.AsyncClient,
) -> None:
    last = PAGE_SIZE
    fields = form_in(await moderator.get("/mod/"), f"/mod/comments/{last}/approval")

    answer = await moderator.post(f"/mod/comments/{last}/approval", data=fields)

    assert answer.headers["location"] == f"/mod/?done=1#case-{last + 1}"
    assert f'id="case-{last + 1}"' in (await moderator.get(answer.headers["location"])).text


async def test_on_a_later_page_one_stays_there_and_after_the_very_last_row_at_its_top(
    moderator: httpx.AsyncClient,
) -> None:
    further = re.search(r'href="([^"]+)" rel="next"', (await moderator.get("/mod/")).text)
    assert further
    page, last = unescape(further[1]), PAGE_SIZE + 3
    for number, anchor in ((last - 1, f"#case-{last}"), (last, "")):
        fields = form_in(await moderator.get(page), f"/mod/comments/{number}/approval")

        answer = await moderator.post(f"/mod/comments/{number}/approval", data=fields)

        assert re.sub(r"[&]done=\d+", "", answer.headers["location"]) == page + anchor


async def test_whoever_was_late_is_led_on_as_well(
    moderator: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    other = await signed_in(Role.MODERATOR)
    fields = form_in(await moderator.get("/mod/"), "/mod/comments/2/approval")
    await other.post("/mod/comments/2/spam", data={"version": "1"})

    late = await moderator.post("/mod/comments/2/approval", data=fields)

    assert late.status_code == 409
    assert 'href="/mod/#case-3"' in late.text


async def test_an_answer_that_is_refused_keeps_the_way_back(moderator: httpx.AsyncClient) -> None:
    sheet = await moderator.get("/mod/comments/2/answer?back=/mod/%3Flinks%3Dnone&next=3")
    fields = form_in(sheet, "/mod/comments/2/answer")

    refused = await moderator.post("/mod/comments/2/answer", data={**fields, "text": " "})

    assert refused.status_code == 422
    assert (fields["back"], fields["next"]) == ("/mod/?links=none", "3")
    assert 'name="next" value="3"' in refused.text
