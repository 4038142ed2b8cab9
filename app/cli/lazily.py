"""Commands that are loaded when they are run: a list of all, or a word misspelt, needs none of the house."""

import gc
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group


class Found(NamedTuple):
    """Where a command, or a group of them, is found; and the sentence that it is listed with."""

    module: str
    name: str
    help: str


def group_of(places: dict[str, Found]) -> type[TyperGroup]:
    """The class of a group that has these commands, in this order."""

    class Commands(TyperGroup):
        """Knows its commands by their sentences alone, until one of them is called."""

        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            for name, found in places.items():
                self.add_command(TyperCommand(name, help=found.help))

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:
            """As ever; what was found is exchanged for the command itself."""
            name, _listed, rest = super().resolve_command(ctx, args)
            return name, _loaded(name, places[name]) if name else None, rest

    return Commands


def _loaded(name: str, found: Found) -> Any:
    command: typer.Typer | Callable[..., None] = getattr(_imported(found.module), found.name)
    around = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None)
    if isinstance(command, typer.Typer):
        around.add_typer(command, name=name, help=found.help)
    else:
        around.command(name)(command)
    return get_group(around).commands[name]


def _imported(module: str) -> ModuleType:
    # What is loaded stays until the end. Looking for garbage in it, while it is loaded and once more
    # at the very end, takes a third of the time of a short command.
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.freeze()
        gc.enable()
