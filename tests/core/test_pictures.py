"""Pictures in a text are offered in versions; nothing else of it changes."""

import pytest

from app.core.markup import clean_post
from app.core.pictures import Drawn, Version, path_of, with_versions

TEA = "/wp-content/uploads/tea.jpg"
DRAWN = Drawn(
    Version(TEA, "image/jpeg", 1200),
    800,
    [
        Version("/t-480.webp", "image/webp", 480),
        Version("/t-480.jpg", "image/jpeg", 480),
    ],
)
OFFERED = (
    '<picture><source type="image/webp" srcset="/t-480.webp 480w" sizes="{sizes}">'
    '{img} srcset="/t-480.jpg 480w, /wp-content/uploads/tea.jpg 1200w" sizes="{sizes}"></picture>'
)
SIZED = f'<img src="{TEA}" alt="Tea" decoding="async" width="1200" height="800"'
SAID = f'<img src="{TEA}" width="300" loading="eager" decoding="sync"'
NARROW = "(min-width: 364px) 300px, 100vw"
WIDE = "(min-width: 640px) 576px, 100vw"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            f'<p><img src="{TEA}" alt="Tea"></p>',
            f"<p>{OFFERED.format(sizes=WIDE, img=SIZED)}</p>",
        ),
        (f"{SAID}>", OFFERED.format(sizes=NARROW, img=SAID)),
        (f'<img src="{TEA}" srcset="/x.jpg 2x">', None),
        (f'<picture><source srcset="/x.webp"><img src="{TEA}"></picture>', None),
        ('<img src="/wp-content/uploads/other.jpg">', None),
        (f"<p>{TEA} &lt;img src=\"{TEA}\"&gt;</p>", None),
        ("<p>Words</p>", None),
    ],
)  # fmt: skip
def test_a_picture_is_offered_in_its_versions(html: str, expected: str | None) -> None:
    assert with_versions(html, {TEA: DRAWN}) == (expected or html)


def test_all_but_the_first_wait_until_they_are_nearly_in_sight() -> None:
    shown = with_versions(f'<img src="/x.jpg"><img src="{TEA}"><img src="{TEA}">', {TEA: DRAWN})

    assert shown.count('loading="lazy"') == 2


def test_what_is_offered_is_still_clean() -> None:
    shown = with_versions(f'<p><img src="{TEA}" alt="a &quot;b&quot; &lt;c"></p>', {TEA: DRAWN})

    assert str(clean_post(shown)).replace(" ", "") == shown.replace(" ", "")


def test_an_address_is_found_however_it_is_written() -> None:
    assert path_of("/a%20b&amp;c%CC%8C.jpg") == "/a b&\u010d.jpg"
