"""Files of our own: one style sheet on the wire, names made from what is in them."""

import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app.web.door import static_files
from app.web.door.static_files import load_assets, static_url
from app.web.door.stylesheets import bundle

pytestmark = pytest.mark.anyio


def plain(name: str) -> str:
    return f"/{name}"


def test_imports_are_put_in_their_place_in_order() -> None:
    sheets = {
        "css/main.css": '@layer a, b;\n@import url("a.css");\n@import "parts/b.css";\np { x: y }',
        "css/a.css": '/* @import "gone.css"; */ .a { content: "/* @import \\" */"; }',
        "css/parts/b.css": '@import url("../c.css"); .b { background: url(../../img/b.png) }',
        "css/c.css": ".c { mask: url('data:x') }",
    }
    assert bundle("css/main.css", sheets, plain) == (
        '@layer a, b; .a { content: "/* @import \\" */"; } '
        ".c { mask: url('data:x') } .b { background: url(\"/img/b.png\") } p { x: y }"
    )


@pytest.mark.parametrize(
    "main",
    [
        '@import "a.css"; @import "a.css";',
        '@import "main.css";',
        '@import "gone.css";',
        '@import "a.css" print;',
        '@import url("a.css") layer(x);',
    ],
)
def test_what_would_not_be_read_off_the_files_is_refused(main: str) -> None:
    with pytest.raises(ValueError, match=r"css|condition"):
        bundle("main.css", {"main.css": main, "a.css": ""}, plain)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "css/main.css": '@import "part.css";',
        "css/part.css": "body { background: url(../img/x.svg) }",
        "img/x.svg": "<svg/>",
        "js/.hidden": "?",
        "templates/base.html": "secret",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_names_change_with_what_is_in_the_files_and_in_those_they_use(folder: Path) -> None:
    before = load_assets(folder)
    (folder / "img/x.svg").write_text("<svg></svg>")
    after = load_assets(folder)

    assert set(before) == {"css/main.css", "img/x.svg"}
    assert before["img/x.svg"].address.encode() not in after["css/main.css"].body
    assert after["img/x.svg"].address.encode() in after["css/main.css"].body
    assert before["css/main.css"].address != after["css/main.css"].address


def test_a_file_of_unknown_type_is_named_at_start(folder: Path) -> None:
    (folder / "img/x.psd").write_text("?")
    with pytest.raises(ValueError, match=r"img/x\.psd"):
        load_assets(folder)


def test_the_sites_style_sheet_is_one_file_that_imports_nothing() -> None:
    sheet = static_files.ASSETS["css/main.css"].body.decode()
    assert "@import" not in sheet
    assert re.match(r"@layer reset, .*?; ", sheet)


async def test_hashed_names_last_for_ever_and_plain_ones_are_asked_for_again() -> None:
    app = FastAPI()
    app.include_router(static_files.router)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://site") as browser:
        hashed = await browser.get(static_url("css/main.css"))
        by_name = await browser.get("/static/css/main.css")

    assert hashed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert by_name.headers["cache-control"] == "no-cache"
    assert hashed.content == by_name.content
    assert hashed.headers["content-type"] == "text/css; charset=utf-8"
