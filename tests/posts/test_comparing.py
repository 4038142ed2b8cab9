"""Two texts beside each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.posts.comparing import Mark, Row, compare


def said(row: Row) -> str:
    marks = {Mark.OUT: "-", Mark.IN: "+", Mark.SAME: ""}
    return "".join(
        f"[{marks[p.mark]}{p.text}]" if p.mark != Mark.SAME else p.text for p in row.together
    )


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("", "", []),
        ("One.", "One.", ["1 alike"]),
        ("", "One.", ["[+One.]"]),
        ("One.", "", ["[-One.]"]),
        ("A red door.", "A green door.", ["A [-red][+green] door."]),
        ("One.\r\nTwo.", "One.\nTwo.", ["2 alike"]),
        ("a\nb\nc\nd\ne", "a\nb\nc\nd\nf", ["3 alike", "d", "[-e][+f]"]),
        ("a\nb", "a\nx\nb", ["a", "[+x]", "b"]),
        ("a\n\nb", "a\n\nb\n\nc", ["2 alike", "b", "[+]", "[+c]"]),
    ],
)
def test_what_changed_is_shown_with_a_little_around_it(
    before: str, after: str, shown: list[str]
) -> None:
    rows = compare(before, after)

    assert [f"{row.skipped} alike" if row.skipped else said(row) for row in rows] == shown


_LINES = st.lists(st.text(alphabet="ab \u00e9,", max_size=12), max_size=8).map("\n".join)


@given(before=_LINES, after=_LINES)
def test_no_word_is_left_out_of_either_side(before: str, after: str) -> None:
    rows = compare(before, after)
    changed = [row for row in rows if not row.skipped]

    for side, text in (("before", before), ("after", after)):
        shown = [
            "".join(piece.text for piece in pieces)
            for row in changed
            if (pieces := getattr(row, side)) is not None
        ]
        number = sum(row.skipped for row in rows) + len(shown)
        assert number == (len(text.split("\n")) if text else 0)
        assert all(line in text for line in shown)
    for row in changed:
        if row.before is None or row.after is None:
            continue
        woven = row.together
        assert "".join(p.text for p in woven if p.mark != Mark.IN) == "".join(
            p.text for p in row.before
        )
        assert "".join(p.text for p in woven if p.mark != Mark.OUT) == "".join(
            p.text for p in row.after
        )
