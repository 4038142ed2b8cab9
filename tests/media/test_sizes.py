"""Which files are other sizes of a picture."""

import pytest

from app.media.sizes import other_sizes

FOLDER = sorted(
    [
        "photo.jpg", "photo-150x150.jpg", "photo-300x200.jpg", "photo-300x200@2x.jpg",
        "photo-scaled.jpg", "photo-scaled-300x200.jpg", "photo-e1334567890.jpg",
        "photo-e1334567890123-150x150.jpg", "photo-300x200.jpg.webp", "photo-300x200.webp",
        "photo-1.jpg", "photo-1-150x150.jpg", "photo-of-me.jpg", "photograph.jpg", "photo.png",
        "photo-150x150.png", "photo-150x.jpg", "photo-150x150.jpg.php", "Photo-150x150.jpg",
        "paper.pdf", "paper-pdf.jpg", "paper-pdf-106x150.jpg", "paper-150x150.jpg",
        "a+b(c).jpg", "a+b(c)-150x150.jpg", "notes.txt", "notes-150x150.txt", "-150x150.jpg",
    ]
)  # fmt: skip
OF_PHOTO = [
    "photo-150x150.jpg", "photo-300x200.jpg", "photo-300x200.jpg.webp", "photo-300x200.webp",
    "photo-300x200@2x.jpg", "photo-e1334567890.jpg", "photo-e1334567890123-150x150.jpg",
    "photo-scaled-300x200.jpg",
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("photo.jpg", [*OF_PHOTO, "photo-scaled.jpg"]),
        ("photo-scaled.jpg", [*OF_PHOTO, "photo.jpg"]),
        ("photo-1.jpg", ["photo-1-150x150.jpg"]),
        ("photo.png", ["photo-150x150.png", "photo-300x200.webp"]),
        ("paper.pdf", ["paper-pdf-106x150.jpg", "paper-pdf.jpg"]),
        ("a+b(c).jpg", ["a+b(c)-150x150.jpg"]),
        ("notes.txt", []),
        ("gone.jpg", []),
        (".jpg", []),
        ("jpg", []),
        ("-scaled.jpg", []),
    ],
)
def test_sizes_are_known_by_their_names(name: str, sizes: list[str]) -> None:
    assert sorted(other_sizes(name, FOLDER)) == sorted(sizes)
