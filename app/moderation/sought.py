"""What is looked for in the queue: the list, and what narrows it, as values and as fields of an address. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from app.core.text import clean_text, number_in
from app.moderation.models import Tab

Choice = TypeVar("Choice", bound=StrEnum)

WORDS_LENGTH = 200
# Beyond any id and any moment there is.


class View(StrEnum):
    """The lists one can look at. All but the likely mistakes are tabs in which cases stand."""

    NEEDS = "needs"
    REPORTED = "reported"
    MISTAKES = "mistakes"
    SPAM = "spam"
    RECENT = "recent"
    REMOVED = "removed"


class Age(StrEnum):
    """How long ago something came in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    OLDER = "older"


class Links(StrEnum):
    """Whether there are links in it."""

    NONE = "none"
    SOME = "some"


class Claimed(StrEnum):
    """Who has it: `GIVEN` is what somebody else gave to whoever asks."""

    ME = "me"
    GIVEN = "given"
    OTHERS = "others"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Sought:
    """What is looked for, as it stands in an address; whatever is empty narrows nothing."""

    view: View = View.NEEDS
    kind: str = ""
    post_id: int | None = None
    group_id: int | None = None
    author_id: int | None = None
    reason: str = ""
    age: Age | None = None
    links: Links | None = None
    claimed: Claimed | None = None
    words: str = ""

    @property
    def tab(self) -> Tab:
        """The tab in which what is listed stands."""
        return Tab.SPAM if self.view == View.MISTAKES else Tab(self.view)

    @property
    def is_narrowed(self) -> bool:
        """Whether this is less than the whole list."""
        return self != Sought(view=self.view)

    def without_filters(self) -> "Sought":
        """The whole list."""
        return Sought(view=self.view)

    def of_author(self, author_id: int) -> "Sought":
        """The same list, of one author alone."""
        return replace(Sought(view=self.view), author_id=author_id)


def read_sought(given: Mapping[str, str]) -> Sought:
    """What an address asks for; what can't be read narrows nothing."""
    return Sought(
        view=_one_of(View, given.get("tab", "")) or View.NEEDS,
        kind=clean_text(given.get("type", ""))[:20],
        post_id=number_in(given.get("post", "")),
        group_id=number_in(given.get("group", "")),
        author_id=number_in(given.get("author", "")),
        reason=clean_text(given.get("reason", "")).strip()[:40],
        age=_one_of(Age, given.get("age", "")),
        links=_one_of(Links, given.get("links", "")),
        claimed=_one_of(Claimed, given.get("claimed", "")),
        words=clean_text(given.get("q", "")).strip()[:WORDS_LENGTH],
    )


def fields_of(sought: Sought) -> dict[str, str]:
    """The fields of an address that ask for this."""
    fields = {
        "tab": "" if sought.view == View.NEEDS else str(sought.view),
        "type": sought.kind,
        "post": str(sought.post_id or ""),
        "group": str(sought.group_id or ""),
        "author": str(sought.author_id or ""),
        "reason": sought.reason,
        "age": sought.age or "",
        "links": sought.links or "",
        "claimed": sought.claimed or "",
        "q": sought.words,
    }
    return {name: value for name, value in fields.items() if value}


def _one_of(choices: type[Choice], written: str) -> Choice | None:
    return choices(written) if written in set(choices) else None
