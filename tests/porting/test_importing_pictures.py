"""Pictures that came with an import get the versions that those handed in get."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from app.media.models import Upload
from app.settings import Settings
from tests.porting.importing import bring
from tests.porting.wxr_samples import an_attachment, an_export, an_item

pytestmark = pytest.mark.anyio

PICTURE = "https://blog.example.org/wp-content/uploads/2012/01/2.jpg"


def a_photo(width: int, orientation: int = 1) -> bytes:
    out, exif = BytesIO(), Image.Exif()
    exif[0x0112] = orientation
    much = Image.effect_noise((width // 3, 200), 60).resize((width, 600))
    much.convert("RGB").save(out, "JPEG", quality=95, exif=exif)
    return out.getvalue()


async def test_imported_pictures_get_versions_in_one_job_and_once(
    doors: Any, visitor: Any, settings: Settings, run_jobs: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "copy" / "2012" / "01"
    folder.mkdir(parents=True)
    for number, content in {
        1: a_photo(900), 2: a_photo(1000), 3: a_photo(1000), 4: a_photo(1000, orientation=6),
        5: a_photo(400), 6: a_photo(1000)[:900],
    }.items():  # fmt: skip
        (folder / f"{number}.jpg").write_bytes(content)
    shown = an_item(9, content__encoded=f'<![CDATA[<img src="{PICTURE}" alt="Tea" />]]>')
    export = an_export(shown, *(an_attachment(number) for number in range(1, 7)))

    for _ in range(2):
        await bring(doors, settings.data, export, media=tmp_path / "copy")
        # One whose file is lost keeps nobody else from theirs.
        (settings.data / "uploads" / "2012" / "01" / "1.jpg").unlink()
        done = await run_jobs()
        assert [end.taken.name for end in done if "sizes" in end.taken.name] == [
            "make-missing-sizes"
        ]

        async with doors.reading() as db:
            sizes = select(Upload.variant_of_id, Upload.mime).where(
                Upload.variant_of_id.is_not(None)
            )
            made = (await db.execute(sizes)).all()
            source = await db.scalar(select(Upload.sha256).where(Upload.id == 2))
        assert {number for number, _mime in made} == {2, 3}
        assert {mime for _number, mime in made} == {"image/avif", "image/webp", "image/jpeg"}
        assert len(made) == 2 * 8

    page = (await visitor.get("/2012/01/post-9/")).text
    assert f"/wp-content/uploads/2012/01/2-480w-{source[:8]}.avif 480w" in page
    kept = settings.data / "uploads" / "2012" / "01" / "2.jpg"
    assert kept.read_bytes() == (folder / "2.jpg").read_bytes()
