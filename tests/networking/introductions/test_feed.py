"""The private feed of introductions: what needs one's own answer, by a link, and nothing else."""

from datetime import timedelta

import pytest

from app.accounts.blocks import block
from app.core import clock
from app.networking.introductions.answering import accept, decline, pass_on
from app.networking.introductions.keeping import keep_introductions
from tests.groups.test_private_feeds import links
from tests.networking.introductions.meeting import as_, asked, browsers, three_in
from tests.web.feed_readers import FORMATS, feed_at, titles_at

pytestmark = pytest.mark.anyio


async def _feeds(signed_in, three) -> dict[str, str]:
    people = zip(("ada", "bo", "cy"), await browsers(signed_in, three), strict=False)
    return {name: (await links(browser, "introductions"))[0] for name, browser in people}


async def test_each_of_the_three_reads_what_needs_their_answer_while_it_does(
    doors, signed_in, visitor
) -> None:
    three = await three_in(doors)
    feeds = await _feeds(signed_in, three)
    async with doors.unit_of_work() as db:
        row = await asked(db, three)

    entry = (await feed_at(visitor, feeds["bo"])).entries[0]
    assert entry.title == "Ada Brown asks you for an introduction to Cy Dunn"
    assert entry.summary == "Your answer is wanted."
    assert entry.link == f"http://blog.example/intros/{row.id}/"
    assert await titles_at(visitor, feeds["ada"]) == await titles_at(visitor, feeds["cy"]) == []
    # What Ada wrote of herself is read on the page.
    for suffix in FORMATS:
        answer = await visitor.get(feeds["bo"] + suffix)
        assert answer.headers["cache-control"] == "private, no-cache"
        assert "bake bread" not in answer.text

    async with doors.unit_of_work() as db:
        await pass_on(db, as_(three.bo), row.id, "She is good company.")
    assert await titles_at(visitor, feeds["bo"]) == []
    assert len(await titles_at(visitor, feeds["cy"])) == 1
    async with doors.unit_of_work() as db:
        await accept(db, as_(three.cy), row.id)
    assert [await titles_at(visitor, feed) for feed in feeds.values()] == [[], [], []]

    with clock.moved(timedelta(days=31)):
        async with doors.unit_of_work() as db:
            await keep_introductions(db, clock.now())
        for name in ("ada", "cy"):
            later = (await feed_at(visitor, feeds[name])).entries
            assert [one.summary for one in later] == ["Did you talk?"]
        assert await titles_at(visitor, feeds["bo"]) == []
        assert later[0].id != entry.id


async def test_what_was_declined_or_is_across_a_block_is_not_in_it(
    doors, signed_in, visitor
) -> None:
    three = await three_in(doors)
    feeds = await _feeds(signed_in, three)
    async with doors.unit_of_work() as db:
        await decline(db, as_(three.bo), (await asked(db, three, target_id=three.dee.id)).id)
        await asked(db, three)
    assert await titles_at(visitor, feeds["bo"]) == [
        "Ada Brown asks you for an introduction to Cy Dunn"
    ]

    async with doors.unit_of_work() as db:
        await block(db, as_(three.bo), three.ada.id, clock.now())

    assert [await titles_at(visitor, feed) for feed in feeds.values()] == [[], [], []]
