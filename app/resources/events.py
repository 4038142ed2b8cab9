"""What happened to resources."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ResourceWritten(Event):
    """A resource was made or changed, or got a new version."""

    resource_id: int


@dataclass(frozen=True, kw_only=True)
class ResourcePublished(Event):
    """A resource can be had from now on."""

    resource_id: int


@dataclass(frozen=True, kw_only=True)
class ResourceRetired(Event):
    """A resource can be had no more."""

    resource_id: int


@dataclass(frozen=True, kw_only=True)
class AddressLeft(Event):
    """Somebody left an address, and waits for the letter that asks whether it is theirs."""

    address_id: int


@dataclass(frozen=True, kw_only=True)
class DownloadsCounted(Event):
    """The counts of downloads that pages show have changed."""
