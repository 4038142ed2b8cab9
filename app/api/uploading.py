"""Handing in a file, by itself or in a form: streamed past, and written down once for each key."""

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.accounts.api_answers import claimed_answer, release_key
from app.accounts.api_tokens import Scope
from app.api.answering import Done
from app.api.calling import Call
from app.api.fields import Line
from app.api.media import MediaWhole, told
from app.api.once import answer_of, claimed, count_change, keep_answer, key_of, told_again
from app.api.operations import Asking, writes
from app.api.routing import ApiRoute
from app.core import clock
from app.core.answers import require
from app.core.errors import Invalid, WrongType
from app.core.i18n import _
from app.core.stores import store_of
from app.media.actions import LONGEST, Words, describe_upload
from app.media.models import Upload
from app.media.policy import may_use_library
from app.media.uploading import LARGEST_UPLOAD, NewUpload, add_upload
from app.web.multipart import read_form_with_file
from app.web.rpc.dates import local

router = APIRouter(route_class=ApiRoute, tags=["Media"])

_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_FORM: dict[str, Any] = {
    "schema": {
        "type": "object",
        "required": ["file"],
        "properties": {
            "file": {"type": "string", "format": "binary"},
            "title": {"type": "string", "maxLength": LONGEST["title"]},
            "alt": {"type": "string", "maxLength": LONGEST["alt"]},
        },
    }
}
_OPERATION = writes(Scope.MEDIA_WRITE, 409)
_OPERATION["openapi_extra"]["requestBody"] = {
    "required": True,
    "content": {"multipart/form-data": _FORM, "application/octet-stream": _BINARY},
}


class _ToldBefore(Exception):
    """The call was done before: this is what was answered."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


@dataclass
class _File:
    """A file on its way in: what it is called, what is said of it, and its bytes."""

    name: str
    chunks: AsyncIterator[bytes]
    # Asked when all of it has come: fields may stand behind the file.
    words: Callable[[], dict[str, str]]


@router.post("/media", status_code=201, response_model=MediaWhole, **_OPERATION)
async def create_media(
    call: Asking,
    name: Annotated[Line, Query(max_length=300, examples=["garden.jpg"])] = "",
    title: Annotated[Line, Query(max_length=LONGEST["title"])] = "",
    alt: Annotated[Line, Query(max_length=LONGEST["alt"])] = "",
) -> Response:
    """Hand in a file: as the body, with its `name` in the address; or in a form, as `file`.

    It must be what its name says. Of pictures only the picture is kept: not where it was taken.
    """
    require(may_use_library(call.me))
    file = await _file_in(call, name, {"title": title, "alt": alt})
    hashing, key = hashlib.sha256(), key_of(call)

    async def chunks() -> AsyncIterator[bytes]:
        async for chunk in file.chunks:
            hashing.update(chunk)
            yield chunk

    def asked() -> str:
        said = [call.request.url.query, file.name, *sorted(file.words().items())]
        return hashlib.sha256(f"{said} {hashing.hexdigest()}".encode()).hexdigest()

    work = _OnceWritten(call, key, asked, file.words)
    new = NewUpload(name=file.name, chunks=chunks(), at=local(clock.now(), call.site))
    try:
        await add_upload(work, store_of(call.settings), call.me, new)
    except _ToldBefore as before:
        return before.answer
    except BaseException:
        await work.give_up()
        raise
    assert work.what is not None
    return answer_of(call, work.what)


async def _file_in(call: Call, name: str, words: dict[str, str]) -> _File:
    """The file of a call. Raises WrongType, BadRequest, TooLarge, Invalid."""
    kind = call.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ("application/x-www-form-urlencoded", "application/json", ""):
        raise WrongType(_("Send the file itself, or a form of the kind multipart/form-data."))
    if kind == "multipart/form-data":
        form = await read_form_with_file(call.request, LARGEST_UPLOAD)
        if not form.file_name:
            raise Invalid(_("Please choose a file."), fields={"file": _("Please choose a file.")})
        return _File(form.file_name, form.file(), lambda: {**words, **_words_in(form.fields)})
    if not name:
        raise Invalid(_("A file needs a name."), fields={"name": _("Please fill this in.")})
    return _File(name, aiter(call.request.stream()), lambda: words)


def _words_in(fields: dict[str, str]) -> dict[str, str]:
    return {name: fields[name] for name in ("title", "alt") if fields.get(name)}


class _OnceWritten:
    """The two units of work in which a file is written down: the first takes the key, the second keeps the answer."""

    def __init__(
        self, call: Call, key: str, asked: Callable[[], str], words: Callable[[], dict[str, str]]
    ) -> None:
        self.what: Done | None = None
        self._call, self._key, self._asked, self._words = call, key, asked, words
        self._is_begun = False

    def reading(self) -> AbstractAsyncContextManager[AsyncSession]:
        """As any work."""
        return self._call.doors.reading()

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[AsyncSession]:
        """As any work, and the key with it. Raises what `claim_key` raises."""
        async with self._call.doors.unit_of_work() as db:
            if not self._is_begun:
                await self._begin(db)
            yield db
            for upload in [row for row in db if isinstance(row, Upload) and row.is_stored]:
                await self._keep(db, upload)
        self._is_begun = True

    async def give_up(self) -> None:
        """Leave no key behind of what came to nothing."""
        if self._is_begun and self._key:
            async with self._call.doors.unit_of_work() as db:
                await release_key(db, self._call.token_id or 0, self._key)

    async def _begin(self, db: AsyncSession) -> None:
        kept = await claimed(self._call, db, self._key, self._asked())
        if kept is not None and kept.status:
            raise _ToldBefore(told_again(self._call, kept))
        await count_change(self._call, db)

    async def _keep(self, db: AsyncSession, upload: Upload) -> None:
        call, said = self._call, {n: w for n, w in self._words().items() if w}
        if said:
            words = Words(**{"title": upload.title, **said})
            upload = await describe_upload(db, call.me, upload.id, words, upload.version)
        self.what = Done(told(call, upload), 201, {"Location": call.api(f"/media/{upload.id}")})
        if self._key:
            keep_answer(await claimed_answer(db, call.token_id or 0, self._key), self.what)
