"""Where somebody goes on once they are signed in, with what they had typed: nothing of it is lost.

A form that was sent after its session had ended comes back as a sign-in form, with its fields
hidden in it; after signing in they are one button away from being sent where they were meant to go.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from fastapi import Request

from app.web.comments.own_paths import own_path
from app.web.forms import fields_read

_PREFIX = "carried."
_MOST_FIELDS = 1000
# What proves who somebody is is typed anew.
_NEVER = frozenset(("password", "new_password", "code"))


@dataclass(frozen=True)
class Onward:
    """A path of this site; with `fields`, a form that is to be sent there."""

    path: str = ""
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """The names and values of the hidden inputs that carry all of it through another form."""
        return (
            ("next", self.path),
            *((f"{_PREFIX}{name}", value) for name, value in self.fields),
        )


def onward_from_form(typed: Mapping[str, str]) -> Onward:
    """What the hidden inputs of a form said."""
    fields = (
        (name.removeprefix(_PREFIX), value)
        for name, value in typed.items()
        if name.startswith(_PREFIX)
    )
    return Onward(own_path(typed.get("next", ""), ""), tuple(islice(fields, _MOST_FIELDS)))


def onward_from_request(request: Request) -> Onward:
    """Where this request was meant to go, as it was refused for want of a session."""
    path = own_path(str(request.url.path), "")
    if request.method in ("GET", "HEAD"):
        query = f"?{request.url.query}" if request.url.query else ""
        return Onward(own_path(path + query, path))
    typed = fields_read(request)
    return Onward(path, tuple(pair for pair in typed.items() if pair[0] not in _NEVER))
