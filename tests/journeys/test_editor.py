"""The editor in a real browser: pasting, dropping, marks, the preview, and that all of it can be reached."""

import gzip
import re
from itertools import pairwise

import pytest
from playwright.async_api import Page, expect

from app.core.markup import markdown_post
from app.work import Doors
from tests.browsers import SCHEMES, WIDTHS
from tests.conftest import OpenPage
from tests.journeys.looking import troubles_on
from tests.journeys.writers import (
    a_picture,
    an_author,
    at_the_desk,
    body_of,
    drop_files,
    status_of,
    until_saved,
    write,
)
from tests.visiting import ROOT, Server

pytestmark = pytest.mark.anyio

SCRIPTS = ROOT / "frontend" / "js"
MOST_OF_SCRIPT = 60 * 1024
IMPORTED = re.compile(r'(?m)^import .*?from "(\..*?)";|^import "(\..*?)";', re.DOTALL)

WHOLE = """# One

A [link][far] and a footless line.

- a

- b

  still b

1. x
2. y

```
# no heading

[far]: /no
```

> quoted
goes on

Two
===

| A | B |
| - | - |
| 1 | 2 |

[far]: https://far.example/ "Far"

"""


@pytest.fixture
async def page(server: Server, doors: Doors, open_page: OpenPage) -> Page:
    """A new post, open."""
    return await at_the_desk(open_page, server.url, await an_author(doors))


async def test_marks_are_put_on_and_taken_off_by_keys(page: Page) -> None:
    await write(page, "one two ")
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Control+Shift+ArrowLeft")

    for keys, words in (
        ("Control+b", "one **two** "),
        ("Control+b", "one two "),
        ("Control+i", "one *two* "),
        ("Control+z", "one two "),
        ("Control+k", "one [two]() "),
    ):
        await page.keyboard.press(keys)
        await expect(body_of(page)).to_have_value(words)
    await page.keyboard.type("/there/")
    await page.keyboard.press("Control+Enter")

    await expect(body_of(page)).to_have_value("one [two](/there/) ")
    await expect(page.get_by_role("button", name="Publish")).to_be_focused()


async def test_the_keys_are_said_in_a_list(page: Page) -> None:
    await page.get_by_role("button", name="Keys").click()
    await expect(page.get_by_role("dialog", name="Keys")).to_contain_text("To the button")
    await page.keyboard.press("Escape")

    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_the_preview_says_what_the_whole_text_would(page: Page) -> None:
    text = WHOLE + "".join(
        f"Paragraph {number} of [many][far]. " * 40 + "\n\n" for number in range(9)
    )
    await body_of(page).fill(text)
    await page.get_by_role("button", name="Preview").click()
    shown = page.locator("#editor-preview [data-page]")
    await expect(shown).to_contain_text("Paragraph 8")

    for words in (
        "Far away.\n\n",
        "- a list",
        "\n- goes on\n\n",
        "```\nnever closed\n\n# no heading",
    ):
        await write(page, words)
        whole = markdown_post(await body_of(page).input_value())[0]
        same = """([place, html]) => {
          const tree = (nodes) => [...nodes].filter((one) => one.nodeType === 1).map((one) => one.outerHTML);
          const other = document.createElement("template");
          other.innerHTML = html;
          return JSON.stringify(tree(place.childNodes)) === JSON.stringify(tree(other.content.childNodes));
        }"""
        place = await shown.element_handle()
        await page.wait_for_function(same, arg=[place, str(whole)])


async def test_a_word_in_a_long_post_sends_a_piece_of_it(page: Page) -> None:
    paragraph = "The quick brown fox jumps over a *lazy* [dog](/dogs/) and goes on. " * 8
    await body_of(page).fill("\n\n".join([paragraph] * 210))
    await page.get_by_role("button", name="Preview").click()
    await expect(page.locator("#editor-preview [data-page] p")).to_have_count(210)
    await until_saved(page)
    sent = []
    page.on(
        "request",
        lambda request: (
            sent.append(len(request.post_data or "")) if "preview" in request.url else None
        ),
    )

    await body_of(page).focus()
    await body_of(page).evaluate("field => field.setSelectionRange(50_000, 50_000)")
    await page.keyboard.press("Home")
    await page.keyboard.type("river ", delay=30)

    shown = page.locator("#editor-preview [data-page] p").filter(has_text="river")
    await expect(shown).to_have_count(1)
    assert 0 < max(sent) < 20_000
    await expect(status_of(page)).to_contain_text("20,161 words")


async def test_all_its_script_is_small(page: Page) -> None:
    found, queue = {}, ["editor.js"]
    while queue:
        name = queue.pop()
        words = (SCRIPTS / name).read_text()
        found[name] = len(gzip.compress(words.encode()))
        for one, other in IMPORTED.findall(words):
            path = ((SCRIPTS / name).parent / (one or other)).resolve()
            if path.relative_to(SCRIPTS).as_posix() not in found:
                queue.append(path.relative_to(SCRIPTS).as_posix())
    loaded = "performance.getEntriesByType('resource').map((one) => one.name)"
    names = [re.sub(r"\.[0-9a-f]{12}\.js$", ".js", url) for url in await page.evaluate(loaded)]
    scripts = {name.partition("/static/js/")[2] for name in names if name.endswith(".js")}

    assert scripts == set(found)
    assert sum(found.values()) < MOST_OF_SCRIPT
    assert {path.name for path in (SCRIPTS / "editor").iterdir()} == {
        name.partition("/")[2] for name in found
    } - {""}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
async def test_axe_finds_nothing_in_the_editor(
    server: Server, doors: Doors, open_page: OpenPage, width: int, scheme: str
) -> None:
    token = await an_author(doors)
    page = await at_the_desk(open_page, server.url, token, width=width, scheme=scheme)
    await page.locator("[name=title]").fill("A river")
    await write(page, "# One\n\n- two\n\n## Three\n\nand so on.")
    found = {"writing": await findings(page)}
    await page.get_by_role("button", name="Preview").click()
    await expect(page.locator("#editor-preview")).to_contain_text("and so on")
    await drop_files(page, ("a.png", "image/png", a_picture()), ("b.png", "image/png", b"none"))
    await expect(page.get_by_role("button", name="Try again").last).to_be_visible()
    found["with all open"] = await findings(page)
    await page.get_by_role("button", name="Keys").click()
    found["keys"] = await findings(page)

    assert {name: those for name, those in found.items() if those} == {}


async def findings(page: Page) -> list[str]:
    wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*(await troubles_on(page)), *(["too wide"] * wide)]


async def test_what_is_read_aloud_is_not_said_with_every_key(page: Page) -> None:
    said = """() => {
      window.said = [];
      new MutationObserver((changes) => changes.forEach((one) => window.said.push(one.target.textContent)))
        .observe(document.querySelector("p[role=status].visually-hidden"), {childList: true});
    }"""
    await page.evaluate(said)
    for words in ("One. ", "Two. ", "Three."):
        await write(page, words)
        await until_saved(page)
    await page.context.set_offline(True)
    await write(page, " Four.")
    await expect(status_of(page)).to_contain_text("no connection")
    await page.context.set_offline(False)
    await until_saved(page)

    heard = await page.evaluate("window.said")
    assert [words.partition(":")[0] for words in heard] == ["Not saved yet", "Saved just now"]
    assert all(one != other for one, other in pairwise(heard))
