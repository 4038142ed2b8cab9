"""The table by which comments are decided, as a table."""

from dataclasses import replace
from typing import Any

import pytest

from app.core import clock
from app.moderation.models import ListedKind, Standing
from app.moderation.pipeline import judge, kept_of
from app.moderation.submission import (
    Author,
    Facts,
    FormProof,
    Learned,
    ListedEntry,
    Submission,
    submission_of,
)
from app.moderation.verdicts import Outcome

APPROVED, PENDING, SPAM = Outcome.APPROVED, Outcome.PENDING, Outcome.SPAM
GOOD, UNSURE, BAD = Learned(0.1), Learned(0.5), Learned(0.99)
FROM_THE_FORM = FormProof(token_age=60.0, has_worked=True)

STRANGER = Author()
PROVED = Author(is_proved=True)
KNOWN = Author(is_proved=True, approved=1)
TRUSTED = Author(is_proved=True, approved=9, is_trusted=True)
TRUSTED_UNPROVED = Author(is_proved=False, approved=9, is_trusted=True)
STAFF = Author(is_staff_here=True, is_proved=True)


def a_submission(text: str = "It is green, not red.", **fields: Any) -> Submission:
    return submission_of(text, **{"name": "Gwen", "proof": FROM_THE_FORM, **fields})


def the_facts(author: Author, **fields: Any) -> Facts:
    return Facts(**{"at": clock.now(), "author": author, "learned": GOOD, **fields})


def listed(effect: str, kind: ListedKind, value: str) -> dict[str, Any]:
    return {"listed": (ListedEntry(effect, kind, value),)}


def with_standing(author: Author, standing: Standing) -> Author:
    return replace(author, standing=standing)


TRAPPED = {"proof": replace(FROM_THE_FORM, trap="x")}
THREE_LINKS = {"text": "http://a.example http://b.example http://c.example"}

# Row of the table, who, what is known, what was sent, what becomes of it.
TABLE: list[tuple[int, Author, dict[str, Any], dict[str, Any], Outcome]] = [
    (1, STAFF, {}, {}, APPROVED),
    (1, STAFF, {"akismet": "discard"}, TRAPPED, APPROVED),
    (1, STAFF, {"holds_everything": True}, THREE_LINKS, APPROVED),
    (2, with_standing(TRUSTED, Standing.BLOCKED), {}, {}, SPAM),
    (2, with_standing(STRANGER, Standing.BLOCKED), {}, {}, SPAM),
    (2, TRUSTED, listed("block", ListedKind.EMAIL, "a@b.example"), {"email": "A@B.example"}, SPAM),
    (2, KNOWN, listed("block", ListedKind.DOMAIN, "b.example"), {"email": "a@mail.b.example"}, SPAM),
    (2, KNOWN, listed("block", ListedKind.DOMAIN, "b.example"), {"url": "https://www.b.example/x"}, SPAM),
    (2, KNOWN, listed("block", ListedKind.HOST, "b.example"), {"text": "See http://b.example/"}, SPAM),
    (2, KNOWN, listed("block", ListedKind.NETWORK, "10.1.0.0/16"), {"address": "10.1.2.3"}, SPAM),
    (2, KNOWN, listed("block", ListedKind.WORD, "Casino"), {"text": "A casino."}, SPAM),
    (3, TRUSTED, {"akismet": "discard"}, {}, SPAM),
    (4, KNOWN, {"akismet": "spam", "learned": UNSURE}, {}, SPAM),
    (4, KNOWN, {"learned": BAD}, {}, SPAM),
    (4, KNOWN, {}, TRAPPED, SPAM),
    (4, TRUSTED, {"akismet": "spam"}, {}, PENDING),
    (4, TRUSTED, {"learned": BAD}, {}, PENDING),
    (4, TRUSTED, {}, TRAPPED, PENDING),
    (4, TRUSTED_UNPROVED, {"learned": BAD}, {}, SPAM),
    (4, KNOWN, {"akismet": "spam", "learned": GOOD}, {}, PENDING),
    (4, KNOWN, {"akismet": "ham", "learned": BAD}, {}, PENDING),
    (4, KNOWN, {"akismet": "unavailable", "learned": BAD}, {}, SPAM),
    (5, with_standing(TRUSTED, Standing.WATCHED), {}, {}, PENDING),
    (5, TRUSTED, listed("hold", ListedKind.WORD, "cat"), {"text": "A cat!"}, PENDING),
    (5, TRUSTED, {}, THREE_LINKS, PENDING),
    (5, TRUSTED, {"holds_everything": True}, {}, PENDING),
    (5, KNOWN, {"learned": UNSURE}, {}, PENDING),
    (5, KNOWN, {"learned": None}, {}, PENDING),
    (5, KNOWN, {"said_elsewhere": 1}, {"text": "The same long words, said in more than one place."}, PENDING),
    (5, KNOWN, {}, {"text": "Купите у нас всё, что угодно, дёшево"}, PENDING),
    (5, replace(STRANGER, uses_members_address=True), {"holds_first": False}, {}, PENDING),
    (6, STRANGER, {}, {}, PENDING),
    (6, PROVED, {}, {}, PENDING),
    (6, replace(KNOWN, is_proved=False), {}, {}, PENDING),
    (7, KNOWN, {"akismet": "unavailable"}, {}, PENDING),
    (7, KNOWN, {}, {"proof": FormProof(None)}, PENDING),
    (7, KNOWN, {}, {"proof": FormProof(73 * 3600.0)}, PENDING),
    (7, KNOWN, {}, {"proof": FormProof(1.0)}, PENDING),
    (8, KNOWN, {}, {}, APPROVED),
    (8, KNOWN, {"akismet": "ham"}, {}, APPROVED),
    (8, KNOWN, {}, {"proof": FormProof(60.0, has_worked=False)}, APPROVED),
    (8, KNOWN, listed("hold", ListedKind.WORD, "cat"), {"text": "Concatenate."}, APPROVED),
    (8, KNOWN, {"language": "ru"}, {"text": "Это зелёное, а не красное"}, APPROVED),
    (8, STRANGER, {"holds_first": False}, {}, APPROVED),
    (8, TRUSTED, {"learned": UNSURE}, {}, APPROVED),
    (8, TRUSTED, {"akismet": "unavailable"}, {}, APPROVED),
    (8, TRUSTED, {}, {"proof": FormProof(None)}, APPROVED),
]  # fmt: skip


