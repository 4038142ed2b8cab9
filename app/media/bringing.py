"""Bringing the files of a WordPress site along: out of a folder, or from the old site itself.

Both may be stopped at any moment and run again: what is here is not brought twice, and what is half
here was never seen.
"""

import os
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

import anyio

from app.core.db import Work
from app.core.errors import AppError, Invalid, NotFound
from app.core.i18n import _
from app.core.outbound.addresses import NoAnswer
from app.core.outbound.asking import MEDIA, Asking, Limits
from app.core.outbound.door import Answer, Door
from app.core.outbound.turns import FORMER_SITE
from app.core.storage import Store, checked_name, is_good_name
from app.media.actions import Brought, record_files
from app.media.files import StoredFile, find_stored, store
from app.media.queries import Known, all_uploads
from app.media.sizes import other_sizes

AT_ONCE = 4
IN_ONE_UNIT = 50
# One file of a former site: as large as an hour of film, as slow as an old server.
FILE_LIMITS = Limits(max_bytes=2_000_000_000, seconds=600.0)
# So many times in a row no answer: then the old site is away, and need not be asked for the rest.
PATIENCE = 10
LONGEST_PAUSE = 120

_BLOCK = 1 << 20


@dataclass(frozen=True)
class Outcome:
    """What became of one file: `file` says what is stored now, else `because` says why nothing is."""

    path: str
    source_url: str
    file: StoredFile | None
    because: str = ""


# Told after each file: how many are done, of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class _Wanted:
    upload_id: int
    path: str
    source_url: str
    is_variant: bool = False


_Get = Callable[[_Wanted], Awaitable[StoredFile]]


async def bring_from_folder(
    work: Work, storage: Store, source: Path, progress: Progress | None = None
) -> list[Outcome]:
    """Store the files of all uploads that are not here yet, and other sizes of them that lie there.

    `source` holds what was in `wp-content/uploads`, or the folders around it. Raises Invalid where
    there is no such folder.
    """
    async with work.reading() as session:
        known = await all_uploads(session)
    old = _OldFolder(source)

    async def get(wanted: _Wanted) -> StoredFile:
        place = await anyio.to_thread.run_sync(old.find, wanted.path)
        if place is None:
            raise NotFound(_("It is not in the folder."))
        return await store(storage, wanted.path, _read(place))

    wanted = await _missing(storage, known)
    wanted += await anyio.to_thread.run_sync(_new_sizes, old, known)
    return await _bring(work, storage, wanted, get, progress)


async def fetch_from_old_site(
    work: Work,
    storage: Store,
    door: Door,
    hosts: Iterable[str],
    progress: Progress | None = None,
) -> list[Outcome]:
    """Fetch the files of all uploads that are not here yet, a few at once, from these hosts alone.

    `hosts` are the names the old site had, with or without `www.`.
    """
    async with work.reading() as session:
        known = await all_uploads(session)
    wanted = await _missing(storage, known)
    return await _bring(work, storage, wanted, _OldSite(storage, door, hosts).get, progress)


