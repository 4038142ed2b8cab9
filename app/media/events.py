"""What happened to uploads."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class UploadsStored(Event):
    """Files came in: where pages spoke of them they now have a type and a size."""
