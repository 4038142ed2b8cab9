"""What somebody said in a group is changed by themselves: judged anew, kept as it was, and never lost."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.actor import Role
from app.core import clock
from app.discussions.models import Comment, CommentEdit
from app.groups.models import Group, Membership
from tests.groups.building import a_place, answer, begin

pytestmark = pytest.mark.anyio

LINKS = " ".join(f"https://shop{n}.example/" for n in range(4))


@pytest.fixture(autouse=True)
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


async def _said(doors, place, text="I know somebody.", **fields):
    """A discussion of the owner's with an answer of the member's: its address, and where that is changed."""
    topic = (await begin(place.owner, place)).headers["location"]
    reply = (await answer(place.member, topic, text, **fields)).headers["location"]
    return topic, f"{place.url}r/{reply.rpartition('-')[2]}/"


async def _version(client, said):
    page = await client.get(f"{said}text/")
    return re.search(r'name="version" value="(\d+)"', page.text)[1]


async def _change(client, said, text, version=None):
    version = version or await _version(client, said)
    return await client.post(f"{said}text/", data={"comment": text, "version": version})


async def test_a_reply_is_changed_and_says_so_and_moderators_read_what_it_said(
    doors, signed_in, visitor
):
    place = await a_place(doors, signed_in)
    topic, said = await _said(doors, place)
    assert f"{said}text/" in (await place.member.get(topic)).text
    assert f"{said}text/" not in (await place.owner.get(topic)).text

    with clock.moved(timedelta(hours=20)):
        changed = await _change(place.member, said, "I know **two** people.")
    await _change(place.member, said, "I know three people.")

    assert changed.status_code == 303
    assert "#reply-" in changed.headers["location"]
    page = (await visitor.get(topic)).text
    assert "I know three people." in page
    assert "I know somebody." not in page
    assert re.search(r"edited, <time", page)
    assert "history/" not in page
    for reader in (place.owner, place.member):
        assert f"{said}history/" in (await reader.get(topic)).text
        history = (await reader.get(f"{said}history/")).text
        assert "I know somebody." in history
        assert "I know <strong>two</strong> people." in history
        assert history.index("three") < history.index("two") < history.index("somebody")
    stranger = await signed_in()
    for reader in (visitor, stranger):
        assert (await reader.get(f"{said}history/")).status_code == 404
        assert (await reader.get(f"{said}text/")).status_code in (401, 404)
    assert (await _change(place.owner, said, "Not mine.", "1")).status_code == 404


async def test_the_opening_text_is_changed_too(doors, signed_in, visitor):
    place = await a_place(doors, signed_in)
    topic = (await begin(place.member, place)).headers["location"]
    link = re.search(r'href="([^"]+/)text/"', (await place.member.get(topic)).text)[1]

    assert (await _change(place.member, link, "Who is hiring gardeners?")).status_code == 303

    assert "Who is hiring gardeners?" in (await visitor.get(topic)).text
    async with doors.reading() as db:
        assert await db.scalar(select(Group.topic_count)) == 1


async def test_what_the_filters_doubt_waits_while_the_old_text_stays(doors, signed_in, visitor):
    place = await a_place(doors, signed_in)
    topic, said = await _said(doors, place)

    held = await _change(place.member, said, f"Look: {LINKS}")

    assert held.headers["location"] == f"{said}text/"
    waits = (await place.member.get(f"{said}text/")).text
    assert "waits for a moderator" in waits
    assert "Look: https://shop0" in waits
    assert "I know somebody." in (await visitor.get(topic)).text
    # Another text takes the place of the one that waits, and whoever saw that one decides about nothing.
    row = (await place.owner.get("/mod/")).text
    version = re.search(r'name="version" value="(\d+)"', row)[1]
    number = said.strip("/").rpartition("/")[2]
    await _change(place.member, said, f"Worse: {LINKS}")
    late = await place.owner.post(f"/mod/comments/{number}/approval", data={"version": version})
    assert late.status_code == 409
    await _change(place.member, said, "I know somebody.")
    assert "waits for a moderator" not in (await place.member.get(f"{said}text/")).text
    assert "Worse" not in (await place.owner.get("/mod/")).text
    async with doors.reading() as db:
        assert await db.scalar(select(func.count()).select_from(CommentEdit)) == 0


async def test_what_waits_to_be_read_first_can_be_put_right(doors, signed_in, visitor):
    place = await a_place(doors, signed_in, holds_first=2)
    topic, said = await _said(doors, place, "I no somebody.")

    changed = await _change(place.member, said, "I know somebody.")

    assert changed.headers["location"] == f"{said}text/"
    assert "I know somebody." in (await place.member.get(topic)).text
    assert "I know somebody." not in (await visitor.get(topic)).text


async def test_of_two_who_change_it_at_once_the_second_sees_what_it_says_now(doors, signed_in):
    place = await a_place(doors, signed_in)
    _topic, said = await _said(doors, place)
    moderator = await signed_in(Role.MODERATOR)
    number = said.strip("/").rpartition("/")[2]
    await moderator.post(f"/mod/comments/{number}/edition", data={"text": "[A name taken out.]"})

    late = await _change(place.member, said, "My own words.", "1")
    again = re.search(r'name="version" value="(\d+)"', late.text)[1]

    assert late.status_code == 409
    assert "[A name taken out.]" in late.text
    assert "My own words." in late.text
    assert (await _change(place.member, said, "My own words.", again)).status_code == 303


@pytest.mark.parametrize(
    ("path", "fields", "says"),
    [
        ("members/{member}/mute", {"days": "7"}, "not write, for now"),
        ("members/{member}/ban", {"days": "0"}, "Only members of this group"),
        ("d/{topic}/lock", {"is": "1"}, "This discussion is closed."),
        ("state", {"state": "read-only"}, "can only be read"),
    ],
)
async def test_who_may_not_speak_changes_nothing_and_keeps_their_words(
    doors, signed_in, path, fields, says
):
    place = await a_place(doors, signed_in)
    topic, said = await _said(doors, place)
    number = re.search(r"/d/(\d+)", topic)[1]
    done = await place.owner.post(
        place.url + path.format(member=place.member_id, topic=number), data=fields
    )
    assert done.status_code == 303

    refused = await _change(place.member, said, "One more thing.", "2")

    assert refused.status_code == 403
    assert says in refused.text
    assert "One more thing." in refused.text
    assert f"{said}text/" not in (await place.member.get(topic)).text
    async with doors.reading() as db:
        assert await db.scalar(select(func.count()).select_from(CommentEdit)) == 0


async def test_nothing_that_was_typed_is_lost(doors, signed_in, visitor):
    place = await a_place(doors, signed_in)
    topic, said = await _said(doors, place)

    signed_out = await _change(visitor, said, "Typed for an hour.", "2")
    empty = await _change(place.member, said, " \n ")
    long = await _change(place.member, said, "x" * 20_001)

    assert signed_out.status_code == 401
    assert "Typed for an hour." in signed_out.text
    assert empty.status_code == long.status_code == 422
    assert "x" * 20_001 in long.text
    assert "I know somebody." in (await visitor.get(topic)).text


async def test_a_hidden_group_says_nothing_of_what_is_said_in_it(doors, signed_in, visitor):
    place = await a_place(doors, signed_in, visibility="hidden")
    _topic, said = await _said(doors, place)
    stranger = await signed_in()

    for rest in ("text/", "history/"):
        there = await stranger.get(said + rest)
        nowhere = await stranger.get(f"/groups/no-such/r/999999/{rest}")
        assert there.status_code == nowhere.status_code == 404
    async with doors.unit_of_work() as db:
        mine = await db.get_one(Membership, (place.group_id, place.member_id))
        mine.state = "left"
    gone = await _change(place.member, said, "Was I here?", "2")
    assert gone.status_code == 404
    assert "Was I here?" in gone.text


async def test_a_long_history_is_read_in_pages(doors, signed_in):
    place = await a_place(doors, signed_in)
    topic, said = await _said(doors, place, "Text 0.")
    version = int(await _version(place.member, said))
    for number in range(24):
        await _change(place.member, said, f"Text {number + 1}.", version + number)

    first = (await place.owner.get(f"{said}history/")).text
    older = re.search(r'href="(\?before=\d+)"', first)[1]
    second = (await place.owner.get(f"{said}history/{older}")).text

    told = [int(n) for page in (first, second) for n in re.findall(r"<p>Text (\d+)\.", page)]
    assert told == list(range(24, -1, -1))
    assert topic in second


async def test_who_changes_too_often_waits(doors, signed_in, settings):
    place = await a_place(doors, signed_in)
    _topic, said = await _said(doors, place)
    settings.__dict__["rate_limits"] = "on"
    version = int(await _version(place.member, said))

    answers = [await _change(place.member, said, f"Text {n}.", version + n) for n in range(21)]

    assert [one.status_code for one in answers] == [303] * 20 + [429]
    assert "Text 20." in answers[20].text
    async with doors.reading() as db:
        assert (
            await db.scalar(select(Comment.body_source).order_by(Comment.id.desc())) == "Text 19."
        )
