"""``import digital_life as dl``: light, and with what the README promises."""

import inspect
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import digital_life as dl
from digital_life.momat.library import MotionLibrary


def test_every_public_name_is_there() -> None:
    for name in dl.__all__:
        assert getattr(dl, name) is not None


def test_importing_is_light() -> None:
    code = "import sys, digital_life; print(sorted({'numpy', 'torch', 'pydantic'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["nod.npz", "nod.bvh", "nod.vrma"])
def test_motions_are_saved_and_loaded_by_their_suffix(name: str, tmp_path: Path) -> None:
    motion = MotionLibrary.default()["nod_yes"].motion
    dl.save_motion(motion, str(tmp_path / name))
    again = dl.load_motion(str(tmp_path / name))
    assert isinstance(again, dl.Motion) and len(again) == len(motion)
    assert np.abs(np.sum(again.rotations * motion.rotations, axis=-1)).min() > 0.99999


def test_match_takes_what_a_matcher_takes() -> None:
    own = inspect.signature(dl.Matcher.match).parameters
    assert list(inspect.signature(dl.match).parameters) == list(own)[1:]
    found = dl.match("waves with the left hand", posture="standing", hand="left", seed=1)
    assert found.clip is not None and found.clip.id == "wave_left" and len(found.motion) > 30
