"""W3C Webmention §3.2.1: which forms are mentions."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.linkbacks.protocols.webmention import Mention, MentionRefused, read_mention

SOURCE = "https://them.example/note/1"
TARGET = "https://us.example/post#part"


def test_a_mention_says_which_page_links_to_which() -> None:
    fields = {"source": f" {SOURCE}\n", "target": TARGET, "vouch": "https://x.example/"}

    assert read_mention(fields) == Mention(SOURCE, TARGET)


@pytest.mark.parametrize(
    ("fields", "because"),
    [
        ({}, "does not say its source"),
        ({"source": " ", "target": TARGET}, "does not say its source"),
        ({"source": SOURCE}, "does not say its target"),
        # "MUST check that source and target are valid URLs and are of schemes supported"
        ({"source": "note/1", "target": TARGET}, "source is not a web address"),
        ({"source": "ftp://them.example/", "target": TARGET}, "source is not a web address"),
        ({"source": "https://u:p@them.example/", "target": TARGET}, "source is not a web address"),
        ({"source": SOURCE + "x" * 1000, "target": TARGET}, "source is not a web address"),
        ({"source": SOURCE, "target": "mailto:us@us.example"}, "target is not a web address"),
        # "MUST reject the request if the source URL is the same as the target URL"
        ({"source": TARGET, "target": TARGET}, "are the same page"),
        ({"source": "http://US.example/post/", "target": TARGET}, "are the same page"),
    ],
)
def test_what_cannot_be_a_mention_is_refused(fields: dict[str, str], because: str) -> None:
    with pytest.raises(MentionRefused, match=because) as refused:
        read_mention(fields)
    assert refused.value.status == 400


@given(st.dictionaries(st.sampled_from(["source", "target"]), st.text(max_size=40)), st.text())
def test_any_form_is_a_mention_or_refused(fields: dict[str, str], path: str) -> None:
    with suppress(MentionRefused):
        read_mention(fields)
    with suppress(MentionRefused):
        mention = read_mention({"source": SOURCE + path, "target": TARGET})
        assert read_mention({"source": mention.source, "target": mention.target}) == mention
