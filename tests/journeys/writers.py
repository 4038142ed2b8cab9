"""Somebody who writes in a real browser, and what their hands do there."""

import io
import re
from collections.abc import Sequence

from PIL import Image
from playwright.async_api import Locator, Page, expect

from app.accounts.actor import Role
from app.accounts.sessions import Whereabouts, start_session
from app.work import Doors
from tests.conftest import OpenPage
from tests.world import a_member

NEW = "/write/new/"
SAVED = re.compile("^Saved")
_COPY = """([html, plain]) => navigator.clipboard.write([new ClipboardItem({
  'text/html': new Blob([html], {type: 'text/html'}), 'text/plain': new Blob([plain], {type: 'text/plain'})})])"""
_DROP = """(field, files) => {
  const dropped = new DataTransfer();
  for (const [name, type, bytes] of files) dropped.items.add(new File([Uint8Array.from(bytes)], name, {type}));
  field.dispatchEvent(new DragEvent('drop', {dataTransfer: dropped, bubbles: true, cancelable: true}));
}"""


async def an_author(doors: Doors, name: str = "Nora", role: Role = Role.AUTHOR) -> str:
    """Somebody new who may write; the token of a session they have begun."""
    async with doors.unit_of_work() as db:
        author = await a_member(db, name, roles=[role])
        return await start_session(db, author, Whereabouts("203.0.113.9", "A browser"))


async def at_the_desk(
    open_page: OpenPage, url: str, token: str, path: str = NEW, **options: object
) -> Page:
    """A window of theirs, in which a page below `/write/` is open."""
    page = await open_page(f"{url}/healthz", **options)
    await page.context.add_cookies([{"name": "session", "value": token, "url": url}])
    await page.goto(url + path)
    return page


async def another_tab(page: Page, address: str) -> Page:
    """A second tab of the same window."""
    tab = await page.context.new_page()
    await tab.goto(address)
    return tab


def body_of(page: Page) -> Locator:
    """The field they write into."""
    return page.locator("#editor [name=body]")


def status_of(page: Page) -> Locator:
    """The line which says how well the words are kept."""
    return page.locator("#editor-status")


async def write(page: Page, words: str) -> None:
    """Type at the end of the text."""
    await body_of(page).focus()
    await page.keyboard.press("Control+End")
    await page.keyboard.type(words)


async def until_saved(page: Page) -> None:
    """Wait until the server has all of it."""
    await expect(status_of(page)).to_have_text(SAVED)


async def take_what_waits(page: Page) -> None:
    """Whatever was typed and not saved comes into the text: by itself, or as it is offered."""
    await expect(status_of(page)).to_have_text(re.compile("word"))
    offer = page.locator("#offer")
    if await offer.is_visible():
        await offer.get_by_role("link", name="Take them").click()
        await expect(page).to_have_url(re.compile("words=unsaved"))
        await expect(status_of(page)).to_have_text(re.compile("word"))


async def paste(page: Page, html: str, plain: str, keys: str = "Control+v") -> None:
    """Copy both from elsewhere, and paste them at the end of the text."""
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.evaluate(_COPY, [html, plain])
    await body_of(page).focus()
    await page.keyboard.press("Control+End")
    await page.keyboard.press(keys)


def a_picture(width: int = 40) -> bytes:
    """A small one."""
    whole = io.BytesIO()
    Image.new("RGB", (width, 30), "teal").save(whole, "PNG")
    return whole.getvalue()


async def drop_files(page: Page, *files: tuple[str, str, bytes]) -> None:
    """Let go of files (name, type, bytes) over the text."""
    as_numbers: Sequence[object] = [[name, kind, list(body)] for name, kind, body in files]
    await body_of(page).evaluate(_DROP, as_numbers)
