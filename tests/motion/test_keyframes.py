"""Keyframe files as an author writes them: what a mistake says, and that words mean what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from digital_life.errors import InputError
from digital_life.motion.hands import hand_rotations, hand_shapes
from digital_life.motion.keyframes import compile_clip
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.skeleton import JOINT_INDEX, canonical_skeleton

HEAD = """id: test_clip
captions: [one thing, two things, three things, four things, five things]
captions_zh: [一]
kind: gesture
posture: any
duration: 2.0
keys:
"""


def write(folder: Path, keys: str, head: str = HEAD) -> Path:
    path = folder / "test_clip.yaml"
    path.write_text(head + keys, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("keys", "line", "says"),
    [
        ("  - {time: 1, right_hand: {reach: [1, 1, 1]}}", 8, "longer than the arm"),
        ("  - {time: 1, right_fingers: fisst}", 8, "fisst"),
        ("  - {time: 1}\n  - {time: 1.5, head: {nodd: 3}}", 9, "nodd"),
        ("  - {time: 1, right_hand: {near: elbo}}", 8, "elbo"),
        ("  - {time: 1, right_hand: {reach: [0, 0, 1], palm: sideways}}", 8, "sideways"),
        ("  - {time: 1, ease: bouncy}", 8, "bouncy"),
        ("  - {time: 1, right_hand: {reach: [0, 0, 1}}", 8, "not valid YAML"),
    ],
)
def test_mistakes_name_the_line(tmp_path: Path, keys: str, line: int, says: str) -> None:
    with pytest.raises(InputError) as caught:
        compile_clip(write(tmp_path, keys))
    assert f"test_clip.yaml:{line}" in str(caught.value)
    assert says in str(caught.value)


def test_keys_beyond_the_end_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="beyond the duration"):
        compile_clip(write(tmp_path, "  - {time: 1.9, hold: 0.5}"))


def test_a_hand_goes_where_it_is_sent(tmp_path: Path) -> None:
    key = "right_hand: {reach: [0.2, 0.1, 0.8], palm: forward, fingers: up}"
    motion = compile_clip(write(tmp_path, f"  - {{time: 0.8, {key}, hold: 0.8}}")).motion
    skeleton = canonical_skeleton()
    places, _ = forward_kinematics(motion.rotations, motion.translation, skeleton)
    joint = {name: places[40, JOINT_INDEX[f"right_{name}"]] for name in ("shoulder", "elbow", "wrist", "middle1")}
    arm = np.linalg.norm(joint["elbow"] - joint["shoulder"]) + np.linalg.norm(joint["wrist"] - joint["elbow"])
    assert (joint["wrist"] - joint["shoulder"]) / arm == pytest.approx([-0.2, 0.1, 0.8], abs=0.06)
    assert joint["middle1"][1] > joint["wrist"][1] + 0.05


def test_captions_must_be_five(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"test_clip\.yaml:2: captions"):
        compile_clip(write(tmp_path, "  - {time: 1}", HEAD.replace(", five things", "")))


def test_hand_shapes_are_mirror_images() -> None:
    assert {"relaxed", "open", "flat", "fist", "point", "thumbs_up", "pinch", "ok", "count_two", "cupped"} <= set(
        hand_shapes()
    )
    left, right = hand_rotations("fist", "left"), hand_rotations("fist", "right")
    assert np.allclose(left[:, 0], right[:, 0])
    assert np.allclose(left[:, 1:], -right[:, 1:])
