"""What happened to people's accounts."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class PasswordResetAsked(Event):
    """Somebody with an account wants to choose a new password, and waits for a letter."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class MembersParted(Event):
    """Somebody does not want to see another any more, nor to be seen by them."""

    user_id: int
    blocked_id: int


@dataclass(frozen=True, kw_only=True)
class SessionsEnded(Event):
    """Somebody is signed out, in one browser or in several: what these still hold open has to ask anew."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class SignUpAsked(Event):
    """Somebody wants an account under this address, and waits for a letter; whether there is one already or not."""

    email: str
    name: str
    # 0: they came without one.
    invitation_id: int = 0


@dataclass(frozen=True, kw_only=True)
class MemberSignedUp(Event):
    """Somebody has an account from now on, made by themselves."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class MemberErased(Event):
    """Somebody's account is no more. What others keep of them goes, or stays without their name.

    The address is what unsigned comments and follows are known by; it stands nowhere else any more.
    """

    user_id: int
    email: str
    texts_go: bool


@dataclass(frozen=True, kw_only=True)
class MemberRenamed(Event):
    """Somebody is called something else from now on."""

    user_id: int
