"""How far a long command is: told step by step, with how much is done and of how much."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from app.cli.consoles import err
from app.cli.context import is_on_a_terminal

Told: TypeAlias = Callable[[str, int, int], None]


@contextmanager
def progress() -> Iterator[Told]:
    """A bar for each step on a terminal; elsewhere a line as it begins."""
    if not is_on_a_terminal():
        begun: set[str] = set()

        def told(step: str, _done: int, _of: int) -> None:
            if step not in begun:
                begun.add(step)
                err.print(f"{step} …", markup=False)

        yield told
        return
    columns = (TextColumn("{task.description:12}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err) as bars:
        steps: dict[str, TaskID] = {}

        def moved(step: str, done: int, of: int) -> None:
            if step not in steps:
                steps[step] = bars.add_task(step, total=of)
            bars.update(steps[step], completed=done)

        yield moved
