"""`rapport import wordpress` and `rapport export wordpress`, as somebody at the machine has them."""

import json
from pathlib import Path

import pytest

from app.settings import Settings
from tests.porting.wxr_samples import a_comment, an_export, an_item
from tests.visiting import rapport


def test_a_file_comes_in_and_goes_out_again(here: dict[str, str], tmp_path: Path) -> None:
    file, out = tmp_path / "in.xml", tmp_path / "out.xml"
    file.write_bytes(an_export(an_item(1, comments=a_comment(1)), an_item(2)))

    dry = rapport("import", "wordpress", str(file), "--dry-run", "--json", environment=here)
    came = rapport("import", "wordpress", str(file), environment=here)
    went = rapport("export", "wordpress", str(out), environment=here)

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
    here: dict[str, str], tmp_path: Path, content: bytes | None, says: str
) -> None:
    file = tmp_path / "in.xml"
    if content is not None:
        file.write_bytes(content)

    answer = rapport("import", "wordpress", str(file), environment=here)

    assert answer.returncode == 1
    assert answer.stderr.removeprefix("Looking …\n").startswith(says)
    assert answer.stderr.removeprefix("Looking …\n").count("\n") == 1


def test_uploads_are_brought_from_a_folder_and_the_missing_are_named(
    here: dict[str, str], settings: Settings, tmp_path: Path
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

    answer = rapport(
        "import", "wordpress", str(file), "--media", str(media), "--json", environment=here
    )

    told = json.loads(answer.stdout)
    assert told["files_stored"] == 1
    assert [missing["path"] for missing in told["files_missing"]] == ["2012/01/gone.txt"]
    assert (settings.data / "uploads" / "2012" / "01" / "here.txt").read_text() == "a file"
