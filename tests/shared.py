"""Samples which lie beside the repository: attack lists, real WordPress answers, exports.

They are looked for in `shared/` next to the repository, or where RAPPORT_SHARED says. Tests which
want them are skipped where they are not, and say so.
"""

import json
import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("RAPPORT_SHARED", Path(__file__).parents[2] / "shared"))


def shared_file(name: str) -> Path:
    """The sample `name`, as `data/wxr/…`; skips the calling test where it is missing."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"SAMPLE MISSING: {path} (set RAPPORT_SHARED)")
    return path


def payloads(name: str) -> list[str]:
    """All texts of one list of attacks, as `xss`; skips the calling test where it is missing."""
    items = json.loads(shared_file(f"data/attacks/{name}.json").read_text(encoding="utf-8"))
    return [item["payload"] for item in items]
