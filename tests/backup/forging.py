"""Backups made by hand: whole ones, and those that somebody with bad intentions would make and seal."""

import hashlib
import io
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.core.schema import wanted_version
from app.porting.backup.archive import Writer

AT = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def gzipped(text: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(text) + packer.flush()


ROWS = "rows/terms/000001.jsonl.gz"
LINES = b"".join(b'[%d,"a word \xc3\xa9"]\n' % number for number in range(1, 400))


@dataclass(frozen=True)
class Forged:
    """A backup in parts: what is in the file, and what its manifest says of it where that differs."""

    head: dict[str, Any]
    members: tuple[tuple[str, bytes], ...]
    files: tuple[tuple[str, str], ...]
    rows: dict[str, int]
    said: tuple[tuple[str, bytes], ...] | None = None

    def with_members(self, *members: tuple[str, bytes]) -> "Forged":
        """Other members, of which the manifest knows."""
        return replace(self, members=members)

    def but(self, **changes: Any) -> "Forged":
        """The same with something else about it."""
        return replace(self, **changes)

    def sealed(self) -> bytes:
        """The file, with a seal that fits."""
        file = io.BytesIO()
        writer = Writer(file, AT)
        members = (("rapport-backup.json", json.dumps(self.head).encode()), *self.members)
        for name, content in members:
            writer.add(name, len(content), (content,))
        said = members if self.said is None else (members[0], *self.said)
        writer.seal(json.dumps(self._manifest(said)).encode())
        return file.getvalue()

    def _manifest(self, said: Sequence[tuple[str, bytes]]) -> dict[str, Any]:
        return {
            "members": [
                {"name": name, "size": len(b), "sha256": hashlib.sha256(b).hexdigest()}
                for name, b in said
            ],
            "rows": self.rows,
            "counters": dict.fromkeys(self.rows, 0),
            "files": [{"member": member, "name": name} for member, name in self.files],
            "gone": [],
        }


def a_backup() -> Forged:
    """One table, a secret and two files."""
    return Forged(
        head={
            "kind": "rapport backup", "format": 1, "created_at": AT.isoformat(), "database": "sqlite",
            "schema_version": wanted_version(), "base_url": "http://blog.example",
            "tables": {"terms": ["id", "name"]},
        },
        members=(
            (ROWS, gzipped(LINES)),
            ("secret", b"not told"),
            ("uploads/000001", b"a picture" * 300),
            ("uploads/000002", b"another"),
        ),
        files=(("uploads/000001", "2026/11/one.gif"), ("uploads/000002", "2026/11/zwei-ü.gif")),
        rows={"terms": 399},
    )  # fmt: skip


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
