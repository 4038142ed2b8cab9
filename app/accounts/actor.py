"""Who is asking. Passed to every query and action, never ambient."""

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What somebody of the staff may do; roles combine. Everybody with an account is a member."""

    AUTHOR = "author"
    EDITOR = "editor"
    MODERATOR = "moderator"
    OWNER = "owner"


@dataclass(frozen=True)
class Actor:
    """A visitor, unless more is known of them."""

    user_id: int | None = None
    name: str = ""
    roles: frozenset[Role] = field(default_factory=frozenset)
    # The author key that is theirs beyond doubt: by sign-in, a mailed link or the remember-me cookie.
    proved_key: str = ""
    session_id: int | None = None
    # How many notices wait in their inbox.
    unread: int = 0
    # Whether there is a group that they moderate or own: only for doors, who may do what is asked anew.
    keeps_groups: bool = False

    @property
    def is_signed_in(self) -> bool:
        """Whether this is somebody with an account."""
        return self.user_id is not None

    @property
    def is_staff(self) -> bool:
        """Whether they have any role at all."""
        return bool(self.roles)

    @property
    def is_owner(self) -> bool:
        """Whether everything is theirs to decide."""
        return Role.OWNER in self.roles

    @property
    def moderates(self) -> bool:
        """Whether all comments and linkbacks are theirs to decide about."""
        return not self.roles.isdisjoint({Role.MODERATOR, Role.OWNER})

    @property
    def moderates_own_posts(self) -> bool:
        """Whether what is said under their own posts is theirs to decide about; an editor's is not."""
        return self.moderates or Role.AUTHOR in self.roles

    @property
    def has_queue(self) -> bool:
        """Whether there is anything that others say which is theirs to decide about."""
        return self.moderates_own_posts or self.keeps_groups

    @property
    def writes_posts(self) -> bool:
        """Whether they write posts of their own."""
        return not self.roles.isdisjoint({Role.AUTHOR, Role.EDITOR, Role.OWNER})

    @property
    def writes_every_post(self) -> bool:
        """Whether other people's posts are theirs to change."""
        return not self.roles.isdisjoint({Role.EDITOR, Role.OWNER})

    @property
    def reads_every_post(self) -> bool:
        """Whether drafts and private posts of others are shown to them."""
        return self.writes_every_post


VISITOR = Actor()
# Whoever holds the machine's command line holds the site.
OWNER_AT_THE_MACHINE = Actor(roles=frozenset({Role.OWNER}))
