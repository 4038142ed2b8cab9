"""Whoever answers whom in a file, in any order: a thread comes of it that can be read from the top."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.discussions.models import CommentStatus, Section
from app.porting.threads import Voice, places, shown, sound_parents

DAY = datetime(2012, 1, 3, tzinfo=UTC)


def voice(
    number: int, parent: int | None = None, *, approved: bool = True, linkback: bool = False
) -> Voice:
    return Voice(
        line=number,
        old_id=number,
        parent=parent,
        section=Section.LINKBACKS if linkback else Section.COMMENTS,
        status=CommentStatus.APPROVED if approved else CommentStatus.SPAM,
        at=DAY + timedelta(minutes=number),
    )


def test_an_answer_stays_one_unless_it_can_not_be() -> None:
    voices = [
        voice(2, 1), voice(1), voice(3, 3), voice(4, 99), voice(5, 6, linkback=True), voice(6),
        voice(7, 9), voice(8, 7), voice(9, 8), voice(10, 9),
    ]  # fmt: skip

    parents, cuts = sound_parents(voices)

    assert parents == {
        2: 1,
        1: None,
        3: None,
        4: None,
        5: None,
        6: None,
        7: None,
        8: 7,
        9: 8,
        10: 9,
    }
    assert [cut.old_id for cut in cuts] == [3, 4, 5, 7]


def test_what_is_not_approved_is_shown_only_above_what_is() -> None:
    voices = [
        voice(1, approved=False),
        voice(2, 1, approved=False),
        voice(3, 2),
        voice(4, 3, approved=False),
    ]
    parents, _cuts = sound_parents(voices)

    assert shown(voices, parents) == {1, 2, 3}


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 20), st.integers(0, 22), st.booleans()), unique_by=lambda t: t[0]
    )
)
def test_any_answers_make_a_thread(said: list[tuple[int, int, bool]]) -> None:
    voices = [voice(number, parent or None, approved=approved) for number, parent, approved in said]

    parents, _cuts = sound_parents(voices)
    found = places(voices, parents, {v.old_id: v.old_id + 1000 for v in voices})

    for one in voices:
        above, seen = parents[one.old_id], {one.old_id}
        while above is not None:
            assert above not in seen
            seen.add(above)
            above = parents[above]
        parent = parents[one.old_id]
        assert parent is None or found[one.old_id][:44].startswith(found[parent][:44])
    assert len(set(found.values())) == len(voices)
