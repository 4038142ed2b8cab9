"""Small real files of each kind, made here, and a way to stream them."""

from collections.abc import AsyncIterator
from io import BytesIO

from PIL import Image


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> bytes:
    """A picture that any browser shows."""
    out = BytesIO()
    Image.new("RGB", size, (180, 40, 60)).save(out, kind)
    return out.getvalue()


# The beginnings by which browsers know them too.
MP4 = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41" + bytes(100)
MP3 = b"ID3\x03\0\0\0\0\0\x21" + bytes(300)
OGG = b"OggS\0\x02" + bytes(20) + b"\x01vorbis" + bytes(50)
WAV = b"RIFF\x24\0\0\0WAVEfmt " + bytes(50)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


async def stream(content: bytes) -> AsyncIterator[bytes]:
    """The content in two pieces."""
    middle = len(content) // 2
    yield content[:middle]
    yield content[middle:]
