"""A backup that was cut, altered or made in bad faith is refused, and the refusal names what is wrong."""

import io
import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.porting.backup.checking import check_backup
from tests.backup.forging import ROWS, a_backup, gzipped, written

WHOLE = a_backup().sealed()
BOMB = gzipped(b"[1]\n" * (20 << 20))
many = trying(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


def refusal(path: Path, content: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        check_backup(written(path / "backup.tar", content), lambda _done, _of: None)
    return str(refused.value.detail)


def places() -> dict[str, tuple[int, int]]:
    """From where to where the bytes of each member lie."""
    with tarfile.open(fileobj=io.BytesIO(WHOLE)) as archive:
        return {m.name: (m.offset_data, m.offset_data + m.size) for m in archive}


def test_a_whole_one_is_taken(tmp_path: Path) -> None:
    checked = check_backup(written(tmp_path / "backup.tar", WHOLE), lambda _done, _of: None)

    assert checked.manifest.rows == {"terms": 399}
    assert [file.name for file in checked.manifest.files] == [
        "2026/11/one.gif",
        "2026/11/zwei-ü.gif",
    ]


@pytest.mark.parametrize("name", sorted(places()))
@pytest.mark.parametrize("where", [0.0, 0.5, 0.999])
def test_an_altered_byte_is_told_with_the_name_of_its_member(
    tmp_path: Path, name: str, where: float
) -> None:
    start, stop = places()[name]
    at = start + int((stop - start) * where)

    told = refusal(tmp_path, altered(at))

    named = (name, "seal") if name == "manifest.json" else (name,)
    assert any(one in told for one in named) or (
        name == "rapport-backup.json" and "no backup" in told
    )


@many
@given(at=st.integers(0, len(WHOLE) - 1), by=st.integers(1, 255))
@example(at=0, by=1)
@example(at=len(WHOLE) - 1, by=1)
def test_an_altered_byte_is_known_wherever_it_is(tmp_path: Path, at: int, by: int) -> None:
    refusal(tmp_path, altered(at, by))


@many
@given(length=st.integers(0, len(WHOLE) - 1))
@example(length=0)
@example(length=512)
@example(length=len(WHOLE) - 1)
@example(length=len(WHOLE) - 1024)
def test_a_cut_one_is_known_wherever_it_ends(tmp_path: Path, length: int) -> None:
    assert "cut off" in refusal(tmp_path, WHOLE[:length])


def test_where_it_was_cut_is_named(tmp_path: Path) -> None:
    start, stop = places()["uploads/000001"]

    assert "in uploads/000001" in refusal(tmp_path, WHOLE[: (start + stop) // 2])


GOOD = a_backup()
MEMBERS = GOOD.members


@pytest.mark.parametrize(
    ("forged", "told"),
    [
        (GOOD.but(said=MEMBERS[:-1], files=GOOD.files[:1]), "nobody knows of uploads/000002"),
        (GOOD.but(members=MEMBERS[:-1], said=MEMBERS), "uploads/000002 is missing"),
        (
            GOOD.but(members=(*MEMBERS[:2], MEMBERS[3], MEMBERS[2]), said=MEMBERS),
            "uploads/000002 lies where uploads/000001 belongs",
        ),
        (GOOD.with_members(MEMBERS[1], MEMBERS[0], *MEMBERS[2:]), "not those that manifest.json"),
        (GOOD.with_members(*MEMBERS, ("../../etc/cron.d/x", b"")), "not those that manifest.json"),
        (GOOD.with_members(*MEMBERS, MEMBERS[-1]), "not those that manifest.json"),
        (GOOD.but(files=(GOOD.files[0], ("uploads/000002", "../up"))), "kept as “../up”"),
        (
            GOOD.but(files=(GOOD.files[0], ("uploads/000002", "/etc/passwd"))),
            "kept as “/etc/passwd”",
        ),
        (GOOD.but(files=(GOOD.files[0], ("uploads/000002", ".ssh/x"))), "kept as “.ssh/x”"),
        (GOOD.but(files=(GOOD.files[0], ("uploads/000002", "a\\b"))), "kept as “a\\b”"),
        (
            GOOD.but(files=(GOOD.files[0], ("uploads/000002", "2026/11/one.gif"))),
            "would lie in the same place",
        ),
        (
            GOOD.but(files=(GOOD.files[0], ("uploads/000002", "2026"))),
            "would lie in the same place",
        ),
        (GOOD.but(rows={"terms": 398}), "terms has another number of rows"),
        (GOOD.but(rows={"terms": 399, "users": 0}), "name different tables"),
        (GOOD.with_members((ROWS, BOMB), *MEMBERS[1:]), f"{ROWS} unpacks to more than it may"),
        (GOOD.with_members((ROWS, b"no gzip"), *MEMBERS[1:]), f"{ROWS} can't be unpacked"),
        (GOOD.with_members(MEMBERS[0], ("secret", b"x" * 5000), *MEMBERS[2:]), "secret is larger"),
        (GOOD.but(head=GOOD.head | {"format": 2}), "newer version of Rapport"),
        (GOOD.but(head=GOOD.head | {"kind": "else"}), "rapport-backup.json can't be read"),
    ],
)
def test_what_was_made_in_bad_faith_is_refused_by_name(
    tmp_path: Path, forged: Any, told: str
) -> None:
    assert told in refusal(tmp_path, forged.sealed())


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE]
)
def test_only_plain_files_are_known(tmp_path: Path, kind: bytes) -> None:
    info = tarfile.TarInfo("rapport-backup.json")
    info.type, info.linkname = kind, "/etc/passwd"

    assert "no plain file" in refusal(tmp_path, info.tobuf(tarfile.GNU_FORMAT) + WHOLE)


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"SQLite format 3\x00" * 100, bytes(10_240)]
)
def test_something_else_is_no_backup(tmp_path: Path, content: bytes) -> None:
    assert "The backup" in refusal(tmp_path, content)


def test_what_follows_the_seal_is_refused(tmp_path: Path) -> None:
    assert "follows after its seal" in refusal(tmp_path, WHOLE + b"\0")


def altered(at: int, by: int = 1) -> bytes:
    return WHOLE[:at] + bytes((WHOLE[at] ^ by,)) + WHOLE[at + 1 :]
