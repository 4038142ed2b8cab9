"""What each check says about which facts: pure, so a table."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.health.checks import State, findings, in_one_sentence
from app.health.facts import Disk, Facts, Outbox, Queue, Schema
from app.health.words import ago, size
from app.moderation.akismet.client import Trouble
from app.moderation.akismet.health import AkismetState
from app.porting.backup.kept import LastBackup
from app.settings import Settings

AT = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
WELL, LOOK, WRONG = State.WELL, State.LOOK, State.WRONG
SMTP = {"smtp_url": "smtp://mail.example.org:587"}
KEY = {"akismet_key": "a key"}


def facts(settings: dict[str, Any] | None = None, **changes: Any) -> Facts:
    """A site where all is well, but for these."""
    well = Facts(
        at=AT,
        settings=Settings(_env_file=None, data=Path("/data"), **settings or {}),
        schema=Schema.CURRENT,
        disk=Disk(free=50 << 30, total=100 << 30, is_writable=True, takes_files=True),
        is_half_restored=False,
        database_bytes=45_000_000,
        queue=Queue(waiting=3, failed=0, due_since=None, seen_at=before(seconds=7)),
        outbox=Outbox(waiting=0, waiting_since=None, sent_at=before(minutes=3), trouble=""),
        akismet=AkismetState(before(minutes=2), None, None),
        backup=LastBackup(before(hours=10), "/backups/site.tar", 2_400_000_000),
    )
    return replace(well, **changes)


def before(**span: float) -> datetime:
    return AT - timedelta(**span)


def queue(**changes: Any) -> dict[str, Any]:
    assert facts().queue
    return {"queue": replace(facts().queue, **changes)}


def outbox(**changes: Any) -> dict[str, Any]:
    assert facts().outbox
    return {"outbox": replace(facts().outbox, **changes)}


def disk(**changes: Any) -> dict[str, Any]:
    return {"disk": replace(facts().disk, **changes)}


@pytest.mark.parametrize(
    ("settings", "changes", "about", "state", "says"),
    [
        ({}, {}, "Address", WELL, "Public address: http://127.0.0.1:8000"),
        ({"rate_limits": "off"}, {}, "Address", WRONG, "Rate limits are off"),
        ({"secret_key": "guess me"}, {}, "Address", LOOK, "RAPPORT_SECRET_KEY has 8 characters"),
        ({"secret_key": "x" * 32}, {}, "Address", WELL, "Public address"),
        ({}, {}, "Database", WELL, "schema is current"),
        ({}, {"schema": Schema.MISSING}, "Database", WRONG, "no database /data/rapport.sqlite3"),
        ({}, {"schema": Schema.OLDER}, "Database", WRONG, "Run: rapport upgrade"),
        ({}, {"schema": Schema.NEWER}, "Database", WRONG, "newer version"),
        ({}, {"schema": Schema.AWAY}, "Database", WRONG, "can't be reached"),
        ({}, {"is_half_restored": True}, "Database", WRONG, "A restore was broken off"),
        ({}, {}, "Files", WELL, "The data folder is /data."),
        ({}, disk(is_writable=False), "Files", WRONG, "can't be written to"),
        ({}, disk(takes_files=False), "Files", WRONG, "The folder of uploads can't be written to"),
        ({}, {}, "Disk", WELL, "53.7 GB are free"),
        ({}, disk(free=500 << 20), "Disk", LOOK, "The disk fills up: 524.3 MB are left"),
        ({}, disk(free=3 << 20), "Disk", WRONG, "The disk is full: 3.1 MB are left"),
        ({}, {}, "Disk", WELL, "The database has 45.0 MB."),
        ({}, {}, "Jobs", WELL, "3 jobs wait."),
        ({}, queue(waiting=1), "Jobs", WELL, "1 job waits."),
        ({}, {}, "Jobs", WELL, "showed life less than a minute ago"),
        ({}, queue(due_since=before(minutes=4)), "Jobs", WELL, "3 jobs wait."),
        ({}, queue(due_since=before(minutes=6)), "Jobs", WRONG, "the first since 6 minutes ago"),
        ({}, queue(seen_at=before(minutes=2)), "Jobs", LOOK, "No worker runs"),
        ({}, queue(seen_at=None), "Jobs", LOOK, "No worker runs"),
        ({}, {}, "Failed jobs", WELL, "No job has failed"),
        ({}, queue(failed=2), "Failed jobs", WRONG, "2 jobs have failed for good"),
        ({}, {}, "Mail", WELL, "RAPPORT_SMTP_URL is not set"),
        ({}, outbox(waiting=2, waiting_since=AT), "Mail", LOOK, "RAPPORT_SMTP_URL is not set"),
        (SMTP, {}, "Mail", WELL, "The last letter went out 3 minutes ago."),
        (SMTP, outbox(sent_at=None), "Mail", WELL, "No letter was sent yet."),
        (
            SMTP,
            outbox(waiting=2, waiting_since=before(hours=3), trouble="connection refused"),
            "Mail", WRONG, "2 letters wait, the first since 3 hours ago: connection refused",
        ),
        (SMTP, outbox(trouble="no such mailbox"), "Mail", LOOK, "no such mailbox"),
        ({}, {}, "Akismet", WELL, "is not asked"),
        (KEY, {}, "Akismet", WELL, "Akismet answered 2 minutes ago."),
        (KEY, {"akismet": AkismetState(None, None, None)}, "Akismet", WELL, "not asked about any"),
        (KEY, {"akismet": AkismetState(AT, AT, Trouble.KEY)}, "Akismet", WRONG, "are held"),
        ({}, {}, "Backup", WELL, "10 hours ago: /backups/site.tar, 2.4 GB."),
        ({}, {"backup": None}, "Backup", LOOK, "No backup was ever taken"),
        ({}, {"backup": LastBackup(before(days=8), "x.tar", 1)}, "Backup", LOOK, "8 days ago"),
        ({}, {}, "Clock", WELL, "2026-11-29 12:00:00 UTC"),
        ({}, {"at": AT.replace(year=1970)}, "Clock", WRONG, "clock is wrong"),
        ({}, {"database_ahead": timedelta(seconds=12)}, "Clock", LOOK, "by +12 seconds"),
        ({}, {"database_ahead": timedelta(seconds=-70)}, "Clock", WRONG, "by -70 seconds"),
        ({}, queue(seen_at=AT + timedelta(minutes=1)), "Clock", LOOK, "A worker's clock is ahead"),
    ],
)  # fmt: skip
def test_a_check_says_how_it_stands(
    settings: dict[str, Any], changes: dict[str, Any], about: str, state: State, says: str
) -> None:
    found = [one for one in findings(facts(settings, **changes)) if one.about == about]

    assert any(one.state == state and says in one.says for one in found), found


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "All is well."),
        ({"backup": None}, "Nothing is wrong. Worth a look: Backup."),
        (queue(failed=1, seen_at=None), "Something is wrong: Failed jobs."),
        (disk(free=1, is_writable=False), "Something is wrong: Files, Disk."),
    ],
)
def test_first_comes_one_sentence(changes: dict[str, Any], sentence: str) -> None:
    assert in_one_sentence(findings(facts(**changes))) == sentence


def test_what_can_not_be_known_is_not_said() -> None:
    away = facts(
        schema=Schema.AWAY, queue=None, outbox=None, akismet=None, backup=None, database_bytes=None
    )

    assert [one.about for one in findings(away) if one.state == WRONG] == ["Database"]
    assert {one.about for one in findings(away)}.isdisjoint({"Jobs", "Failed jobs", "Backup"})


@pytest.mark.parametrize(
    ("say", "value", "words"),
    [
        (size, 0, "1 KB"), (size, 999_400, "999 KB"), (size, 1_500_000, "1.5 MB"), (size, 2 * 10**9, "2.0 GB"),
        (ago, timedelta(seconds=59), "less than a minute ago"), (ago, timedelta(seconds=-9), "less than a minute ago"),
        (ago, timedelta(minutes=1), "1 minute ago"), (ago, timedelta(hours=47), "47 hours ago"),
        (ago, timedelta(hours=48), "2 days ago"),
    ],
)  # fmt: skip
def test_sizes_and_spans_are_said_roundly(
    say: Callable[[Any], str], value: Any, words: str
) -> None:
    assert say(value) == words
