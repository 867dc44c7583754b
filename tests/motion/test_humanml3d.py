"""HumanML3D features both ways."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from digital_life.assets import asset_dir
from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.formats.humanml3d import COLUMNS, WIDTH, decode, encode, joint_places
from digital_life.motion.formats.read import read_motion, write_motion
from digital_life.motion.keyframes import compile_clip
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import Motion
from digital_life.motion.resample import resample
from digital_life.motion.skeleton import Skeleton, canonical_skeleton


def places_of(motion: Motion, skeleton: Skeleton | None = None) -> np.ndarray:
    return forward_kinematics(motion.rotations, motion.translation, skeleton or canonical_skeleton())[0][:, :22]


def aligned(places: np.ndarray, target: np.ndarray) -> np.ndarray:
    """``places`` moved by one turn about the vertical and one shift that fit all frames to ``target`` best."""
    here, there = places.reshape(-1, 3), target.reshape(-1, 3)
    a, b = here - here.mean(axis=0), there - there.mean(axis=0)
    angle = np.arctan2((a[:, 2] * b[:, 0] - a[:, 0] * b[:, 2]).sum(), (a[:, [0, 2]] * b[:, [0, 2]]).sum())
    return np.asarray(quat.rotate(quat.yaw(angle), places - here.mean(axis=0)) + there.mean(axis=0))


@pytest.mark.parametrize("name", ["walk_loop", "wave_right", "sit_down", "turn_left", "idle_seated_calm"])
def test_places_come_back(name: str) -> None:
    path = asset_dir("motion_db") / "clips" / f"{name}.yaml"
    if not path.is_file():
        pytest.skip(f"there is no clip {name} any more")
    motion = resample(compile_clip(path).motion, 20)
    features = encode(motion)
    again = decode(features)
    assert features.shape == (len(motion) - 1, WIDTH)
    assert again.fps == 20 and len(again) == len(motion) - 1
    truth = places_of(motion)[:-1]
    assert np.linalg.norm(aligned(places_of(again), truth) - truth, axis=-1).max() < 0.001
    assert np.linalg.norm(aligned(joint_places(features), truth) - truth, axis=-1).max() < 0.001
    assert abs(places_of(again)[..., 1].min() - truth[..., 1].min()) < 0.02, "it stands on the floor"


def test_features_mean_what_the_field_says(walk: Motion) -> None:
    turning = np.linspace(0.0, 1.2, len(walk))
    rotations = walk.rotations.astype(np.float64)
    rotations[:, 0] = quat.multiply(quat.yaw(turning), rotations[:, 0])
    root = canonical_skeleton().rest_joints[0]
    translation = quat.rotate(quat.yaw(turning), walk.translation + root) - root
    motion = resample(Motion(translation.astype(np.float32), rotations.astype(np.float32)), 20)
    features, places = encode(motion), places_of(motion)
    middle = slice(len(features) // 3, -len(features) // 3)
    change = turning[-1] / (len(motion) - 1)
    assert np.allclose(features[middle, COLUMNS["root_turn"]], -change / 2, atol=0.3 * change)
    assert np.allclose(features[:, 3], places[:-1, 0, 1] - places[..., 1].min(), atol=1e-5)
    steps = np.linalg.norm(np.diff(places, axis=0), axis=-1)
    velocities = features[:, COLUMNS["velocities"]].reshape(-1, 22, 3)
    assert np.allclose(np.linalg.norm(velocities, axis=-1), steps, atol=1e-5)
    feet = steps[:, [7, 10, 8, 11]] ** 2 < 0.002
    assert np.array_equal(features[:, COLUMNS["contacts"]] > 0.5, feet)
    six = features[:, COLUMNS["rotations"]].reshape(-1, 21, 2, 3)
    assert np.allclose(np.linalg.norm(six, axis=-1), 1.0, atol=1e-5)
    assert np.allclose(np.sum(six[:, :, 0] * six[:, :, 1], axis=-1), 0.0, atol=1e-5)


def test_the_rotations_lead_to_the_same_places(walk: Motion) -> None:
    """Bones set out from conventional directions along the chains give the places without the ``positions``."""
    motion = resample(walk, 20)
    features = encode(motion)
    truth = joint_places(features)
    bone = {"x": [1, 0, 0], "y": [0, 1, 0], "z": [0, 0, 1]}
    chains = {(0, 2, 5, 8, 11): ("-x", "-y", "-y", "z"), (9, 13, 16, 18, 20): ("x", "-y", "-y", "-y")}
    six = features[:, COLUMNS["rotations"]].reshape(-1, 21, 6).astype(np.float64)
    matrices = np.stack([six[..., :3], six[..., 3:], np.cross(six[..., :3], six[..., 3:])], axis=-1)
    start = truth[:, 0] - truth[:, 0]
    facing = np.tile(np.eye(3), (len(six), 1, 1))
    for chain, ways in chains.items():
        world, here = facing, truth[:, chain[0]] + start
        for joint, way in zip(chain[1:], ways, strict=True):
            world = world @ matrices[:, joint - 1]
            length = np.linalg.norm(truth[:, joint] - truth[:, chain[chain.index(joint) - 1]], axis=-1, keepdims=True)
            direction = np.array(bone[way[-1]]) * (-1 if way[0] == "-" else 1)
            here = here + length * (world @ direction)
            assert np.linalg.norm(here - truth[:, joint], axis=-1).max() < 0.03, "a straight walk has one heading"


def test_other_proportions_are_scaled(walk: Motion) -> None:
    canonical = canonical_skeleton()
    tall = Skeleton(canonical.rest_joints * 1.1, canonical.floor * 1.1)
    again = decode(encode(walk, tall))
    assert abs(places_of(again)[..., 1].min() - places_of(walk)[..., 1].min()) < 0.02
    slow = resample(walk, 20)
    travelled = np.linalg.norm(slow.translation[-2] - slow.translation[0])
    assert np.linalg.norm(again.translation[-1] - again.translation[0]) == pytest.approx(travelled / 1.1, abs=0.01)


def test_files(walk: Motion, tmp_path: Path) -> None:
    write_motion(walk, tmp_path / "walk.npy")
    again = read_motion(tmp_path / "walk.npy")
    assert again.fps == 30 and again.duration == pytest.approx(walk.duration, abs=0.15)
    np.save(tmp_path / "shape.npy", np.zeros((5, 12)))
    np.save(tmp_path / "nan.npy", np.full((5, WIDTH), np.nan))
    np.save(tmp_path / "zero.npy", np.zeros((5, WIDTH)))
    (tmp_path / "text.npy").write_text("hello")
    for name, message in (("shape", r"\(5, 12\)"), ("nan", "not finite"), ("zero", "no length"), ("text", "readable")):
        with pytest.raises(InputError, match=rf"{name}\.npy.*{message}"):
            read_motion(tmp_path / f"{name}.npy")
    with pytest.raises(InputError, match="two frames"):
        encode(walk.slice(0, 1))
    with pytest.raises(InputError, match=r"short\.npy: .*two frames"):
        write_motion(walk.slice(0, 1), tmp_path / "short.npy")
