"""`rapport spam-filter …`: try the local filter, see what it has learned, carry it to another site."""

import json
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

import typer

from app.moderation.learning.opinion import as_sentence
from app.moderation.learning.trial import Trial
from app.moderation.learning.words import Words

commands = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

_LABELS = ("spam", "ham")


@commands.command()
def stdio() -> None:
    """Answer JSON lines on standard input with JSON lines; starts empty, keeps nothing.

    Example: echo '{"op":"classify","comment":{"text":"Hello"}}' | rapport spam-filter stdio
    """
    trial = Trial()
    # Neither the terminal's encoding nor a byte that is no UTF-8 may end it.
    for line in sys.stdin.buffer:
        if line.strip():
            print(json.dumps(answer(trial, line)), flush=True)


def answer(trial: Trial, line: bytes) -> dict[str, Any]:
    """The answer to one line; `error` for what cannot be understood."""
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        return {"error": "This line is no JSON."}
    if not isinstance(asked, dict):
        return {"error": "A line is an object with `op`."}
    act = _OPERATIONS.get(str(asked.get("op")))
    if act is None:
        return {"error": f"`op` is one of: {', '.join(_OPERATIONS)}."}
    try:
        return act(trial, asked)
    except _Misunderstood as error:
        return {"error": str(error)}


class _Misunderstood(ValueError):
    """What is wrong with a line, as a sentence."""


def _classify(trial: Trial, asked: dict[str, Any]) -> dict[str, Any]:
    opinion = trial.classify(_words(asked))
    return {
        "score": opinion.score,
        "verdict": opinion.verdict,
        "reasons": [as_sentence(reason) for reason in opinion.reasons],
    }


def _train(trial: Trial, asked: dict[str, Any]) -> dict[str, Any]:
    words, label = _words(asked), _label(asked)
    learned = trial.train(words, label, _day(asked["comment"].get("date")))
    return {"ok": True} if learned else {"ok": True, "capped": True}


def _untrain(trial: Trial, asked: dict[str, Any]) -> dict[str, Any]:
    trial.untrain(_words(asked), _label(asked))
    return {"ok": True}


def _stats(trial: Trial, _asked: dict[str, Any]) -> dict[str, Any]:
    spam, ham = trial.learned.learned_here
    return {"state_bytes": trial.state_bytes(), "spam_learned": spam, "ham_learned": ham}


def _reset(trial: Trial, _asked: dict[str, Any]) -> dict[str, Any]:
    trial.reset()
    return {"ok": True}


_OPERATIONS: dict[str, Callable[[Trial, dict[str, Any]], dict[str, Any]]] = {
    "classify": _classify,
    "train": _train,
    "untrain": _untrain,
    "stats": _stats,
    "reset": _reset,
}


def _words(asked: dict[str, Any]) -> Words:
    comment = asked.get("comment")
    if not isinstance(comment, dict):
        raise _Misunderstood("`comment` is an object.")
    fields = {name: comment.get(name) or "" for name in ("text", "author", "email", "url")}
    if wrong := [name for name, value in fields.items() if not isinstance(value, str)]:
        raise _Misunderstood(f"`comment.{wrong[0]}` is a text.")
    return Words(**fields)


def _day(moment: object) -> int | None:
    try:
        return date.fromisoformat(str(moment)[:10]).toordinal()
    except ValueError:
        return None


def _label(asked: dict[str, Any]) -> str:
    label = asked.get("label")
    if label not in _LABELS:
        raise _Misunderstood("`label` is spam or ham.")
    return str(label)
