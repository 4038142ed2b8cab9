"""One zip for somebody: all that is theirs as JSON for programs, and as a page for them."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.sheets import sheets

FORMAT = "rapport-personal/1"


@dataclass(frozen=True)
class Written:
    """One part as it is written: its name, its heading, and what is in it."""

    name: str
    title: str
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Takeaway:
    """All of it; `language` is the page's, `photo` the bytes of their picture, if they have one."""

    name: str
    site_title: str
    language: str
    at: datetime
    parts: Sequence[Written]
    photo: bytes = b""


def zipped(taken: Takeaway) -> bytes:
    """The file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", as_json(taken))
        archive.writestr("data.html", as_page(taken))
        if taken.photo:
            archive.writestr("photo.jpg", taken.photo)
    return packed.getvalue()


def as_json(taken: Takeaway) -> str:
    """For programs."""
    whole: dict[str, Any] = {"format": FORMAT, "site": taken.site_title, "made_at": taken.at}
    whole |= {part.name: part.rows for part in taken.parts}
    return json.dumps(whole, ensure_ascii=False, indent=2, default=_text)


def as_page(taken: Takeaway) -> str:
    """For people: a plain page that needs nothing else."""
    return _loaded.get_template("personal/takeaway.html").render(page=taken)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _shown(value: Any) -> str:
    """A value as one reads it: moments and lists in words, nothing as nothing."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=_text)
    return str(value)


_loaded = sheets()
_loaded.globals.update(shown=_shown)
