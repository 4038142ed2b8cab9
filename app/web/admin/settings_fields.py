"""The fields of each part of the settings, in words: what stands on its page, from top to bottom."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.core.i18n import _, languages, marked
from app.site.changing import Part
from app.site.models import ReadingWidth
from app.web.admin.settings_forms import (
    MOST_DAYS,
    MOST_LINKS,
    MOST_POSTS,
    TAGLINE_LENGTH,
    TITLE_LENGTH,
    zones,
)
from app.web.pages.moments import locale_of


class Kind(StrEnum):
    """How a field is filled in."""

    LINE = "line"
    NUMBER = "number"
    TICK = "tick"
    ONE_OF = "one-of"
    PAGE = "page"
    COLOUR = "colour"


@dataclass(frozen=True)
class Spec:
    """One field: its words are marked, and translated where it is shown."""

    name: str
    kind: Kind
    label: str
    hint: str = ""
    longest: int = 254
    is_needed: bool = False
    least: str = ""
    most: str = ""
    step: str = "1"


@dataclass(frozen=True)
class Words:
    """A part as its page begins."""

    title: str
    says: str


PARTS: Mapping[Part, Words] = {
    Part.GENERAL: Words(marked("General"), marked("What this site is called, and how it speaks.")),
    Part.READING: Words(
        marked("Reading"), marked("What stands on the first page, and how long lists are.")
    ),
    Part.COMMENTS: Words(
        marked("Comments"), marked("Who may say something, and what somebody reads first.")
    ),
    Part.LINKBACKS: Words(
        marked("Linkbacks"), marked("By which ways other sites say that they link here.")
    ),
    Part.NOTICES: Words(
        marked("Notices"), marked("Letters from this site, and when owners are warned.")
    ),
    Part.FEEDS: Words(marked("Feeds"), marked("How much of a post those get who read by feed.")),
    Part.APPEARANCE: Words(
        marked("Appearance"), marked("One colour, two pictures, and how wide a text runs.")
    ),
}

SPECS: Mapping[Part, tuple[Spec, ...]] = {
    Part.GENERAL: (
        Spec("title", Kind.LINE, marked("Name of the site"), longest=TITLE_LENGTH, is_needed=True),
        Spec(
            "tagline",
            Kind.LINE,
            marked("What it is about"),
            marked("In a few words, below its name. May stay empty."),
            longest=TAGLINE_LENGTH,
        ),
        Spec(
            "language",
            Kind.LINE,
            marked("Language"),
            marked("A tag, such as en, de or pt-BR: of pages, dates, feeds and letters."),
            longest=20,
            is_needed=True,
        ),
        Spec(
            "timezone",
            Kind.LINE,
            marked("Time zone"),
            marked("Such as Europe/Berlin. Posts that are out keep their day."),
            longest=60,
            is_needed=True,
        ),
    ),
    Part.READING: (
        Spec(
            "front_page_id",
            Kind.PAGE,
            marked("On the first page stands"),
            marked("A page there moves the newest posts to /blog/."),
        ),
        Spec(
            "posts_per_page",
            Kind.NUMBER,
            marked("Posts on a page of a list"),
            least="1",
            most=str(MOST_POSTS),
        ),
    ),
    Part.COMMENTS: (
        Spec(
            "comments_open",
            Kind.TICK,
            marked("Posts take comments"),
            marked("Each post has a switch of its own besides."),
        ),
        Spec(
            "holds_everything",
            Kind.TICK,
            marked("Somebody reads every comment first"),
            marked("Whatever the filters say. Staff are shown at once."),
        ),
        Spec(
            "holds_first",
            Kind.TICK,
            marked("Somebody reads the first comment of each person"),
            marked("Who has one approved is shown at once from then on, if no filter objects."),
        ),
        Spec(
            "says_usual_wait",
            Kind.TICK,
            marked("The form says how long one usually waits"),
            marked("As soon as ten were decided in the last month."),
        ),
        Spec(
            "comments_close_after",
            Kind.NUMBER,
            marked("Days until a post takes no more comments"),
            marked("0: never."),
            least="0",
            most=str(MOST_DAYS),
        ),
        Spec(
            "links_allowed",
            Kind.NUMBER,
            marked("Links in a comment that are usual"),
            marked("With more of them it waits for somebody."),
            least="0",
            most=str(MOST_LINKS),
        ),
        Spec(
            "spam_above",
            Kind.NUMBER,
            marked("The local filter says spam above"),
            marked("From 0.5 to 1; 0.95 at first. Lower catches more, and errs more."),
            least="0.5",
            most="1",
            step="0.01",
        ),
        Spec(
            "ham_below",
            Kind.NUMBER,
            marked("And no spam below"),
            marked(
                "From 0 to 0.5; 0.2 at first. Between the two it is unsure, and somebody reads."
            ),
            least="0",
            most="0.5",
            step="0.01",
        ),
    ),
    Part.LINKBACKS: (
        Spec(
            "takes_webmentions",
            Kind.TICK,
            marked("Take in webmentions"),
            marked("What newer blogs send: also answers, likes and changes."),
        ),
        Spec(
            "takes_pingbacks",
            Kind.TICK,
            marked("Take in pingbacks"),
            marked("What WordPress sends by itself."),
        ),
        Spec(
            "takes_trackbacks",
            Kind.TICK,
            marked("Take in trackbacks"),
            marked("What older blogs send, by hand above all."),
        ),
        Spec(
            "holds_links",
            Kind.TICK,
            marked("Somebody reads each first"),
            marked(
                "Otherwise the filters decide, as about comments. The page is looked at in any case."
            ),
        ),
    ),
    Part.NOTICES: (
        Spec(
            "letters_from",
            Kind.LINE,
            marked("Letters come from"),
            marked("A name, beside the site's address. Empty: the name of the site."),
            longest=80,
        ),
        Spec(
            "owners_warned_after",
            Kind.NUMBER,
            marked("Days until owners are warned of what waits"),
            marked("Nothing that waits is ever purged. 0: no warning."),
            least="0",
            most="365",
        ),
    ),
    Part.FEEDS: (
        Spec(
            "feed_items", Kind.NUMBER, marked("Entries in a feed"), least="1", most=str(MOST_POSTS)
        ),
        Spec(
            "feed_full_text",
            Kind.TICK,
            marked("Feeds carry whole posts"),
            marked("Otherwise their first words, and a link."),
        ),
    ),
    Part.APPEARANCE: (
        Spec(
            "accent",
            Kind.COLOUR,
            marked("Colour"),
            marked(
                "Of links, buttons and the ribbon. It is made lighter or darker where that lets people read it."
            ),
        ),
        Spec("reading_width", Kind.ONE_OF, marked("Width of a text")),
    ),
}

_WIDTHS = {
    ReadingWidth.NARROW: marked("Narrow: short lines, as in a newspaper"),
    ReadingWidth.NORMAL: marked("As in a book"),
    ReadingWidth.WIDE: marked("Wide: for tables, code and pictures"),
}


def width_words() -> dict[str, str]:
    """The widths there are, and what they are good for."""
    return {width: _(words) for width, words in _WIDTHS.items()}


def suggestions(name: str) -> dict[str, str]:
    """What a line may be filled with, and what that is called; nothing for most."""
    if name == "timezone":
        return dict.fromkeys(zones(), "")
    if name == "language":
        return {tag: str(locale_of(tag).display_name or tag) for tag in (*languages(), *_SPOKEN)}
    return {}


_SPOKEN = (
    "ar",
    "de",
    "es",
    "fr",
    "he",
    "it",
    "ja",
    "nl",
    "pl",
    "pt-BR",
    "sv",
    "tr",
    "uk",
    "zh-Hans",
)
