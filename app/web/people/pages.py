"""What the pages about people show; see `frontend/templates/people`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from app.core.markup import SafeHtml
from app.discussions.by_member import PublicWord
from app.groups.profiles.actions import LABEL_LENGTH
from app.groups.profiles.models import ABOUT_LENGTH, HEADLINE_LENGTH, Badge, WordKind
from app.groups.profiles.queries import ShownProfile
from app.groups.profiles.words import word_key
from app.web.deps import Frame
from app.web.forms import FieldError
from app.web.head import Head, Link
from app.web.people.words import badge_name, kind_name

PEOPLE = "/people/"
# Twice as many pixels as are shown, for sharp screens.
PHOTO_SIZE, FACE_SIZE = 320, 144


@dataclass(frozen=True)
class WordList:
    """Words of one kind, each leading to everybody who has it."""

    label: str
    words: Sequence[Link]


@dataclass(frozen=True)
class Person:
    """A member, as whoever reads the page sees them."""

    name: str
    url: str
    handle: str
    photo_url: str
    face_url: str
    headline: str
    badge: str
    about_html: SafeHtml
    places: Sequence[Link]
    words: Sequence[WordList]
    links: Sequence[Link]
    since: datetime | None
    is_bare: bool


@dataclass(frozen=True)
class DirectoryPage:
    """Who wants to be found."""

    frame: Frame
    head: Head
    # Of an imported page at this address, where there is one.
    title: str
    intro_html: SafeHtml
    people: Sequence[Person]
    # What the list is filtered by, as it was typed.
    typed: Mapping[str, str]
    is_filtered: bool
    more_url: str
    start_url: str
    is_me_listed: bool


@dataclass(frozen=True)
class ProfilePage:
    """A member's page; `preview` says as whom its owner looks at it."""

    frame: Frame
    head: Head
    person: Person
    recent: Sequence[PublicWord]
    # A line for each figure that is shown, the promises first.
    figures: Sequence[str]
    follows_through: bool
    is_me: bool
    may_block: bool
    # Nowhere on one's own page.
    report_url: str
    preview: str = ""


@dataclass(frozen=True)
class AudienceChoice:
    """Somebody who may see a piece."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class BadgeChoice:
    """What somebody may say they are."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class EditPage:
    """One's own profile, to be changed."""

    frame: Frame
    head: Head
    handle: str
    photo_url: str
    # What stands in the fields, by their names.
    typed: Mapping[str, str]
    badges: Sequence[BadgeChoice]
    audiences: Mapping[str, Sequence[AudienceChoice]]
    link_numbers: Sequence[int]
    done: str = ""
    errors: Sequence[FieldError] = ()
    longest_headline: int = HEADLINE_LENGTH
    longest_about: int = ABOUT_LENGTH
    longest_label: int = LABEL_LENGTH


@dataclass(frozen=True)
class BlockedPerson:
    """Somebody one does not want to see."""

    id: int
    name: str
    since: datetime


@dataclass(frozen=True)
class BlocksPage:
    """Whom one has blocked."""

    frame: Frame
    head: Head
    people: Sequence[BlockedPerson]
    done: str = ""


def person_of(shown: ShownProfile, directory: str = PEOPLE) -> Person:
    """A profile as pages show it; its words lead to those who have them, too, in a directory."""
    url = profile_path(shown.handle)
    photo = f"{url}photo-{{}}.jpg?v={shown.photo[:8]}" if shown.photo else ""
    return Person(
        name=shown.name,
        url=url,
        handle=shown.handle,
        photo_url=photo.format(PHOTO_SIZE),
        face_url=photo.format(FACE_SIZE),
        headline=shown.headline,
        badge=badge_name(shown.badge) if shown.badge != Badge.NONE else "",
        about_html=shown.about_html,
        places=_links(shown, WordKind.PLACE, directory),
        words=[
            WordList(kind_name(kind), found)
            for kind in (WordKind.CAN_HELP, WordKind.LOOKING_FOR)
            if (found := _links(shown, kind, directory))
        ],
        links=[_link(link) for link in shown.links],
        since=shown.since,
        is_bare=not shown.shows_anything,
    )


def profile_path(handle: str) -> str:
    """Where a member's page stands."""
    return f"{PEOPLE}{quote(handle)}/"


def filtered_by(directory: str = PEOPLE, /, **sought: str) -> str:
    """The directory, or that of a group, filtered."""
    query = urlencode({name: value for name, value in sought.items() if value})
    return f"{directory}?{query}" if query else directory


def _links(shown: ShownProfile, kind: WordKind, directory: str) -> list[Link]:
    return [
        Link(word, filtered_by(directory, **{kind: word_key(word)})) for word in shown.of_kind(kind)
    ]


def _link(link: Mapping[str, Any]) -> Link:
    url = str(link["url"])
    bare = url.partition("://")[2].rstrip("/").removeprefix("www.")
    return Link(str(link["label"]) or bare, url)
