"""What the reader of Disqus's exports makes of files, sound ones and others."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.porting.disqus.reading import Broken, DisqusPost, DisqusThread, Read, Unusable, read_disqus
from tests.porting.disqus_samples import Said, a_post, a_thread, an_export, many


def read(folder: Path, content: bytes) -> list[Read]:
    """All that stands in a file."""
    file = folder / "disqus.xml"
    file.write_bytes(content)
    return list(read_disqus(file))


def test_threads_and_comments_are_read_with_their_lines(tmp_path: Path) -> None:
    content = an_export(
        a_thread(7, "http://blog.example/a/", title="A &amp; B", closed=True),
        a_post(Said(id=8, thread=7, parent=6, is_spam=True, more="<ipAddress>1.2.3.4</ipAddress>")),
    )

    thread, post = read(tmp_path, content)

    assert isinstance(thread, DisqusThread)
    assert (thread.id, thread.link, thread.title) == (7, "http://blog.example/a/", "A & B")
    assert (thread.is_closed, thread.is_deleted) == (True, False)
    assert isinstance(post, DisqusPost)
    assert (post.id, post.thread, post.parent, post.is_spam) == (8, 7, 6, True)
    assert content.split(b"\n")[post.line - 1].startswith(b'<post dsq:id="8"')


@pytest.mark.parametrize(
    ("element", "why"),
    [
        ('<post><thread dsq:id="7" /></post>', "it has no number"),
        ('<post dsq:id="0"><thread dsq:id="7" /></post>', "it has no number"),
        ('<post dsq:id="99999999999999999999"><thread dsq:id="7" /></post>', "it has no number"),
        ('<post dsq:id="8"></post>', "it does not say where it stands"),
        (f'<post dsq:id="8"><thread dsq:id="7" /><message>{"x" * 1_100_000}</message></post>',
         "it is longer than a million letters"),
    ],
)  # fmt: skip
def test_what_can_not_be_used_is_named(tmp_path: Path, element: str, why: str) -> None:
    (found,) = read(tmp_path, an_export(element))

    assert isinstance(found, Unusable)
    assert found.why == why


def test_an_entity_is_never_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("of the machine")
    head = b'<!DOCTYPE disqus [<!ENTITY a SYSTEM "secret">]>'
    content = an_export(a_post(Said(id=8, thread=7))).replace(b"?>\n", b"?>\n" + head, 1)

    with pytest.raises(Invalid, match="document type"):
        read(tmp_path, content)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_was_done_to_a_file_it_is_read_or_refused_in_words(
    tmp_path: Path, data: st.DataObject
) -> None:
    content, said = many(12, ["http://blog.example/a/", "http://blog.example/b/"])
    at = data.draw(st.integers(0, len(content)))
    long = data.draw(st.integers(0, 400))
    spoiled = content[:at] + data.draw(st.binary(max_size=40)) + content[at + long :]

    try:
        found = read(tmp_path, spoiled)
    except Invalid:
        return

    posts = [one for one in found if isinstance(one, DisqusPost)]
    assert len(posts) <= len(said) + 1
    assert sum(isinstance(one, Broken) for one in found) <= 1
    assert all(0 < one.id < 1 << 62 for one in posts)
