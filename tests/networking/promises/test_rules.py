"""What is pure about promises, as tables."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.core.errors import Invalid
from app.feeds.calendar import DayEvent, escaped, folded, write_calendar
from app.networking.common.counting import Account, CountedAct, countable
from app.networking.promises.dates import due_date
from app.networking.promises.figures import PromiseNumbers
from app.networking.promises.moves import Act, Part, State, Tally, acts_of, moved
from app.networking.promises.wording import sounds_like_a_promise

AT = datetime(2027, 2, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "is_taken"),
    [
        ("2027-02-02", True),
        ("2027-07-31", True),
        ("2027-08-01", False),
        ("2027-02-01", False),
        ("2027-01-01", False),
        ("2027-02-30", False),
        ("0000-00-00", False),
        ("tomorrow", False),
        ("", False),
        (" 2027-02-02 ", True),
    ],
)
def test_a_due_date_is_one_to_180_days_ahead_and_a_refusal_names_the_limit(typed, is_taken) -> None:
    if is_taken:
        assert due_date(typed, "UTC", AT) == date.fromisoformat(typed.strip())
        return
    with pytest.raises(Invalid, match="2027-02-02 to 2027-07-31") as refused:
        due_date(typed, "UTC", AT)
    assert refused.value.fields.keys() == {"due"}


def test_tomorrow_is_tomorrow_where_the_promiser_is() -> None:
    late = datetime(2027, 2, 1, 23, tzinfo=UTC)

    with pytest.raises(Invalid):
        due_date("2027-02-02", "Asia/Tokyo", late)
    assert due_date("2027-02-02", "America/New_York", late) == date(2027, 2, 2)


_CAN = {
    (State.OFFERED, Part.PROMISER): {Act.TAKE_BACK},
    (State.OFFERED, Part.PROMISEE): {Act.ACCEPT, Act.DECLINE},
    (State.REQUESTED, Part.PROMISER): {Act.ACCEPT, Act.DECLINE},
    (State.REQUESTED, Part.PROMISEE): {Act.TAKE_BACK},
    (State.OPEN, Part.PROMISER): {Act.SAY_DONE, Act.MOVE, Act.WITHDRAW},
    (State.OPEN, Part.PROMISEE): {Act.RELEASE},
    (State.DONE, Part.PROMISEE): {Act.CONFIRM, Act.NOT_YET},
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("part", [Part.PROMISER, Part.PROMISEE])
def test_each_side_can_do_this_and_nothing_else(state, part) -> None:
    assert acts_of(state, part, Tally()) == _CAN.get((state, part), set())


def test_a_third_not_yet_leaves_it_unresolved() -> None:
    said = [moved(State.DONE, Act.NOT_YET, Part.PROMISEE, Tally(0, times)) for times in range(3)]

    assert said == [State.OPEN, State.OPEN, State.UNRESOLVED]
    assert moved(State.DONE, Act.NOT_YET, Part.PROMISER, Tally(0, 2)) is None


@pytest.mark.parametrize(
    ("text", "sounds"),
    [
        ("I'll send you the list tonight.", True),
        ("I’ll gladly introduce you to her.", True),
        ("I will look it up for you", True),
        ("Let me find that article for you.", True),
        ("Happy to read your letter, when it is done.", True),
        ("I am going to call you on Friday", True),
        ("You will send me the list?", False),
        ("I'll never eat there again.", False),
        ("I will read more books this year.", False),
        ("If I send you the list, will you read it?", False),
        ("> I'll send you the list\nThank you!", False),
        ("Maybe I'll send you something", False),
        ("I sent you the list.", False),
        ("", False),
    ],
)
def test_some_texts_sound_like_a_promise(text, sounds) -> None:
    assert sounds_like_a_promise(text) is sounds
    assert sounds_like_a_promise(text, "cy") is False


_OLD = AT - timedelta(days=400)
_ALL = {number: Account(_OLD, _OLD) for number in range(1, 9)}


def _kept(number: int, by: int, to: int, days_ago: int = 0, **fields) -> CountedAct:
    at = AT - timedelta(days=days_ago)
    return CountedAct(
        id=number, by=by, to=to, at=at, **({"begun_at": at - timedelta(days=5)} | fields)
    )


@pytest.mark.parametrize(
    ("acts", "counted"),
    [
        ([_kept(1, 1, 2)], [1]),
        ([_kept(1, 1, 2, 9), _kept(2, 1, 2, 8), _kept(3, 1, 2, 7)], [1, 2]),
        # The cap is the pair's, whoever of the two does it.
        ([_kept(1, 1, 2, 9), _kept(2, 2, 1, 8), _kept(3, 1, 2, 7)], [1, 2]),
        ([_kept(1, 1, 2, 99), _kept(2, 1, 2, 98), _kept(3, 1, 2, 7)], [1, 2, 3]),
        ([_kept(1, 1, 2, 3), _kept(2, 2, 1, 3)], []),
        ([_kept(1, 1, 2, reported=True)], []),
        ([_kept(1, 1, 2, blocked=True)], []),
        # Too young, or never verified.
        ([_kept(1, 1, 20)], []),
        ([_kept(1, 1, 21)], []),
        ([_kept(1, 1, 99)], []),
    ],
)
def test_what_counts(acts, counted) -> None:
    young, unverified = Account(AT - timedelta(days=29), None), Account(None, _OLD)

    found = countable(acts, _ALL | {20: young, 21: unverified}, AT)

    assert [act.id for act in found] == counted


@pytest.mark.parametrize(
    ("kept", "people", "lapsed", "unresolved", "withdrawn", "has_mark"),
    [
        (5, 4, 0, 0, 0, True),
        (4, 4, 0, 0, 0, False),
        (5, 3, 0, 0, 0, False),
        (8, 4, 2, 0, 0, True),
        (8, 4, 2, 1, 0, False),
        (8, 4, 0, 0, 4, True),
        (8, 4, 0, 0, 5, False),
    ],
)
def test_the_mark_follows_through(kept, people, lapsed, unresolved, withdrawn, has_mark) -> None:
    numbers = PromiseNumbers(kept, people, lapsed, unresolved, withdrawn)

    assert numbers.follows_through is has_mark


def test_lines_of_a_calendar_are_folded_between_characters() -> None:
    line = "SUMMARY:" + "ä😀" * 60

    pieces = folded(line).split(b"\r\n")[:-1]

    assert all(len(piece) <= 75 for piece in pieces)
    assert b"".join(pieces[:1] + [piece[1:] for piece in pieces[1:]]).decode() == line
    assert all(piece.startswith(b" ") for piece in pieces[1:])


def test_what_means_something_in_a_calendar_is_escaped() -> None:
    assert escaped("a,b;c\\d\r\ne\nBEGIN:VEVENT") == "a\\,b\\;c\\\\d\\ne\\nBEGIN:VEVENT"


def test_an_event_takes_its_whole_day() -> None:
    event = DayEvent(
        uid="promise-1@blog.example", day=date(2027, 2, 28), title="A list", text="",
        url="https://blog.example/promises/1/", stamp=AT, sequence=3,
    )  # fmt: skip

    written = write_calendar("Promises", [event]).decode()

    assert "DTSTART;VALUE=DATE:20270228\r\nDTEND;VALUE=DATE:20270301\r\n" in written
    assert "UID:promise-1@blog.example\r\nDTSTAMP:20270201T120000Z\r\nSEQUENCE:3\r\n" in written
