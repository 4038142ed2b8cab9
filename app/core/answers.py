"""What a policy says: yes, or no with a reason that can be shown to whoever asked."""

from dataclasses import dataclass

from app.core.errors import Forbidden, SignInNeeded


@dataclass(frozen=True)
class Answer:
    """True or false in an `if`; the reason of a no is a sentence."""

    is_yes: bool
    reason: str = ""
    # Whether signing in may change the answer.
    is_for_members: bool = False

    def __bool__(self) -> bool:
        return self.is_yes


YES = Answer(True)


def no(reason: str) -> Answer:
    """No, whoever they turn out to be."""
    return Answer(False, reason)


def not_signed_in(reason: str) -> Answer:
    """No, as long as nobody knows who they are."""
    return Answer(False, reason, is_for_members=True)


def require(answer: Answer) -> None:
    """Go on only after a yes. Raises SignInNeeded, or Forbidden with the reason."""
    if answer.is_yes:
        return
    raise (SignInNeeded if answer.is_for_members else Forbidden)(answer.reason)
