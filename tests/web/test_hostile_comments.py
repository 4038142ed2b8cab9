"""What strangers send by the form stays words, wherever it is read: page, feeds, console, letters.

A sample of the lists; all of them with `RAPPORT_TEST_ATTACKS=all`.
"""

import os
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from lxml import html
from sqlalchemy import select

from app.accounts.actor import OWNER_AT_THE_MACHINE, Role
from app.core import clock
from app.discussions.deciding import decide
from app.discussions.models import Comment
from app.notifications.follows import ask_to_follow
from app.notifications.models import Letter
from app.posts.models import Post
from app.settings import Settings
from app.web.comments.own_addresses import own_address
from app.work import Doors
from tests.conftest import RunJobs, SignedIn
from tests.shared import payloads
from tests.web.commenting import fields_of
from tests.web.feed_readers import FORMATS, assert_harmless_feed
from tests.web.test_pages_hostile_text import assert_harmless
from tests.world import a_comment, a_member, a_post, thread_of

pytestmark = pytest.mark.anyio

LISTS = ("xss", "naughty", "crlf", "sqli")
STEP = 1 if os.environ.get("RAPPORT_TEST_ATTACKS") == "all" else 12
SHEETS = ("", "/answer", "/edition", "/note", "/block", "/removal")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """As many from one address, and as quickly, as the lists are long."""
    return settings.model_copy(update={"rate_limits": "off", "form_min_seconds": 0})


async def attacked(doors: Doors, visitor: httpx.AsyncClient, texts: list[str]) -> Post:
    """Each text in each field of an answer to Gwen, who is mailed; whatever is let in is kept."""
    async with doors.unit_of_work() as db:
        await a_member(db, "Ines", roles=[Role.MODERATOR])
        post = await a_post(db)
        gwen = await a_comment(db, under=post, author_email="gwen@example.org")
        thread = await thread_of(db, post)
        follow = await ask_to_follow(
            db, thread_id=thread.id, comment_id=gwen.id, email="gwen@example.org"
        )
        assert follow is not None
        follow.confirmed_at = clock.now()
    fields = await fields_of(visitor, post, comment_parent=str(gwen.id))
    for number, text in enumerate(texts):
        mine = {**fields, "email": f"{number}@example.org", "comment": f"{text}\n\n{number}"}
        for typed in (
            {**mine, "author": text[:80], "follow_replies": "yes"},
            {**mine, "author": "Bo", "url": text[:500], "comment": text},
            {**mine, "author": "Bo", "email": text[:254]},
        ):
            answer = await visitor.post(
                f"{post.path}comment", json=typed, headers={"Accept": "text/html"}
            )
            assert answer.status_code in (303, 409, 422), (typed, answer.text)
            if answer.text:
                assert_harmless(answer.text)
    return post


async def listed(client: httpx.AsyncClient, address: str) -> AsyncIterator[str]:
    """A list, page by page."""
    while address:
        page = (await client.get(address)).text
        yield page
        further = html.document_fromstring(page).xpath("//a[@rel='next']/@href")
        address = further[0] if further else ""


@pytest.mark.parametrize("attack", LISTS)
async def test_what_an_attacker_sends_stays_words_wherever_it_is_read(
    doors: Doors, settings: Settings, visitor: httpx.AsyncClient,
    signed_in: SignedIn, run_jobs: RunJobs, attack: str,
) -> None:  # fmt: skip
    texts = payloads(attack)[::STEP]
    post = await attacked(doors, visitor, texts)
    moderator = await signed_in(Role.MODERATOR)
    async with doors.reading() as db:
        ids = list(await db.scalars(select(Comment.id).where(Comment.id > 1)))
    assert len(ids) >= len(texts) // 2

    for address in ("/mod/", "/mod/?tab=spam"):
        async for page in listed(moderator, address):
            assert_harmless(page)
    for comment_id in ids:
        own = await visitor.get(own_address(settings, comment_id))
        assert own.status_code == 200
        assert_harmless(own.text)
    for comment_id in ids[::5]:
        for sheet in SHEETS:
            shown = await moderator.get(f"/mod/comments/{comment_id}{sheet}")
            assert shown.status_code == 200
            assert_harmless(shown.text)
    await run_jobs()
    async with doors.unit_of_work() as db:
        for comment_id in ids:
            await decide(db, OWNER_AT_THE_MACHINE, comment_id, "approve", note=texts[0])
    await run_jobs()

    # Whoever held the command line decided: that is for owners to read.
    async for page in listed(await signed_in(Role.OWNER), "/mod/log/"):
        assert_harmless(page)
    async for page in listed(visitor, post.path or ""):
        assert_harmless(page)
    for suffix in FORMATS:
        for path in ("/comments/feed/", f"{post.path}feed/"):
            assert_harmless_feed(suffix, (await visitor.get(path + suffix)).content)
    assert_harmless((await moderator.get("/mod/outbox/")).text)
    await letters_are_letters(doors, len(texts) // 2)


async def letters_are_letters(doors: Doors, at_least: int) -> None:
    """No mark-up of a stranger's, no line of the head that we did not write, nobody's address but theirs."""
    async with doors.reading() as db:
        letters = list(await db.scalars(select(Letter)))
    assert len(letters) >= at_least
    for letter in letters:
        document = html.document_fromstring(letter.body_html)
        assert not document.xpath("//script | //img | //iframe | //form | //object | //svg")
        for element in document.iter("*"):
            for name, value in element.attrib.items():
                assert not name.startswith("on")
                assert name != "href" or value.startswith(("http://", "https://", "mailto:"))
        head = [letter.subject, letter.recipient, *map(str, letter.headers.values())]
        assert not re.search(r"[\r\n]", "".join(head))
