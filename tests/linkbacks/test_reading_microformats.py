"""microformats2: what kind of answer a page is, who wrote it, and when."""

from datetime import UTC, datetime

import mf2py
import pytest

from app.linkbacks.reading.html import read_html
from app.linkbacks.reading.links import Addresses
from app.linkbacks.reading.microformats import item_url, items_of, name_of, photo_of
from tests.linkbacks.reading import LINK, SOURCE, TARGET, said_by


def entry(inside: str) -> str:
    """A page with one entry."""
    return f"<body><article class=h-entry>{inside}</article>"


@pytest.mark.parametrize(
    ("inside", "relation"),
    [
        (f"<a class=u-in-reply-to href={TARGET}>x</a>", "reply"),
        (f"<a class=u-like-of href={TARGET}>x</a>", "like"),
        (f"<a class=u-repost-of href={TARGET}>x</a>", "repost"),
        (f"<a class=u-bookmark-of href={TARGET}>x</a>", "bookmark"),
        (f"<data class=u-like-of value={TARGET}></data>", "like"),
        (f"<a class=u-in-reply-to href={TARGET}>x</a><b class=p-rsvp>Yes</b>", "rsvp"),
        (f"<a class='u-in-reply-to u-like-of' href={TARGET}>x</a>", "like"),
        # A cited page inside, by its own address, said or implied.
        (f"<div class='u-in-reply-to h-cite'><a class=u-url href={TARGET}>x</a></div>", "reply"),
        (f"<div class='p-like-of h-cite'><a href={TARGET}>x</a></div>", "like"),
        (f"<a class='u-repost-of h-cite' href={TARGET}>x</a>", "repost"),
        # What is said of another page is not said of ours.
        (f"<a class=u-like-of href=https://other.example/>x</a>{LINK}", ""),
        (f"<div class=h-cite><a class=u-like-of href={TARGET}>x</a></div>", ""),
        (f"<b class=p-rsvp>yes</b>{LINK}", ""),
        (f"<a class=u-in-reply-to href={TARGET}>x</a><b class=p-rsvp>perhaps</b>", "reply"),
        (LINK, ""),
        # An address in words is no link.
        (f"<b class=u-like-of>{TARGET}</b>", ""),
        (f"<template><a class=u-like-of href={TARGET}>x</a></template>{LINK}", ""),
    ],
)
def test_an_entry_says_what_it_is_to_us(inside: str, relation: str) -> None:
    """microformats.org/wiki/h-entry and /rsvp."""
    assert said_by(entry(inside)).relation == relation


@pytest.mark.parametrize("answer", ["yes", "no", "maybe", "interested"])
def test_an_rsvp_is_one_of_four_answers(answer: str) -> None:
    """microformats.org/wiki/rsvp."""
    reply = f"<a class=u-in-reply-to href={TARGET}>x</a>"
    shown = entry(f"{reply}<b class=p-rsvp> {answer.upper()}\n</b>")
    hidden = entry(f"{reply}<data class=p-rsvp value={answer}>I'll see</data>")

    assert said_by(shown).rsvp == said_by(hidden).rsvp == answer


def test_of_many_entries_the_one_that_answers_us_counts() -> None:
    page = "".join(
        f"<div class=h-entry><a class=u-{kind} href={url}>x</a><b class=p-author>{who}</b></div>"
        for kind, url, who in (
            ("url", SOURCE, "Ann"), ("url", TARGET, "Ben"), ("like-of", TARGET, "Gwen"),
        )
    )  # fmt: skip

    assert said_by(page).author_name == "Gwen"
    assert said_by(page).relation == "like"


def test_of_many_entries_the_one_that_holds_the_link_counts() -> None:
    page = (
        f"<div class=h-feed>{entry('<b class=p-author>Ann</b>')}"
        f"{entry(f'<b class=p-author>Gwen</b>{LINK}')}</div>"
    )

    assert said_by(page).author_name == "Gwen"


