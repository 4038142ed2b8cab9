"""A bucket of a server that speaks S3, as a store of files. What comes in lies in a folder here until it is whole."""

from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from app.core.errors import Invalid, Unreachable
from app.core.i18n import marked
from app.core.storage import Folder, Incoming, Kept, checked_name
from app.settings import Settings

# At most so many bytes are held of a file on its way in, and so many on its way out.
_PART = 5 << 20
_PARTS_AT_ONCE = 4
_BLOCK = 1 << 18
_AWAY = marked("The server that keeps the files does not answer. Try again in a moment.")


@dataclass(frozen=True)
class Bucket:
    """Files by the same names as in a folder; `spool` is where they wait until they are whole."""

    objects: S3Store
    spool: Folder

    @asynccontextmanager
    async def receive(self, chunks: AsyncIterable[bytes]) -> AsyncIterator[Incoming]:
        """Take a file in, out of sight; unless it is kept inside the block, it is gone at its end."""
        async with self.spool.receive(chunks) as incoming:
            yield replace(incoming, _keep=self._keep)

    async def look(self, name: str) -> Kept | None:
        """What lies there under this name; None for any name that is not a file's. Raises Unreachable."""
        try:
            found = await obstore.head_async(self.objects, checked_name(name))
        except (FileNotFoundError, Invalid):
            return None
        except BaseError as error:
            raise Unreachable(_AWAY) from error
        return Kept(name, found["size"], found["last_modified"])

    async def read(self, name: str, start: int, stop: int) -> AsyncIterator[bytes]:
        """The bytes from `start` until before `stop`, a block at a time. Raises Invalid, Unreachable."""
        if start >= stop:
            return
        try:
            found = await obstore.get_async(
                self.objects, checked_name(name), options={"range": (start, stop)}
            )
            async for block in found.stream(min_chunk_size=_BLOCK):
                yield bytes(block)
        except BaseError as error:
            raise Unreachable(_AWAY) from error

    async def below(self, folder: str) -> AsyncIterator[Kept]:
        """Every file whose name begins with `folder/`, or every file, in no order. Raises Unreachable."""
        try:
            async for some in obstore.list(self.objects, folder or None):
                for found in some:
                    yield Kept(found["path"], found["size"], found["last_modified"])
        except BaseError as error:
            raise Unreachable(_AWAY) from error

    async def delete(self, name: str) -> None:
        """Remove a file, if it is there. Raises Invalid for a bad name, Unreachable."""
        try:
            await obstore.delete_async(self.objects, checked_name(name))
        except FileNotFoundError:
            return
        except BaseError as error:
            raise Unreachable(_AWAY) from error

    async def tidy(self) -> None:
        """Remove what processes that were killed had begun to take in."""
        await self.spool.tidy()

    async def _keep(self, incoming: Path, name: str) -> None:
        # Whole or not at all: an object is there when its last part is.
        try:
            await obstore.put_async(
                self.objects,
                checked_name(name),
                incoming,
                chunk_size=_PART,
                max_concurrency=_PARTS_AT_ONCE,
            )
        except BaseError as error:
            raise Unreachable(_AWAY) from error


def open_bucket(settings: Settings) -> Bucket:
    """The bucket that RAPPORT_MEDIA_URL names, `s3://bucket/prefix`."""
    parts = urlsplit(settings.media_url)
    options: dict[str, str] = {}
    if settings.s3_endpoint:
        options["endpoint"] = settings.s3_endpoint
    if settings.s3_key:
        options["access_key_id"] = settings.s3_key
        options["secret_access_key"] = settings.s3_secret
    objects = S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        client_options={
            "allow_http": settings.s3_endpoint.startswith("http://"),
            "connect_timeout": "5s",
            "timeout": "60s",
        },
        # Somebody waits for it.
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=10)},
        config=options,  # type: ignore[arg-type]
    )
    return Bucket(objects, Folder(settings.data / "uploads"))
