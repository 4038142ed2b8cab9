"""One table: each figure beside the yardstick's, and the ratio, which is what may be quoted."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.load import Load

_NAME = 28


@dataclass(frozen=True)
class Figure:
    """One measured thing; the yardstick's where it has one."""

    name: str
    value: float
    unit: str
    yardstick: float | None = None

    def line(self) -> str:
        """Its row."""
        if self.yardstick is None:
            return f"{self.name:{_NAME}} {_number(self.value):>12} {self.unit}"
        ratio = self.value / self.yardstick if self.yardstick else float("nan")
        return (
            f"{self.name:{_NAME}} {_number(self.value):>12} {_number(self.yardstick):>12}"
            f" {ratio:>9.2f}  {self.unit}"
        )


def heading(title: str, *columns: str) -> str:
    """A part of the table begins."""
    return f"\n{title:{_NAME}} " + " ".join(f"{column:>12}" for column in columns)


def load_heading(names: Sequence[str]) -> str:
    """Over rows of load: the yardstick first, then each server with its ratio."""
    first, *others = names
    return f"\n{'requests a second':{_NAME}}  at | {first:>9} {'p50':>7} {'p99':>7}" + "".join(
        f" | {name[:16]:>16} {'p50':>7} {'p99':>7} {'ratio':>6}" for name in others
    )


def load_line(page: str, concurrency: int, loads: Sequence[Load | None]) -> str:
    """A row of load, milliseconds behind each rate; a server that has no such page stays blank."""
    first, *others = loads
    assert first is not None
    line = (
        f"{page:{_NAME}} {concurrency:>3} | {first.rate:>9,.0f} {first.p50:>7.2f} {first.p99:>7.2f}"
    )
    for load in others:
        if load is None:
            line += " | " + " " * 39
        else:
            line += f" | {load.rate:>16,.0f} {load.p50:>7.2f} {load.p99:>7.2f} {load.rate / first.rate:>6.2f}"
    return line


def _number(value: float) -> str:
    return (
        f"{value:,.0f}"
        if abs(value) >= 100
        else f"{value:,.3f}"
        if abs(value) < 1
        else f"{value:,.2f}"
    )
