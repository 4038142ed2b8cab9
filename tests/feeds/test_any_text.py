"""Whatever people, or attackers, write: a feed stays a feed."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from app.feeds.json_feed import write_json_feed
from app.feeds.model import AnswerTo, Entry, Feed, Label, Person, Replies
from tests.feeds.samples import ENTRY, FEED, WRITERS, XML_WRITERS, parsed, with_entry
from tests.shared import payloads

# Hypothesis leaves surrogates out of text() by itself; a broken import may bring them.
ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=40)
FORBIDDEN = [*map(chr, range(9)), "\x0b", "\x0c", "\x1f", "\ud800", "\udfff", "\ufffe", "\uffff"]


def everywhere(text: str) -> Feed:
    """A feed which says `text` in every place that holds a text."""
    entry = Entry(
        guid=text,
        url=text,
        title=text,
        published=ENTRY.published,
        updated=ENTRY.updated,
        summary=text,
        content_html=text,
        authors=(Person(text, text),),
        labels=(Label(text, text),),
        replies=Replies(1, text, text, text),
        answer_to=AnswerTo(text, text),
    )
    return replace(FEED, title=text, description=text, author=text, language=text, entries=(entry,))


@settings(max_examples=150, deadline=None)
@given(text=ANY_TEXT)
def test_any_text_makes_a_document_that_a_strict_parser_reads(text: str) -> None:
    for write in XML_WRITERS.values():
        etree.fromstring(write(everywhere(text)))
    json.loads(write_json_feed(everywhere(text)))


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("character", FORBIDDEN, ids=ascii)
def test_what_xml_forbids_is_left_out_and_the_rest_stays(write: Any, character: str) -> None:
    spoiled = with_entry(
        title=f"Te{character}a & patience",
        content_html=ENTRY.content_html.replace("not", f"n{character}ot"),
        labels=tuple(replace(label, name=character + label.name) for label in ENTRY.labels),
    )

    assert write(spoiled) == write(with_entry())


@pytest.mark.parametrize("write", XML_WRITERS.values(), ids=XML_WRITERS)
@pytest.mark.parametrize(
    "guid",
    [
        "http://old.example/?p=1&preview=true",
        "tag:blog.example,2026:post/0190a1b2",
        "http://old.example/2012/01/%e6%97%a5%e6%9c%ac/",
        "HTTP://Old.Example/?p=1#comment-2",
        "not an address at all <é>",
    ],
)
def test_a_guid_is_written_as_it_is(write: Any, guid: str) -> None:
    assert parsed(write(with_entry(guid=guid))).entries[0].id == guid


@pytest.mark.parametrize(
    ("title", "summary", "shown"),
    [
        ("Tea", "Water", "Tea"),
        ("", "Water and patience", "Water and patience"),
        (" \x00 ", "Water", "Water"),
        ("", "word " * 30, "word " * 11 + "word…"),
        ("", "", ENTRY.url),
    ],
)
def test_an_entry_without_a_title_is_called_after_its_text(
    title: str, summary: str, shown: str
) -> None:
    for write in XML_WRITERS.values():
        document = write(with_entry(title=title, summary=summary))
        assert parsed(document).entries[0].title == shown


@pytest.mark.parametrize("name", ["naughty", "xss", "crlf", "sqli", "redirect", "traversal"])
def test_attacks_make_feeds_that_readers_read_without_guessing(name: str) -> None:
    texts = payloads(name)
    entries = tuple(everywhere(text).entries[0] for text in texts)
    entries = tuple(
        replace(entry, guid=f"tag:blog.example,2026:post/{number}")
        for number, entry in enumerate(entries)
    )
    for write in XML_WRITERS.values():
        etree.fromstring(write(replace(FEED, entries=entries)))
        assert len(parsed(write(replace(FEED, entries=entries))).entries) == len(texts)
    assert len(json.loads(write_json_feed(replace(FEED, entries=entries)))["items"]) == len(texts)