async def _bring(
    work: Work,
    storage: Store,
    wanted: Sequence[_Wanted],
    get: _Get,
    progress: Progress | None,
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    turns = anyio.CapacityLimiter(AT_ONCE)

    async def bring(item: _Wanted, brought: list[Brought]) -> None:
        async with turns:
            outcome = await _outcome(storage, item, get)
        outcomes.append(outcome)
        if outcome.file is not None:
            brought.append(Brought(item.upload_id, outcome.file, item.is_variant))
        if progress is not None:
            progress(len(outcomes), len(wanted))

    for batch in _batches(wanted):
        brought: list[Brought] = []
        try:
            async with anyio.create_task_group() as tasks:
                for item in batch:
                    tasks.start_soon(bring, item, brought)
        except ExceptionGroup as group:
            # Such as a full disk: one sentence is enough, and the rest would fail as well.
            raise group.exceptions[0] from group
        if brought:
            async with work.unit_of_work() as session:
                await record_files(session, brought)
    return outcomes


async def _outcome(storage: Store, item: _Wanted, get: _Get) -> Outcome:
    try:
        checked_name(item.path)
        # Stored by a run that was stopped before it could say so.
        file = await find_stored(storage, item.path) or await get(item)
    except AppError as refusal:
        return Outcome(item.path, item.source_url, None, refusal.detail)
    return Outcome(item.path, item.source_url, file)


def _batches(wanted: Sequence[_Wanted]) -> Iterator[list[_Wanted]]:
    rest = iter(wanted)
    while batch := list(islice(rest, IN_ONE_UNIT)):
        yield batch


class _OldSite:
    """The site that files are fetched from, until it has been silent too often."""

    def __init__(self, storage: Store, door: Door, hosts: Iterable[str]) -> None:
        bare = {host.lower().removeprefix("www.") for host in hosts}
        allowed = frozenset(bare | {f"www.{host}" for host in bare})
        self._asking = Asking(MEDIA, FILE_LIMITS, FORMER_SITE, hosts=allowed)
        self._storage = storage
        self._door = door
        self._silences = 0

    async def get(self, wanted: _Wanted) -> StoredFile:
        """Fetch one file into its place; once more if the site asks for a pause."""
        if not wanted.source_url:
            raise Invalid(_("The export does not say where it is."))
        if self._silences >= PATIENCE:
            raise NoAnswer(_("Not tried: the old site does not answer any more."))
        try:
            found = await self._try(wanted)
            if isinstance(found, int) and found <= LONGEST_PAUSE:
                await anyio.sleep(found)
                found = await self._try(wanted)
        except NoAnswer:
            self._silences += 1
            raise
        self._silences = 0
        if isinstance(found, int):
            raise NotFound(_("The old site asked to be left alone for a while."))
        return found

    async def _try(self, wanted: _Wanted) -> StoredFile | int:
        """The file, or the seconds that the site asks us to wait before we come again."""
        async with self._door.open(wanted.source_url, self._asking) as answer:
            if answer.status == 200:
                return await store(self._storage, wanted.path, answer.chunks())
            pause = _pause_asked_for(answer)
        if pause is None:
            detail = _("The old site answered with status %(status)d.")
            raise NotFound(detail % {"status": answer.status})
        return pause


def _pause_asked_for(answer: Answer) -> int | None:
    """Seconds, if the answer is that we should come back later (RFC 9110 §10.2.3)."""
    asked = answer.headers.get("retry-after", "")
    # More digits than any pause has: Python refuses to read a number of thousands.
    is_pause = answer.status in (429, 503) and asked.isdecimal()
    return int(asked[:9]) if is_pause else None


class _OldFolder:
    """A copy of WordPress's uploads, read without following symbolic links."""

    def __init__(self, folder: Path) -> None:
        root = Path(os.path.realpath(folder))
        around = (root / "wp-content" / "uploads", root / "uploads", root)
        self._roots = [place for place in around if place.is_dir()]
        if not self._roots:
            raise Invalid(_("%(folder)s is not a folder.") % {"folder": folder})
        self._listing = cache(_listing)

    def find(self, path: str) -> Path | None:
        """Where the file of an upload lies."""
        parent, name = _split(path)
        for root in self._roots:
            if found := self._listing(root, parent).get(name):
                return found
        return None

    def sizes_of(self, path: str) -> list[str]:
        """The paths of other sizes of this picture, which lie beside it."""
        parent, name = _split(path)
        for root in self._roots:
            names = list(self._listing(root, parent))
            if found := other_sizes(name, names):
                return [f"{parent}/{other}" if parent else other for other in found]
        return []


async def _missing(storage: Store, known: Sequence[Known]) -> list[_Wanted]:
    """Uploads without a file; also those whose file was stored once and has been lost since."""
    return [
        _Wanted(k.id, k.path, k.source_url)
        for k in known
        if not k.is_stored or await storage.look(k.path) is None
    ]


def _new_sizes(old: _OldFolder, known: Sequence[Known]) -> list[_Wanted]:
    """Other sizes of pictures that lie beside them in the folder and are in no list yet."""
    sizes: list[_Wanted] = []
    claimed = {k.path for k in known}
    for upload in (k for k in known if k.variant_of_id is None and is_good_name(k.path)):
        if upload.is_stored or old.find(upload.path):
            found = [path for path in old.sizes_of(upload.path) if path not in claimed]
            sizes += [_Wanted(upload.id, path, "", is_variant=True) for path in found]
            claimed.update(found)
    return sizes


def _split(path: str) -> tuple[str, str]:
    parent, _slash, name = unicodedata.normalize("NFC", path).rpartition("/")
    return parent, name


def _listing(root: Path, parent: str) -> dict[str, Path]:
    """The plain files of a folder, sorted, by their names in NFC, as some systems keep them otherwise."""
    place = root / parent
    if os.path.realpath(place) != str(place) or not place.is_dir():
        return {}
    with os.scandir(place) as entries:
        plain = [Path(entry.path) for entry in entries if entry.is_file(follow_symlinks=False)]
    return dict(sorted((unicodedata.normalize("NFC", path.name), path) for path in plain))


async def _read(place: Path) -> AsyncIterator[bytes]:
    try:
        async with await anyio.open_file(place, "rb") as file:
            while block := await file.read(_BLOCK):
                yield block
    except OSError as error:
        raise Invalid(_("The file in the folder can't be read.")) from error
