"""What is said in a group, taken away as a mailbox file and read back by a program that knows none of it."""

import mailbox
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.accounts.actor import OWNER_AT_THE_MACHINE
from app.core.text import clean_text
from app.discussions.actions import hold, remove
from app.discussions.models import Comment
from app.groups.models import Group
from app.porting.mbox.messages import Said, body, written
from tests.conftest import SignedIn
from tests.groups.building import a_place, answer, begin, fill_topic
from tests.visiting import rapport
from tests.world import a_member

HOST = "blog.example"


@pytest.fixture
def no_haste(settings):
    settings.__dict__["rate_limits"] = "off"


def said(**fields):
    """One reply, or what `fields` make of it."""
    known = {
        "id": 12, "thread_id": 7, "group_id": 3, "group_name": "Job search",
        "topic_title": "Who is hiring?", "url": "http://blog.example/groups/g/r/12",
        "opens": False, "parent_id": None, "parent_opens": False, "author_id": 5,
        "author_name": "Mika", "text": "I know somebody.",
        "at": datetime(2026, 3, 1, 12, 30, tzinfo=UTC),
    }  # fmt: skip
    return Said(**{**known, **fields})


def read_back(content, folder):
    """The messages of a file, by Python's reader."""
    file = folder / "group.mbox"
    file.write_bytes(content)
    return list(mailbox.mbox(file, create=False))


def words(message, header):
    return str(make_header(decode_header(message[header])))


def test_a_reply_is_a_message_that_hangs_below_what_it_answers(tmp_path):
    opening = said(id=9, opens=True)
    to_it = said(id=10, parent_id=9, parent_opens=True)
    to_that = said(id=11, parent_id=10, author_name="Zoë <Ö>", author_id=None)

    first, second, third = read_back(
        b"".join(written(one, HOST) for one in (opening, to_it, to_that)), tmp_path
    )

    assert first["Message-ID"] == "<thread-7@blog.example>"
    assert first["In-Reply-To"] is None
    assert (words(first, "Subject"), words(second, "Subject")) == (
        "Who is hiring?", "Re: Who is hiring?",
    )  # fmt: skip
    assert second["In-Reply-To"] == second["References"] == "<thread-7@blog.example>"
    assert third["In-Reply-To"] == "<comment-10@blog.example>"
    assert third["References"].split() == ["<thread-7@blog.example>", "<comment-10@blog.example>"]
    assert parseaddr(first["From"]) == ("Mika", "member-5@blog.example.invalid")
    assert words(third, "From") == "Zoë <Ö> <nobody@blog.example.invalid>"
    assert first["Date"] == "Sun, 01 Mar 2026 12:30:00 +0000"
    assert first.get_from() == "member-5@blog.example.invalid Sun Mar  1 12:30:00 2026"
    assert words(first, "List-Id") == "Job search <group-3.blog.example>"
    assert first["Archived-At"] == "<http://blog.example/groups/g/r/12>"


_odd = st.text(st.characters(codec="utf-8") | st.sampled_from("\n\r\0>= .\U0001f600"), max_size=300)
_lines = st.lists(
    st.sampled_from(["From me to you", ">From", ">>From here", "From ", ".", "", "x" * 200]) | _odd,
    max_size=8,
).map("\n".join)


@given(text=_lines, title=_odd, name=_odd)
@example(text="From " * 40, title="From me\nBcc: all@example.org", name="Mika\r\nX: y")
@example(text="a\n\nFrom nobody Sun Mar  1 12:30:00 2026\nSubject: mine\n\nb", title="", name="")
def test_whatever_was_said_comes_back_as_it_was(tmp_path_factory, text, title, name):
    strange = said(text=text, topic_title=title, author_name=name)

    content = written(strange, HOST) + written(said(), HOST)
    first, second = read_back(content, tmp_path_factory.getbasetemp())

    lines = clean_text(text).replace("\r\n", "\n").replace("\r", "\n").rstrip()
    assert first.get_payload(decode=True).decode() == f"{lines}\n"
    assert second["Message-ID"] == "<comment-12@blog.example>"
    assert first.keys() == second.keys()
    assert all(len(line) <= 76 for line in body(text).splitlines())


