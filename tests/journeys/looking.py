"""What axe says of a page, by day and by night.

Each rule is asked by day. By night nothing is different but colours (see `tests/site/test_colour.py`), so that the
page need not be loaded anew, and only the rules about colours are asked again.
"""

import json
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

RULES: dict[str, Any] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# Where colours go over into others it takes a moment, however short.
SETTLED = """async () => {
  await new Promise(requestAnimationFrame);
  await Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)));
  await new Promise(requestAnimationFrame);
}"""
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


async def troubles_on(page: Page, rules: dict[str, Any] = RULES) -> list[str]:
    """What axe finds on a page as it is shown now: each rule, and where it is broken."""
    return _told((await Axe().run(page, options=rules)).response)


async def troubles_by_day_and_night(page: Page, rules: dict[str, Any] = RULES) -> list[str]:
    """The same for a page that is shown by day, and then what it finds of its colours by night."""
    by_day = await troubles_on(page, rules)
    await page.emulate_media(color_scheme="dark")
    await page.evaluate(SETTLED)
    # It is in the page already.
    by_night = await page.evaluate(f"axe.run({json.dumps(RULES | COLOURS)})")
    await page.emulate_media(color_scheme="light")
    await page.evaluate(SETTLED)
    return [*by_day, *(f"by night, {trouble}" for trouble in _told(by_night))]


def _told(response: dict[str, Any]) -> list[str]:
    return [
        f"{violation['id']}: {', '.join(str(node['target']) for node in violation['nodes'])}"
        for violation in response["violations"]
    ]
