"""Links from elsewhere before a moderator: whose words are in the row."""

import pytest

from app.accounts.actor import Role
from tests.conftest import SignedIn
from tests.linkbacks.linking import Here, OtherSite

pytestmark = pytest.mark.anyio


async def test_the_row_tells_what_was_sent_from_what_the_page_says(
    here: Here, elsewhere: OtherSite, signed_in: SignedIn
) -> None:
    moderator = await signed_in(Role.MODERATOR)
    elsewhere.links_to(here.target, "a letter")
    await here.trackback(url=elsewhere.url, title="Mine", excerpt="Buy this.")
    before = (await moderator.get("/mod/")).text
    await here.run_jobs()
    after = (await moderator.get("/mod/")).text

    assert "What was sent, and its page not looked at yet:" in before
    assert "Buy this." in before
    assert "The source says:" in after
    assert "that a letter is worth more than ten mails" in after
    assert "Buy this." not in after


async def test_words_that_its_page_does_not_say_are_not_said_to_be_its_own(
    here: Here, elsewhere: OtherSite, signed_in: SignedIn
) -> None:
    moderator = await signed_in(Role.MODERATOR)
    elsewhere.page = "<p>Hello.</p>"
    await here.trackback(url=elsewhere.url, excerpt="Buy this.")
    await here.run_jobs()
    spam = (await moderator.get("/mod/?tab=spam")).text

    assert "Buy this." in spam
    assert "That page does not link here." in spam
    assert "The source says" not in spam
