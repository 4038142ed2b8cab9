"""Who is asking. Passed to every query and action, never ambient."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """A visitor, unless more is known of them."""

    user_id: int | None = None
    reads_every_post: bool = False
    writes_every_post: bool = False
    moderates: bool = False


VISITOR = Actor()
# Whoever holds the machine's command line holds the site.
OWNER_AT_THE_MACHINE = Actor(reads_every_post=True, writes_every_post=True, moderates=True)
