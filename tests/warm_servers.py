"""Servers that need not load the program first: each is forked from a process that has.

Loading takes two seconds of work, and a start without it a tenth of one. All that a process is
besides is the server's own: session, environment, output, signals, and how it ends.
"""

import atexit
import gc
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from queue import SimpleQueue
from threading import Condition, Lock, Thread
from typing import Any, NoReturn

_ROOT = Path(__file__).parent.parent
RAPPORT = "app.cli.main"
_ALWAYS = (RAPPORT, "app.cli.running", "app.main", "app.worker", "app.core.migrating")
_FOR_POSTGRES = ("app.core.freshness.postgres", "sqlalchemy.dialects.postgresql.psycopg")


class WarmServer:
    """What is known of a forked server, and done to it, by the names that `subprocess.Popen` has for it."""

    def __init__(self, mother: "_Mother", pid: int) -> None:
        self._mother = mother
        self.pid = pid

    @property
    def returncode(self) -> int | None:
        """How it ended; below 0 by a signal, None while it runs."""
        return self._mother.ended.get(self.pid)

    def poll(self) -> int | None:
        """The same."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """How it ended, when it has; `subprocess.TimeoutExpired` if it takes longer than so many seconds."""
        with self._mother.heard:
            if not self._mother.heard.wait_for(lambda: self.returncode is not None, timeout):
                raise subprocess.TimeoutExpired("rapport serve", timeout or 0)
        return self._mother.ended[self.pid]

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Tell it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


def start_warm(
    arguments: Sequence[str], environment: Mapping[str, str], log: Path, program: str = RAPPORT
) -> WarmServer:
    """Start `rapport`, or the `main()` of another module, with these arguments and nothing but this environment.

    What it prints goes to the end of `log`.
    """
    asked = {
        "arguments": arguments,
        "environment": dict(environment),
        "log": str(log),
        "program": program,
    }
    mother = _mother()
    return WarmServer(mother, mother.fork(json.dumps(asked)))


class _Mother:
    """The process that has loaded the program, as seen from the tests."""

    def __init__(self) -> None:
        self.ended: dict[int, int] = {}
        self.heard = Condition()
        self._turn = Lock()
        self._begun: SimpleQueue[int] = SimpleQueue()
        # Who interrupts the tests interrupts her by ending them.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm_servers"],
            cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
            start_new_session=True,
        )  # fmt: skip
        Thread(target=self._listen, daemon=True).start()
        atexit.register(self._end)

    def fork(self, line: str) -> int:
        """The number of a new process."""
        assert self._process.stdin
        with self._turn:
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()
            return self._begun.get(timeout=60)

    def _end(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            word, pid, *code = line.split()
            with self.heard:
                if word == "begun":
                    # The system gives a number again after a while.
                    self.ended.pop(int(pid), None)
                    self._begun.put(int(pid))
                else:
                    self.ended[int(pid)] = int(code[0])
                self.heard.notify_all()


@cache
def _mother() -> _Mother:
    return _Mother()


def _be_mother() -> str:
    """Fork when told to, and tell who ended. Returns in the children only: which program each goes on as."""
    for name in _ALWAYS:
        import_module(name)
    import_module("app.moderation.learning.links").load_suffixes()
    gc.collect()
    gc.freeze()
    ears, mouth = os.pipe()
    os.set_blocking(mouth, False)
    signal.set_wakeup_fd(mouth)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    asked, children = b"", set[int]()
    while True:
        ready, _, _ = select.select([0, ears], [], [])
        if ears in ready:
            os.read(ears, 512)
            _tell_who_ended(children)
        if 0 not in ready:
            continue
        read = os.read(0, 1 << 16)
        if not read:
            _end_all(children)
        *lines, asked = (asked + read).split(b"\n")
        for line in lines:
            told = json.loads(line)
            pid = _fork(told, (ears, mouth))
            if not pid:
                return str(told["program"])
            children.add(pid)
            _tell(f"begun {pid}")


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _tell_who_ended(children: set[int]) -> None:
    for pid in sorted(children):
        gone, status = os.waitpid(pid, os.WNOHANG)
        if gone:
            children.remove(pid)
            _tell(f"ended {pid} {os.waitstatus_to_exitcode(status)}")


def _end_all(children: set[int]) -> NoReturn:
    """Nobody can ask any more: nothing that was started goes on."""
    for pid in children:
        os.killpg(pid, signal.SIGKILL)
    os._exit(0)


def _fork(asked: Mapping[str, Any], own: Sequence[int]) -> int:
    """The number of the new process, which is told nothing: 0 in it."""
    environment: dict[str, str] = asked["environment"]
    if environment.get("RAPPORT_DATABASE_URL", "").startswith("postgresql"):
        # Who has no use for them goes without, as it would by itself.
        for name in _FOR_POSTGRES:
            import_module(name)
    pid = os.fork()
    if pid:
        return pid
    os.setsid()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number in own:
        os.close(number)
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for here, there in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(here, there)
    os.close(nothing)
    os.close(log)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["rapport", *asked["arguments"]]
    return 0


if __name__ == "__main__":
    import_module(_be_mother()).main()
