"""Files in words, and as Markdown. Pure, but for the language being spoken."""

from collections.abc import Sequence

from fastapi import Request

from app.core.i18n import _, marked
from app.core.text import one_line
from app.media.files import PICTURES
from app.media.library import Kind
from app.media.models import Upload
from app.media.showing import UPLOADS
from app.posts.addresses import address
from app.web.media.pages import DESK, Card, Shown
from app.web.resources.words import size_in_words

# Narrower versions than this are not drawn large.
_CARD = 320
_LARGE = 900
_KINDS = {
    Kind.PICTURES: marked("Pictures"),
    Kind.UNTOLD: marked("Without alt text"),
    Kind.SOUNDS: marked("Sounds"),
    Kind.FILMS: marked("Films"),
    Kind.OTHERS: marked("Others"),
}
_DONE = {
    "added": marked("It is here. Now say what is to be seen on it."),
    "file": marked("It is here."),
    "several": marked("They are here."),
    "saved": marked("Saved."),
    "deleted": marked("The file is gone."),
}


def said_done(request: Request) -> str:
    """What was just done, as the address of a page says by one word."""
    said = _DONE.get(request.query_params.get("done", ""))
    return _(said) if said else ""


def kinds_in_words() -> dict[Kind, str]:
    """What a list can be narrowed to."""
    return {kind: _(words) for kind, words in _KINDS.items()}


def url_of(upload: Upload) -> str:
    """Where the file itself is."""
    return address(UPLOADS + upload.path)


def card_of(upload: Upload, sizes: Sequence[Upload]) -> Card:
    """A file as one of many."""
    return Card(
        url=f"{DESK}{upload.id}/",
        title=title_of(upload),
        picture=picture_of(upload, sizes, _CARD),
        ending=ending_of(upload),
        facts=facts_of(upload),
        is_untold=is_untold(upload),
    )


def large(upload: Upload, sizes: Sequence[Upload]) -> Shown | None:
    """The picture as its own page shows it."""
    return picture_of(upload, sizes, _LARGE)


def picture_of(upload: Upload, sizes: Sequence[Upload], wide: int) -> Shown | None:
    """The smallest version that is at least so wide, in a format every browser shows; else the picture."""
    if upload.mime not in PICTURES or not (upload.width and upload.height):
        return None
    fit = (size for size in sizes if (size.width or 0) >= wide and size.mime == "image/webp")
    drawn = next((size for size in fit if _is_alike(size, upload)), upload)
    return Shown(url_of(drawn), drawn.width or 1, drawn.height or 1)


def title_of(upload: Upload) -> str:
    """What a file is called."""
    return upload.title or upload.path.rpartition("/")[2]


def ending_of(upload: Upload) -> str:
    """What kind of file its name says it is."""
    return upload.path.rpartition(".")[2].upper()[:5]


def is_untold(upload: Upload) -> bool:
    """Whether it is a picture, and there are no words for those who can't see it."""
    return upload.mime in PICTURES and not upload.alt


def facts_of(upload: Upload) -> Sequence[str]:
    """How large it is, in pixels and in bytes."""
    facts = [size_in_words(upload.size or 0)]
    if upload.width and upload.height:
        facts.insert(0, f"{upload.width} × {upload.height}")
    return facts


def markdown_of(upload: Upload) -> str:
    """What is written in a post to show the picture, or to lead to the file."""
    if upload.mime in PICTURES:
        return f"![{_escaped(upload.alt)}]({url_of(upload)})"
    return f"[{_escaped(title_of(upload))}]({url_of(upload)})"


def _escaped(text: str) -> str:
    # CommonMark §2.4: what could end the words, or mean something in them.
    return "".join(f"\\{letter}" if letter in "\\[]*_`<&!" else letter for letter in one_line(text))


def _is_alike(size: Upload, upload: Upload) -> bool:
    """Whether it shows all of the picture: WordPress cuts some."""
    wide, high = size.width or 1, size.height or 1
    return abs(wide * (upload.height or 1) / (upload.width or 1) - high) <= 1.5
