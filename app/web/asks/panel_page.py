"""The panel of an ask or an offer, as the page of its topic shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from app.core.answers import Answer
from app.web.forms import FieldError


class AnswerRow(NamedTuple):
    """One member's answer, for the two it is between."""

    id: int
    name: str
    url: str
    is_own: bool
    is_introduction: bool
    words: str
    due: str
    state: str
    waits: bool
    can_have_met: bool


@dataclass(frozen=True)
class Panel:
    """What stands above the replies of an ask or an offer: what it is, its state, and what can be done."""

    is_ask: bool
    kind: str
    day: str
    is_late: bool
    left: int
    times: int
    state: str
    is_live: bool
    is_full: bool
    is_commercial: bool
    kept: int
    outcome: str
    # What the addresses of the acts begin with.
    acts: str
    answers: Sequence[AnswerRow]
    is_own: bool
    may_answer: Answer
    # Once, unless it came to nothing.
    has_answered: bool
    may_pass_on: bool
    may_extend: bool
    may_end: bool
    may_withdraw: bool
    # A promise was kept: so it may be met.
    may_be_met: bool
    # Where its own answerer, who knows somebody, introduces the two; and the thanks that its owner may send or sent.
    introduce_url: str
    may_thank: bool
    thanks_id: int
    first_day: str
    last_day: str
    usual_day: str
    # Which of the forms was refused, what was typed in it, and why.
    form: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Sequence[FieldError] = ()
