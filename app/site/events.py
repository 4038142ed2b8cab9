"""What owners have the site try, and others do."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class MailTrialAsked(Event):
    """An owner wants a letter, to see whether mail arrives."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class KeyTrialAsked(Event):
    """An owner wants to know whether Akismet knows the key of this site."""
