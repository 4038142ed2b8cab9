"""The library of files in a real browser: several are handed in with and without script; what axe says to it."""

from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from app.work import Doors
from tests.conftest import OpenPage
from tests.journeys.test_library import an_author, go_in
from tests.media.samples import PDF, a_picture
from tests.visiting import Server

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("script", [True, False])
async def test_pictures_are_handed_in_and_told_of(
    server: Server, doors: Doors, open_page: OpenPage, tmp_path: Path, script: bool
) -> None:
    await an_author(doors)
    for name, content in {
        "tea.jpg": a_picture(size=(1000, 600)),
        "wrong.png": b"x",
        "a.pdf": PDF,
    }.items():
        (tmp_path / name).write_bytes(content)
    page = await open_page(server.url, script=script)
    await go_in(page, server.url)
    await page.goto(f"{server.url}/write/media/")

    chosen = page.get_by_label("Add files")
    await chosen.set_input_files([tmp_path / name for name in ("tea.jpg", "wrong.png", "a.pdf")])
    await page.get_by_role("button", name="Add", exact=True).click()

    await expect(page.get_by_role("alert")).to_contain_text("“wrong.png” is not what its name says")
    await expect(page.locator(".media-card")).to_have_count(2)
    await page.get_by_role("link", name="tea", exact=True).last.click()
    await page.get_by_label("Alt text").fill("A pot of tea")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await page.get_by_role("button", name="Delete it for good").click()
    await expect(page.get_by_text("The file is gone.")).to_be_visible()
    await expect(page.locator(".media-card")).to_have_count(1)


async def test_one_picture_leads_to_its_page_and_axe_finds_nothing(
    server: Server, doors: Doors, open_page: OpenPage, tmp_path: Path
) -> None:
    await an_author(doors)
    (tmp_path / "tea.jpg").write_bytes(a_picture(size=(1000, 600)))
    found = {}
    for width, scheme in ((360, "light"), (1280, "dark")):
        page = await open_page(server.url, width=width, scheme=scheme)
        await go_in(page, server.url)
        for _time in ("empty", "with one"):
            await page.goto(f"{server.url}/write/media/")
            found[width, page.url, _time] = (await Axe().run(page)).response["violations"]
            await page.get_by_label("Add files").set_input_files(tmp_path / "tea.jpg")
            await page.get_by_role("button", name="Add", exact=True).click()
            await expect(page.get_by_text("Now say what is to be seen on it.")).to_be_visible()
            found[width, page.url, _time] = (await Axe().run(page)).response["violations"]

    assert not any(found.values()), found
