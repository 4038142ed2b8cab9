"""The promises of how this program is built, kept by reading its own source."""

import ast
import importlib
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from app.core.errors import AppError
from app.porting.archive.contents import CARRIED, HARMLESS, LEFT_OUT, Carried
from app.reactions import AT_ONCE, LATER
from app.settings import Settings
from app.tables import TABLES
from tests.sources import OURS, calls_in, functions_in, name_of, parsed, python_files
from tests.visiting import ROOT

LONGEST_FUNCTION = 50
LONGEST_FILE = 300
LONGEST_FILE_OF_TESTS = 400

APP = python_files("app")
EVERYTHING = python_files(*OURS)
PACKAGES = [path for path in APP if path.name == "__init__.py"]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]
# Words that say nothing of what a thing is.
EMPTY_NAMES = re.compile(
    r"(?i)^(handle_|process_)|(manager|helpers?|utils?|services?|processor|handler)$"
)
# Columns that may be nobody's business.
SOUNDS_SECRET = re.compile(
    r"secret|token|passw|hash|sha256|(^|_)key($|_)|address|(^|_)ip$|agent|referrer|asked_by|nonce|salt"
)
# The libraries' own names for what is overridden.
GIVEN_NAMES = {
    "process_bind_param", "process_result_value", "handle_async_request", "get_route_handler",
}  # fmt: skip
# What opens a connection, as a library or by a call.
SPEAKS_TO_OTHERS = (
    "aiohttp", "aiosmtplib", "ftplib", "http.client", "httpcore", "httpx", "httpx_secure", "obstore", "poplib",
    "requests", "smtplib", "socket", "telnetlib", "urllib.request", "urllib3", "websockets",
    # Its readers and writers of XML may be used, its clients may not.
    "xmlrpc.client.SafeTransport", "xmlrpc.client.ServerProxy", "xmlrpc.client.Transport",
)  # fmt: skip
CONNECTS = (
    "connect_tcp", "create_connection", "getaddrinfo", "named_client", "open_connection", "sock_connect",
    "SafeTransport", "ServerProxy",
)  # fmt: skip


def test_imports_go_down_the_floors_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)

    assert lint_imports() == 0


def test_every_package_stands_on_a_floor() -> None:
    floors = " ".join(CONTRACTS[0]["layers"]).replace("|", " ").split()
    there = {f"app.{path.stem}" for path in (ROOT / "app").iterdir() if is_module(path)}

    assert there - set(floors) == {"app.__init__"}
    assert not there & {floor.strip("()") for floor in floors if floor.startswith("(")}, (
        "these exist: take the brackets off"
    )


def is_module(path: Path) -> bool:
    return path.suffix == ".py" or (path / "__init__.py").exists()


@pytest.mark.parametrize("path", PACKAGES, ids=name_of)
def test_every_package_has_its_paragraph_and_nothing_else(path: Path) -> None:
    tree = parsed(path)

    assert ast.get_docstring(tree), "what is this package for?"
    assert len(tree.body) == 1, "an __init__.py holds a docstring and no code"


def test_every_file_can_be_imported() -> None:
    for path in APP:
        name = name_of(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        importlib.import_module(name)


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{name_of(path)}:{function.name}": length
        for path in EVERYTHING
        for function in functions_in(path)
        if (length := length_of(function)) > LONGEST_FUNCTION
    }

    # A migration lists columns, however many there are.
    assert {where: length for where, length in long.items() if "migrations/" not in where} == {}


def length_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_no_file_is_longer_than_an_afternoon() -> None:
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in EVERYTHING}
    limits = {"tests": LONGEST_FILE_OF_TESTS}

    too_long = {
        name: length
        for name, length in lengths.items()
        if length > limits.get(name.partition("/")[0], LONGEST_FILE)
    }
    assert {name for name in too_long if not name.startswith("migrations/")} == set()


