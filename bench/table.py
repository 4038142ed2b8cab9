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
    """Over rows of load: the yardstick first, then each server with its ratios.

    A row has requests a second, milliseconds that half and 99 of 100 waited, and microseconds of
    processor time a request; then the ratio of the rates, and that of the processor times.
    """
    first, *others = names
    return f"\n{'load':{_NAME}}  at | {_columns(first, 'p50', 'p99', 'cpu')}" + "".join(
        f" | {_columns(name, 'p50', 'p99', 'cpu', 'ratio', 'by cpu')}" for name in others
    )


def load_line(page: str, concurrency: int, loads: Sequence[Load | None]) -> str:
    """A row of load; a server that has no such page stays blank."""
    first, *others = loads
    if first is None:
        raise ValueError("the yardstick has every page")
    line = f"{page:{_NAME}} {concurrency:>3} | {_figures(first)}"
    for load in others:
        if load is None:
            line += " | " + _columns("", "", "", "", "", "")
            continue
        by_cpu = f"{first.cpu / load.cpu:.2f}" if load.cpu else ""
        line += f" | {_figures(load)} {load.rate / first.rate:>7.2f} {by_cpu:>7}"
    return line


def _figures(load: Load) -> str:
    cpu = f"{load.cpu:,.0f}" if load.cpu else ""
    return f"{load.rate:>16,.0f} {load.p50:>7.2f} {load.p99:>7.2f} {cpu:>7}"


def _columns(name: str, *more: str) -> str:
    return f"{name[:16]:>16} " + " ".join(f"{column:>7}" for column in more)


def _number(value: float) -> str:
    return (
        f"{value:,.0f}"
        if abs(value) >= 100
        else f"{value:,.3f}"
        if abs(value) < 1
        else f"{value:,.2f}"
    )
