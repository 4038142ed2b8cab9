"""Pictures of people: whatever comes in is drawn anew as square JPEGs, with nothing else of it kept.

They lie among the uploads, but no upload names them: whoever serves one asks first for whom it is.
"""

import io
from collections.abc import AsyncIterator
from pathlib import Path

from PIL import Image, ImageOps

from app.core.errors import Invalid
from app.core.i18n import _
from app.core.secrets import new_token
from app.core.storage import Store
from app.media.drawing import DAMAGED, damaged, in_turn, refuse_vast
from app.media.files import PICTURES, nature_of

LARGEST_PORTRAIT = 8 << 20
# The sides of the squares that are kept, in pixels.
SIZES = (144, 320)
_ENOUGH = 4 * max(SIZES)
_QUALITY = 85
_BACKGROUND = (255, 255, 255)


async def keep_portrait(folder: Store, content: bytes) -> str:
    """Keep a picture in all sizes; its new name. Raises Invalid for what is no picture."""
    name = new_token()
    async with folder.receive(_whole(content)) as incoming:
        squares = await in_turn(_squares, incoming.path)
    for size, square in squares.items():
        async with folder.receive(_whole(square)) as drawn:
            await drawn.keep(portrait_path(name, size))
    return name


async def forget_portrait(folder: Store, name: str) -> None:
    """Remove a picture in all sizes; harmless for none."""
    if name:
        for size in SIZES:
            await folder.delete(portrait_path(name, size))


async def read_portrait(folder: Store, name: str, size: int) -> bytes:
    """A picture in one of its sizes; nothing where there is none."""
    path = portrait_path(name, size)
    kept = await folder.look(path) if name and size in SIZES else None
    if kept is None:
        return b""
    return b"".join([block async for block in folder.read(path, 0, kept.size)])


def portrait_path(name: str, size: int) -> str:
    """Where a picture lies, in one size."""
    return f"portraits/{name}-{size}.jpg"


def _squares(path: Path) -> dict[int, bytes]:
    """The middle of a picture, upright, as JPEGs; no EXIF, no profile, no comment goes along."""
    nature = nature_of(path)
    if nature.mime not in PICTURES:
        raise Invalid(_("That is no picture. JPEG, PNG, WebP, GIF and AVIF are taken."))
    try:
        with Image.open(path) as picture:
            refuse_vast(picture)
            # Before anything else is made of it: JPEGs are even read smaller.
            picture.thumbnail((_ENOUGH, _ENOUGH))
            whole = ImageOps.exif_transpose(picture).convert("RGBA")
            flat = Image.new("RGB", whole.size, _BACKGROUND)
            flat.paste(whole, mask=whole.getchannel("A"))
            return {size: _square(flat, size) for size in SIZES}
    except DAMAGED as error:
        raise damaged() from error


def _square(picture: Image.Image, size: int) -> bytes:
    # A little above the middle: that is where faces are.
    fitted = ImageOps.fit(picture, (size, size), Image.Resampling.LANCZOS, centering=(0.5, 0.4))
    written = io.BytesIO()
    fitted.save(written, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return written.getvalue()


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
