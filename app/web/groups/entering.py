"""Pages say into which groups an owner of the site looks that are not theirs: the groups' logs show it."""

from fastapi import Request

from app.accounts.actor import Actor
from app.groups.entering import Entries
from app.groups.queries import Standing


def entered(request: Request, me: Actor, here: Standing) -> None:
    """`me` is shown what only its members are."""
    entries: Entries = request.app.state.entries
    entries.note(me, here)
