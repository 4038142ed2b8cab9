"""What the pages of introductions show; see `frontend/templates/intros`. None of them is ever kept by anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.networking.connections.queries import Known
from app.networking.introductions.queries import Person
from app.networking.thanks.queries import Note
from app.web.deps import Frame
from app.web.forms import FieldError
from app.web.head import Head, Link


@dataclass(frozen=True)
class Row:
    """An introduction in a list."""

    url: str
    title: str
    stands: str
    asked_at: datetime


@dataclass(frozen=True)
class Listing:
    """A part of a list; `older` leads to the next one, if there is any."""

    rows: Sequence[Row]
    older: str = ""


@dataclass(frozen=True)
class OverviewPage:
    """`/intros/`: what needs an answer, what one asked for, what one passes on or began."""

    frame: Frame
    head: Head
    wanted: Sequence[Row]
    # Who says that they know the reader.
    knocking: int
    mine: Listing
    made: Listing
    done: str = ""


@dataclass(frozen=True)
class ListPage:
    """One of the two lists, further back."""

    frame: Frame
    head: Head
    title: str
    listing: Listing


@dataclass(frozen=True)
class Quoted:
    """One of the requester's answers under its question."""

    question: str
    words: str


@dataclass(frozen=True)
class Letter:
    """What one side will read, or reads."""

    to: str
    words: Sequence[Quoted]
    note: str = ""
    note_by: str = ""
    badge: str = ""


@dataclass(frozen=True)
class RequestPage:
    """`/intros/new`: asking for an introduction, with a look at what each side will read."""

    frame: Frame
    head: Head
    typed: Mapping[str, str]
    # The member it is about; without one, a name is asked for.
    target: Person | None
    # Who, by the word of both, knows that member; and everybody else the reader knows.
    ways: Sequence[Known]
    others: Sequence[Known]
    limits: Mapping[str, int]
    preview: Sequence[Letter] = ()
    errors: Sequence[FieldError] = ()


@dataclass(frozen=True)
class OfferPage:
    """`/intros/two`: introducing two people to each other."""

    frame: Frame
    head: Head
    typed: Mapping[str, str]
    known: Sequence[Known]
    longest: int
    preview: Sequence[Letter] = ()
    # Whom one wants to introduce without knowing them here yet, and their page.
    unknown: Link | None = None
    errors: Sequence[FieldError] = ()


@dataclass(frozen=True)
class OnePage:
    """`/intros/ID/`: one introduction, as one of the three sees it."""

    frame: Frame
    head: Head
    id: int
    url: str
    report_url: str
    title: str
    stands: str
    # No more of the state than its colour: who of two has answered is nobody's business.
    tone: str
    asked_at: datetime
    # Until when an answer is wanted; none where none is.
    due_at: datetime | None
    letter: Letter
    # What may be done, by the names of `Act`.
    acts: frozenset[str]
    target_name: str
    connector_name: str
    word_to_connector: str = ""
    # A text to forward by hand, for somebody without an account.
    by_hand: str = ""
    conversation: str = ""
    is_asked_whether: bool = False
    i_said: bool | None = None
    may_thank: bool = False
    # The note they sent, while it stands.
    thanks_id: int = 0
    longest_note: int = 0
    longest_thanks: int = 0
    typed: str = ""
    # Whom never to be introduced to, for a target.
    never: Person | None = None
    # With whom one was brought together.
    met_name: str = ""
    trouble: str = ""
    done: str = ""


@dataclass(frozen=True)
class KnownPage:
    """`/intros/known/`: whom the reader knows. Shown to nobody else, in whole or in part."""

    frame: Frame
    head: Head
    knocking: Sequence[Known]
    known: Sequence[Known]
    older: str = ""
    done: str = ""


@dataclass(frozen=True)
class ChoicesPage:
    """`/intros/choices/`: how often one wants to be introduced, and to whom never."""

    frame: Frame
    head: Head
    a_month: int
    most: int
    never: Sequence[Person]
    errors: Sequence[FieldError] = ()
    done: str = ""


@dataclass(frozen=True)
class ThanksPage:
    """`/intros/thanks/`: the notes one was sent."""

    frame: Frame
    head: Head
    notes: Sequence[Note]
    older: str = ""
    done: str = ""
