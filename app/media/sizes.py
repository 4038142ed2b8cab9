"""Which files of a folder are other sizes of a picture, by the names WordPress gives them. Pure."""

import re
from bisect import bisect_left
from collections.abc import Sequence

# -scaled: made smaller on upload; -rotated: turned as its EXIF said; -e1234567890123: edited.
_EDITED = r"(?:-e\d{9,}|-scaled|-rotated)"
_EDITED_END = re.compile(rf"{_EDITED}+$")
_SIZED = rf"{_EDITED}*(?:-\d+x\d+)?(?:@2x)?"
_PICTURES = ("jpg", "jpeg", "png", "gif", "webp", "avif")
_PREVIEWED = ("pdf",)


def other_sizes(name: str, names: Sequence[str]) -> list[str]:
    """Those of the sorted `names` in a folder that are other sizes of the file `name` in it.

    For `photo.jpg`: `photo-300x200.jpg`, `photo-scaled.jpg`, `photo-e1334567890-150x150.jpg`, and
    each with `.webp` or `.avif` behind or instead; for a PDF, the pictures of its first page.
    """
    stem, _dot, suffix = name.rpartition(".")
    stem = _EDITED_END.sub("", stem)
    kind = suffix.lower()
    if not stem or kind not in (*_PICTURES, *_PREVIEWED):
        return []
    begins = f"{stem}-pdf" if kind in _PREVIEWED else stem
    ending = "jpe?g|png" if kind in _PREVIEWED else rf"{re.escape(suffix)}|webp|avif"
    sized = re.compile(rf"{re.escape(begins)}{_SIZED}\.(?:{ending})(?:\.webp|\.avif)?")
    near = names[bisect_left(names, begins) : bisect_left(names, begins + "\U0010ffff")]
    return [other for other in near if other != name and sized.fullmatch(other)]