def test_nothing_is_imported_inside_a_function() -> None:
    inside = [
        f"{name_of(path)}:{node.lineno}"
        for path in EVERYTHING
        for function in functions_in(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert inside == []


def test_everything_public_says_what_it_is() -> None:
    silent = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in APP
        for node in public_names(parsed(path))
        if not ast.get_docstring(node)
    ]

    assert silent == []


def public_names(
    tree: ast.Module | ast.ClassDef,
) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Functions, classes and methods that do not begin with an underscore."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if node.name.startswith("_"):
                continue
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public_names(node)


def test_names_say_something() -> None:
    nodes = [
        (path, node)
        for path in APP
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]
    empty = {f"{name_of(path)}:{node.name}" for path, node in nodes if says_nothing(node.name)}
    files = {name_of(path) for path in APP if EMPTY_NAMES.search(path.stem)}

    assert empty | files == set()


def says_nothing(name: str) -> bool:
    return name not in GIVEN_NAMES and EMPTY_NAMES.search(name) is not None


def test_only_one_file_makes_safe_html() -> None:
    elsewhere = [
        f"{name_of(path)}:{call.lineno}"
        for path in APP
        if name_of(path) != "app/core/markup.py"
        for call in calls_in(path, "SafeHtml", "Markup")
        # An empty text needs no cleaning.
        if not (len(call.args) == 1 and getattr(call.args[0], "value", None) == "")
    ]

    assert elsewhere == []


def test_nobody_but_the_door_speaks_to_other_servers() -> None:
    speaks = {
        name_of(path)
        for path in APP
        if any(calls_in(path, *CONNECTS))
        or any(f"{name}.".startswith(f"{known}.") for name in imports_of(path) for known in SPEAKS_TO_OTHERS)
    }  # fmt: skip

    assert {name for name in speaks if not name.startswith("app/core/outbound/")} == {
        # These speak to a server that a setting names.
        "app/core/bucket.py", "app/core/mail.py", "app/moderation/akismet/client.py",
        # Takes from a library that could ask what only reads addresses.
        "app/linkbacks/addresses.py",
    }  # fmt: skip


def imports_of(path: Path) -> Iterator[str]:
    """The full name of everything a file imports."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_errors_are_raised_as_our_own() -> None:
    raised = [
        f"{name_of(path)}:{call.lineno}"
        for path in APP
        for call in calls_in(path, "HTTPException", "RoutingError")
    ]

    assert raised == []


def test_nothing_is_left_to_do_later() -> None:
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    left = [
        f"{name_of(path)}:{number}"
        for path in EVERYTHING
        if path != Path(__file__)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if words.search(line)
    ]

    assert left == []


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_explained(name: str) -> None:
    variable = f"RAPPORT_{name.upper()}"

    assert Settings.model_fields[name].description
    assert f"`{variable}`" in (ROOT / "README.md").read_text()
    assert re.search(rf"(?m)^#? ?{variable}=", (ROOT / ".env.example").read_text())


def test_the_example_of_settings_names_no_other() -> None:
    named = re.findall(r"(?m)^#? ?RAPPORT_(\w+)=", (ROOT / ".env.example").read_text())

    assert set(named) == {name.upper() for name in Settings.model_fields}


def test_every_error_and_reaction_is_explained() -> None:
    for error in AppError.__subclasses__():
        assert error.__doc__, error
        assert error.status != AppError.status, error
    for event, reactions in [*AT_ONCE.items(), *LATER.items()]:
        assert event.__doc__, event
        assert all(reaction.__doc__ for reaction in reactions), event


def test_an_archive_carries_every_table_or_says_why_not() -> None:
    carried = {one.table.name: one for one in CARRIED}
    decided = [*carried, *LEFT_OUT]

    assert sorted(decided) == sorted(table.__tablename__ for table in TABLES), (
        "see app/porting/archive/contents.py"
    )
    for one in CARRIED:
        assert set(one.without) <= set(one.table.columns.keys()), one.file


@pytest.mark.parametrize("one", CARRIED, ids=lambda one: one.file)
def test_every_field_of_an_archive_is_explained(one: Carried) -> None:
    text = (ROOT / "docs" / "archive.md").read_text()
    (section,) = re.findall(rf"### `{one.file}`\n(.*?)\n##", text, re.DOTALL)

    explained = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))

    assert explained == {column.name for column in one.columns}, "see docs/archive.md"


def test_an_archive_carries_no_secret_nobody_has_thought_about() -> None:
    names = {
        f"{one.table.name}.{column.name}"
        for one in CARRIED
        for column in one.columns
        if SOUNDS_SECRET.search(column.name)
    }

    assert names - set(HARMLESS) == set(), "see app/porting/archive/contents.py"


def test_settings_do_not_leak_into_the_tests() -> None:
    kept = ("RAPPORT_TEST_", "RAPPORT_SHARED", "RAPPORT_CHROMIUM")

    assert [n for n in os.environ if n.startswith("RAPPORT_") and not n.startswith(kept)] == []
