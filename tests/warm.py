"""Commands in processes of their own that need not load the program first: each is forked from one that has.

Loading takes two seconds of work, and what a command does a tenth of one. What a process is
besides is each one's own: environment, standard streams, arguments and how it ends.
"""

import atexit
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Lock

from app.cli.main import COMMANDS, main

_ROOT = Path(__file__).parent.parent
_STREAMS = ("in", "out", "err")
# One after the other: each has the mother's ear until it has ended.
_turn = Lock()


def run_warm(
    arguments: Sequence[str], environment: Mapping[str, str], typed: str
) -> "subprocess.CompletedProcess[str]":
    """Run `rapport` with these arguments and nothing but this environment, and wait for it."""
    with tempfile.TemporaryDirectory() as folder, _turn:
        stdin, stdout, stderr = (Path(folder) / name for name in _STREAMS)
        stdin.write_text(typed, encoding="utf-8")
        asked = {"arguments": arguments, "environment": environment, "folder": folder}
        code = _ask(json.dumps(asked))
        said, complained = stdout.read_text(encoding="utf-8"), stderr.read_text(encoding="utf-8")
    return subprocess.CompletedProcess(["rapport", *arguments], code, said, complained)


def _ask(line: str) -> int:
    mother = _mother()
    assert mother.stdin
    assert mother.stdout
    mother.stdin.write(f"{line}\n")
    mother.stdin.flush()
    return int(mother.stdout.readline())


@cache
def _mother() -> "subprocess.Popen[str]":
    mother = subprocess.Popen(
        [sys.executable, "-m", "tests.warm"],
        cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    # She ends when nobody can ask her any more.
    atexit.register(mother.communicate)
    return mother


def _be_mother() -> None:
    for found in COMMANDS.values():
        import_module(found.module)
    forked = multiprocessing.get_context("fork")
    for line in sys.stdin:
        child = forked.Process(target=_run, kwargs=json.loads(line))
        child.start()
        child.join()
        sys.stdout.write(f"{child.exitcode}\n")
        sys.stdout.flush()


def _run(arguments: list[str], environment: dict[str, str], folder: str) -> None:
    for number, name in enumerate(_STREAMS):
        how = os.O_WRONLY | os.O_CREAT if number else os.O_RDONLY
        os.dup2(os.open(Path(folder) / name, how), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False, buffering=1)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["rapport", *arguments]
    main()


if __name__ == "__main__":
    _be_mother()
