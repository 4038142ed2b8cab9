"""A note in the data folder, from before the first byte of a site is restored until after the last."""

import json
from pathlib import Path

from sqlalchemy.engine import make_url

from app.core.errors import NotReady
from app.core.storage import sync_folder
from app.settings import Settings

_NOTE = "restore-unfinished.json"


def refuse_unfinished(settings: Settings) -> None:
    """Raise NotReady where a restore into this data folder was broken off: what is there is half a site."""
    path = settings.data / _NOTE
    if not path.exists():
        return
    file = _read(path).get("file", "FILE")
    raise NotReady(f"A restore was broken off. Run it again: rapport restore {file}")


def is_any_unfinished(settings: Settings) -> bool:
    """Whether some restore into this data folder was broken off."""
    return (settings.data / _NOTE).exists()


def is_unfinished(settings: Settings) -> bool:
    """Whether what is in this very database and folder was left by a restore that was broken off."""
    path = settings.data / _NOTE
    return path.exists() and _read(path).get("database") == _name_of(settings)


def note_unfinished(settings: Settings, file: Path) -> None:
    """From here on nothing is whole."""
    settings.data.mkdir(parents=True, exist_ok=True)
    path = settings.data / _NOTE
    made = path.with_name(f".{_NOTE}")
    made.write_text(json.dumps({"database": _name_of(settings), "file": str(file.absolute())}))
    made.replace(path)
    sync_folder(settings.data)


def note_finished(settings: Settings) -> None:
    """All is whole."""
    (settings.data / _NOTE).unlink(missing_ok=True)


def _name_of(settings: Settings) -> str:
    if settings.is_sqlite:
        return f"sqlite:///{settings.sqlite_path.absolute()}"
    return make_url(settings.database).render_as_string(hide_password=True)


def _read(path: Path) -> dict[str, str]:
    try:
        said: dict[str, str] = json.loads(path.read_text())
    except ValueError:
        return {}
    return said
