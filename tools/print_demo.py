"""Prints the demo site's scorecard anew, from `tools/scorecard.html` into `app/porting/demo/resources`.

The document is kept in the repository, so this is run only when its words change: `python tools/print_demo.py`.
"""

import asyncio
from pathlib import Path

from tests.browsers import a_browser

HERE = Path(__file__).parent
RESOURCES = HERE.parent / "app/porting/demo/resources"


async def main() -> None:
    """Open it in a browser, and print it as a document."""
    async with a_browser() as browser:
        page = await browser.new_page()
        await page.goto((HERE / "scorecard.html").as_uri())
        await page.pdf(path=RESOURCES / "scorecard.pdf", prefer_css_page_size=True)


if __name__ == "__main__":
    asyncio.run(main())
