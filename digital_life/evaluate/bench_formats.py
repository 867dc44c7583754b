"""Round trips through every motion format, foot-skate clean-up and looping, over clips drawn from the measured library."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digital_life.evaluate.benchmarks import Row
from digital_life.evaluate.measuring import measuring_library
from digital_life.motion import quaternion as quat
from digital_life.motion.cleanup import loop, repeat
from digital_life.motion.foot_skate import foot_skate, label_contacts, plant_feet, sole_points
from digital_life.motion.formats.amass import write_amass
from digital_life.motion.formats.humanml3d import decode, encode
from digital_life.motion.formats.read import read_motion, write_motion
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import Motion
from digital_life.motion.resample import resample
from digital_life.motion.skeleton import canonical_skeleton

Array = NDArray[np.float64]

CLIPS = 60
LONGEST = 300
SEED = 7
_WRITERS: dict[str, Callable[[Motion, Path], None]] = {
    "npz": write_motion, "bvh": write_motion, "glb": write_motion, "vrma": write_motion, "amass.npz": write_amass,
}  # fmt: skip


def formats() -> list[Row]:
    """Largest error of any joint in any frame: degrees, and millimetres in the world."""
    clips = _sample()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for suffix, write in _WRITERS.items():
            path = Path(folder) / f"clip.{suffix}"
            angles, places = [], []
            for motion in clips:
                write(motion, path)
                again = read_motion(path)
                angles.append(_degrees_apart(again, motion))
                places.append(float(np.linalg.norm(_places(again) - _places(motion), axis=-1).max()))
            rows += [
                (f"{suffix} round trip, largest of {len(clips)} clips", max(angles), "degrees"),
                (f"{suffix} round trip, largest of {len(clips)} clips", 1000.0 * max(places), "mm"),
            ]
    return [*rows, *_humanml3d(clips), *_cleanup(clips), *_loops(clips)]


def _sample() -> list[Motion]:
    library = measuring_library("val")
    long_enough = [clip for clip in library.clips if clip.frames >= 30]
    chosen = np.random.default_rng(SEED).choice(len(long_enough), min(CLIPS, len(long_enough)), replace=False)
    return [long_enough[index].motion.slice(0, LONGEST) for index in sorted(chosen)]


def _humanml3d(clips: list[Motion]) -> list[Row]:
    worst, floor = 0.0, 0.0
    for motion in clips:
        slow = resample(motion, 20)
        truth = _places(slow)[:-1, :22]
        again = _places(decode(encode(slow)))[:, :22]
        worst = max(worst, float(np.linalg.norm(_aligned(again, truth) - truth, axis=-1).max()))
        floor = max(floor, abs(float(np.median(again[..., 1] - truth[..., 1]))))
    return [
        ("humanml3d round trip, places of 22 joints after one shift and turn", 1000.0 * worst, "mm"),
        ("humanml3d round trip, height of the floor", 1000.0 * floor, "mm"),
    ]


def _cleanup(clips: list[Motion]) -> list[Row]:
    skeleton = canonical_skeleton()
    before, after, deep, deepest = [], [], [], []
    for motion in clips:
        labels = label_contacts(motion, skeleton)
        planted = plant_feet(motion, skeleton, labels)
        before.append(foot_skate(motion, skeleton, labels))
        after.append(foot_skate(planted, skeleton, labels))
        deep.append(-float(sole_points(motion, skeleton)[..., 1].min()))
        deepest.append(-float(sole_points(planted, skeleton)[..., 1].min()))
    return [
        ("foot skate before clean-up, mean", float(np.mean(before)), "cm/s"),
        ("foot skate before clean-up, worst clip", max(before), "cm/s"),
        ("foot skate after clean-up, worst clip", max(after), "cm/s"),
        ("floor penetration before clean-up, deepest", 100.0 * max(deep), "cm"),
        ("floor penetration after clean-up, deepest", 100.0 * max(0.0, *deepest), "cm"),
    ]


def _loops(clips: list[Motion]) -> list[Row]:
    """The seam of a closed clip beside the clip's own 99th percentile (at least 1 m/s2) of joint acceleration."""
    ratios = []
    for motion in clips:
        closed = loop(motion)
        seam = _accelerations(repeat(closed, 2))[len(closed) - 2]
        ratios.append(seam / max(1.0, float(np.percentile(_accelerations(motion), 99))))
    return [("acceleration at the seam of a loop, worst over the clip's p99", float(max(ratios)), "ratio")]


def _places(motion: Motion) -> Array:
    return forward_kinematics(motion.rotations, motion.translation, canonical_skeleton())[0]


def _accelerations(motion: Motion) -> Array:
    change = np.linalg.norm(np.diff(_places(motion), 2, axis=0), axis=-1)
    return np.asarray(change.max(axis=1) * motion.fps**2)


def _degrees_apart(first: Motion, second: Motion) -> float:
    turned = quat.multiply(quat.conjugate(first.rotations), second.rotations)
    return float(np.degrees(np.linalg.norm(quat.to_axis_angle(turned), axis=-1).max()))


def _aligned(places: Array, target: Array) -> Array:
    """``places`` [T, J, 3] moved by the one turn about the vertical and the one shift that fit ``target`` best."""
    middle, there = places.reshape(-1, 3).mean(axis=0), target.reshape(-1, 3).mean(axis=0)
    a, b = (places - middle).reshape(-1, 3), (target - there).reshape(-1, 3)
    angle = np.arctan2((a[:, 2] * b[:, 0] - a[:, 0] * b[:, 2]).sum(), (a[:, [0, 2]] * b[:, [0, 2]]).sum())
    return np.asarray(quat.rotate(quat.yaw(float(angle)), places - middle) + there)
