"""The built page in a real headless Chromium: pixels and sound, not just elements."""

from __future__ import annotations

from typing import Any

import numpy as np
from browser_fixtures import NEEDS_BROWSER, draw, open_page, picture, wait_for
from viewer_fixtures import SyntheticChat, SyntheticScene

from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.skeleton import JOINT_INDEX
from digital_life.viewer.server import chat_app, replay_app, start

pytestmark = NEEDS_BROWSER


def around(image: np.ndarray, screen: list[float], radius: int = 12) -> np.ndarray:
    x, y = round(screen[0]), round(screen[1])
    return image[y - radius : y + radius, x - radius : x + radius]


def head_at(scene: SyntheticScene, name: str, moment: float) -> np.ndarray:
    """Where forward kinematics puts the head joint, between two frames at their middle."""
    performance = next(
        p
        for (_, who), p in scene.performed.items()
        if who == name and p.start <= moment + 1e-6 and moment < p.end - 1e-6
    )
    positions, _ = forward_kinematics(
        performance.motion.rotations, performance.motion.translation, scene.characters[name].skeleton
    )
    frame = (moment - performance.start) * 30
    first = int(frame + 1e-6)
    mix = max(0.0, frame - first)
    head = positions[:, JOINT_INDEX["head"]]
    return (1 - mix) * head[first] + mix * head[first + 1]


def test_two_characters_are_seen(page: Any, replay: SyntheticScene) -> None:
    with start(replay_app(replay)) as server:
        open_page(page, server.url)
        page.evaluate("__dl.seek(2)")
        draw(page, 6)
        characters = page.evaluate("__dl.characters")
        assert [character["name"] for character in characters] == ["Mira", "Tunde"]
        shown = picture(page)
        page.evaluate("__dl.showFigures(false)")
        draw(page)
        empty = picture(page)
        for character in characters:
            changed = np.abs(around(shown, character["screen"]) - around(empty, character["screen"])).max(axis=2) > 25
            assert changed.mean() > 0.3, f"{character['name']} is not where the page says"
        red, blue = (around(shown, character["screen"]).mean(axis=(0, 1)) for character in characters)
        assert red[0] - red[2] > blue[0] - blue[2] + 60
        assert len(np.unique(empty.reshape(-1, 3) // 8, axis=0)) > 60, "the room is bare"
    assert page.complaints == []


def test_playing_advances_with_sound_and_subtitle(page: Any, replay: SyntheticScene) -> None:
    with start(replay_app(replay)) as server:
        open_page(page, server.url)
        assert page.evaluate("__dl.playing") is False
        page.click("#start")
        wait_for(page, "__dl.time > 0.3")
        wait_for(page, "__dl.lastAudio?.turn === 1 && __dl.lastAudio.time > 0.2")
        heard = page.evaluate("__dl.lastAudio.time - (__dl.time - 1.3)")
        assert abs(heard) < 0.6, "sound and movement are apart"
        assert "Good evening" in page.inner_text("#subtitle")
        assert "Mira" in page.inner_text("#lines li.now")
        page.keyboard.press("Space")
        wait_for(page, "!__dl.playing && __dl.lastAudio.paused")
    assert page.complaints == []


def test_scrubbing_moves_the_scene(page: Any, replay: SyntheticScene) -> None:
    with start(replay_app(replay)) as server:
        open_page(page, server.url)
        box = page.locator("#timeline").bounding_box()
        page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + box["height"] / 2)
        wait_for(page, f"Math.abs(__dl.time - {replay.clock / 2}) < 0.4")
        draw(page)
        for moment in (2.0, 9.7 + 0.5 / 30):
            page.evaluate(f"__dl.seek({moment})")
            draw(page)
            for character in page.evaluate("__dl.characters"):
                np.testing.assert_allclose(character["head"], head_at(replay, character["name"], moment), atol=2e-3)
        page.click("#lines li >> nth=1")
        wait_for(page, "__dl.playing && __dl.time >= 5 && __dl.time < 8")
    assert page.complaints == []


def test_a_typed_message_gets_a_spoken_answer(page: Any, chat: SyntheticChat) -> None:
    with start(chat_app(chat)) as server:
        open_page(page, server.url)
        idle = page.evaluate("__dl.time")
        wait_for(page, f"__dl.time > {idle} + 2")
        assert chat.idle_requests > 1
        page.fill("#text", "good day")
        page.keyboard.press("Enter")
        wait_for(page, "__dl.lastAudio !== null && __dl.lastAudio.time > 0.2")
        assert "You said: good day" in page.inner_text("#lines")
        assert page.is_hidden("#thinking")
        page.fill("#text", "goodbye")
        page.keyboard.press("Enter")
        wait_for(page, "document.querySelector('#lines').innerText.includes('has ended the conversation')")
    assert page.complaints == []


def test_errors_are_shown_in_the_page(page: Any, chat: SyntheticChat) -> None:
    with start(chat_app(chat)) as server:
        open_page(page, server.url)
        page.fill("#text", "fail")
        page.keyboard.press("Enter")
        wait_for(page, "document.querySelector('#errors').innerText.includes('the mind gave no answer')")
    wait_for(page, "document.querySelector('#errors').innerText.includes('connection to the server is closed')")


def test_a_missing_body_is_named(page: Any, replay: SyntheticScene) -> None:
    replay.paths["Tunde"].unlink()
    with start(replay_app(replay)) as server:
        page.goto(server.url)
        wait_for(page, "document.querySelector('#errors').innerText.includes('Tunde')")
