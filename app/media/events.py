"""What happened to uploads."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class UploadsStored(Event):
    """Files came in: where pages spoke of them they now have a type and a size."""


@dataclass(frozen=True, kw_only=True)
class UploadAdded(Event):
    """Somebody handed a file in."""

    upload_id: int


@dataclass(frozen=True, kw_only=True)
class UploadDescribed(Event):
    """What is said of a file has changed."""

    upload_id: int


@dataclass(frozen=True, kw_only=True)
class UploadDeleted(Event):
    """A file is gone, and all its sizes with it."""

    upload_id: int
