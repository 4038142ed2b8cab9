"""What the pages of promises show; see `frontend/templates/promises`. None of them is ever kept by anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.web.deps import Frame
from app.web.forms import FieldError
from app.web.head import Head


@dataclass(frozen=True)
class Row:
    """A promise in a list."""

    url: str
    text: str
    stands: str
    tone: str
    due_on: date
    is_late: bool = False


@dataclass(frozen=True)
class Part:
    """One of the three lists; `older` leads to the next part of it, if there is any."""

    id: str
    title: str
    empty: str
    rows: Sequence[Row]
    older: str = ""


@dataclass(frozen=True)
class OverviewPage:
    """`/promises/`: I owe, owed to me, closed; or one of them, further back."""

    frame: Frame
    head: Head
    parts: Sequence[Part]
    done: str = ""


@dataclass(frozen=True)
class MakingPage:
    """`/promises/new/`: a promise to be offered, or asked for."""

    frame: Frame
    head: Head
    title: str
    says: str
    typed: Mapping[str, str]
    first_day: date
    last_day: date
    zone: str
    longest: int
    errors: Sequence[FieldError] = ()


@dataclass(frozen=True)
class SaidStep:
    """One thing that was done."""

    says: str
    at: datetime
    note: str = ""


@dataclass(frozen=True)
class OnePage:
    """`/promises/ID/`: one promise as one of its two sides sees it, with one big next step."""

    frame: Frame
    head: Head
    url: str
    report_url: str
    text: str
    stands: str
    tone: str
    due_on: date
    zone: str
    made_at: datetime
    runs_out_at: datetime | None
    # By the names of `moves.Act`.
    acts: frozenset[str]
    version: int
    steps: Sequence[SaidStep]
    has_place: bool
    i_show: bool
    other_shows: bool
    first_day: date
    last_day: date
    longest_note: int
    typed: Mapping[str, str]
    errors: Sequence[FieldError] = ()
    done: str = ""
