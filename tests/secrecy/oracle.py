"""Who may see what, by the rules of the product's own description: nothing in here asks the program."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

MEMBERS = ("owner", "moderator", "member", "muted")
KEEPERS = ("owner", "moderator")


@dataclass(frozen=True)
class Person:
    """Somebody who looks at the site; a visitor has no number."""

    name: str
    id: int | None = None
    slug: str = ""
    email: str = ""
    roles: frozenset[str] = frozenset()

    @property
    def is_owner(self) -> bool:
        """Of the site."""
        return "owner" in self.roles

    @property
    def is_moderator(self) -> bool:
        """Of the site: whoever decides about all comments."""
        return bool(self.roles & {"moderator", "owner"})

    @property
    def edits(self) -> bool:
        """Whether all posts are theirs to read, whatever their state."""
        return bool(self.roles & {"editor", "owner"})


VISITOR = Person("visitor")
Rule: TypeAlias = Callable[[Person], bool]


@dataclass
class Circle:
    """A group, and what everybody is in it."""

    id: int
    slug: str
    visibility: str
    standings: dict[str, str]
    is_closed: bool = False
    # Whether something of it waits for the site's moderators, or was reported to them.
    is_before_moderators: bool = False

    def standing(self, who: Person) -> str:
        """What somebody is in it."""
        return self.standings.get(who.name, "nobody")

    def named(self, *standings: str) -> list[str]:
        """The names of those who are one of these in it."""
        return [name for name, standing in self.standings.items() if standing in standings]

    def is_inside(self, who: Person) -> bool:
        """Whether somebody is a member, muted or not."""
        return self.standing(who) in MEMBERS

    def is_known_to(self, who: Person) -> bool:
        """Whether somebody may learn that there is such a group."""
        if self.is_closed:
            return False
        is_theirs = self.is_inside(who) or self.standing(who) == "invited" or who.is_owner
        return self.visibility != "hidden" or is_theirs

    def is_read_by(self, who: Person) -> bool:
        """Whether what everybody in it reads is for somebody to read, too."""
        if self.is_closed:
            return False
        return self.visibility == "public" or self.is_inside(who) or who.is_owner

    def is_decided_by(self, who: Person) -> bool:
        """Whether somebody moderates it: of a hidden group, the site's moderators only as members."""
        if who.is_owner or self.standing(who) in KEEPERS:
            return True
        return who.is_moderator and (self.visibility != "hidden" or self.is_inside(who))

    def of_itself(self, who: Person) -> bool:
        """Its name, and what it says about itself."""
        return self.is_known_to(who) or self.is_decided_by(who)

    def named_before(self, who: Person) -> bool:
        """Its name, which stands beside what waits for the site's moderators, too."""
        return self.of_itself(who) or (who.is_moderator and self.is_before_moderators)


@dataclass
class Blocks:
    """Who does not want to see whom: both are out of each other's sight."""

    pairs: set[frozenset[str]] = field(default_factory=set)

    def add(self, one: str, other: str) -> None:
        """One of two blocks the other."""
        self.pairs.add(frozenset((one, other)))

    def between(self, one: str, other: str) -> bool:
        """Whether either of two blocked the other."""
        return frozenset((one, other)) in self.pairs


def everybody(_who: Person) -> bool:
    """What is public."""
    return True


def members(who: Person) -> bool:
    """What is for everybody with an account."""
    return who.id is not None


def only(*names: str) -> Rule:
    """What is between these people."""
    return lambda who: who.name in names


def reported(*names: str) -> Rule:
    """What is between these people, one of whom showed it to the moderators."""
    return lambda who: who.name in names or who.is_moderator


def report_of(reporter: str, *parties: str) -> Rule:
    """Why something private was reported: for the moderators who have no part in it."""
    return lambda who: who.name == reporter or (who.is_moderator and who.name not in parties)


def said_in(
    circle: Circle, blocks: Blocks, author: str, status: str, *, is_brought: bool = False
) -> Rule:
    """What somebody said in a group. `is_brought`: it, or what stands beside it, is before the moderators."""

    def may(who: Person) -> bool:
        if who.name == author or circle.is_decided_by(who):
            return True
        if who.is_moderator and (is_brought or status == "pending"):
            return True
        return (
            status == "approved" and circle.is_read_by(who) and not blocks.between(who.name, author)
        )

    return may


def of_keepers(circle: Circle, author: str) -> Rule:
    """What is said to those who keep a group: what somebody answers who asks to join."""
    return lambda who: who.name == author or circle.is_decided_by(who)


def report_note(circle: Circle | None, reporter: str) -> Rule:
    """Why somebody reported something: for those who decide about it."""
    return lambda who: (
        who.name == reporter
        or who.is_moderator
        or (circle is not None and circle.is_decided_by(who))
    )


def post_of(author: str, status: str) -> Rule:
    """A post: public, or its author's and the editors'."""
    return lambda who: status == "published" or who.name == author or who.edits


def comment_under(author: str, of_post: str, status: str) -> Rule:
    """A comment under a public post: others than moderators and the two authors see it once approved."""
    return lambda who: status == "approved" or who.is_moderator or who.name in (author, of_post)


def contact_of(name: str) -> Rule:
    """An address: its owner's, and the moderators'."""
    return lambda who: who.name == name or who.is_moderator


def resource_for(audience: str, owner: str, circle: Circle | None = None) -> Rule:
    """Something in the library. `draft`: nobody but its owner and editors."""

    def may(who: Person) -> bool:
        # What is one's own lies in the file of one's own data, wherever one put it.
        if who.name == owner:
            return True
        if circle is not None:
            return circle.is_read_by(who) and (circle.is_inside(who) or who.is_owner)
        if who.edits:
            return True
        return audience == "everyone" or (audience == "members" and who.id is not None)

    return may


def piece_of(name: str, audience: str, circles: list[Circle], blocks: Blocks) -> Rule:
    """A piece of somebody's profile, for those whom they chose."""

    def may(who: Person) -> bool:
        if who.name == name:
            return True
        if blocks.between(who.name, name):
            return False
        if audience == "groups":
            return any(
                not one.is_closed and one.is_inside(who) and one.standings.get(name) in MEMBERS
                for one in circles
            )
        return audience == "public" or (audience == "members" and who.id is not None)

    return may
