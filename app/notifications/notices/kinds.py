"""Everything members are told of, in one list: its words, and the family by which they choose how they hear of it."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from unicodedata import bidirectional

from app.core.i18n import _, marked

_PLACES = re.compile(r"%\((\w+)\)s")


class Level(StrEnum):
    """How somebody hears of things: not at all, in the inbox alone, or by mail as well, so often."""

    OFF = "off"
    INBOX = "inbox"
    WEEKLY = "weekly"
    DAILY = "daily"
    AT_ONCE = "at-once"


class Family(StrEnum):
    """Things that are chosen for together. The order is that of the page where one chooses."""

    ANSWERS = "answers"
    MENTIONS = "mentions"
    OWN = "own"
    PROMISES = "promises"
    REMINDERS = "reminders"
    INTRODUCTIONS = "introductions"
    THANKS = "thanks"
    GROUPS = "groups"
    JOINING = "joining"
    ASKS = "asks"
    # About the account itself: always in the inbox, and nothing to be chosen.
    ACCOUNT = "account"


# Out of the box. Reminders are one letter a day, whatever they remind of.
DEFAULTS: Mapping[Family, Level] = {
    Family.ANSWERS: Level.AT_ONCE,
    Family.MENTIONS: Level.INBOX,
    Family.OWN: Level.INBOX,
    Family.PROMISES: Level.AT_ONCE,
    Family.REMINDERS: Level.DAILY,
    Family.INTRODUCTIONS: Level.AT_ONCE,
    Family.THANKS: Level.INBOX,
    Family.GROUPS: Level.INBOX,
    Family.JOINING: Level.INBOX,
    Family.ASKS: Level.INBOX,
    Family.ACCOUNT: Level.INBOX,
}
# What a group brings to all its members, as against what somebody says or does to one of them.
OF_A_GROUP = frozenset({Family.GROUPS, Family.JOINING, Family.ASKS})
FIXED = frozenset({Family.ACCOUNT})
# A reminder of next week comes too late, and one at once would be one of many.
_OF_REMINDERS = (Level.OFF, Level.INBOX, Level.DAILY)


@dataclass(frozen=True)
class Kind:
    """One thing that can happen to somebody. `name` stands in the database: it never changes."""

    name: str
    family: Family
    # With `%(name)s` for whoever did it, and other facts by their names.
    says: str
    # Many of them come from one discussion: mailed once until its reader has looked.
    is_of_thread: bool = False

    @property
    def facts(self) -> frozenset[str]:
        """What its words need to be told."""
        return frozenset(_PLACES.findall(self.says))

    @property
    def is_reminder(self) -> bool:
        """Whether it goes into the one letter of reminders a day."""
        return self.family == Family.REMINDERS


ANSWER = Kind(
    "answer", Family.ANSWERS, marked("%(name)s answered you on “%(title)s”"), is_of_thread=True
)
MENTION = Kind(
    "mention", Family.MENTIONS, marked("%(name)s mentioned you in “%(title)s”"), is_of_thread=True
)
SAID_UNDER_POST = Kind(
    "post-comment", Family.ANSWERS, marked("%(name)s wrote about “%(title)s”"), is_of_thread=True
)
COMMENT_UP = Kind("comment-up", Family.OWN, marked("Your comment on “%(title)s” is up"))
COMMENT_REMOVED = Kind(
    "comment-removed", Family.OWN, marked("Your comment on “%(title)s” was removed by a moderator")
)
PROMISE_OFFERED = Kind(
    "promise-offered", Family.PROMISES, marked("%(name)s promises you: “%(text)s”")
)
PROMISE_REQUESTED = Kind(
    "promise-requested", Family.PROMISES, marked("%(name)s asks you to promise: “%(text)s”")
)
PROMISE_ACCEPTED = Kind(
    "promise-accepted", Family.PROMISES, marked("%(name)s accepted: “%(text)s”")
)
PROMISE_DONE = Kind(
    "promise-done", Family.PROMISES, marked("%(name)s says this is done: “%(text)s”")
)
PROMISE_NOT_YET = Kind(
    "promise-not-yet", Family.PROMISES, marked("%(name)s says this is not done yet: “%(text)s”")
)
PROMISE_KEPT = Kind("promise-kept", Family.PROMISES, marked("A promise was kept: “%(text)s”"))
PROMISE_MOVED = Kind(
    "promise-moved", Family.PROMISES, marked("%(name)s moved the date of: “%(text)s”")
)
PROMISE_ENDED = Kind(
    "promise-ended", Family.PROMISES, marked("This is no longer promised: “%(text)s”")
)
PROMISE_LAPSED = Kind("promise-lapsed", Family.PROMISES, marked("The time is over for: “%(text)s”"))
PROMISE_SOON = Kind(
    "promise-soon",
    Family.REMINDERS,
    marked("You promised this for three days from now: “%(text)s”"),
)
PROMISE_TODAY = Kind(
    "promise-today", Family.REMINDERS, marked("You promised this for today: “%(text)s”")
)
PROMISE_LATE = Kind(
    "promise-late", Family.REMINDERS, marked("You promised this for a week ago: “%(text)s”")
)
INTRODUCTION_ASKED = Kind(
    "introduction-asked", Family.INTRODUCTIONS, marked("%(name)s asks you for an introduction")
)
INTRODUCTION_PASSED_ON = Kind(
    "introduction-passed-on",
    Family.INTRODUCTIONS,
    marked("%(name)s would like to introduce somebody to you"),
)
INTRODUCED = Kind("introduced", Family.INTRODUCTIONS, marked("You and %(other)s are introduced"))
NOT_THIS_TIME = Kind(
    "not-this-time", Family.INTRODUCTIONS, marked("No introduction came of your request this time")
)
DID_YOU_TALK = Kind("did-you-talk", Family.REMINDERS, marked("Did you and %(other)s talk?"))
CONNECTION_PROPOSED = Kind(
    "connection-proposed", Family.INTRODUCTIONS, marked("%(name)s says that you know each other")
)
CONNECTION_SUGGESTED = Kind(
    "connection-suggested",
    Family.INTRODUCTIONS,
    marked("Do you and %(name)s know each other by now?"),
)
MESSAGE = Kind("message", Family.ANSWERS, marked("%(name)s wrote to you"), is_of_thread=True)
THANKED = Kind("thanked", Family.THANKS, marked("%(name)s thanks you"))
TOPIC_BEGUN = Kind("topic", Family.GROUPS, marked("%(name)s began “%(title)s” in %(group)s"))
TOPIC_ANSWERED = Kind(
    "reply", Family.GROUPS, marked("%(name)s wrote in “%(title)s”"), is_of_thread=True
)
JOINING_ASKED = Kind(
    "joining-asked", Family.JOINING, marked("%(name)s would like to join %(group)s")
)
INVITED = Kind("invited", Family.JOINING, marked("%(name)s invites you to join %(group)s"))
JOINED = Kind("joined", Family.JOINING, marked("You are a member of %(group)s now"))
HELP_OFFERED = Kind(
    "help-offered", Family.PROMISES, marked("%(name)s can help you with “%(title)s”")
)
HELP_WANTED = Kind("help-wanted", Family.PROMISES, marked("%(name)s would like “%(title)s”"))
HELP_AGREED = Kind("help-agreed", Family.PROMISES, marked("%(name)s said yes on “%(title)s”"))
HELP_DECLINED = Kind("help-declined", Family.PROMISES, marked("Not this time: “%(title)s”"))
PASSED_ON = Kind("passed-on", Family.ASKS, marked("%(name)s thought of you: “%(title)s”"))
STILL_NEEDED = Kind("still-needed", Family.ASKS, marked("Is this still needed: “%(title)s”?"))
REPORT_UPHELD = Kind(
    "report-upheld",
    Family.OWN,
    marked("Moderators agreed with what you reported, and acted upon it"),
)
REPORT_DISMISSED = Kind(
    "report-dismissed", Family.OWN, marked("Moderators looked at what you reported, and left it")
)
MAIL_STOPPED = Kind(
    "mail-stopped", Family.ACCOUNT, marked("Letters to you came back, so you get none any more")
)
MAIL_UNWANTED = Kind(
    "mail-unwanted",
    Family.ACCOUNT,
    marked("A letter to you was reported as unwanted, so you get none any more"),
)
HOOK_OFF = Kind(
    "hook-off", Family.ACCOUNT, marked("Nothing arrived at “%(title)s” for days: the hook is off")
)

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        ANSWER, MENTION, MESSAGE, SAID_UNDER_POST, COMMENT_UP, COMMENT_REMOVED,
        PROMISE_OFFERED, PROMISE_REQUESTED, PROMISE_ACCEPTED, PROMISE_DONE, PROMISE_NOT_YET,
        PROMISE_KEPT, PROMISE_MOVED, PROMISE_ENDED, PROMISE_LAPSED,
        PROMISE_SOON, PROMISE_TODAY, PROMISE_LATE,
        INTRODUCTION_ASKED, INTRODUCTION_PASSED_ON, INTRODUCED, NOT_THIS_TIME, DID_YOU_TALK,
        CONNECTION_PROPOSED, CONNECTION_SUGGESTED, THANKED, TOPIC_BEGUN, TOPIC_ANSWERED,
        JOINING_ASKED, INVITED, JOINED, STILL_NEEDED, MAIL_STOPPED, MAIL_UNWANTED,
        REPORT_UPHELD, REPORT_DISMISSED,
        HELP_OFFERED, HELP_WANTED, HELP_AGREED, HELP_DECLINED, PASSED_ON, HOOK_OFF,
    )
}  # fmt: skip
REMINDERS = frozenset(name for name, kind in KINDS.items() if kind.is_reminder)


def levels_for(family: Family) -> tuple[Level, ...]:
    """What may be chosen for a family."""
    return _OF_REMINDERS if family == Family.REMINDERS else tuple(Level)


def level_of(
    family: Family, group_id: int | None, chosen: Mapping[tuple[str, int], Level]
) -> Level:
    """How somebody hears of something, by what they chose: for a family `(family, 0)`, for a group `("", id)`."""
    if family in FIXED:
        return DEFAULTS[family]
    if group_id is not None and family in OF_A_GROUP and ("", group_id) in chosen:
        return chosen["", group_id]
    return chosen.get((family, 0), DEFAULTS[family])


def said(name: str, facts: Mapping[str, object]) -> str:
    """What happened, as a sentence without its full stop; of a kind that this program has not, that it did."""
    kind = KINDS.get(name)
    if kind is None:
        return _("Something happened")
    told = {fact: _isolated(str(value)) for fact, value in facts.items()}
    # What was told by an older program may lack a fact.
    return _(kind.says) % defaultdict(lambda: "…", told)


@lru_cache(maxsize=2000)
def _isolated(value: str) -> str:
    """A name that is written from the right must not turn the sentence around it (UAX #9, FSI and PDI)."""
    turns = any(bidirectional(letter) in ("R", "AL") for letter in value)
    return f"\u2068{value}\u2069" if turns else value
