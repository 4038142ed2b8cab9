"""The checks, each a sentence about the facts. `rapport doctor` and `/admin/health` tell the same ones."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TypeAlias

from app.core.i18n import _, marked, ngettext
from app.core.job_workers import SILENT
from app.health.facts import Facts, Schema
from app.health.words import ago, size

# Who serves the site would have begun long ago with what is due.
JOBS_ARE_LATE = timedelta(minutes=5)
MAIL_IS_LATE = timedelta(hours=1)
BACKUP_IS_OLD = timedelta(days=7)
# Tokens, schedules and the workers' signs of life bear seconds, not a minute.
CLOCKS_DIFFER, CLOCKS_ARE_WRONG = timedelta(seconds=5), timedelta(seconds=30)
# Characters, each of some 64: as many bits as a hash has.
SECRET_IS_SHORT = 32
# Bytes; a site that can't write loses what its visitors type.
DISK_IS_LOW, DISK_IS_FULL = 1 << 30, 100 << 20


class State(StrEnum):
    """How it stands: well, worth a look, or wrong."""

    WELL = "well"
    LOOK = "look"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """What a check found: of what it speaks, and one sentence."""

    about: str
    state: State
    says: str


Check: TypeAlias = Callable[[Facts], Iterator[tuple[State, str]]]


def findings(facts: Facts) -> list[Finding]:
    """What all checks find, in their order."""
    return [
        Finding(_(about), state, says) for about, check in CHECKS for state, says in check(facts)
    ]


def in_one_sentence(found: Sequence[Finding]) -> str:
    """Whether all is well, and what is not."""
    wrong = _named(found, State.WRONG)
    if wrong:
        return _("Something is wrong: %(what)s.") % {"what": wrong}
    look = _named(found, State.LOOK)
    if look:
        return _("Nothing is wrong. Worth a look: %(what)s.") % {"what": look}
    return _("All is well.")


def _named(found: Sequence[Finding], state: State) -> str:
    return ", ".join(dict.fromkeys(one.about for one in found if one.state == state))


def address(facts: Facts) -> Iterator[tuple[State, str]]:
    """Where the site is, and whether it keeps the limits it is meant to have."""
    yield State.WELL, _("Public address: %(url)s") % {"url": facts.settings.base_url}
    if facts.settings.rate_limits == "off":
        yield (
            State.WRONG,
            _("Rate limits are off. That is for load tests only: unset RAPPORT_RATE_LIMITS."),
        )
    length = len(facts.settings.secret_key)
    if 0 < length < SECRET_IS_SHORT:
        says = _(
            "RAPPORT_SECRET_KEY has %(length)s characters: whoever guesses it makes links that the site believes."
            " It should have %(least)s or more, drawn by chance."
        )
        yield State.LOOK, says % {"length": length, "least": SECRET_IS_SHORT}


def database(facts: Facts) -> Iterator[tuple[State, str]]:
    """Whether the database is there and has this version's schema."""
    kind = {"kind": "SQLite" if facts.settings.is_sqlite else "PostgreSQL"}
    if facts.is_half_restored:
        yield State.WRONG, _("A restore was broken off. Run it again: rapport restore FILE")
    if facts.schema == Schema.CURRENT:
        yield State.WELL, _("The %(kind)s database is reachable and its schema is current.") % kind
    elif facts.schema == Schema.OLDER:
        yield (
            State.WRONG,
            _("The %(kind)s database has an older schema. Run: rapport upgrade") % kind,
        )
    elif facts.schema == Schema.NEWER:
        says = _(
            "The %(kind)s database was made by a newer version of Rapport. Install that version."
        )
        yield State.WRONG, says % kind
    elif facts.schema == Schema.MISSING:
        says = _(
            "There is no database %(file)s yet: “rapport serve” makes it. If it should be there, check"
            " RAPPORT_DATABASE_URL and RAPPORT_DATA."
        )
        yield State.WRONG, says % {"file": facts.settings.sqlite_path}
    else:
        says = _(
            "The %(kind)s database can't be reached: check RAPPORT_DATABASE_URL and RAPPORT_DATA."
        )
        yield State.WRONG, says % kind


def files(facts: Facts) -> Iterator[tuple[State, str]]:
    """Whether what is uploaded can be kept."""
    folder = {"folder": facts.settings.data}
    if facts.disk.is_writable:
        yield State.WELL, _("The data folder is %(folder)s.") % folder
    else:
        yield State.WRONG, _("The data folder %(folder)s can't be written to.") % folder
    if not facts.disk.takes_files:
        yield State.WRONG, _("The folder of uploads can't be written to.")
    elif facts.settings.media_url:
        yield State.WELL, _("Files are kept in %(place)s.") % {"place": facts.settings.media_url}


def disk(facts: Facts) -> Iterator[tuple[State, str]]:
    """Whether there is room."""
    free = {"free": size(facts.disk.free)}
    if facts.disk.free < DISK_IS_FULL:
        yield State.WRONG, _("The disk is full: %(free)s are left in the data folder.") % free
    elif facts.disk.free < DISK_IS_LOW:
        yield State.LOOK, _("The disk fills up: %(free)s are left in the data folder.") % free
    else:
        yield State.WELL, _("%(free)s are free in the data folder.") % free
    if facts.database_bytes is not None:
        yield State.WELL, _("The database has %(size)s.") % {"size": size(facts.database_bytes)}


