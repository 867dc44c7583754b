from __future__ import annotations

import numpy as np
import pytest

from digital_life.assets import asset_dir
from digital_life.motion.arkit import ARKIT_NAMES
from digital_life.motion.keyframes import compile_clip
from digital_life.motion.motion import Motion


@pytest.fixture(scope="session")
def talk() -> Motion:
    """A shipped gesture with fingers, turned and moved away from the origin, with a face."""
    motion = compile_clip(asset_dir("motion_db") / "clips" / "wave_right.yaml").motion
    phase = np.linspace(0.0, 6.0, len(motion))[:, None] + np.arange(len(ARKIT_NAMES))
    return motion.with_face((0.5 + 0.5 * np.sin(phase)).astype(np.float32))


@pytest.fixture(scope="session")
def walk() -> Motion:
    return compile_clip(asset_dir("motion_db") / "clips" / "walk_loop.yaml").motion
