"""How likely it is that something stands in spam by mistake. Pure: what is known goes in, 0 to 1 comes out."""

from dataclasses import dataclass

# Robots write short texts; whoever takes the time to write this much mostly means it.
LONG = 400


@dataclass(frozen=True)
class Signs:
    """What speaks for and against somebody whose words were taken for spam."""

    is_proved: bool = False
    # How many of their comments are approved.
    approved: int = 0
    links: int = 0
    length: int = 0
    score: float | None = None
    akismet: str = ""


def doubt_of(signs: Signs) -> float:
    """The chance of a mistake: never 0 for what no person has looked at, never 1."""
    doubt = 0.05
    doubt += 0.25 if signs.is_proved else 0.0
    doubt += 0.3 if signs.approved else 0.0
    doubt += 0.1 if not signs.links else 0.0
    doubt += 0.1 if signs.length >= LONG else 0.0
    doubt += 0.15 if _disagree(signs) else 0.0
    return round(min(doubt, 0.95), 4)


def _disagree(signs: Signs) -> bool:
    """Whether one of the two judges saw nothing wrong with it."""
    if signs.akismet == "ham":
        return True
    return signs.akismet in ("spam", "discard") and signs.score is not None and signs.score < 0.5
