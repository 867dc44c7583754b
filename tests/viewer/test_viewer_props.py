"""What a figure of the page holds: told to the page, and seen in a real headless Chromium while it is held."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser_fixtures import NEEDS_BROWSER, draw, open_page, picture
from viewer_fixtures import SyntheticScene, cheap_character

from digital_life.behaviour import Behaviour
from digital_life.momat.interactions.held import Held
from digital_life.motion.skeleton import JOINT_INDEX
from digital_life.viewer.server import replay_app, start
from digital_life.viewer.wire import wire_prop

PARCEL = Held(
    "parcel", "parcel", (0.4, 0.4, 0.4), "right_wrist", (-0.15, 0.0, 0.15), (1.0, 0.0, 0.0, 0.0), start=0.0, stop=1.0
)  # fmt: skip


def test_the_page_is_told_of_things_on_the_scene_clock() -> None:
    told = wire_prop(PARCEL, 12.0)
    assert (told.start, told.stop, told.joint) == (12.0, 13.0, JOINT_INDEX["right_wrist"])
    assert (told.shape, told.size, told.offset) == (PARCEL.shape, PARCEL.size, PARCEL.offset)


@pytest.fixture
def holding(tmp_path: Path) -> SyntheticScene:
    """Mira, who has a parcel in her right hand for a second."""
    scene = SyntheticScene([cheap_character("Mira", (0.2, 0.3, 0.8))], tmp_path)
    turn = scene.add(Behaviour(speaker="Mira", speech="It is heavy."), 2.0)
    (performance,) = turn.performances
    held = performance.model_copy(update={"props": (wire_prop(PARCEL, turn.start),)})
    scene.turns[0] = turn.model_copy(update={"performances": (held,)})
    return scene


@pytest.mark.browser
@NEEDS_BROWSER[1]
@NEEDS_BROWSER[2]
def test_a_thing_is_seen_while_it_is_held(page: Any, holding: SyntheticScene) -> None:
    shown = []
    with start(replay_app(holding)) as server:
        open_page(page, server.url)
        for moment in (0.5, 1.5):
            page.evaluate(f"__dl.seek({moment})")
            draw(page, 4)
            image = picture(page)
            red, green, blue = (image[..., channel] for channel in range(3))
            ribbon = (red > 1.8 * green) & (red > 1.6 * blue) & (red > 60)
            shown.append(ribbon)
        head, _ = page.evaluate("__dl.characters[0].screen")
    gained = shown[0] & ~shown[1]
    assert gained.sum() > 400 and gained.sum() > 2 * (shown[1] & ~shown[0]).sum()
    assert page.complaints == []
    assert 0 < head - np.argwhere(gained)[:, 1].mean() < 120, "on the side of her right hand"
