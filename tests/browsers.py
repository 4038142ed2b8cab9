"""The system's own Chromium, driven by Playwright: real pages, in both widths and both colour schemes."""

import contextlib
import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright, expect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDTHS = (360, 1280)
SCHEMES = ("light", "dark")
# Seconds; long, for machines with much else to do: whoever is quick does not wait for it.
PATIENCE = 30.0
# For each window Chromium loads pages of its own that nobody sees, under its address bar: half of
# what a window costs. What Playwright leaves out is named as well, as only the last list counts.
LEFT_OUT = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay",
    "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)  # fmt: skip
expect.set_options(timeout=PATIENCE * 1000)


def find_chromium() -> str | None:
    """Where a Chromium lies: `RAPPORT_CHROMIUM`, else the first one of the system's."""
    named = os.environ.get("RAPPORT_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


@contextlib.asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    """A running Chromium; without one the test is skipped loudly, and fails in CI."""
    path = find_chromium()
    if path is None:
        missing = (
            "NO CHROMIUM: the browser journeys did not run (install it, or set RAPPORT_CHROMIUM)"
        )
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    async with async_playwright() as playwright:
        # Chromium's sandbox refuses to run as root.
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = await playwright.chromium.launch(
            executable_path=path,
            args=[*as_root, "--disable-dev-shm-usage", f"--disable-features={','.join(LEFT_OUT)}"],
        )
        yield browser
        await browser.close()