@pytest.mark.parametrize(
    ("inside", "excerpt"),
    [
        ("<div class=e-content>I <b>agree</b></div>", "I agree"),
        ("<p class=p-summary>In short</p>", "In short"),
        (f"<p class=p-summary>In short</p><p class=e-content>{'long ' * 400}</p>", "In short"),
        ("<p class=e-content>Hi <img alt=':)' src=x></p>", "Hi :)"),
        ("<p class=e-content><script>no()</script>I agree</p>", "I agree"),
        ("no words of its own", "tea no words of its own"),
    ],
)
def test_of_a_reply_its_words_are_shown(inside: str, excerpt: str) -> None:
    """microformats.org/wiki/h-entry: p-summary, e-content."""
    reply = f"<a class=u-in-reply-to href={TARGET}>tea</a> "

    assert said_by(entry(reply + inside)).excerpt == excerpt


GWEN = ("Gwen", "https://gwen.example/", "https://gwen.example/me.png")


@pytest.mark.parametrize(
    ("page", "author"),
    [
        # Whom the entry names: in a card, in a card with everything implied, in words.
        (
            entry(
                "<div class='p-author h-card'><img class=u-photo src=/me.png>"
                f"<a class='p-name u-url' href=/>Gwen</a></div>{LINK}"
            ),
            GWEN,
        ),
        (entry(f"<a class='p-author h-card' href=/><img src=/me.png alt=Gwen></a>{LINK}"), GWEN),
        (entry(f"<b class=p-author>Gwen</b>{LINK}"), ("Gwen", "", "")),
        (entry(f"<a class=p-author href=/>Gwen</a>{LINK}"), (*GWEN[:2], "")),
        # Only an address: what the page says of whoever lives there.
        (
            entry(f"<a class=u-author href=/></a>{LINK}")
            + "<div class=h-card><a class=u-url href=/>Gwen</a><img class=u-photo src=/me.png></div>",
            ("Gwen", GWEN[1], GWEN[2]),
        ),
        # Whose feed it is.
        (
            f"<div class=h-feed><a class='p-author h-card' href=/>Gwen</a>{entry(LINK)}</div>",
            (*GWEN[:2], ""),
        ),
        # rel=author, with the card of the same address, or without any.
        (
            f"<a rel='x Author' href=/>me</a><p class=h-card><a class='u-url p-name' href=/>Gwen</a>"
            f"<p class=h-card><a class='u-url p-name' href=/ben>Ben</a>{entry(LINK)}",
            (*GWEN[:2], ""),
        ),
        (f"<link rel=author href=/>{entry(LINK)}", ("", GWEN[1], "")),
        # The one person on the page; but not one of two.
        (f"<a class=h-card href=/>Gwen</a>{entry(LINK)}", (*GWEN[:2], "")),
        (f"<a class=h-card href=/>Gwen</a><a class=h-card href=/b>Ben</a>{LINK}", ("", "", "")),
        # Whom it cites has not written it.
        (
            entry(
                f"<div class='u-in-reply-to h-cite'><b class=p-author>Ben</b>"
                f"<a class=u-url href={TARGET}>x</a></div><b class=p-author>Gwen</b>"
            ),
            ("Gwen", "", ""),
        ),
        (entry(LINK), ("", "", "")),
        # No scheme but the web's, and nothing that turns the line.
        (
            entry(
                "<div class='p-author h-card'><b class=p-name>\u202eGwen</b>"
                "<a class=u-url href='javascript:alert(1)'></a>"
                f"<img class=u-photo src='data:image/png;base64,AA'></div>{LINK}"
            ),
            ("Gwen", "", ""),
        ),
    ],
)
def test_the_author_is_whom_the_page_names(page: str, author: tuple[str, str, str]) -> None:
    """indieweb.org/authorship."""
    said = said_by(page)

    assert (said.author_name, said.author_url, said.author_photo) == author


