"""The look that an owner chose: one sheet of style at a name of its own, a logo, a picture; no inline style."""

import io
import re

import httpx
import pytest
from PIL import Image
from sqlalchemy import func, select

from app.accounts.actor import Role
from app.media.models import Upload
from app.work import Doors
from tests.conftest import SignedIn
from tests.web.owning import SETTINGS, audited, keep

pytestmark = pytest.mark.anyio

LOGO = f"{SETTINGS}appearance/logo"
SHEET = re.compile(r'href="(/static/look\.[0-9a-f]{12}\.css)"')


@pytest.fixture
async def owner(signed_in: SignedIn) -> httpx.AsyncClient:
    return await signed_in(Role.OWNER)


def a_picture(kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (96, 48), (31, 111, 84)).save(file, kind)
    return file.getvalue()


async def test_the_sheet_is_kept_for_ever_under_its_name_and_has_another_once_it_says_another_thing(
    owner: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    assert SHEET.search((await visitor.get("/")).text) is None

    await keep(owner, "appearance", own_accent="1", accent="#1f6f54")
    [first] = SHEET.findall((await visitor.get("/")).text)
    sheet = await visitor.get(first)
    await keep(owner, "appearance", own_accent="1", accent="#7a1f6f")
    [second] = SHEET.findall((await visitor.get("/")).text)

    assert sheet.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in sheet.headers["cache-control"]
    assert "--accent:#1f6f54" in sheet.text
    assert second != first
    # Whoever has an old page at hand gets what counts now, and does not keep it.
    old = await visitor.get(first)
    assert "--accent:#7a1f6f" in old.text
    assert "immutable" not in old.headers["cache-control"]


async def test_the_program_s_own_look_is_back_when_the_box_is_not_ticked(
    owner: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    await keep(owner, "appearance", own_accent="1", accent="#1f6f54")
    await keep(owner, "appearance", own_accent="")

    page = (await visitor.get("/")).text
    assert SHEET.search(page) is None
    assert " style=" not in page
    assert (await visitor.get("/static/look.0123456789ab.css")).status_code == 404


async def test_a_logo_is_on_every_page_at_once_and_can_be_taken_away(
    doors: Doors, owner: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    assert "masthead__logo" not in (await visitor.get("/")).text

    given = await owner.post(LOGO, files={"logo": ("our mark.png", a_picture(), "image/png")})

    assert given.status_code == 303
    page = (await visitor.get("/")).text
    [src] = re.findall(r'masthead__logo" src="([^"]+)" alt="" width="96" height="48"', page)
    assert (await visitor.get(src)).headers["content-type"] == "image/png"
    await owner.post(f"{LOGO}/removal")
    assert "masthead__logo" not in (await visitor.get("/")).text
    entries = await audited(doors, "settings changed")
    assert [(e.before, e.after) for e in entries] == [
        ({"logo_id": None}, {"logo_id": 1}), ({"logo_id": 1}, {"logo_id": None}),
    ]  # fmt: skip


async def test_a_header_picture_stands_on_the_first_page_alone(
    owner: httpx.AsyncClient, visitor: httpx.AsyncClient
) -> None:
    await owner.post(
        f"{SETTINGS}appearance/header", files={"header": ("h.jpg", a_picture("JPEG"), "image/jpeg")}
    )

    assert "masthead__picture" in (await visitor.get("/")).text
    assert "masthead__picture" not in (await visitor.get("/search/")).text


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "That is no picture."),
        ("logo.png", b"%PDF-1.4 no picture", "That is no picture."),
        ("logo.png", b"", "Choose a picture first."),
        ("logo.txt", a_picture(), "is not what its name says"),
        ("../../etc/logo.exe", a_picture(), "is not what its name says"),
    ],
)  # fmt: skip
async def test_what_is_no_picture_is_no_logo_and_leaves_no_file_behind(
    doors: Doors, owner: httpx.AsyncClient, name: str, content: bytes, says: str
) -> None:
    answer = await owner.post(LOGO, files={"logo": (name, content, "image/png")})

    assert answer.status_code == 422
    assert '<a href="#logo">' in answer.text
    assert says in answer.text
    async with doors.reading() as db:
        assert await db.scalar(select(func.count()).select_from(Upload)) == 0


async def test_a_picture_that_is_too_large_is_refused(owner: httpx.AsyncClient) -> None:
    content = a_picture() + bytes(11 << 20)

    answer = await owner.post(LOGO, files={"logo": ("logo.png", content, "image/png")})

    assert answer.status_code == 413
    assert "A file has at most 10 MB." in answer.text


async def test_there_are_two_places_for_pictures(owner: httpx.AsyncClient) -> None:
    answer = await owner.post(
        f"{SETTINGS}appearance/banner", files={"banner": ("b.png", a_picture(), "image/png")}
    )

    assert answer.status_code == 404
