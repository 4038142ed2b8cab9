"""The lock: exact versions of everything, each with its hashes, and no word of where it came from."""

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import distribution, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.visiting import ROOT

LOCKS = (ROOT / "requirements.lock", ROOT / "requirements-uv.lock")


def entries(lock: Path) -> list[str]:
    """One entry a package, its continued lines joined, comments dropped."""
    text = re.sub(r"(?m)^\s*#.*\n", "", lock.read_text())
    return [line for line in re.sub(r"\\\n\s*", "", text).splitlines() if line.strip()]


def locked() -> dict[str, set[str]]:
    """The versions of each package; another one for another Python or system."""
    found: dict[str, set[str]] = {}
    for entry in entries(ROOT / "requirements.lock"):
        name, wanted = re.match(r"([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", entry).groups()  # type: ignore[union-attr]
        found.setdefault(canonicalize_name(name), set()).add(wanted)
    return found


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_is_pinned_and_hashed(lock: Path) -> None:
    for entry in entries(lock):
        assert re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_index_is_named(lock: Path) -> None:
    assert "://" not in lock.read_text()
    assert not re.search(r"(?m)^\s*--(?!hash)", lock.read_text())


def test_whatever_is_needed_is_in_the_lock() -> None:
    assert set(needed()) - set(locked()) == set()


def test_what_runs_here_is_what_the_lock_says() -> None:
    here = {name: version(name) for name in needed()}

    assert {name for name in here if here[name] not in locked()[name]} == set()


def needed() -> set[str]:
    """All that the program and its tests need here, and what these need in turn."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["dev"],
        *project["build-system"]["requires"],
    ]
    names: set[tuple[str, frozenset[str]]] = set()
    waiting = [Requirement(text) for text in wanted]
    while waiting:
        requirement = waiting.pop()
        known = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if known not in names:
            names.add(known)
            waiting += requirements_of(*known)
    return {name for name, _extras in names}


def requirements_of(name: str, extras: frozenset[str]) -> Iterator[Requirement]:
    for text in distribution(name).requires or ():
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in (*extras, "")):
            yield requirement