@pytest.mark.parametrize(
    ("element", "at"),
    [
        ("<time class=dt-published datetime='2026-01-02T10:30:05+02:00'>", "2026-01-02T08:30:05"),
        ("<time class=dt-published datetime='2026-01-02 10:30Z'>", "2026-01-02T10:30:00"),
        ("<time class=dt-published datetime='2026-01-02T10:30:05.250-0530'>", "2026-01-02T16:00:05"),
        ("<time class=dt-published>2026-01-02T10:30</time>", "2026-01-02T10:30:00"),
        ("<abbr class=dt-published title=2026-01-02>Friday</abbr>", "2026-01-02T00:00:00"),
        (
            "<p class=dt-published><b class=value>2026-01-02</b> at <b class=value>10:30</b></p>",
            "2026-01-02T10:30:00",
        ),
        (
            "<p class=dt-published>x<b class=value-title title='2026-01-02T10:30Z'></b></p>",
            "2026-01-02T10:30:00",
        ),
        ("<b class=dt-published>soon</b><b class=dt-published>2026-01-02</b>", "2026-01-02T00:00:00"),
        ("<time class=dt-published datetime='2026-13-45'>", None),
        ("<time class=dt-published datetime='0001-01-01T00:00+23:59'>", None),
        ("<time class=dt-published datetime='2026-01-02T99:99'>", None),
        ("<time class=dt-published datetime='2026-01-02T10:30+99:99'>", None),
        ("<time class=dt-published>last week</time>", None),
        ("", None),
    ],
)  # fmt: skip
def test_a_date_is_read_in_every_way_it_is_written(element: str, at: str | None) -> None:
    """microformats2-parsing, "parsing a dt- property" and "value class pattern"."""
    expected = datetime.fromisoformat(at).replace(tzinfo=UTC) if at else None

    assert said_by(entry(element + LINK)).published == expected


def test_classes_of_style_sheets_are_no_microformats() -> None:
    page = entry(f"<div class='h-full h-screen p-4'><a class=u-like-of href={TARGET}>x</a></div>")

    assert said_by(page).relation == "like"


@pytest.mark.parametrize(
    "card",
    [
        "<a class=h-card href=/>Gwen <b>Tea</b></a>",
        "<img class=h-card src=/me.png alt=Gwen>",
        "<div class=h-card><img src=/me.png alt=Gwen></div>",
        "<a class=h-card href=/><img src=/me.png alt=Gwen></a>",
        "<div class=h-card><a href=/><img src=/me.png alt=Gwen></a></div>",
        "<abbr class=h-card title=Gwen>G</abbr>",
        "<div class=h-card><abbr title=Gwen>G</abbr></div>",
        "<p class=h-card><b class=p-name>Gwen</b><a class=u-url href=/>x</a></p>",
        "<p class=h-card><b class=p-name><i class=value>Gw</i>no<i class=value>en</i></b></p>",
        "<p class=h-card><data class=p-name value=Gwen>x</data><a href=/a>a</a><a href=/b>b</a></p>",
        "<p class=h-card><b class=p-org>Tea</b><a href=/>x</a><img src=/me.png></p>",
        "<p class=h-card><b class=u-url>https://gwen.example/x</b>Gwen</p>",
    ],
)
def test_a_card_reads_as_it_does_to_others(card: str) -> None:
    """microformats2-parsing, "parsing for implied properties", asked of the reference parser."""
    page = read_html(card)
    where = Addresses(page, SOURCE)
    item = items_of(page)[0]
    theirs = mf2py.parse(doc=card, url=SOURCE)["items"][0]["properties"]
    photo = theirs.get("photo", [""])[0]

    assert name_of(item).strip() == theirs.get("name", [""])[0]
    assert item_url(item, where) == theirs.get("url", [""])[0]
    assert photo_of(item, where) == (photo["value"] if isinstance(photo, dict) else photo)
