"""The rules without a database: what goes into which letter, when, and how one hears of what."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.notifications.notices.kinds import DEFAULTS, KINDS, Family, Kind, Level, level_of, said
from app.notifications.notices.sorting import Addressee, Due, Sheaf, sort_due
from app.notifications.notices.telling import News
from app.notifications.notices.times import PATIENCE, Rhythm, mail_moment

BERLIN = Rhythm("Europe/Berlin", hour=8, weekday=0)
# A Wednesday, 07:00 in Berlin.
AT = datetime(2026, 1, 14, 6, tzinfo=UTC)
INES = Addressee(1, "ines@example.org", "", BERLIN)


@pytest.mark.parametrize(
    ("level", "rhythm", "at", "wanted"),
    [
        (Level.OFF, BERLIN, AT, None),
        (Level.INBOX, BERLIN, AT, None),
        (Level.AT_ONCE, BERLIN, AT, AT + PATIENCE),
        (Level.DAILY, BERLIN, AT, AT + timedelta(hours=1)),
        # At eight itself the next one is tomorrow's.
        (Level.DAILY, BERLIN, AT + timedelta(hours=1), AT + timedelta(hours=25)),
        (Level.WEEKLY, BERLIN, AT, AT + timedelta(days=5, hours=1)),
        (Level.WEEKLY, replace(BERLIN, weekday=2), AT, AT + timedelta(hours=1)),
        (Level.WEEKLY, replace(BERLIN, weekday=2, hour=6), AT, AT + timedelta(days=7, hours=-1)),
        (Level.DAILY, Rhythm("Pacific/Auckland", 8), AT, datetime(2026, 1, 14, 19, tzinfo=UTC)),
        (Level.DAILY, Rhythm("No/Where", 8), AT, datetime(2026, 1, 14, 8, tzinfo=UTC)),
        # The night the clocks go forward in Berlin, and the night they go back.
        (Level.DAILY, BERLIN, datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC)),
        (Level.DAILY, BERLIN, datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC)),
        # An hour that there is not, that night.
        (Level.DAILY, replace(BERLIN, hour=2), datetime(2026, 3, 28, 12, tzinfo=UTC),
         datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_letters_come_when_their_reader_wants_them(
    level: Level, rhythm: Rhythm, at: datetime, wanted: datetime | None
) -> None:
    assert mail_moment(level, rhythm, at, reminds=False) == wanted


@pytest.mark.parametrize(
    ("at", "wanted"),
    [
        (AT, AT + timedelta(hours=1)),
        (AT - timedelta(hours=7), AT + timedelta(hours=1)),
        # Too late for this morning, and tomorrow may be too late for what is due today.
        (AT + timedelta(hours=6), AT + timedelta(hours=6) + PATIENCE),
    ],
)
def test_reminders_come_in_the_morning_or_the_same_day(at: datetime, wanted: datetime) -> None:
    assert mail_moment(Level.DAILY, BERLIN, at, reminds=True) == wanted


@given(
    st.integers(0, 10 * 365 * 24 * 60).map(lambda minutes: AT + timedelta(minutes=minutes)),
    st.sampled_from(["", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu"]),
    st.integers(0, 23),
    st.integers(0, 6),
)
def test_a_letter_is_never_late_nor_early(at: datetime, zone: str, hour: int, weekday: int) -> None:
    rhythm = Rhythm(zone, hour, weekday)
    for level, most in ((Level.DAILY, timedelta(hours=50)), (Level.WEEKLY, timedelta(days=9))):
        moment = mail_moment(level, rhythm, at, reminds=False)
        assert moment is not None
        assert at < moment <= at + most


NOTHING: Mapping[tuple[str, int], Level] = {}


@pytest.mark.parametrize(
    ("family", "group_id", "chosen", "wanted"),
    [
        (Family.ANSWERS, None, NOTHING, Level.AT_ONCE),
        (Family.GROUPS, 7, NOTHING, Level.INBOX),
        (Family.GROUPS, 7, {("groups", 0): Level.DAILY}, Level.DAILY),
        (Family.GROUPS, 7, {("groups", 0): Level.DAILY, ("", 7): Level.OFF}, Level.OFF),
        (Family.GROUPS, 8, {("", 7): Level.OFF}, Level.INBOX),
        (Family.GROUPS, None, {("", 7): Level.OFF}, Level.INBOX),
        (Family.JOINING, 7, {("", 7): Level.WEEKLY}, Level.WEEKLY),
        # What is said to oneself is not the group's.
        (Family.ANSWERS, 7, {("", 7): Level.OFF}, Level.AT_ONCE),
        (Family.MENTIONS, 7, {("", 7): Level.OFF, ("mentions", 0): Level.AT_ONCE}, Level.AT_ONCE),
        (Family.ACCOUNT, None, {("account", 0): Level.OFF}, Level.INBOX),
    ],
)
def test_a_group_decides_about_what_is_its_own_and_a_family_about_the_rest(
    family: Family, group_id: int | None, chosen: Mapping[tuple[str, int], Level], wanted: Level
) -> None:
    assert level_of(family, group_id, chosen) == wanted


def due(
    number: int, kind: str = "answer", level: Level = Level.AT_ONCE, thread: str = "", **more: bool
) -> Due:
    """A notice that is due."""
    return Due(number, kind, level, thread, f"thing:{number}", "/", {}, None, **more)


@pytest.mark.parametrize(
    ("given_", "letters", "unmailed"),
    [
        ([due(2), due(1)], [(Sheaf.AT_ONCE, [2]), (Sheaf.AT_ONCE, [1])], []),
        ([due(3, thread="t"), due(2), due(1, thread="t")],
         [(Sheaf.AT_ONCE, [3, 1]), (Sheaf.AT_ONCE, [2])], []),
        # Steps of one promise are letters of their own, in one conversation.
        ([due(2, "promise-done", thread="promise:1"), due(1, "promise-accepted", thread="promise:1")],
         [(Sheaf.AT_ONCE, [2]), (Sheaf.AT_ONCE, [1])], []),
        ([due(1, thread="t", is_thread_mailed=True)], [], [1]),
        ([due(1, level=Level.DAILY, thread="t", is_thread_mailed=True)], [(Sheaf.DIGEST, [1])], []),
        ([due(3, level=Level.WEEKLY), due(2), due(1, level=Level.DAILY)],
         [(Sheaf.AT_ONCE, [2]), (Sheaf.DIGEST, [3, 1])], []),
        ([due(2, "promise-soon", Level.DAILY), due(1, "promise-late", Level.DAILY)],
         [(Sheaf.REMINDERS, [2, 1])], []),
        ([due(1, "of a newer program")], [], [1]),
        ([], [], []),
    ],
)  # fmt: skip
def test_each_thing_goes_into_one_letter(
    given_: list[Due], letters: list[tuple[Sheaf, list[int]]], unmailed: list[int]
) -> None:
    found = sort_due(INES, given_, AT)

    assert [(p.sheaf, [one.id for one in p.notices]) for p in found.parcels] == letters
    assert list(found.unmailed) == unmailed
    assert found.later == ()


def test_a_second_letter_of_reminders_waits_for_tomorrow() -> None:
    had_one = replace(INES, reminded_at=AT)
    reminder = due(1, "promise-soon", Level.DAILY)

    same_day = sort_due(had_one, [reminder], AT + timedelta(hours=5))
    next_day = sort_due(had_one, [reminder], AT + timedelta(hours=25))

    assert (same_day.parcels, same_day.later, same_day.later_at) == (
        (),
        (1,),
        AT + timedelta(hours=25),
    )
    assert [parcel.sheaf for parcel in next_day.parcels] == [Sheaf.REMINDERS]


def test_who_has_no_address_gets_no_letters() -> None:
    assert sort_due(replace(INES, email=""), [due(1), due(2)], AT).unmailed == (1, 2)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_has_words_a_level_and_a_name_that_fits(kind: Kind) -> None:
    assert "%" not in said(kind.name, dict.fromkeys(kind.facts, "something"))
    assert DEFAULTS[kind.family] in Level
    assert len(kind.name) <= 40
    assert not kind.says.endswith(".")


def test_what_an_older_or_a_newer_program_told_is_still_shown() -> None:
    assert said("answer", {"name": "Ada"}) == "Ada answered you on “…”"
    assert said("never heard of", {}) == "Something happened"


def test_a_name_written_from_the_right_does_not_turn_the_sentence() -> None:
    assert said("message", {"name": "יעל"}) == "\u2068יעל\u2069 wrote to you"


def test_telling_without_the_words_it_needs_is_found_out_at_once() -> None:
    with pytest.raises(TypeError, match="name, title"):
        News(kind=KINDS["answer"], once="x", about="x", path="/")
