"""The commands a person types, seen in a real browser: a recorded run, and a talk with a persona."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from browser_fixtures import CHROMIUM, FLAGS, NEEDS_BROWSER, draw, open_page, picture, wait_for

pytestmark = NEEDS_BROWSER


@contextmanager
def command(*arguments: str) -> Iterator[str]:
    """Run ``digital-life`` until it serves; yields the address it prints, and stops it as Ctrl-C does."""
    process = subprocess.Popen(
        [sys.executable, "-m", "digital_life", *arguments, "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            address = re.search(r"http://\S+", line)
            if address:
                yield address.group()
                break
        else:
            raise AssertionError("the command ended before it served anything")
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0


def test_a_recorded_run_is_replayed(page: Any, short_run: Path) -> None:
    with command("view", str(short_run)) as url:
        open_page(page, url)
        page.evaluate("__dl.seek(4)")
        draw(page, 4)
        shown = picture(page)
        visible = [c for c in page.evaluate("__dl.characters") if 0 < c["screen"][0] < 800]
        assert len(visible) == 2
        page.evaluate("__dl.showFigures(false)")
        draw(page)
        changed = np.abs(shown - picture(page)).max(axis=2) > 25
        assert changed.mean() > 0.03, "the two bodies cover too little of the picture"
        page.keyboard.press("Space")
        wait_for(page, "__dl.lastAudio !== null && __dl.lastAudio.time > 0.2")
    assert page.complaints == []


def test_without_an_audio_device_the_scene_plays_with_subtitles(driver: Any, short_run: Path) -> None:
    with command("view", str(short_run)) as url:
        silent = driver.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, "--disable-audio-output"])
        page = silent.new_page(viewport={"width": 640, "height": 360})
        open_page(page, url)
        page.keyboard.press("Space")
        wait_for(page, "__dl.time > 3 && document.querySelector('#subtitle').innerText.length > 5")
        assert page.inner_text("#errors") == ""
        silent.close()


def test_mira_answers_a_typed_message_aloud(page: Any, tmp_path: Path) -> None:
    with command("chat", "mira", "--mind", "offline", "--out", str(tmp_path / "talk")) as url:
        open_page(page, url)
        page.fill("#text", "Hello Mira, what do you do for a living?")
        page.keyboard.press("Enter")
        wait_for(page, "__dl.lastAudio !== null && __dl.lastAudio.time > 0.2")
        assert "botan" in page.inner_text("#lines").lower() or "plant" in page.inner_text("#lines").lower()
    assert page.complaints == []
    assert "Mira:" in (tmp_path / "talk" / "transcript.md").read_text()
