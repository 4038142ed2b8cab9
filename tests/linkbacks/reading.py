"""Pages of strangers, for tests which read them."""

from collections.abc import Collection

from app.linkbacks.reading.source import Said, SourcePage, read_source

TARGET = "https://blog.example/2026/tea/"
SOURCE = "https://gwen.example/notes/1"
LINK = f'<a href="{TARGET}">tea</a>'


def said_by(
    content: str | bytes,
    content_type: str = "text/html",
    *,
    charset: str = "",
    url: str = SOURCE,
    targets: Collection[str] = (TARGET, "https://blog.example/?p=1"),
) -> Said:
    """What a page says that came with these headers."""
    sent = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return read_source(SourcePage(url, content_type, charset, sent), targets)
