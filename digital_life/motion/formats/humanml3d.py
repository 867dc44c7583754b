"""HumanML3D features: 263 numbers a frame at 20 frames per second, from a ``Motion`` and back.

Guo et al., "Generating Diverse and Natural 3D Human Motions from Text", CVPR 2022, and the processing of its data set.
For joints p of the 22-joint body, put on the floor by its lowest joint, and heading h (from the lines between hips and
shoulders, smoothed over 20 frames), frame t holds

====================  =====  ==========================================================================
columns               count  meaning
====================  =====  ==========================================================================
``root_turn``         1      minus half the change of heading to the next frame, radians
``root_velocity``     2      x and z of the root's step to the next frame, in the next heading, metres
``root_height``       1      metres
``positions``         63     joints 1..21 from the point under the root, in the heading
``rotations``         126    joints 1..21, 6-D (first two columns), each from the bone before it in its chain
``velocities``        66     steps of joints 0..21 to the next frame, in the heading, metres
``contacts``          4      left ankle and ball, right ankle and ball: squared step under 0.002 m2
====================  =====  ==========================================================================

T frames give T - 1 rows. The published features also force every body to the bones of one SMPL neutral person; that
person is not ours to ship, so bones are those of ``skeleton``, and models trained on the data set see other proportions.

What cannot come back: fingers, jaw, eyes and face; the turn of head, hands and toes and the twist of every single bone,
for these 6-D rotations are shortest arcs between directions and hold nothing else; 10 of 30 frames a second; place and
heading of the first frame. ``decode`` therefore takes directions from ``positions``, as the field's evaluation does, and
gives limbs the twist that lets knee and elbow bend about their hinges.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.formats.directions_pose import pose_from_directions
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.resample import resample
from digital_life.motion.skeleton import JOINT_INDEX, PARENTS, Skeleton, canonical_skeleton
from digital_life.whole_file import whole_file

Array = NDArray[np.float64]

FEATURE_FPS = 20
JOINTS = 22
COLUMNS: dict[str, slice] = {
    "root_turn": slice(0, 1), "root_velocity": slice(1, 3), "root_height": slice(3, 4), "positions": slice(4, 67),
    "rotations": slice(67, 193), "velocities": slice(193, 259), "contacts": slice(259, 263),
}  # fmt: skip
WIDTH = 263

_LONGEST = 200_000
_CHAINS = ((0, 2, 5, 8, 11), (0, 1, 4, 7, 10), (0, 3, 6, 9, 12, 15), (9, 14, 17, 19, 21), (9, 13, 16, 18, 20))
_X, _Y, _Z = np.eye(3)
_BONES = np.stack(
    [0 * _X, _X, -_X, _Y, -_Y, -_Y, _Y, -_Y, -_Y, _Y, _Z, _Z, _Y, _X, -_X, _Z, -_Y, -_Y, -_Y, -_Y, -_Y, -_Y]
)
"""The data set's conventional bone directions, from which its rotations turn."""

_FEET = [JOINT_INDEX[name] for name in ("left_ankle", "left_foot", "right_ankle", "right_foot")]
_FLOOR_PERCENTILE = 3.0
_STILL = 0.002
_SMOOTHING = 20.0


