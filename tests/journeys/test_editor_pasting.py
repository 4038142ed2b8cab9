"""What is pasted into the editor: marks from elsewhere become Markdown, and nothing else comes along."""

import re

import pytest
from playwright.async_api import Page, expect

from app.work import Doors
from tests.conftest import OpenPage
from tests.journeys.writers import an_author, at_the_desk, body_of, paste, until_saved, write
from tests.visiting import Server

pytestmark = pytest.mark.anyio

# What comes from a web page, from Google's documents, from Word; and what it is in Markdown.
PASTED = {
    "<h2>Roses</h2><p>They are <b>red </b>and <i>old</i>.</p>": "## Roses\n\nThey are **red** and *old*.",
    '<a href="https://e.example/?utm_source=x&amp;a=1">there</a>': "[there](https://e.example/?a=1)",
    '<a href="javascript:alert(1)">there</a>': "there",
    '<a href="https://www.google.com/url?q=https://e.example/b&amp;sa=D">there</a>': "[there](https://e.example/b)",
    "<ul><li>one<ul><li>two</li></ul></li><li>three</li></ul>": "- one\n  - two\n- three",
    "<ul><li>one</li><ul><li>two</li></ul></ul>": "- one\n  - two",
    "<ol start=3><li>c</li><li><p>d</p><p>e</p></li></ol>": "3. c\n\n4. d\n\n   e",
    "<blockquote><p>One.</p><p>Two.</p></blockquote>": "> One.\n>\n> Two.",
    '<pre><code class="language-py">a = 1\n\nb</code></pre>': "```py\na = 1\n\nb\n```",
    "Type <code>a`b</code> now": "Type `` a`b `` now",
    "<table><tr><th>A</th><th>B</th></tr><tr><td>1|2</td><td>3</td></tr></table>": (
        "| A | B |\n| --- | --- |\n| 1\\|2 | 3 |"
    ),
    "<p>1. no list, *no* mark, a_b</p>": "1\\. no list, \\*no\\* mark, a_b",
    "<p>one<br>two</p><hr><p>three</p>": "one\\\ntwo\n\n---\n\nthree",
    '<b style="font-weight:normal"><p><span style="font-weight:700">Bold</span>, plain</p></b>': (
        "**Bold**, plain"
    ),
    (
        "<p style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·</span>one</p>"
        "<p style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·</span>two</p>"
    ): "- one\n- two",
    "<b style='mso-bidi-font-weight:normal'>Bold</b>, <i style='mso-bidi-font-style:normal'>italic</i>": (
        "**Bold**, *italic*"
    ),
    "<p>Noted<a href='#_ftn1'>[1]</a> and<a href='/write/new/#_ftn2'>[2]</a></p>": (
        "Noted\\[1\\] and\\[2\\]"
    ),
    "<table><tr><td><p>A</p><p>B</p></td><td>C</td></tr><tr><td>D</td><td>E</td></tr></table>": (
        "| A B | C |\n| --- | --- |\n| D | E |"
    ),
    "<h2><div>One</div><div>line</div></h2>": "## One line",
    "<p>Seen<script>alert(1)</script><style>p{}</style><!-- no --></p>": "Seen",
    '<p>Seen</p><img src="https://t.example/p.gif" width="1" height="1">': "Seen",
    '<p><img src="https://e.example/a.png" alt="A rose"></p>': "[A rose](https://e.example/a.png)",
    "<p><del>gone</del> <a href='/2026/01/a/'>here</a></p>": "~~gone~~ [here](/2026/01/a/)",
    "<div>" * 300 + "deep" + "</div>" * 300: "deep",
}


@pytest.fixture
async def page(server: Server, doors: Doors, open_page: OpenPage) -> Page:
    """A new post, open."""
    return await at_the_desk(open_page, server.url, await an_author(doors))


async def test_marks_from_elsewhere_become_markdown(page: Page) -> None:
    as_markdown = """async (html) =>
      (await import("/static/js/editor/markdown.js")).markdownOf(html)"""
    found = {html: await page.evaluate(as_markdown, html) for html in PASTED}

    assert found == PASTED


async def test_pasted_text_becomes_markdown_and_undo_takes_it_back(page: Page) -> None:
    await write(page, "Before. ")

    await paste(page, "<p>A <b>bold</b> word</p>", "A bold word")
    await expect(body_of(page)).to_have_value("Before. A **bold** word")
    await page.keyboard.press("Control+z")
    await expect(body_of(page)).to_have_value("Before. ")
    await paste(page, "<p>A <b>bold</b> word</p>", "A bold word", "Control+Shift+v")

    await expect(body_of(page)).to_have_value("Before. A bold word")


async def test_nothing_that_is_pasted_runs_or_is_fetched(page: Page) -> None:
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(dialog.message))

    await paste(
        page,
        "<p>A <b>word</b><img src=http://127.0.0.1:9/x.png onerror=alert(1)><svg onload=alert(2)></svg></p>",
        "A word",
    )

    await expect(body_of(page)).to_have_value(re.compile(r"A \*\*word\*\*"))
    await until_saved(page)
    assert [url for url in asked if not url.startswith(page.url.partition("/write/")[0])] == []


async def test_an_address_over_chosen_words_makes_them_a_link(page: Page) -> None:
    await write(page, "Read this")
    await page.keyboard.press("Control+Shift+ArrowLeft")
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.evaluate("navigator.clipboard.writeText('https://e.example/')")

    await page.keyboard.press("Control+v")

    await expect(body_of(page)).to_have_value("Read [this](https://e.example/)")
