"""What a file really is: found out from its bytes, never from its name or what somebody said of it."""

import re
import struct
from collections.abc import AsyncIterable, Iterable
from dataclasses import dataclass
from pathlib import Path

import puremagic
from anyio import to_thread
from PIL import Image

from app.core.errors import Invalid
from app.core.i18n import _
from app.core.storage import Store

# Browsers show these, or play them, and nothing in them can act for our site.
PICTURES = frozenset(
    ("image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/bmp")
)
SOUNDS_AND_FILMS = frozenset(
    {
        "application/ogg", "audio/flac", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/wav",
        "video/mp4", "video/ogg", "video/quicktime", "video/webm",
    }
)  # fmt: skip
SHOWN_INLINE = PICTURES | SOUNDS_AND_FILMS | {"application/pdf"}
ANY_BYTES = "application/octet-stream"

MOST_PIXELS = 100_000_000
# Pillow reads some kinds whole to look at them.
_LARGEST_PICTURE = 64 << 20
_BLOCK = 1 << 20

# Other names of the same; PNGs that move; and the multi-picture JPEG of some cameras.
_SAME = {
    "image/mpo": "image/jpeg",
    "image/apng": "image/png",
    "audio/wave": "audio/wav",
    "audio/x-wav": "audio/wav",
}
_PILLOW_READS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP")
# A picture that is a page as well; a PDF that acts. `#4a` is how PDF spells letters it hides.
# A tag's name ends where it is told from its attributes (HTML, §13.2.5.8): in a large picture four bytes
# like those before that come about by chance.
_MARKUP = re.compile(
    rb"<(?:(?:script|html|body|iframe|svg)[\t\n\f\r />]|!doctype|\?php)", re.IGNORECASE
)
_ACTS = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFile|RichMedia|XFA)\b")
_HIDDEN_LETTER = re.compile(rb"#([0-9A-Fa-f]{2})")
# Longer than anything the two patterns above can match.
_OVERLAP = 64

# Pillow's only switch for this is global: it warns above, and refuses above twice as much.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


@dataclass(frozen=True)
class Nature:
    """What a file is: `mime` is one of SHOWN_INLINE or ANY_BYTES; pixels of pictures only."""

    mime: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class StoredFile:
    """A file in the folder of uploads; `sha256` in hexadecimal, `size` in bytes."""

    path: str
    nature: Nature
    size: int
    sha256: str


async def store(folder: Store, path: str, chunks: AsyncIterable[bytes]) -> StoredFile:
    """Take a file in, look at it, and put it in its place whole.

    Raises Invalid for a name that can't be used and for a picture that is a bomb.
    """
    async with folder.receive(chunks) as incoming:
        nature = await to_thread.run_sync(nature_of, incoming.path)
        await incoming.keep(path)
    return StoredFile(path, nature, incoming.size, incoming.sha256)


async def find_stored(folder: Store, path: str) -> StoredFile | None:
    """What lies at this path already, looked at as if it had just come in. Raises as `store` does."""
    kept = await folder.look(path)
    if kept is None:
        return None
    async with folder.receive(folder.read(path, 0, kept.size)) as again:
        nature = await to_thread.run_sync(nature_of, again.path)
    return StoredFile(path, nature, again.size, again.sha256)


def nature_of(path: Path) -> Nature:
    """What the file at this path is. Raises Invalid for pictures of more than MOST_PIXELS."""
    nature = as_picture(path) or Nature(_as_anything(path))
    if nature.mime in PICTURES and _holds(path, _MARKUP):
        return Nature(ANY_BYTES)
    if nature.mime == "application/pdf" and _holds(path, _ACTS):
        return Nature(ANY_BYTES)
    return nature


def holds_markup(content: bytes) -> bool:
    """Whether a browser that guesses might take this for a page."""
    return _MARKUP.search(content) is not None


def as_picture(path: Path) -> Nature | None:
    """A picture that Pillow can open, and whose sums are right where its kind has sums.

    What else may be in its file is not looked at. Raises Invalid as `nature_of` does.
    """
    if path.stat().st_size > _LARGEST_PICTURE:
        return None
    try:
        with Image.open(path, formats=_PILLOW_READS) as picture:
            mime = picture.get_format_mimetype() or ANY_BYTES
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise _too_large()
            picture.verify()
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    # What Pillow's readers raise on damaged files is not documented; these were all seen.
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError, struct.error):
        return None
    return Nature(_SAME.get(mime, mime), width, height)


def _too_large() -> Invalid:
    most = MOST_PIXELS // 1_000_000
    return Invalid(_("This picture has more than %(most)d million pixels.") % {"most": most})


def _as_anything(path: Path) -> str:
    """The best of what its first and last bytes may mean, if that is something browsers play."""
    with path.open("rb") as file:
        try:
            found = puremagic.magic_stream(file)
        except (puremagic.PureError, ValueError):
            return ANY_BYTES
    return _playable(_SAME.get(match.mime_type, match.mime_type) for match in found)


def _playable(mimes: Iterable[str]) -> str:
    for mime in filter(None, mimes):
        # Pictures are what Pillow can open, and nothing else is.
        if mime in SHOWN_INLINE and mime not in PICTURES:
            return mime
        if mime != ANY_BYTES:
            return ANY_BYTES
    return ANY_BYTES


def _holds(path: Path, pattern: re.Pattern[bytes]) -> bool:
    """Whether the pattern is anywhere in the file, read block by block."""
    rest = b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            window = rest + block
            if pattern is _ACTS:
                window = _HIDDEN_LETTER.sub(lambda found: bytes.fromhex(found[1].decode()), window)
            if pattern.search(window):
                return True
            rest = window[-_OVERLAP:]
    return False