def encode(motion: Motion, skeleton: Skeleton | None = None) -> NDArray[np.float32]:
    """Features [T - 1, 263] of ``motion``, made for ``skeleton`` (default: canonical), at 20 frames per second.

    Raises:
        InputError: the motion is shorter than two frames at that rate.
    """
    skeleton = skeleton or canonical_skeleton()
    slow = motion if motion.fps == FEATURE_FPS or len(motion) < 2 else resample(motion, FEATURE_FPS)
    if len(slow) < 2:
        raise InputError("HumanML3D features need two frames at 20 per second", "give a longer motion")
    places = forward_kinematics(slow.rotations, slow.translation, skeleton)[0][:, :JOINTS]
    places = places - places[..., 1].min() * _Y
    places = quat.rotate(quat.yaw(-_headings(places, 0.0)[0]), places - places[0, 0] * (_X + _Z))
    heading = _headings(places, _SMOOTHING)
    back = quat.yaw(-heading)
    turn = np.arctan2(np.sin(np.diff(heading)), np.cos(np.diff(heading)))
    steps = np.diff(places, axis=0)
    local = quat.rotate(back[:, None], places - places[:, :1] * (_X + _Z))
    rows = np.empty((len(steps), WIDTH))
    rows[:, COLUMNS["root_turn"]] = -0.5 * turn[:, None]
    rows[:, COLUMNS["root_velocity"]] = quat.rotate(back[1:], steps[:, 0])[:, [0, 2]]
    rows[:, COLUMNS["root_height"]] = places[:-1, 0, 1:2]
    rows[:, COLUMNS["positions"]] = local[:-1, 1:].reshape(len(steps), -1)
    rows[:, COLUMNS["rotations"]] = _chain_rotations(places, back)[:-1].reshape(len(steps), -1)
    rows[:, COLUMNS["velocities"]] = quat.rotate(back[:-1, None], steps).reshape(len(steps), -1)
    rows[:, COLUMNS["contacts"]] = np.sum(steps[:, _FEET] ** 2, axis=-1) < _STILL
    return rows.astype(np.float32)


def decode(features: NDArray[np.floating[Any]], skeleton: Skeleton | None = None) -> Motion:
    """The motion of ``features`` [T, 263] on ``skeleton`` (default: canonical): T frames at 20 frames per second.

    It starts over the origin, faces +Z and stands on the floor. Bodies of other proportions are scaled by leg length.

    Raises:
        InputError: the shape is not [T, 263], or values are not finite.
    """
    skeleton = skeleton or canonical_skeleton()
    rows = _checked(features)
    places = joint_places(rows)
    legs = [JOINT_INDEX[f"{side}_{joint}"] for side in ("left", "right") for joint in ("knee", "ankle")]
    bones = places[:, 1:] - places[:, list(PARENTS[1:JOINTS])]
    theirs = float(np.median(np.linalg.norm(bones[:, [leg - 1 for leg in legs]], axis=-1), axis=0).sum())
    if theirs < 1e-6:
        raise InputError("HumanML3D features: the legs have no length", "check that the features are not normalised")
    scale = float(np.linalg.norm(skeleton.offsets[legs], axis=-1).sum()) / theirs
    rotations, world = pose_from_directions(bones, skeleton)
    hips = [JOINT_INDEX["left_hip"], JOINT_INDEX["right_hip"]]
    rest = skeleton.rest_joints
    pelvis = places[:, hips].mean(axis=1) * scale - quat.rotate(world[:, 0], rest[hips].mean(axis=0) - rest[0])
    over = places[:, _FEET, 1] * scale - (rest[_FEET, 1] - skeleton.floor)
    pelvis[:, 1] -= np.percentile(over.min(axis=1), _FLOOR_PERCENTILE)
    return Motion(
        (pelvis - rest[0]).astype(np.float32),
        rotations.astype(np.float32),
        contacts=np.clip(rows[:, COLUMNS["contacts"]], 0.0, 1.0).astype(np.float32),
        provenance={"format": "HumanML3D"},
        fps=FEATURE_FPS,
    )


def joint_places(features: NDArray[np.floating[Any]]) -> Array:
    """World positions [T, 22, 3] of the joints (metres, lowest joint near y = 0), by adding up the root's steps."""
    rows = np.asarray(features, dtype=np.float64)
    turn = np.concatenate([[0.0], np.cumsum(rows[:-1, 0])])
    heading = quat.yaw(-2.0 * turn)
    steps = np.zeros((len(rows), 3))
    steps[1:, [0, 2]] = rows[:-1, COLUMNS["root_velocity"]]
    root = np.cumsum(quat.rotate(heading, steps), axis=0)
    places = np.empty((len(rows), JOINTS, 3))
    local = rows[:, COLUMNS["positions"]].reshape(len(rows), JOINTS - 1, 3)
    places[:, 1:] = quat.rotate(heading[:, None], local) + root[:, None]
    places[:, 0] = root
    places[:, 0, 1] = rows[:, 3]
    return places