@pytest.mark.anyio
@pytest.mark.usefixtures("no_haste")
async def test_whoever_runs_a_group_takes_all_that_is_to_be_read_in_it(
    doors, signed_in: SignedIn, tmp_path
):
    place = await a_place(doors, signed_in, visibility="hidden")
    topic = (await begin(place.member, place)).headers["location"]
    for text in ("Stays. mail me: x", "Rude", "Odd"):
        await answer(place.owner, topic, text)
    async with doors.reading() as db:
        rude, odd = list(await db.scalars(select(Comment.id).order_by(Comment.id)))[2:]
    # So that a line is left where it stood.
    await answer(place.member, topic, "Calm", comment_parent=rude)
    async with doors.unit_of_work() as db:
        await remove(db, OWNER_AT_THE_MACHINE, rude)
        await hold(db, OWNER_AT_THE_MACHINE, odd)

    page = await place.owner.get(f"{place.url}keep/")
    taken = await place.owner.post(f"{place.url}export")

    assert f'action="{place.url}export"' in page.text
    assert taken.headers["content-type"] == "application/mbox"
    assert taken.headers["content-disposition"].endswith(f"''{place.slug}.mbox")
    assert taken.headers["cache-control"] == "no-store"
    messages = read_back(taken.content, tmp_path)
    assert [m.get_payload(decode=True) for m in messages] == [
        b"Who is hiring? I would like to know.\n", b"Stays. mail me: x\n", b"Calm\n",
    ]  # fmt: skip
    assert b"@members.example" not in taken.content
    assert "took away all that is said here" in (await place.owner.get(f"{place.url}keep/")).text


@pytest.mark.anyio
async def test_nobody_else_takes_it(visitor, doors, signed_in):
    place = await a_place(doors, signed_in, visibility="hidden")
    async with doors.unit_of_work() as db:
        nora = await a_member(db, "Nora")
    stranger = await signed_in(user=nora)

    assert (await place.member.post(f"{place.url}export")).status_code == 403
    assert f'action="{place.url}export"' not in (await place.member.get(place.url)).text
    assert (await stranger.post(f"{place.url}export")).status_code == 404
    assert (await visitor.post(f"{place.url}export")).status_code == 404


@pytest.mark.anyio
async def test_a_long_discussion_comes_in_parts_with_nothing_left_out_or_twice(
    doors, signed_in, tmp_path, count_queries
):
    place = await a_place(doors, signed_in)
    await begin(place.member, place)
    await fill_topic(doors, 1100, place.owner_id)

    with count_queries() as queries:
        taken = await place.owner.post(f"{place.url}export")

    messages = read_back(taken.content, tmp_path)
    texts = [message.get_payload(decode=True).decode().strip() for message in messages]
    assert texts[1:] == [f"Reply {number}" for number in range(1100)]
    assert len({message["Message-ID"] for message in messages}) == 1101
    assert len(queries) < 20


@pytest.mark.anyio
async def test_the_command_writes_a_closed_groups_file_too(doors, signed_in, here, tmp_path):
    place = await a_place(doors, signed_in)
    await begin(place.member, place)
    async with doors.unit_of_work() as db:
        await db.execute(update(Group).values(state="closed"))
    out = tmp_path / "out.mbox"

    went = rapport("export", "mbox", "job-search", str(out), environment=here)
    none = rapport("export", "mbox", "no-such", str(out), environment=here)

    assert (went.returncode, went.stdout) == (0, "Messages written: 1\n"), went.stderr
    assert [m["Subject"] for m in mailbox.mbox(out)] == ["Who is hiring?"]
    assert (none.returncode, none.stderr) == (1, "There is no such group.\n")
