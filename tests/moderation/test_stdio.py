"""`rapport spam-filter stdio`, as the evaluator speaks with it."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from app.cli.spam_filter import answer
from app.moderation.learning.trial import Trial
from tests.visiting import ROOT

COMMENT = {"text": "Buy cheap pills", "author": "Pills", "url": "http://pills.example"}


def asked(trial: Trial, **line: Any) -> dict[str, Any]:
    return answer(trial, json.dumps(line).encode())


def test_it_classifies_learns_forgets_and_counts() -> None:
    trial = Trial()

    first = asked(trial, op="classify", comment=COMMENT)
    assert first["score"] == 0.5
    assert first["verdict"] == "unsure"
    assert len(first["reasons"]) >= 3

    assert asked(trial, op="train", comment=COMMENT, label="spam") == {"ok": True}
    asked(trial, op="train", comment={"text": "I wonder why"}, label="ham")
    assert asked(trial, op="classify", comment=COMMENT)["score"] > 0.6
    assert asked(trial, op="stats")["state_bytes"] <= 8_000_000

    asked(trial, op="untrain", comment={"text": "I wonder why"}, label="ham")
    asked(trial, op="untrain", comment=COMMENT, label="spam")
    assert asked(trial, op="classify", comment=COMMENT)["score"] == 0.5

    assert asked(trial, op="reset") == {"ok": True}
    assert asked(trial, op="stats")["spam_learned"] == 0


def test_more_than_three_equal_ones_on_a_day_teach_nothing() -> None:
    trial, dated = Trial(), {**COMMENT, "date": "2026-11-27T10:00:00Z"}

    answers = [asked(trial, op="train", comment=dated, label="spam") for _ in range(4)]

    assert answers[-1] == {"ok": True, "capped": True}
    assert asked(trial, op="stats")["spam_learned"] == 3


@pytest.mark.parametrize("line", [
    b"nonsense", b"\xff\xfe", b"[]", b"1", b"{}", b'{"op": "fly"}', b'{"op": ["classify"]}',
    b'{"op": "classify"}', b'{"op": "classify", "comment": "text"}', b"[" * 100_000,
    b'{"op": "classify", "comment": {"text": 5}}', b'{"op": "train", "comment": {"text": "x"}}',
    b'{"op": "train", "comment": {"text": "x"}, "label": ["spam"]}',
], ids=range(13))  # fmt: skip
def test_what_it_does_not_understand_it_says(line: bytes) -> None:
    assert set(answer(Trial(), line)) == {"error"}


@pytest.mark.parametrize("comment", [
    {}, {"text": None}, {"text": ""}, {"text": "\ud800"}, {"text": "\x00"}, {"text": "x" * 100_000},
    {"text": "a.com " * 5000}, {"text": "\u0301" * 20_000}, {"text": "ﷺ" * 20_000},
    {"text": "x", "url": "http://[::1"}, {"text": "x", "url": "http://a..b/"}, {"text": "x", "date": "soon"},
    {"text": "x", "email": "@"}, {"text": "x", "author": "\u200b" * 300},
], ids=range(14))  # fmt: skip
def test_it_can_learn_whatever_people_send(comment: dict[str, Any]) -> None:
    trial = Trial()

    assert asked(trial, op="train", comment=comment, label="spam") == {"ok": True}
    assert 0 <= asked(trial, op="classify", comment=comment)["score"] <= 1


def test_the_command_answers_line_by_line_without_a_database() -> None:
    lines = [{"op": "train", "comment": COMMENT, "label": "spam"}, {"op": "stats"}]
    given = "\n".join(map(json.dumps, lines)) + "\n\nnonsense\n"

    done = subprocess.run(
        [sys.executable, "-m", "app", "spam-filter", "stdio"],
        input=given, capture_output=True, text=True, cwd=ROOT, check=True,
        env={**os.environ, "RAPPORT_DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3"},
    )  # fmt: skip

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert answers[0] == {"ok": True}
    assert answers[1]["spam_learned"] == 1
    assert "error" in answers[2]
    assert done.stderr == ""
