"""How many may listen at once: in one process, and for one of those who ask."""

import resource
from collections import Counter
from math import inf

from app.core.errors import NotReady, TooMany
from app.core.i18n import _

# Of a signed-in browser, and of an address from which visitors come.
MOST_OF_A_SESSION = 12
MOST_OF_AN_ADDRESS = 60
_MOST = 5_000
_LATER = {"Retry-After": "60"}


class Room:
    """Places for streams. Half of the files a process may open stay free, for everybody else."""

    def __init__(self, *, is_limited: bool) -> None:
        self._is_limited = is_limited
        self._taken: Counter[str] = Counter()
        self._most = _MOST

    def measure(self) -> None:
        """Ask the system for as many files as it gives without asking, and count on half of them."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = 2 * _MOST + 1_000
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        # Never fewer than there are.
        if soft != resource.RLIM_INFINITY and soft < most:
            soft = most
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        self._most = _MOST if soft == resource.RLIM_INFINITY else min(_MOST, soft // 2)

    def take(self, owner: str) -> None:
        """One place for `owner`, as `owner_of` names them. Raises TooMany or NotReady."""
        most = MOST_OF_A_SESSION if owner.startswith("session:") else MOST_OF_AN_ADDRESS
        if self._taken[owner] >= (most if self._is_limited else inf):
            raise TooMany(_("You have enough of these open. Ask again later."), headers=_LATER)
        if self._taken.total() >= self._most:
            raise NotReady(_("Too many are listening. Ask again later."), headers=_LATER)
        self._taken[owner] += 1

    def give_back(self, owner: str) -> None:
        """The place is free again."""
        self._taken[owner] -= 1
        if not self._taken[owner]:
            del self._taken[owner]
