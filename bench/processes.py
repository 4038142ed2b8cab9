"""Servers in processes of their own: how long they take to start, what they use."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

_PATIENCE = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    url: str
    process: subprocess.Popen[bytes]
    # Seconds from the command to the first answer.
    cold_start: float

    def cpu_seconds(self) -> float:
        """Processor time used so far, by it and its children."""
        return sum(_cpu_seconds(process.pid) for process in self._family())

    def peak_memory(self) -> float:
        """The most memory it held at once, in MB; of several processes the sum."""
        return sum(_peak_memory(process.pid) for process in self._family())

    def _family(self) -> list[psutil.Process]:
        head = psutil.Process(self.process.pid)
        return [head, *head.children(recursive=True)]


@contextmanager
def started(
    module: str, *arguments: str, port: int, log: Path, environment: Mapping[str, str] | None = None,
    first: str = "/",
) -> Iterator[Running]:  # fmt: skip
    """`python -m module arguments…` until the block ends; `first` is asked for until it is answered."""
    with log.open("ab") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env=os.environ | dict(environment or {}), stdout=output, stderr=output,
        )  # fmt: skip
        try:
            _wait_for(port, first, process, log)
            yield Running(f"http://127.0.0.1:{port}", process, time.perf_counter() - began)
        finally:
            process.terminate()
            process.wait(30)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def run_measured(
    module: str, *arguments: str, environment: Mapping[str, str]
) -> tuple[float, float]:
    """Run a command to its end: seconds it took, and the most memory it held, in MB."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments], env=os.environ | dict(environment)
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{module} {' '.join(arguments)} failed with {process.returncode}")
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def _wait_for(port: int, path: str, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.perf_counter() + _PATIENCE
    request = f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n".encode()
    while time.perf_counter() < give_up and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE) as connection:
                connection.sendall(request)
                if connection.recv(64).startswith(b"HTTP/1.1 "):
                    return
        except ConnectionError:
            time.sleep(0.005)
    raise SystemExit(f"a server did not start; {log} says:\n{log.read_text()[-2000:]}")


def _cpu_seconds(pid: int) -> float:
    # In nanoseconds, where the kernel keeps them; in hundredths of a second else.
    threads = list(Path(f"/proc/{pid}/task").glob("*/schedstat"))
    if threads:
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9
    # proc(5): the name may hold blanks, so count from behind its bracket; utime and stime follow.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _peak_memory(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0