def write_humanml3d(motion: Motion, path: Path | str, skeleton: Skeleton | None = None) -> None:
    """Write the features of ``motion`` as ``.npy`` [T - 1, 263].

    Raises:
        InputError: the motion is too short.
        StorageError: the file cannot be written.
    """
    path = Path(path)
    try:
        rows = encode(motion, skeleton)
    except InputError as error:
        raise InputError(f"{path}: {error.problem}", error.mend) from error
    with whole_file(path, "writing features") as file:
        np.save(file, rows)


def read_humanml3d(path: Path | str) -> Motion:
    """The motion of a ``.npy`` file of features [T, 263], not normalised, at 30 frames per second.

    Raises:
        InputError: the file is missing, damaged, or holds no such features.
    """
    path = Path(path)
    try:
        rows = np.load(path, mmap_mode="r", allow_pickle=False)
        motion = decode(rows)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}", "check the path and its permissions") from error
    except (ValueError, EOFError) as error:  # also where NumPy takes any text for pickled objects
        raise InputError(f"{path}: not a readable .npy array of numbers, or cut", "write the features again") from error
    except InputError as error:
        raise InputError(f"{path}: {error.problem}", error.mend) from error
    return resample(motion, FPS)


def _checked(features: NDArray[np.floating[Any]]) -> Array:
    if features.ndim != 2 or features.shape[1] != WIDTH or not 0 < len(features) <= _LONGEST:
        raise InputError(
            f"HumanML3D features have the shape [T, {WIDTH}] with T from 1 to {_LONGEST}, these {features.shape}"
        )
    rows = np.asarray(features, dtype=np.float64)
    if not np.isfinite(rows).all():
        frame, column = np.argwhere(~np.isfinite(rows))[0]
        name = next(name for name, columns in COLUMNS.items() if columns.start <= column < columns.stop)
        raise InputError(f"HumanML3D features: '{name}' is not finite in frame {frame}", "repair the features")
    return rows


def _headings(places: Array, smoothing: float) -> Array:
    """Direction [T] (radians) across the lines from the left to the right hip and shoulder."""
    from scipy.ndimage import gaussian_filter1d

    left, right = ([JOINT_INDEX[f"{side}_{name}"] for name in ("hip", "shoulder")] for side in ("left", "right"))
    across = (places[:, right] - places[:, left]).sum(axis=1)
    forward = np.cross(_Y, across / np.maximum(np.linalg.norm(across, axis=-1, keepdims=True), 1e-9))
    if smoothing:
        forward = gaussian_filter1d(forward, smoothing, axis=0, mode="nearest")
    return np.asarray(np.arctan2(forward[:, 0], forward[:, 2]))


def _chain_rotations(places: Array, back: Array) -> Array:
    """6-D rotations [T, 21, 6] of the bones that end at joints 1..21, each relative to the one before it in its chain.

    Every chain, those of the arms too, starts from the root's turn to the heading (``back``).
    """
    result = np.empty((len(places), JOINTS - 1, 6))
    for chain in _CHAINS:
        above = back
        for start, end in pairwise(chain):
            world = quat.between(np.broadcast_to(_BONES[end], places[:, end].shape), places[:, end] - places[:, start])
            matrix = quat.to_matrix(quat.multiply(quat.conjugate(above), world))
            result[:, end - 1] = np.concatenate([matrix[..., 0], matrix[..., 1]], axis=-1)
            above = world
    return result
