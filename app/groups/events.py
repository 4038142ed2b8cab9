"""What happened in groups."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class GroupChanged(Event):
    """A group was begun, or has other settings."""

    group_id: int


@dataclass(frozen=True, kw_only=True)
class MembershipAsked(Event):
    """Somebody asks to join: its moderators decide."""

    group_id: int
    user_id: int


@dataclass(frozen=True, kw_only=True)
class MemberJoined(Event):
    """Somebody is a member from now on; accepted by another, or by themselves where that is enough."""

    group_id: int
    user_id: int
    accepted_by: int | None = None


@dataclass(frozen=True, kw_only=True)
class MembershipDeclined(Event):
    """Somebody who asked to join was not accepted."""

    group_id: int
    user_id: int


@dataclass(frozen=True, kw_only=True)
class MemberLeft(Event):
    """Somebody is no member any more, by themselves or by a ban."""

    group_id: int
    user_id: int
    is_banned: bool = False


@dataclass(frozen=True, kw_only=True)
class MemberMuted(Event):
    """A member may only read from now on."""

    group_id: int
    user_id: int
