"""What happened to introductions. Each says who is to be told; nobody else learns of it."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class IntroductionAsked(Event):
    """Somebody asks the connector to introduce them."""

    introduction_id: int
    user_id: int


@dataclass(frozen=True, kw_only=True)
class IntroductionPassedOn(Event):
    """The connector passed a request on: the target is asked."""

    introduction_id: int
    user_id: int


@dataclass(frozen=True, kw_only=True)
class IntroductionOffered(Event):
    """A connector would introduce two people, and one of them, `user_id`, is asked."""

    introduction_id: int
    user_id: int


@dataclass(frozen=True, kw_only=True)
class PeopleIntroduced(Event):
    """Both have said yes, and a conversation of three is open."""

    introduction_id: int
    conversation_id: int


@dataclass(frozen=True, kw_only=True)
class WriteFirstPromised(Event):
    """With the introduction the requester promises to write first, in three days."""

    introduction_id: int
    user_id: int
    to_id: int


@dataclass(frozen=True, kw_only=True)
class NotThisTime(Event):
    """Nothing comes of it, declined or expired alike: `user_id` is told so, and no more than that."""

    introduction_id: int
    user_id: int


@dataclass(frozen=True, kw_only=True)
class TalkAskedAbout(Event):
    """A month later: did you talk? Each of the two is asked once."""

    introduction_id: int
    user_id: int


@dataclass(frozen=True, kw_only=True)
class PeopleTalked(Event):
    """An introduction led to a talk; its connector is told."""

    introduction_id: int
