"""Commands in processes of their own, as scripts run them."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.visiting import BASE_URL, ROOT, rapport


def test_a_post_is_written_changed_listed_and_put_away(here: dict[str, str]) -> None:
    added = rapport(
        "post", "add", "--title", "A letter", "--body", "-", "--at", "2024-03-10T09:00",
        environment=here, typed="Write **one** a week.",
    )  # fmt: skip
    assert added.stdout == f"{BASE_URL}/2024/03/a-letter/\n"

    edited = rapport("post", "edit", "a-letter", "--slug", "letters", environment=here)
    assert edited.stdout == f"{BASE_URL}/2024/03/letters/\n"

    listed = json.loads(rapport("post", "list", "--json", environment=here).stdout)
    assert [(post["title"], post["status"]) for post in listed] == [("A letter", "published")]

    assert rapport("post", "delete", "letters", environment=here).returncode == 0
    (kept,) = json.loads(rapport("post", "list", "--json", environment=here).stdout)
    assert kept["status"] == "trashed"


def test_whom_a_post_was_announced_to_is_listed_and_tried_again(here: dict[str, str]) -> None:
    here = here | {"RAPPORT_BASE_URL": "https://blog.example"}
    assert rapport(
        "post", "add", "--title", "A letter", "--body", "-",
        "--trackback", "http://127.0.0.1:1/ping", "--trackback", "http://127.0.0.1:2/ping",
        environment=here, typed="See <http://127.0.0.1:3/> and <https://blog.example/>.",
    ).returncode == 0  # fmt: skip
    assert rapport("jobs", "run", "--until-idle", environment=here).returncode == 0

    listed = json.loads(rapport("post", "links", "a-letter", "--json", environment=here).stdout)
    assert [(row["target"], row["kind"], row["state"]) for row in listed] == [
        ("http://127.0.0.1:3/", "", "failed"),
        ("http://127.0.0.1:1/ping", "trackback", "failed"),
        ("http://127.0.0.1:2/ping", "trackback", "failed"),
    ]
    assert listed[0]["answer"] == "Only the ports of web sites are asked: 80, 443 and 8080."

    again = rapport("post", "links", "a-letter", "--retry", environment=here)
    assert "?           waiting       http://127.0.0.1:3/\n" in again.stdout
    assert rapport("jobs", "run", "--until-idle", environment=here).returncode == 0
    last = json.loads(rapport("post", "links", "a-letter", "--json", environment=here).stdout)
    assert {row["state"] for row in last} == {"given up"}


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("post", "edit", "nowhere", "--title", "X"), 1, "There is no post “nowhere”."),
        (("post", "add", "--title", "X", "--at", "30 February"), 1, "is no time"),
        (("post", "add", "--title", "X", "--author", "nobody"), 1, "There is no author “nobody”."),
        (("post", "add", "--title", "X", "--body", "/no/such/file"), 1, "No such file"),
        (("post", "add", "--title", "X", "--trackback", "x"), 1, "no address for a trackback"),
        (("post", "links", "nowhere"), 1, "There is no post “nowhere”."),
        (("post", "add"), 2, "Missing option"),
        (("moderate", "approve"), 2, "Name the comments"),
        (("moderate", "approve", "4711"), 1, "There is no comment 4711."),
        (("import", "wordpress", "/no/such/file.xml"), 1, "/no/such/file.xml"),
        (("backup", "/no/such/folder/x.tar"), 1, "/no/such/folder/x.tar"),
        (("restore", "/no/such/file.tar"), 1, "/no/such/file.tar: No such file"),
        (("dance",), 2, "No such command"),
    ],
)
def test_what_can_not_be_done_is_one_sentence(
    here: dict[str, str], arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    done = rapport(*arguments, environment=here)

    assert done.returncode == code
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert "Errno" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("RAPPORT_BASE_URL", "blog.example", "must look like https://"),
        ("RAPPORT_BASE_URL", "https://example.org/blog", "does not live in a sub-folder"),
        ("RAPPORT_DATABASE_URL", "mysql://localhost/x", "must start with sqlite:///"),
        ("RAPPORT_MEDIA_URL", "ftp://bucket/uploads", "must look like file:///srv/uploads"),
        ("RAPPORT_OUTBOUND_ALLOW", "localhost", "must be host:port"),
        ("RAPPORT_AKISMET_URL", "akismet.example", "must look like http://"),
        ("RAPPORT_RATE_LIMITS", "maybe", "must be on or off"),
        ("RAPPORT_LOG", "xml", "must be text or json"),
        ("RAPPORT_UPLOAD_MB", "0", "must be a whole number from 1 to 10000"),
        ("RAPPORT_UPLOAD_MB", "a lot", "must be a whole number from 1 to 10000"),
        ("RAPPORT_IMPORT_MB", "99999999", "must be a whole number from 1 to 10000"),
        ("RAPPORT_FORM_MIN_SECONDS", "-1", "must be a number of seconds from 0 to 3600"),
        ("RAPPORT_FORM_MIN_SECONDS", "nan", "must be a number of seconds from 0 to 3600"),
        ("RAPPORT_TRUSTED_PROXIES", "10.0.0.0/8,nonsense", "nonsense is none"),
        ("RAPPORT_TRUSTED_PROXIES", "10.0.0.7/8", "10.0.0.7/8 is none"),
        ("RAPPORT_BASE_URL", "https://blog.example:99999", "has a port that is none"),
        ("RAPPORT_SMTP_URL", "smtp://mail.example:smtp", "has a port that is none"),
    ],
)
def test_a_wrong_setting_is_named(
    here: dict[str, str], name: str, value: str, sentence: str
) -> None:
    done = rapport("post", "list", environment=here | {name: value})

    assert done.returncode == 1
    assert done.stderr.startswith(name)
    assert sentence in done.stderr


def test_doctor_says_in_words_what_is_well_and_what_is_not(here: dict[str, str]) -> None:
    well = rapport("doctor", environment=here)
    loose = rapport("doctor", environment=here | {"RAPPORT_RATE_LIMITS": "off"})

    assert (well.returncode, loose.returncode) == (0, 1)
    assert "schema is current" in well.stdout
    assert "✗ Rate limits are off" in loose.stdout


def test_doctor_knows_a_database_that_is_away(here: dict[str, str]) -> None:
    away = here | {"RAPPORT_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}

    assert "can't be reached" in rapport("doctor", environment=away).stdout
    listed = rapport("post", "list", environment=away)
    assert (listed.returncode, listed.stdout) == (1, "")
    assert "rapport doctor" in listed.stderr


def test_an_upgrade_with_nothing_to_do_keeps_no_copy(here: dict[str, str], tmp_path: Path) -> None:
    done = rapport("upgrade", environment=here)

    assert done.stdout == "The database is up to date.\n"
    assert not (tmp_path / "backups").exists()


@pytest.mark.only_on("sqlite")
def test_an_upgrade_keeps_a_copy_first(here: dict[str, str], tmp_path: Path) -> None:
    back = [sys.executable, "-m", "alembic", "downgrade", "-1"]
    subprocess.run(back, cwd=ROOT, env=os.environ | here, check=True, capture_output=True)

    done = rapport("upgrade", environment=here)

    (copy,) = (tmp_path / "backups").iterdir()
    assert str(copy) in done.stdout
    assert rapport("doctor", environment=here).returncode == 0


@pytest.mark.only_on("sqlite")
def test_every_command_that_brings_the_schema_up_to_date_keeps_a_copy_first(
    here: dict[str, str], tmp_path: Path
) -> None:
    back = [sys.executable, "-m", "alembic", "downgrade", "-1"]
    subprocess.run(back, cwd=ROOT, env=os.environ | here, check=True, capture_output=True)

    done = rapport("post", "list", environment=here)

    (copy,) = (tmp_path / "backups").iterdir()
    assert done.returncode == 0
    assert str(copy) in done.stderr


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("command", [("upgrade",), ("post", "list"), ("worker",), ("serve",)])
def test_a_newer_versions_database_is_refused_and_nothing_kept(
    here: dict[str, str], tmp_path: Path, command: tuple[str, ...]
) -> None:
    with closing(sqlite3.connect(here["RAPPORT_DATABASE_URL"].removeprefix("sqlite:///"))) as db:
        db.execute("UPDATE alembic_version SET version_num = 'ffffffffffff'")
        db.commit()

    done = rapport(*command, environment=here)

    assert (done.returncode, done.stdout) == (1, "")
    assert "made by a newer version of Rapport" in done.stderr
    assert not (tmp_path / "backups").exists()


@pytest.mark.only_on("sqlite")
def test_doctor_makes_nothing_where_no_site_is(here: dict[str, str], tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    nowhere.mkdir()

    done = rapport(
        "doctor",
        environment=here
        | {"RAPPORT_DATA": str(nowhere), "RAPPORT_DATABASE_URL": f"sqlite:///{nowhere}/x.sqlite3"},
    )

    assert done.returncode == 1
    assert f"✗ There is no database {nowhere}/x.sqlite3 yet" in done.stdout
    assert list(nowhere.iterdir()) == []


def test_doctor_knows_a_file_where_the_folder_should_be(
    here: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("no folder")

    done = rapport("doctor", environment=here | {"RAPPORT_DATA": str(file)})

    assert f"✗ The data folder {file} can't be written to." in done.stdout


def test_the_demo_goes_into_an_empty_database_alone(here: dict[str, str]) -> None:
    assert rapport("demo", environment=here).returncode == 0

    again = rapport("demo", environment=here)

    assert again.returncode == 1
    assert "already" in again.stderr
