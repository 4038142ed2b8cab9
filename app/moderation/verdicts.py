"""What filters say, and what is made of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Says(StrEnum):
    """What one filter would have done, were it alone."""

    PUBLISH = "publish"
    HOLD = "hold"
    SPAM = "spam"
    # Decides nothing; a person may want to know.
    NOTE = "note"


class Outcome(StrEnum):
    """What becomes of a thing; the same words as the status it gets."""

    APPROVED = "approved"
    PENDING = "pending"
    SPAM = "spam"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One filter's opinion: a code for programs, a sentence for people."""

    code: str
    says: Says
    because: str

    def as_reason(self) -> dict[str, str]:
        """As it is kept on the case."""
        return {"code": self.code, "says": self.says, "because": self.because}


@dataclass(frozen=True, slots=True)
class Verdicts:
    """All that was said, by code."""

    spoken: tuple[Verdict, ...]

    def __contains__(self, code: object) -> bool:
        return any(verdict.code == code for verdict in self.spoken)

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self.spoken)

    def any_says(self, says: Says) -> bool:
        """Whether anybody was of this opinion."""
        return any(verdict.says == says for verdict in self.spoken)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to become of a thing, and every reason that was given."""

    outcome: Outcome
    verdicts: Verdicts
    # So plainly spam that nobody need look at it.
    is_blatant: bool = False

    @property
    def reasons(self) -> list[dict[str, str]]:
        """As they are kept on the case: those that weigh most first."""
        weight = list(_WEIGHTS)
        ordered = sorted(self.verdicts, key=lambda verdict: weight.index(verdict.says))
        return [verdict.as_reason() for verdict in ordered]

    @property
    def reason_codes(self) -> str:
        """The codes between blanks, for filters of lists."""
        codes = " ".join(reason["code"] for reason in self.reasons)
        return f" {codes} " if codes else ""


_WEIGHTS = (Says.SPAM, Says.HOLD, Says.PUBLISH, Says.NOTE)
