"""What happened to posts."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class PostWritten(Event):
    """A post was made or changed."""

    post_id: int


@dataclass(frozen=True, kw_only=True)
class PostPublished(Event):
    """A post can be read by everybody, for the first time."""

    post_id: int


@dataclass(frozen=True, kw_only=True)
class PostHidden(Event):
    """A post that everybody could read is no longer to be read."""

    post_id: int


@dataclass(frozen=True, kw_only=True)
class TrackbacksListed(Event):
    """An author named addresses that are to get a trackback."""

    post_id: int
    addresses: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PostTrashed(Event):
    """A post went into the trash."""

    post_id: int
