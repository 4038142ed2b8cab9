"""How to sign in to the demo: kept beside its database, in a file that only its owner reads."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.settings import Settings

_FILE = "demo-sign-in.txt"


@dataclass(frozen=True)
class DemoSignIn:
    """The e-mail address and the password of the demo's owner, as they were on the first day."""

    email: str
    password: str


def keep_sign_in(settings: Settings, kept: DemoSignIn) -> None:
    """Write them down, mode 600."""
    settings.data.mkdir(parents=True, exist_ok=True)
    path = _path(settings)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{kept.email}\n{kept.password}\n")


def forget_sign_in(settings: Settings) -> None:
    """There is no demo after all."""
    _path(settings).unlink(missing_ok=True)


def find_sign_in(settings: Settings) -> DemoSignIn | None:
    """What was written down, if this is the demo."""
    with suppress(OSError, ValueError):
        email, password = _path(settings).read_text().split()
        return DemoSignIn(email, password)
    return None


def _path(settings: Settings) -> Path:
    return settings.data / _FILE
