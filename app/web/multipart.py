"""Forms with files in them (RFC 7578), read as they come in: fields are kept, files flow past in blocks."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from app.core.errors import BadRequest, TooLarge
from app.core.i18n import _
from app.web.forms import LARGEST, typed_fields

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_MOST_FIELDS = 60
# The name of a file stands in one: thousands of letters of any script, which are made a safe name of.
_LONGEST_HEADER = 32 << 10
# A sender who is silent for so long has gone.
_SILENCE = 60
# Of a file that is too large, so many bytes more are read past before its sender is cut off: a browser
# shows the answer only when it was let finish.
_PAST = 64 << 20
_READ = "rapport.fields"


@dataclass(frozen=True)
class SentFile:
    """One of several files: its name, as the sender has it, and its bytes, to be read before the next."""

    name: str
    chunks: AsyncIterator[bytes]


@dataclass(frozen=True)
class Room:
    """How much may come: bytes of all files together, how many files, how much is read past what is too large.

    And bytes of all `fields` together: whoever writes may have typed much.
    """

    most: int
    files: int = 1
    past: int = _PAST
    fields: int = 4 * LARGEST


class SentForm:
    """A form that is being received. First `begin()`, then the file by `file()`; `fields` grows all the while.

    Browsers send fields in the order of the page: those above the file are known before it comes.
    """

    def __init__(self, request: Request, room: Room) -> None:
        self.fields: dict[str, str] = {}
        # What the sender calls the file; empty where none was chosen.
        self.file_name = ""
        self._request, self._room, self._most = request, room, room.most
        self._body = aiter(request.stream())
        # Of each file its name, as text, then its bytes.
        self._blocks: deque[bytes | str] = deque()
        self._part = _Part()
        self._size_of_fields = 0
        self._size_of_file = 0
        self._number_of_files = 0
        self._ended = False
        self._parser: MultipartParser | None = None

    async def begin(self) -> "SentForm":
        """Read up to the file, or all of a form that has none. Raises WrongType, BadRequest, TooLarge."""
        self._refuse_if_said_to_be_too_large()
        kind, options = parse_options_header(self._request.headers.get("content-type", ""))
        if kind != b"multipart/form-data":
            self.fields = await typed_fields(self._request, most=self._room.fields)
            self._ended = True
            return self
        if b"boundary" not in options or len(options[b"boundary"]) > 200:
            raise BadRequest(_("What was sent can't be read."))
        self._request.scope[_READ] = self.fields
        self._parser = MultipartParser(
            options[b"boundary"], self._callbacks(), max_header_size=_LONGEST_HEADER
        )
        try:
            # As far as anybody may come: whoever is let in may take longer over the file.
            async with asyncio.timeout(_SILENCE):
                while not (self._number_of_files or self._ended):
                    await self._more()
        except TimeoutError:
            raise BadRequest(_("What was sent did not arrive in time.")) from None
        return self

    async def file(self) -> AsyncIterator[bytes]:
        """The file, and after it all fields that follow. Raises TooLarge and BadRequest."""
        while True:
            while self._blocks:
                block = self._blocks.popleft()
                if isinstance(block, bytes):
                    yield block
            if self._ended:
                break
            await self._more()
        self._refuse_if_too_large()

    async def files(self) -> AsyncIterator[SentFile]:
        """One file after the other; what of one is not read is read past. Raises as `file` does."""
        while True:
            while self._blocks:
                if isinstance(name := self._blocks.popleft(), str):
                    yield SentFile(name, self._one_file())
            if self._ended:
                break
            await self._more()
        self._refuse_if_too_large()

    async def _one_file(self) -> AsyncIterator[bytes]:
        while True:
            while self._blocks and not isinstance(self._blocks[0], str):
                block = self._blocks.popleft()
                assert isinstance(block, bytes)
                yield block
            if self._blocks or self._ended:
                break
            await self._more()
        # Before anybody takes what is cut off for the whole.
        self._refuse_if_too_large()

    async def rest(self) -> None:
        """Read past whatever is left, so that all fields are known. Raises as `file` does."""
        async for _block in self.file():
            pass

    def _refuse_if_too_large(self) -> None:
        if self._size_of_file > self._most:
            raise self._too_large()

    def _refuse_if_said_to_be_too_large(self) -> None:
        """Where that is known from the first line on, nothing of it is read."""
        declared = self._request.headers.get("content-length", "")
        most = self._most + self._room.past + self._room.fields
        if declared.isdecimal() and int(declared[:18]) > most:
            raise self._too_large()

    def _too_large(self) -> TooLarge:
        says = (
            _("A file has at most %(most)d MB.")
            if self._room.files == 1
            else _("Files that are sent together have at most %(most)d MB in all.")
        )
        return TooLarge(says % {"most": self._most >> 20})

    async def _more(self) -> None:
        assert self._parser is not None
        try:
            async with asyncio.timeout(_SILENCE):
                chunk = await anext(self._body, b"")
        except (TimeoutError, ClientDisconnect):
            raise BadRequest(_("What was sent did not arrive in time.")) from None
        if not chunk:
            # The last boundary never came: it broke off half-way.
            raise BadRequest(_("What was sent can't be read."))
        try:
            self._parser.write(chunk)
        except (FormParserError, UnicodeDecodeError):
            raise BadRequest(_("What was sent can't be read.")) from None
        if self._size_of_file > self._most + self._room.past:
            self._refuse_if_too_large()

    def _callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begins,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_ends,
            "on_headers_finished": self._named,
            "on_part_data": self._content,
            "on_part_end": self._ends,
            "on_end": self._is_over,
        }

    def _begins(self) -> None:
        self._part = _Part()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._part.header += data[start:end].lower()
        _refuse_if_long(self._part.header)

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._part.value += data[start:end]
        _refuse_if_long(self._part.value)

    def _header_ends(self) -> None:
        if self._part.header == b"content-disposition":
            self._part.disposition = bytes(self._part.value)
        self._part.header, self._part.value = bytearray(), bytearray()

    def _named(self) -> None:
        _kind, options = parse_options_header(self._part.disposition)
        self._part.name = options.get(b"name", b"").decode("utf-8")
        is_file = b"filename" in options
        if is_file and self._number_of_files < self._room.files:
            name = options[b"filename"].decode("utf-8", "replace")
            self.file_name = self.file_name or name
            self._blocks.append(name)
            self._part.is_file = True
            self._number_of_files += 1
        elif is_file or len(self.fields) >= _MOST_FIELDS:
            raise FormParserError("more parts than any form here has")

    def _content(self, data: bytes, start: int, end: int) -> None:
        if self._part.is_file:
            self._size_of_file += end - start
            if self._size_of_file <= self._most:
                self._blocks.append(data[start:end])
            return
        self._size_of_fields += end - start
        if self._size_of_fields > self._room.fields:
            raise TooLarge(_("That is too large."))
        self._part.content += data[start:end]

    def _ends(self) -> None:
        if not self._part.is_file:
            self.fields[self._part.name] = self._part.content.decode("utf-8")

    def _is_over(self) -> None:
        self._ended = True


class _Part:
    """One part of the form, as far as it has come in."""

    def __init__(self) -> None:
        self.header, self.value = bytearray(), bytearray()
        self.disposition = b""
        self.name = ""
        self.is_file = False
        self.content = bytearray()


def _refuse_if_long(header: bytearray) -> None:
    if len(header) > _LONGEST_HEADER:
        raise FormParserError("a header longer than any name")


async def read_form_with_file(request: Request, most: int) -> SentForm:
    """The fields of a form up to its file, which has at most `most` bytes. Raises as `begin` does."""
    return await SentForm(request, Room(most)).begin()


async def read_form_with_files(request: Request, room: Room) -> SentForm:
    """The fields of a form up to the first of its files. Raises as `begin` does."""
    return await SentForm(request, room).begin()
