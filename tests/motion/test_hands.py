"""Named hand shapes: what they are called, and that no finger goes into another or into the palm."""

from __future__ import annotations

import numpy as np
import pytest

from digital_life.errors import InputError
from digital_life.evaluate.hand_overlap import finger_overlap
from digital_life.motion.hands import hand_rotations, hand_shapes
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, canonical_skeleton

NAMES = (
    "relaxed", "fist", "flat", "point", "thumbs up", "victory", "pinch", "count 1", "count 2", "count 3", "count 4",
    "count 5", "cup", "grip", "phone", "thumb down", "thumb aside", "book", "pen", "keys", "keys index", "keys thumb",
)  # fmt: skip
TOUCH = 2e-3
"""Metres: about as far as the skin of a fingertip gives way."""


def tips(name: str, side: str = "left") -> dict[str, np.ndarray]:
    """Ends of the fingers [3], from the wrist, metres."""
    rotations = np.zeros((JOINT_COUNT, 3))
    first = JOINT_INDEX[f"{side}_index1"]
    rotations[first : first + 15] = hand_rotations(name, side)
    from digital_life.motion import quaternion as quat

    skeleton = canonical_skeleton()
    places, turns = forward_kinematics(quat.from_axis_angle(rotations), np.zeros(3), skeleton)
    ends = {}
    for finger in ("thumb", "index", "middle", "ring", "pinky"):
        last, before = (JOINT_INDEX[f"{side}_{finger}{k}"] for k in (3, 2))
        bone = 0.8 * (skeleton.rest_joints[last] - skeleton.rest_joints[before])
        ends[finger] = places[last] + quat.rotate(turns[last], bone) - places[JOINT_INDEX[f"{side}_wrist"]]
    return ends


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("side", ["left", "right"])
def test_fingers_stay_out_of_one_another(name: str, side: str) -> None:
    depths = finger_overlap(hand_rotations(name, side), side)
    assert max(depths.values(), default=0.0) < TOUCH, depths


def test_the_measure_sees_a_finger_in_the_palm() -> None:
    rotations = hand_rotations("fist", "left")
    rotations[:3] *= 1.35  # the index finger, closed too far
    assert max(finger_overlap(rotations, "left").values()) > 3 * TOUCH


@pytest.mark.parametrize(
    ("name", "out"),
    [
        ("flat", {"index", "middle", "ring", "pinky"}),
        ("fist", set()),
        ("point", {"index"}),
        ("victory", {"index", "middle"}),
        ("count 1", {"index"}),
        ("count 2", {"index", "middle"}),
        ("count 3", {"index", "middle", "ring"}),
        ("count 4", {"index", "middle", "ring", "pinky"}),
        ("count 5", {"index", "middle", "ring", "pinky"}),
        ("grip", set()),
    ],
)
def test_the_fingers_that_are_named_are_out(name: str, out: set[str]) -> None:
    straight = tips("flat")
    shown = tips(name)
    reach = {finger: np.linalg.norm(shown[finger]) / np.linalg.norm(straight[finger]) for finger in shown}
    fingers = ("index", "middle", "ring", "pinky")
    assert {finger for finger in fingers if reach[finger] > 0.9} == out
    assert all(reach[finger] < 0.75 for finger in fingers if finger not in out)


def test_thumb_and_index_meet_in_a_pinch_and_the_thumb_goes_up() -> None:
    pinch, up = tips("pinch"), tips("thumbs up")
    assert np.linalg.norm(pinch["thumb"] - pinch["index"]) < 0.02
    assert up["thumb"][2] > 0.1  # along +Z, away from the fist
    spread = tips("victory")
    assert np.linalg.norm(spread["index"] - spread["middle"]) > 0.045


def test_right_hands_are_mirror_images() -> None:
    for name in hand_shapes():
        left, right = tips(name), tips(name, "right")
        for finger in left:
            np.testing.assert_allclose(left[finger] * [-1, 1, 1], right[finger], atol=2e-3)


def test_unknown_shapes_are_named() -> None:
    with pytest.raises(InputError, match="no hand shape 'fisst'"):
        hand_rotations("fisst", "left")
    with pytest.raises(InputError, match="'middle'"):
        hand_rotations("fist", "middle")
