"""Libraries without the finery they load where they find it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


@contextmanager
def without(*packages: str) -> Iterator[None]:
    """Importing `packages` inside the block fails as if they weren't installed; then all is as before."""
    before = {package: sys.modules.get(package) for package in packages}
    for package in packages:
        sys.modules[package] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for package, module in before.items():
            del sys.modules[package]
            if module is not None:
                sys.modules[package] = module


@contextmanager
def with_empty(module: str) -> Iterator[None]:
    """Importing `module` inside the block gives one with nothing in it, unless it is loaded already."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = ModuleType(module)
    try:
        yield
    finally:
        del sys.modules[module]
