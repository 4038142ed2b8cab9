"""The pipeline: every filter speaks, then the first rule that answers decides. Pure."""

from collections.abc import Callable
from typing import TypeAlias

from app.moderation.filters.form import no_work, stale_token, too_quick, trap_field
from app.moderation.filters.learned import akismet, learned_here, moderation_hook
from app.moderation.filters.links import NO_LINK, link_from_elsewhere
from app.moderation.filters.lists import listed
from app.moderation.filters.script import foreign_script
from app.moderation.filters.text import everything_waits, held_words, said_before, too_many_links
from app.moderation.filters.who import (
    blocked_author,
    first_time_author,
    members_address,
    new_here,
    staff_here,
    trusted_author,
    unproved_author,
    watched_author,
)
from app.moderation.rules import RULES, is_blatant
from app.moderation.submission import Facts, Submission
from app.moderation.verdicts import Judgement, Outcome, Says, Verdict, Verdicts

Filter: TypeAlias = Callable[[Submission, Facts], Verdict | None]

# Every filter speaks, so that every reason is kept.
FILTERS: tuple[Filter, ...] = (
    # Who says it, and what was decided about them before.
    staff_here, blocked_author, listed, watched_author, members_address,
    unproved_author, first_time_author, new_here, trusted_author,
    # What it says, and how often it was said.
    everything_waits, held_words, too_many_links, said_before, foreign_script, link_from_elsewhere,
    # What has learned: this site's own filter, and Akismet where it was asked; and an owner's own program.
    learned_here, akismet, moderation_hook,
)  # fmt: skip
# How the form was sent: seen once, as it comes in.
AT_THE_DOOR: tuple[Filter, ...] = (trap_field, too_quick, stale_token, no_work)


def judge(
    submission: Submission, facts: Facts, *, kept: tuple[Verdict, ...] | None = None
) -> Judgement:
    """What becomes of it, and why. Whoever judges again hands in what was `kept` of the door."""
    filters = FILTERS if kept is not None else (*FILTERS, *AT_THE_DOOR)
    spoken = (verdict for filter_ in filters if (verdict := filter_(submission, facts)))
    verdicts = Verdicts((*spoken, *(kept or ())))
    answers = (answer for rule in RULES if (answer := rule(verdicts, facts)))
    return Judgement(next(answers, Outcome.APPROVED), verdicts, is_blatant(verdicts))


def kept_of(reasons: list[dict[str, str]], *, of_hook: bool = True) -> tuple[Verdict, ...]:
    """What was said once, out of the reasons kept: at the door, by another site's page, and maybe by a hook."""
    said_once = {"trap_field", "too_quick", "stale_token", "no_work", NO_LINK}
    if of_hook:
        said_once |= {"hook_approve", "hook_hold", "hook_spam"}
    return tuple(
        Verdict(reason["code"], Says(reason.get("says", Says.NOTE)), reason["because"])
        for reason in reasons
        if reason["code"] in said_once
    )
