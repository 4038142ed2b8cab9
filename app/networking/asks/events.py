"""What happened to asks and offers."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class AskChanged(Event):
    """An ask or an offer is new, or has another state: pages that show it say so."""

    topic_id: int


@dataclass(frozen=True, kw_only=True)
class HelpOffered(Event):
    """A member can help with an ask, knows somebody who can, or would like what is offered: its owner decides."""

    topic_id: int
    helping_id: int
    owner_id: int
    helper_id: int


@dataclass(frozen=True, kw_only=True)
class HelpAgreed(Event):
    """The owner said yes: from here on it is a promise between the two."""

    topic_id: int
    helping_id: int
    owner_id: int
    helper_id: int


@dataclass(frozen=True, kw_only=True)
class HelpDeclined(Event):
    """The owner said no."""

    topic_id: int
    helping_id: int
    helper_id: int


@dataclass(frozen=True, kw_only=True)
class PassedOn(Event):
    """A member told another of an ask or an offer."""

    topic_id: int
    from_id: int
    to_id: int


@dataclass(frozen=True, kw_only=True)
class AskExpired(Event):
    """Nobody is asked any more: is it still needed?"""

    topic_id: int
    owner_id: int
    may_extend: bool


@dataclass(frozen=True, kw_only=True)
class AskEnded(Event):
    """Whoever asked said how it went; `met_by` 0 where nobody here met it."""

    topic_id: int
    owner_id: int
    met_by: int = 0
