"""What is loaded before a command runs: as little as it needs."""

import inspect
import os
import subprocess
import sys
from importlib import import_module

import pytest
import typer

from app.cli.main import COMMANDS
from tests.visiting import ROOT


def test_the_list_of_commands_loads_none_of_the_house() -> None:
    listing = [sys.executable, "-X", "importtime", "-m", "app", "--help"]
    done = subprocess.run(
        listing, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=True
    )

    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert {name for name in loaded if name.startswith("app.") and name.count(".") == 2} == {
        "app.cli.lazily", "app.cli.main", "app.core.errors", "app.core.i18n",
    }  # fmt: skip
    assert not loaded & {"sqlalchemy", "pydantic", "fastapi"}
    assert all(name in done.stdout for name in COMMANDS)


def test_a_website_on_sqlite_loads_nothing_for_terminals_or_postgresql() -> None:
    asking = [sys.executable, "-c", "import sys, app.main, app.cli.running; print(*sys.modules)"]
    done = subprocess.run(
        asking, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=True
    )

    packages = {name.partition(".")[0] for name in done.stdout.split()}
    assert "sqlalchemy" in packages
    assert not packages & {"rich", "pygments", "psycopg", "alembic", "mako", "obstore"}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_listed_with_its_own_sentence(name: str) -> None:
    found = COMMANDS[name]
    command = getattr(import_module(found.module), found.name)

    if isinstance(command, typer.Typer):
        assert command.registered_commands
    else:
        assert (inspect.getdoc(command) or "").partition("\n")[0] == found.help