@pytest.mark.parametrize(("row", "author", "known", "sent", "becomes"), TABLE)
def test_the_table_decides(
    row: int, author: Author, known: dict[str, Any], sent: dict[str, Any], becomes: Outcome
) -> None:
    judgement = judge(a_submission(**sent), the_facts(author, **known))

    assert judgement.outcome == becomes, (row, judgement.reasons)


def test_only_what_akismet_would_throw_away_is_blatant() -> None:
    assert judge(a_submission(), the_facts(KNOWN, akismet="discard")).is_blatant
    assert not judge(a_submission(), the_facts(KNOWN, akismet="spam")).is_blatant


@pytest.mark.parametrize(("row", "author", "known", "sent", "becomes"), TABLE)
def test_nothing_is_held_or_filed_without_a_sentence(
    row: int, author: Author, known: dict[str, Any], sent: dict[str, Any], becomes: Outcome
) -> None:
    judgement = judge(a_submission(**sent), the_facts(author, **known))

    assert all(reason["because"] and reason["code"] for reason in judgement.reasons)
    assert judgement.reasons or becomes == APPROVED


def test_every_filter_speaks_even_if_one_has_decided() -> None:
    blocked = with_standing(STRANGER, Standing.BLOCKED)
    judgement = judge(a_submission(**THREE_LINKS, **TRAPPED), the_facts(blocked, akismet="spam"))

    codes = judgement.reason_codes.split()
    assert {"blocked_author", "links", "trap_field", "akismet_spam", "unproved_author"} <= set(
        codes
    )
    assert [reason["says"] for reason in judgement.reasons] == sorted(
        (reason["says"] for reason in judgement.reasons),
        key=["spam", "hold", "publish", "note"].index,
    )


def test_what_the_form_said_is_kept_for_judging_again() -> None:
    first = judge(a_submission(**TRAPPED), the_facts(KNOWN))

    again = judge(a_submission(proof=FormProof()), the_facts(KNOWN), kept=kept_of(first.reasons))

    assert again.outcome == SPAM
    assert "stale_token" not in again.verdicts
