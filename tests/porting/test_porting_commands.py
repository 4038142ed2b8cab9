"""`rapport import wordpress` and `rapport export wordpress`, as somebody at the machine has them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import Settings
from tests.porting.wxr_samples import a_comment, an_export, an_item
from tests.visiting import ROOT


def rapport(settings: Settings, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run a command against the test's database."""
    told = {
        "RAPPORT_DATA": str(settings.data),
        "RAPPORT_DATABASE_URL": settings.database,
        "RAPPORT_BASE_URL": settings.base_url,
    }
    command = [sys.executable, "-m", "app", *words]
    return subprocess.run(
        command, env=os.environ | told, cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_a_file_comes_in_and_goes_out_again(settings: Settings, tmp_path: Path) -> None:
    file, out = tmp_path / "in.xml", tmp_path / "out.xml"
    file.write_bytes(an_export(an_item(1, comments=a_comment(1)), an_item(2)))

    dry = rapport(settings, "import", "wordpress", str(file), "--dry-run", "--json")
    came = rapport(settings, "import", "wordpress", str(file))
    went = rapport(settings, "export", "wordpress", str(out))

    assert dry.returncode == 0, dry.stderr
    told = json.loads(dry.stdout)
    assert told["counts"]["posts"] == {"in_file": 2, "imported": 2, "known": 0, "skipped": 0}
    assert came.returncode == 0
    assert came.stdout.startswith("Old blog (WXR ?, in.xml)\n")
    assert "comments               1         1         0         0" in came.stdout
    assert (came.stderr, went.returncode) == ("Looking …\nImporting …\n", 0)
    assert out.read_text().count("<wp:comment>") == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "There is no file"),
        (b"", "The file is empty."),
        (b"hello", "This is not a WordPress export: it does not begin as one."),
    ],
)
def test_what_can_not_be_imported_is_one_sentence_and_exit_1(
    settings: Settings, tmp_path: Path, content: bytes | None, says: str
) -> None:
    file = tmp_path / "in.xml"
    if content is not None:
        file.write_bytes(content)

    answer = rapport(settings, "import", "wordpress", str(file))

    assert answer.returncode == 1
    assert answer.stderr.removeprefix("Looking …\n").startswith(says)
    assert answer.stderr.removeprefix("Looking …\n").count("\n") == 1


def test_uploads_are_brought_from_a_folder_and_the_missing_are_named(
    settings: Settings, tmp_path: Path
) -> None:
    url = "https://blog.example.org/wp-content/uploads/2012/01"
    attachments = [
        an_item(
            number,
            wp__post_type="attachment",
            wp__status="inherit",
            wp__attachment_url=f"{url}/{name}",
        )
        for number, name in ((1, "here.txt"), (2, "gone.txt"))
    ]
    file, media = tmp_path / "in.xml", tmp_path / "copy"
    file.write_bytes(an_export(*attachments))
    (media / "2012" / "01").mkdir(parents=True)
    (media / "2012" / "01" / "here.txt").write_text("a file")

    answer = rapport(settings, "import", "wordpress", str(file), "--media", str(media), "--json")

    told = json.loads(answer.stdout)
    assert told["files_stored"] == 1
    assert [missing["path"] for missing in told["files_missing"]] == ["2012/01/gone.txt"]
    assert (settings.data / "uploads" / "2012" / "01" / "here.txt").read_text() == "a file"
