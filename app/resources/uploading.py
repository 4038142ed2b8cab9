"""How a file gets into a version: looked at, kept under its hash, and only then named by a row."""

import hashlib
import secrets
from datetime import timedelta

from anyio import to_thread
from sqlalchemy import select

from app.core import clock
from app.core.db import Work
from app.core.storage import Incoming, Kept, Store
from app.media.names import safe_name
from app.resources.drafts import NewVersion, checked_letter
from app.resources.files import PLAIN, accept
from app.resources.models import ResourceVersion

FOLDER = "resources"
# What no row names after so long was left by an upload that broke off.
ORPHANS_KEPT = timedelta(days=1)
_AT_ONCE = 200


async def keep_file(incoming: Incoming, given_name: str, note: str = "") -> NewVersion:
    """Look at a file that has come in whole, and keep it; nobody is shown it until a row names it.

    Raises Invalid where its name and its bytes do not agree.
    """
    accepted = await to_thread.run_sync(accept, incoming.path, given_name)
    # Each upload has a name of its own, so that tidying up never meets a file somebody just sent again.
    key = f"{FOLDER}/{incoming.sha256[:2]}/{incoming.sha256}-{secrets.token_hex(4)}"
    await incoming.keep(key)
    return NewVersion(
        file_name=accepted.file_name,
        mime=accepted.mime,
        size=incoming.size,
        sha256=incoming.sha256,
        storage_key=key,
        note=note,
    )


def letter_version(text: str, title: str, note: str = "") -> NewVersion:
    """The text of a letter as a version. Raises Invalid."""
    letter = checked_letter(text)
    as_bytes = letter.encode()
    return NewVersion(
        file_name=f"{safe_name(title + '.txt')[0]}.txt",
        mime=PLAIN,
        size=len(as_bytes),
        sha256=hashlib.sha256(as_bytes).hexdigest(),
        letter=letter,
        note=note,
    )


async def sweep(work: Work, store: Store) -> int:
    """Delete the files that no version names, left by uploads that broke off; how many there were."""
    await store.tidy()
    before = clock.now() - ORPHANS_KEPT
    gone, some = 0, list[Kept]()
    async for kept in store.below(FOLDER):
        if kept.changed_at < before:
            some.append(kept)
        if len(some) == _AT_ONCE:
            gone += await _sweep_some(work, store, some)
            some = []
    return gone + await _sweep_some(work, store, some)


async def _sweep_some(work: Work, store: Store, some: list[Kept]) -> int:
    names = {kept.name for kept in some}
    query = select(ResourceVersion.storage_key).where(ResourceVersion.storage_key.in_(names))
    async with work.reading() as db:
        named = set(await db.scalars(query)) if names else set()
    for name in names - named:
        await store.delete(name)
    return len(names - named)
