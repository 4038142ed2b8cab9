"""An export is cut into items whatever stands in them, and however it is handed over."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.porting.wordpress.reading.framing import Frame, Framer, Head, Tape

HEAD = b"<rss><channel>\n<title>T</title>\n"
ITEM = b"<item>\n<title>%d</title>\n<wp:comment>\n<wp:comment_id>1</wp:comment_id>\n</wp:comment>\n</item>\n"


def frames_of(text: bytes, size: int = 1 << 20) -> list[Frame]:
    blocks = [text[at : at + size] for at in range(0, len(text), size)]
    head, *frames = Framer().frames(blocks)
    assert isinstance(head, Head)
    return [frame for frame in frames if isinstance(frame, Frame)]


def test_items_are_found_with_their_lines_and_comments() -> None:
    text = HEAD + ITEM % 1 + ITEM % 2 + b"</channel></rss>"

    first, second = frames_of(text)

    assert (first.line, second.line) == (3, 9)
    assert first.tape.read() == (ITEM % 1).strip()
    assert [line for _start, _end, line in second.spans()] == [11]
    assert first.body() == b"<item>\n<title>1</title>\n\n\n\n</item>"


def test_tags_inside_sections_and_comments_do_not_count() -> None:
    inner = b"<![CDATA[</item><item> <!-- ]]><!-- </item><![CDATA[ -->"
    (frame,) = frames_of(HEAD + b"<item>" + inner + b"</item>")

    assert frame.tape.read() == b"<item>" + inner + b"</item>"


def test_an_item_cut_short_is_not_whole() -> None:
    cut, whole = frames_of(HEAD + b"<item><title>x</title>" + ITEM % 1)
    (unended,) = frames_of(HEAD + b"<item><![CDATA[" + ITEM % 1)

    assert (cut.is_whole, whole.is_whole, unended.is_whole) == (False, True, False)


@settings(deadline=None)
@given(
    pieces=st.lists(
        st.sampled_from(
            [b"<item>", b"</item>", b"<wp:comment>", b"</wp:comment>", b"<![CDATA[", b"]]>", b"<!--",
             b"-->", b"\n", b"words ", b"<item", b"]", b">", b"<wp:comment_id>", b"x" * 700]
        ),
        max_size=40,
    ),
    size=st.integers(1, 900),
)  # fmt: skip
def test_the_size_of_the_blocks_makes_no_difference(pieces: list[bytes], size: int) -> None:
    text = HEAD + b"".join(pieces)

    at_once, in_blocks = frames_of(text), frames_of(text, size)

    def told(frames: list[Frame]) -> list[tuple[int, bytes, bool, list[int]]]:
        return [(f.line, f.tape.read(), f.is_whole, list(f.comments)) for f in frames]

    assert told(in_blocks) == told(at_once)


@settings(deadline=None)
@given(pieces=st.lists(st.binary(max_size=50), max_size=20), limit=st.integers(0, 200))
def test_a_tape_reads_the_same_from_memory_and_from_its_file(
    pieces: list[bytes], limit: int
) -> None:
    tape, whole = Tape(limit), b"".join(pieces)
    for piece in pieces:
        tape.write(piece)
        assert tape.read(tape.size - len(piece)) == piece
    assert (tape.size, tape.read(), tape.read(3, 9)) == (len(whole), whole, whole[3:9])
