"""The program's own text, for tests that keep the promises of how it is written."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeAlias

from tests.visiting import ROOT

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
OURS = ("app", "bench", "migrations", "tests", "tools", ".ci")


def python_files(*folders: str) -> list[Path]:
    """Every Python file in these folders."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    """A file's name from the root of the repository."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """A file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions_in(path: Path) -> Iterator[Function]:
    """Every function and method of a file, nested ones too."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, Function):
            yield node


def calls_in(path: Path, *names: str, inside: Function | None = None) -> Iterator[ast.Call]:
    """Every call of something by one of these names, of a whole file or inside one function of it."""
    for node in ast.walk(inside or parsed(path)):
        if isinstance(node, ast.Call) and _called(node.func) in names:
            yield node


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""
