"""The door as the deployment wants it, for jobs, the web and the command line alike."""

from app.core.db import Work
from app.core.outbound.addresses import read_allowed
from app.core.outbound.door import Door
from app.core.outbound.turns import TurnsInMemory
from app.core.outbound.turns_kept import TurnsInDatabase
from app.settings import Settings


def open_door(settings: Settings, work: Work | None = None) -> Door:
    """A door whose turns are counted with those of all other processes, by `work`.

    Without it they are counted in memory: for an import, which asks one site ten times a second,
    its owner's own, and writes to the database all the while.
    """
    turns = TurnsInMemory() if work is None else TurnsInDatabase(work)
    return Door(settings.base_url, read_allowed(settings.outbound_allow), turns=turns)