def jobs(facts: Facts) -> Iterator[tuple[State, str]]:
    """Whether what is due is done, and by whom."""
    queue = facts.queue
    if queue is None:
        return
    if queue.due_since is not None and queue.due_since < facts.at - JOBS_ARE_LATE:
        since = {"since": ago(facts.at - queue.due_since)}
        yield (
            State.WRONG,
            _(
                "Jobs have been waiting for minutes: nothing runs them, the first since %(since)s. Run: rapport worker"
            )
            % since,
        )
    waiting = ngettext("%(num)s job waits.", "%(num)s jobs wait.", queue.waiting)
    yield State.WELL, waiting % {"num": queue.waiting}
    if queue.seen_at is None or queue.seen_at < facts.at - SILENT:
        yield State.LOOK, _("No worker runs at this moment.")
    else:
        seen = {"ago": ago(facts.at - queue.seen_at)}
        yield State.WELL, _("A worker showed life %(ago)s.") % seen


def failed_jobs(facts: Facts) -> Iterator[tuple[State, str]]:
    """Whether a job was given up."""
    if facts.queue is None:
        return
    failed = facts.queue.failed
    if failed:
        says = ngettext(
            "%(num)s job has failed for good. The reason: rapport jobs list, or /admin/health",
            "%(num)s jobs have failed for good. The reasons: rapport jobs list, or /admin/health",
            failed,
        )
        yield State.WRONG, says % {"num": failed}
    else:
        yield State.WELL, _("No job has failed for good.")


def mail(facts: Facts) -> Iterator[tuple[State, str]]:
    """Whether letters go out."""
    if not facts.settings.smtp_url:
        waits = facts.outbox is not None and facts.outbox.waiting > 0
        yield (
            State.LOOK if waits else State.WELL,
            _("RAPPORT_SMTP_URL is not set: letters wait in the console's outbox."),
        )
        return
    outbox = facts.outbox
    if outbox is None:
        return
    if outbox.waiting_since is not None and outbox.waiting_since < facts.at - MAIL_IS_LATE:
        says = ngettext(
            "%(num)s letter waits, the first since %(since)s: %(trouble)s",
            "%(num)s letters wait, the first since %(since)s: %(trouble)s",
            outbox.waiting,
        )
        since = ago(facts.at - outbox.waiting_since)
        trouble = outbox.trouble or _("nobody sends them.")
        yield State.WRONG, says % {"num": outbox.waiting, "since": since, "trouble": trouble}
    elif outbox.sent_at is None:
        yield State.WELL, _("No letter was sent yet.")
    else:
        yield (
            State.WELL,
            _("The last letter went out %(ago)s.") % {"ago": ago(facts.at - outbox.sent_at)},
        )
    if outbox.trouble and not outbox.waiting:
        yield State.LOOK, _("A letter could not be sent: %(trouble)s") % {"trouble": outbox.trouble}


def akismet(facts: Facts) -> Iterator[tuple[State, str]]:
    """Whether Akismet answers, where it is asked."""
    if not facts.settings.akismet_key:
        yield State.WELL, _("Akismet is not asked: RAPPORT_AKISMET_KEY is not set.")
        return
    state = facts.akismet
    if state is None:
        return
    if state.trouble is not None:
        held = _("Comments are held until it does, or a person decides.")
        yield State.WRONG, f"{state.trouble.in_words} {held}"
    elif state.answered_at is None:
        yield State.WELL, _("Akismet was not asked about any comment yet.")
    else:
        answered = {"ago": ago(facts.at - state.answered_at)}
        yield State.WELL, _("Akismet answered %(ago)s.") % answered


def backup(facts: Facts) -> Iterator[tuple[State, str]]:
    """Whether there is a backup, and how old it is."""
    if facts.schema != Schema.CURRENT:
        return
    last = facts.backup
    if last is None:
        yield State.LOOK, _("No backup was ever taken. Run: rapport backup FILE")
        return
    said = {"ago": ago(facts.at - last.at), "file": last.file, "size": size(last.size)}
    if last.at < facts.at - BACKUP_IS_OLD:
        yield State.LOOK, _("The last backup was taken %(ago)s: %(file)s. Take another.") % said
    else:
        yield State.WELL, _("The last backup was taken %(ago)s: %(file)s, %(size)s.") % said


def clocks(facts: Facts) -> Iterator[tuple[State, str]]:
    """Whether the clocks agree."""
    ahead = facts.database_ahead
    if facts.at.year < 2026:
        yield State.WRONG, _("This machine's clock is wrong: feeds and schedules will be, too.")
    elif abs(ahead) > CLOCKS_DIFFER:
        state = State.WRONG if abs(ahead) > CLOCKS_ARE_WRONG else State.LOOK
        by = {"seconds": f"{ahead.total_seconds():+.0f}"}
        yield (
            state,
            _("The database's clock differs from this machine's by %(seconds)s seconds.") % by,
        )
    elif facts.queue and facts.queue.seen_at and facts.queue.seen_at > facts.at + CLOCKS_DIFFER:
        yield State.LOOK, _("A worker's clock is ahead of this machine's.")
    else:
        yield (
            State.WELL,
            _("The clocks agree: %(at)s UTC.") % {"at": f"{facts.at:%Y-%m-%d %H:%M:%S}"},
        )


CHECKS: tuple[tuple[str, Check], ...] = (
    (marked("Address"), address),
    (marked("Database"), database),
    (marked("Files"), files),
    (marked("Disk"), disk),
    (marked("Jobs"), jobs),
    (marked("Failed jobs"), failed_jobs),
    (marked("Mail"), mail),
    (marked("Akismet"), akismet),
    (marked("Backup"), backup),
    (marked("Clock"), clocks),
)
