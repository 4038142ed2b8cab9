"""Ids that never change."""

from uuid import UUID, uuid4


def new_guid(host: str, year: int, kind: str, uuid: UUID | None = None) -> str:
    """A tag URI (RFC 4151), minted once and never computed again."""
    return f"tag:{host},{year}:{kind}/{uuid or uuid4()}"
