"""A real headless Chromium, and what tests do with a page in it."""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from digital_life.viewer import page as built

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--mute-audio", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
]  # fmt: skip
SIZE = {"width": 800, "height": 450}
PATIENCE = 90.0

NEEDS_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium"),
    pytest.mark.skipif(not (built.STATIC / "index.html").is_file(), reason="the page is not built: make web"),
]


@pytest.fixture(scope="session")
def browser(driver: Any) -> Iterator[Any]:
    chromium = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield chromium
    chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page that fails the test if anything was complained about in its console."""
    tab = browser.new_page(viewport=SIZE)
    complaints: list[str] = []
    tab.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.complaints = complaints
    yield tab
    tab.close()


def wait_for(page: Any, expression: str) -> Any:
    """Poll; Playwright's own waiting needs 'unsafe-eval', which the page's security policy refuses."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        value = page.evaluate(expression)
        if value:
            return value
        page.wait_for_timeout(50)
    raise AssertionError(f"never came true: {expression}; errors shown: {page.inner_text('#errors')}")


def open_page(page: Any, url: str) -> None:
    page.goto(url)
    wait_for(page, "Boolean(window.__dl?.ready)")
    draw(page)


def draw(page: Any, frames: int = 3) -> None:
    wait_for(page, f"__dl.frames >= {page.evaluate('__dl.frames')} + {frames}")


def picture(page: Any) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(page.locator("#canvas").screenshot())).convert("RGB"), dtype=int)
