"""The table by which things are decided, row by row. A rule answers, or leaves it to the next one."""

from collections.abc import Callable
from typing import TypeAlias

from app.moderation.submission import Facts
from app.moderation.verdicts import Outcome, Says, Verdicts

Rule: TypeAlias = Callable[[Verdicts, Facts], Outcome | None]

# Spam by what it is, not by who sends it: an opinion that can be outweighed.
_SPAM_BY_ITSELF = ("akismet_spam", "trap_field", "learned_spam", "no_link", "hook_spam")
_UNCHECKED = ("check_unavailable", "stale_token", "too_quick")


def staff_are_published(verdicts: Verdicts, facts: Facts) -> Outcome | None:
    """1: who may moderate here, or wrote the post."""
    return Outcome.APPROVED if "staff" in verdicts else None


def blocked_is_spam(verdicts: Verdicts, facts: Facts) -> Outcome | None:
    """2: blocked by hand, or on the block list."""
    is_blocked = "blocked_author" in verdicts or "block_list" in verdicts
    return Outcome.SPAM if is_blocked else None


def blatant_is_spam(verdicts: Verdicts, facts: Facts) -> Outcome | None:
    """3: Akismet would throw it away."""
    return Outcome.SPAM if is_blatant(verdicts) else None


def spam_unless_trusted(verdicts: Verdicts, facts: Facts) -> Outcome | None:
    """4: spam to Akismet, the local filter, a hook or the trap, or no link; a person looks if that is in doubt."""
    if not any(code in verdicts for code in _SPAM_BY_ITSELF):
        return None
    is_in_doubt = _is_vouched_for(verdicts, facts) or _they_disagree(verdicts)
    return Outcome.PENDING if is_in_doubt else Outcome.SPAM


def doubt_waits(verdicts: Verdicts, facts: Facts) -> Outcome | None:
    """5: watched, a hold word, many links, everything held; or the local filter is not sure."""
    is_unsure = "learned_unsure" in verdicts and not _is_vouched_for(verdicts, facts)
    return Outcome.PENDING if verdicts.any_says(Says.HOLD) or is_unsure else None


def strangers_wait(verdicts: Verdicts, facts: Facts) -> Outcome | None:
    """6: not proved, or nothing approved yet, where the owner wants to see those first."""
    is_strange = "unproved_author" in verdicts or "first_time_author" in verdicts
    is_to_wait = is_strange and facts.holds_first and not _is_vouched_for(verdicts, facts)
    return Outcome.PENDING if is_to_wait else None


def unchecked_waits(verdicts: Verdicts, facts: Facts) -> Outcome | None:
    """7: Akismet could not be asked, or it was not sent from a page that was read, and lately."""
    is_unchecked = any(code in verdicts for code in _UNCHECKED)
    return Outcome.PENDING if is_unchecked and not _is_vouched_for(verdicts, facts) else None


# 8: what nobody minds is approved.
RULES: tuple[Rule, ...] = (
    staff_are_published, blocked_is_spam, blatant_is_spam, spam_unless_trusted,
    doubt_waits, strangers_wait, unchecked_waits,
)  # fmt: skip


def is_settled(verdicts: Verdicts) -> bool:
    """Whether no other server need be asked: the first two rows decide it."""
    return any(code in verdicts for code in ("staff", "blocked_author", "block_list"))


def is_blatant(verdicts: Verdicts) -> bool:
    """Whether it is so plainly spam that nobody need look at it."""
    return "akismet_discard" in verdicts


def _is_vouched_for(verdicts: Verdicts, facts: Facts) -> bool:
    """Whether its author is trusted, or a program that an owner asks speaks for it."""
    return facts.is_trusted or "hook_approve" in verdicts


def _they_disagree(verdicts: Verdicts) -> bool:
    """Whether one of the two that have learned takes for good what the other takes for spam."""
    return ("akismet_spam" in verdicts and "learned_ham" in verdicts) or (
        "learned_spam" in verdicts and "akismet_ham" in verdicts
    )
