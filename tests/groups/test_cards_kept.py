"""The cards of a discussion are drawn once for all who are shown the same, and nobody is shown another's."""

import re

import pytest

from app.accounts.actor import Role
from app.accounts.blocks import block
from app.core import clock
from app.discussions.models import Comment, CommentStatus
from app.groups.models import Group, MemberRole, MemberState
from app.web.rendering import reply_drawn
from tests.groups.building import a_membership, a_place, answer, as_actor, begin
from tests.world import a_member

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def _readers(doors, place, signed_in, visitor):
    """A browser of every kind of reader, by what they are; Bert and the member do not see each other."""
    async with doors.unit_of_work() as db:
        group = await db.get_one(Group, place.group_id)
        people = {name: await a_member(db, name) for name in ("Bert", "Mute", "Mod", "New", "Else")}
        await a_membership(db, group, people["Mod"], role=MemberRole.MODERATOR)
        await a_membership(db, group, people["Mute"], state=MemberState.MUTED)
        for name in ("Bert", "New", "Else"):
            await a_membership(db, group, people[name])
        await block(db, as_actor(people["Bert"]), place.member_id, clock.now())
    readers = {name: await signed_in(user=who) for name, who in people.items()}
    others = {"owner": await signed_in(Role.OWNER), "of the site": await signed_in(Role.MODERATOR)}
    own = {"began it": place.owner, "wrote some": place.member, "visitor": visitor}
    return readers | others | own | {"stranger": await signed_in()}


async def _discussion(doors, place, readers):
    """One of each kind of card: solving, changed by either, removed, waiting, answering, naming somebody."""
    topic = (await begin(place.owner, place, "Ask @mika?")).headers["location"]
    texts = ("I know.", "So @mika knows, @bert.", "Removed", "By a moderator", "It waits")
    said = [(await answer(place.member, topic, text)).headers["location"] for text in texts]
    ids = [int(place_.rpartition("-")[2]) for place_ in said]
    await answer(readers["Else"], topic, "Does she? " * 800, comment_parent=str(ids[1]))
    number = re.search(r"/d/(\d+)", topic)[1]
    await place.owner.post(f"{place.url}d/{number}/solution", data={"reply": str(ids[0])})
    async with doors.unit_of_work() as db:
        solved, changed, removed, corrected, waits = [await db.get_one(Comment, one) for one in ids]
        solved.edited_at = changed.edited_at = corrected.edited_at = clock.now()
        corrected.is_edited_by_moderator = True
        removed.status = CommentStatus.REMOVED
        waits.status, waits.is_shown = CommentStatus.PENDING, False
    return topic


async def _page(client, topic):
    """What it shows, but for the moment at which its form was made."""
    # Fetched in case it is wanted: that does not count as having read it, which would show. And with
    # a word of WordPress's, so that the page cache has no whole page to give.
    page = await client.get(f"{topic}?tag=", headers={"sec-purpose": "prefetch"})
    assert page.status_code == 200
    return re.sub(r'(name="form_token" value=")[^"]*', r"\1", page.text)


async def test_every_reader_is_shown_the_same_whether_cards_were_drawn_before_or_not(
    doors, signed_in, visitor
):
    place = await a_place(doors, signed_in)
    readers = await _readers(doors, place, signed_in, visitor)
    topic = await _discussion(doors, place, readers)

    alone = {}
    for name, client in readers.items():
        reply_drawn.cache_clear()
        alone[name] = await _page(client, topic)
    for name, client in reversed(readers.items()):
        assert await _page(client, topic) == alone[name], f"{name}, after others"

    assert reply_drawn.cache_info().hits > 20
    shown = "This solved it.", "edited by a moderator", "This was removed.", "in answer to Mika"
    assert all(words in alone["New"] for words in shown)
    assert alone["New"].count('href="/people/mika/"') > alone["Bert"].count('href="/people/mika/"')
    waits = "Until then only you see this."
    assert [name for name, page in alone.items() if waits in page] == ["wrote some"]
    kinds = {re.sub(r"(?s).*<ol class=\"thread\"|</ol>.*", "", page) for page in alone.values()}
    assert len(kinds) > 5
