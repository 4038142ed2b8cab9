"""Hands that have no mouse: what Tab reaches, whether it is seen to be there, and a way to something by its name."""

from typing import Any

from playwright.async_api import Page

# Longer ways than this nobody goes; a page that is longer has its skip links and its headings.
FAR = 160

# What has the focus: its words, and whether anybody sees that it has it.
_FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const labels = [...(one.labels ?? [])].map(label => label.textContent).join(" ");
  const words = one.getAttribute("aria-label") || labels || one.textContent || one.title || one.name || "";
  const look = getComputedStyle(one), box = one.getBoundingClientRect();
  // The little calendar in a field for a day is shown focused by the browser itself.
  const byItself = one.type === "date" && !one.matches(":focus-visible");
  const seen = byItself || one.matches(":focus-visible") && box.width > 0 && box.height > 0
    && (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0 || look.boxShadow !== "none");
  one.dataset.reached = "yes";
  return {words: words.replace(/\\s+/g, " ").trim(), tag: one.localName, type: one.type ?? "", seen};
}"""

# What can be used with a mouse and was never reached, but for the field that is a trap for robots.
# Of radio buttons that belong together one is.
_MISSED = """() => {
  const all = document.querySelectorAll("a[href], button, input, select, textarea, summary");
  const reached = new Set(
    [...all].filter(one => one.dataset.reached && one.type === "radio").map(one => one.name));
  return [...all].filter(one => one.checkVisibility({visibilityProperty: true}) && !one.disabled
      && one.type !== "hidden" && one.name !== "your_subject" && !one.dataset.reached
      && !(one.type === "radio" && reached.has(one.name)) && !one.closest("[aria-hidden=true]"))
    .map(one => one.outerHTML.slice(0, 120));
}"""


async def focused(page: Page) -> dict[str, Any] | None:
    """What has the focus; None where it is the page itself."""
    found: dict[str, Any] | None = await page.evaluate(_FOCUSED)
    return found


async def troubles_of(page: Page) -> list[str]:
    """Goes once round the page by Tab: what shows no focus, what is not reached, and whether one gets out again."""
    troubles: list[str] = []
    await page.evaluate("document.querySelectorAll('details').forEach(one => (one.open = true))")
    for _step in range(FAR * 3):
        await page.keyboard.press("Tab")
        found = await focused(page)
        if found is None:
            break
        if not found["seen"]:
            troubles.append(f"no focus seen: {found['tag']} {found['words'][:60]}")
    else:
        troubles.append("no way out")
    missed: list[str] = await page.evaluate(_MISSED)
    return troubles + [f"not reached: {one}" for one in missed]


async def go_to(page: Page, words: str, tag: str = "") -> None:
    """Tab until what has these words in its name has the focus. Fails where it is not on the way."""
    passed: list[str] = []
    for _step in range(FAR):
        await page.keyboard.press("Tab")
        found = await focused(page)
        if found and words in found["words"] and tag in ("", found["tag"]):
            assert found["seen"], f"nobody sees that “{words}” has the focus"
            return
        passed.append(found["words"][:40] if found else "…")
    raise AssertionError(f"“{words}” is not among {passed}")


async def press(page: Page, words: str, tag: str = "", key: str = "Enter") -> None:
    """Go to something and press it."""
    await go_to(page, words, tag)
    await page.keyboard.press(key)


async def write(page: Page, words: str, text: str) -> None:
    """Go to a field and type."""
    await go_to(page, words)
    await page.keyboard.type(text)
