"""`rapport spam-filter …`: try the local filter, see what it has learned, carry it to another site."""

import gc
import json
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.consoles import out
from app.cli.context import fail, run
from app.moderation.learned import current_filter
from app.moderation.learned import rebuild as learn_anew
from app.moderation.learned_state import find_state, replace_memory
from app.moderation.learning.learner import Learned
from app.moderation.learning.links import load_suffixes
from app.moderation.learning.opinion import as_sentences
from app.moderation.learning.packing import NotReadable, state_size, to_file
from app.moderation.learning.trial import Trial
from app.moderation.learning.words import Words
from app.settings import Settings
from app.work import Doors

commands = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
File = Annotated[Path, typer.Argument(help="The file.", dir_okay=False)]

_LABELS = ("spam", "ham")


@commands.command()
def stdio() -> None:
    """Answer JSON lines on standard input with JSON lines; starts empty, keeps nothing.

    Example: echo '{"op":"classify","comment":{"text":"Hello"}}' | rapport spam-filter stdio
    """
    trial = Trial()
    load_suffixes()
    # What was there before the first line need not be looked through for garbage again and again.
    gc.collect()
    gc.freeze()
    encode, out_bytes = json.JSONEncoder(check_circular=False).encode, sys.stdout.buffer
    # Neither the terminal's encoding nor a byte that is no UTF-8 may end it.
    for line in sys.stdin.buffer:
        if line.strip():
            out_bytes.write(encode(answer(trial, line)).encode() + b"\n")
            out_bytes.flush()


@commands.command()
def show(as_json: AsJson = False) -> None:
    """Say how much was learned, and how much of it is saved.

    Example: rapport spam-filter show
    """
    figures = run(_figures)
    if as_json:
        print(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        out.print(f"{name.replace('_', ' '):>15}  {value}", markup=False)


@commands.command("export")
def export_file(file: File) -> None:
    """Write what was learned into one file, for another site of yours.

    Example: rapport spam-filter export learned.rapport
    """

    async def task(doors: Doors, _settings: Settings) -> bytes:
        return to_file((await current_filter(doors)).learned)

    file.write_bytes(run(task))
    out.print(f"Written: {file}", markup=False)


@commands.command("import")
def import_file(
    file: File,
    replace: Annotated[
        bool, typer.Option("--replace", help="Forget what was learned here until now.")
    ] = False,
) -> None:
    """Begin with what another site of yours has learned. Until 20 of each are decided here, all waits.

    Example: rapport spam-filter import learned.rapport
    """
    content = file.read_bytes()

    async def task(doors: Doors, _settings: Settings) -> Learned | None:
        if not replace and any((await current_filter(doors)).learned.learned_here):
            return None
        async with doors.unit_of_work() as db:
            return await replace_memory(db, content)

    try:
        learned = run(task)
    except NotReadable as error:
        fail(str(error))
    if learned is None:
        fail("This site has learned from its own moderators. To forget that, say --replace.")
    out.print(f"Learned elsewhere: {learned.spam_learned} spam, {learned.ham_learned} good.")


@commands.command()
def rebuild(
    without_user: Annotated[
        list[int] | None, typer.Option(help="Number of a moderator whose decisions teach nothing.")
    ] = None,
    without_day: Annotated[
        list[datetime] | None,
        typer.Option(formats=["%Y-%m-%d"], help="A day (UTC) whose decisions teach nothing."),
    ] = None,
) -> None:
    """Learn the whole log of decisions anew, if you like without a moderator or a day.

    Example: rapport spam-filter rebuild --without-user 7 --without-day 2026-11-27
    """
    users, days = set(without_user or ()), {day.date() for day in without_day or ()}
    learned = run(
        lambda doors, _settings: learn_anew(doors, without_users=users, without_days=days)
    )
    spam, ham = learned.learned_here
    out.print(f"Learned: {spam} spam, {ham} good.")


async def _figures(doors: Doors, _settings: Settings) -> dict[str, int]:
    async with doors.reading() as db:
        state = await find_state(db)
    current = await current_filter(doors)
    spam, ham = current.learned.learned_here
    return {
        "spam_learned": spam,
        "ham_learned": ham,
        "spam_brought": current.learned.spam_brought,
        "ham_brought": current.learned.ham_brought,
        "last_decision": current.reached,
        "saved_up_to": state.reached if state else 0,
        "bytes": state_size(current.learned),
    }


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
        "reasons": as_sentences(opinion.reasons),
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
