"""What a body is doing in one frame, as numbers that can be compared: the features of motion matching.

Every frame is seen in the body's own ground frame: the origin is the point of the floor under the pelvis, +Z the way
the pelvis faces. Velocities are those of the last frame (a body that is moving now has no next one yet), turned into
that frame. The features follow Clavet (GDC 2016) and Holden et al. (Learned Motion Matching, SIGGRAPH 2020), with
hands and head added because our bodies gesture.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.contacts import JOINTS
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import JOINT_INDEX, PARENTS, Skeleton

Rows = NDArray[np.float32]

HORIZONS = (FPS // 3, 2 * FPS // 3, FPS)
"""Frames ahead at which the trajectory is sampled: 1/3, 2/3 and 1 second."""
GROUPS: dict[str, tuple[int, float, float]] = {
    "feet": (6, 0.9, 0.05),
    "feet_velocity": (6, 1.0, 0.2),
    "hips_height": (1, 0.6, 0.05),
    "hips_velocity": (3, 1.0, 0.1),
    "turning": (1, 0.4, 0.3),
    "hands": (6, 0.8, 0.1),
    "hands_velocity": (6, 0.6, 0.3),
    "head": (3, 0.5, 0.05),
    "head_velocity": (3, 0.3, 0.1),
    "contacts": (4, 0.3, 0.2),
    "path": (6, 1.0, 0.1),
    "facing": (6, 1.2, 0.1),
}
"""Name of each group: columns, weight, and the least standard deviation that normalisation reckons with (a library in
which nobody walks would make millimetres count otherwise). Lengths in metres, velocities in m/s, ``turning`` in rad/s,
``contacts`` 0 or 1 (heel and ball of the left, then of the right foot), ``path`` x and z at each horizon, ``facing`` the
x and z of the unit direction at each horizon. Left comes before right."""
_ENDS = np.cumsum([columns for columns, _, _ in GROUPS.values()])
FEATURES: dict[str, slice] = {
    name: slice(int(end) - columns, int(end))
    for end, (name, (columns, _, _)) in zip(_ENDS, GROUPS.items(), strict=True)
}
"""Columns of each group."""
COLUMNS = int(_ENDS[-1])
POSE = slice(0, FEATURES["path"].start)
"""Columns that say how the body is; the others say where it goes."""
TRAJECTORY = slice(FEATURES["path"].start, COLUMNS)

_TRACKED = tuple(
    JOINT_INDEX[name] for name in
    ("left_foot", "right_foot", "left_wrist", "right_wrist", "head", "left_ankle", "right_ankle")
)  # fmt: skip
_CONTACT_ROWS = [5, 0, 6, 1]
_CHUNK = 4096
_SETTLE = 4
"""Frames over which the last velocity of a clip is measured, to go on with beyond its end."""


def frame_features(motion: Motion, skeleton: Skeleton) -> Rows:
    """Features [T, COLUMNS] of every frame of a motion.

    Beyond the last frame the trajectory goes on with the last velocity and facing; the first frame has the velocities
    of the second. A motion of one frame is at rest.
    """
    return features_of([motion], skeleton)


def features_of(motions: Sequence[Motion], skeleton: Skeleton) -> Rows:
    """Features [sum of T, COLUMNS] of several motions, one after the other; none looks into the next one.

    Raises:
        InputError: a motion has no frames or another frame rate than 30.
    """
    for number, motion in enumerate(motions):
        if not len(motion) or motion.fps != FPS:
            raise InputError(
                f"motion {number} has {len(motion)} frames at {motion.fps} fps", f"give at least one, at {FPS} fps"
            )
    if not motions:
        return np.zeros((0, COLUMNS), np.float32)
    lengths = np.array([len(motion) for motion in motions])
    joints, pelvis, facing = _tracks(motions, skeleton)
    clips = _Clips(lengths)
    rows = np.empty((len(pelvis), COLUMNS), np.float32)
    _fill_pose(rows, clips, joints, pelvis, facing, skeleton)
    _fill_trajectory(rows, clips, pelvis[:, [0, 2]], facing)
    return rows


class _Clips:
    """Where each of several clips that lie one after the other begins and ends."""

    def __init__(self, lengths: NDArray[np.int64]) -> None:
        ends = np.cumsum(lengths)
        self.frame = np.arange(int(ends[-1]))
        self.first = np.repeat(ends - lengths, lengths)
        self.last = np.repeat(ends - 1, lengths)

    def velocity(self, values: Rows) -> Rows:
        """Backward difference per second; the first frame of a clip takes the next one's."""
        at = np.minimum(np.maximum(self.frame, self.first + 1), self.last)
        return np.asarray((values[at] - values[np.maximum(at - 1, self.first)]) * FPS, np.float32)


def _tracks(motions: Sequence[Motion], skeleton: Skeleton) -> tuple[Rows, Rows, Rows]:
    """World positions [T, 7, 3] of the tracked joints, of the pelvis [T, 3], and unit facing (x, z) [T, 2]."""
    total = sum(len(motion) for motion in motions)
    joints, pelvis, facing = (np.empty((total, *shape), np.float32) for shape in ((len(_TRACKED), 3), (3,), (2,)))
    at = 0
    for chunk in _chunks(motions):
        rotations = np.concatenate([part.rotations for part in chunk])
        translation = np.concatenate([part.translation for part in chunk])
        rows = slice(at, at + len(translation))
        joints[rows], pelvis[rows] = _positions(rotations, translation, skeleton)
        forward = quat.rotate(rotations[:, 0], np.array([0.0, 0.0, 1.0], np.float32))[:, [0, 2]]
        facing[rows] = forward / np.maximum(np.linalg.norm(forward, axis=-1, keepdims=True), 1e-6)
        at += len(translation)
    return joints, pelvis, facing


def _chunks(motions: Sequence[Motion]) -> list[list[Motion]]:
    """The motions cut and bundled so that one bundle's arrays stay in the processor's cache."""
    bundles: list[list[Motion]] = [[]]
    filled = 0
    for motion in motions:
        for first in range(0, len(motion), _CHUNK):
            part = motion.slice(first, first + _CHUNK) if len(motion) > _CHUNK else motion
            if filled and filled + len(part) > _CHUNK:
                bundles.append([])
                filled = 0
            bundles[-1].append(part)
            filled += len(part)
    return bundles


def _positions(rotations: Rows, translation: Rows, skeleton: Skeleton) -> tuple[Rows, Rows]:
    """Forward kinematics of the tracked joints and what they hang on, in single precision."""
    offsets = skeleton.offsets.astype(np.float32)
    world = {0: rotations[:, 0]}
    place: dict[int, Rows] = {0: offsets[0] + translation}

    def position(joint: int) -> Rows:
        if joint not in place:
            parent = PARENTS[joint]
            place[joint] = position(parent) + np.asarray(quat.rotate(turned(parent), offsets[joint]), np.float32)
        return place[joint]

    def turned(joint: int) -> Rows:
        if joint not in world:
            world[joint] = np.asarray(quat.multiply(turned(PARENTS[joint]), rotations[:, joint]), np.float32)
        return world[joint]

    return np.stack([position(joint) for joint in _TRACKED], axis=1), place[0]


def _fill_pose(rows: Rows, clips: _Clips, joints: Rows, pelvis: Rows, facing: Rows, skeleton: Skeleton) -> None:
    velocity = clips.velocity(joints)
    under = pelvis * np.array([1.0, 0.0, 1.0], np.float32)
    local = _to_ground(joints - under[:, None], facing[:, None])
    moving = _to_ground(velocity, facing[:, None])
    for name, tracked in (("feet", slice(0, 2)), ("hands", slice(2, 4)), ("head", slice(4, 5))):
        rows[:, FEATURES[name]] = local[:, tracked].reshape(len(rows), -1)
        rows[:, FEATURES[f"{name}_velocity"]] = moving[:, tracked].reshape(len(rows), -1)
    rows[:, FEATURES["hips_height"]] = pelvis[:, 1:2]
    rows[:, FEATURES["hips_velocity"]] = _to_ground(clips.velocity(pelvis), facing)
    step = clips.velocity(facing)
    rows[:, FEATURES["turning"]] = (step[:, :1] * facing[:, 1:] - step[:, 1:] * facing[:, :1]).clip(-12.0, 12.0)
    rest = skeleton.rest_joints[[_TRACKED[row] for row in _CONTACT_ROWS], 1] - skeleton.floor
    low = joints[:, _CONTACT_ROWS, 1] < rest + JOINTS.low
    slow = np.linalg.norm(velocity[:, _CONTACT_ROWS], axis=-1) < JOINTS.slow
    rows[:, FEATURES["contacts"]] = low & slow


def _fill_trajectory(rows: Rows, clips: _Clips, root: Rows, facing: Rows) -> None:
    before = np.maximum(clips.last - _SETTLE, clips.first)
    drift = (root[clips.last] - root[before]) / np.maximum(clips.last - before, 1)[:, None]
    for number, ahead in enumerate(HORIZONS):
        at = np.minimum(clips.frame + ahead, clips.last)
        beyond = (clips.frame + ahead - at)[:, None]
        columns = slice(2 * number, 2 * number + 2)
        offset = root[at] + (drift * beyond).astype(np.float32) - root
        rows[:, FEATURES["path"]][:, columns] = _floor_to_ground(offset, facing)
        rows[:, FEATURES["facing"]][:, columns] = _floor_to_ground(facing[at], facing)


def _to_ground(vectors: Rows, facing: Rows) -> Rows:
    """World vectors [..., 3] seen by a body that faces ``facing`` (x, z), [..., 2]."""
    sin, cos = facing[..., 0], facing[..., 1]
    x, y, z = vectors[..., 0], vectors[..., 1], vectors[..., 2]
    return np.stack([cos * x - sin * z, y, sin * x + cos * z], axis=-1)


def _floor_to_ground(vectors: Rows, facing: Rows) -> Rows:
    """The same for vectors on the floor (x, z), [..., 2]."""
    sin, cos = facing[..., 0], facing[..., 1]
    x, z = vectors[..., 0], vectors[..., 1]
    return np.stack([cos * x - sin * z, sin * x + cos * z], axis=-1)


def _mirror_columns() -> tuple[NDArray[np.intp], Rows]:
    """For each column, the column it takes in the mirror, and the sign it gets."""
    source, sign = np.arange(COLUMNS), np.ones(COLUMNS, np.float32)
    for name in ("feet", "feet_velocity", "hands", "hands_velocity"):
        first = FEATURES[name].start
        source[first : first + 6] = first + np.array([3, 4, 5, 0, 1, 2])
        sign[[first, first + 3]] = -1.0
    for name in ("hips_velocity", "head", "head_velocity", "turning"):
        sign[FEATURES[name].start] = -1.0
    source[FEATURES["contacts"]] = FEATURES["contacts"].start + np.array([2, 3, 0, 1])
    for name in ("path", "facing"):
        sign[FEATURES[name]][::2] = -1.0
    return source, sign


_MIRROR_SOURCE, _MIRROR_SIGN = _mirror_columns()


def mirror_features(rows: Rows) -> Rows:
    """Features [..., COLUMNS] of the mirrored motion, without computing it anew."""
    return np.asarray(rows[..., _MIRROR_SOURCE] * _MIRROR_SIGN, np.float32)


def with_path(features: Rows, path: NDArray[np.floating]) -> Rows:
    """``features`` [COLUMNS] with another way ahead: ``path`` [T, 2] is where the root will be in each of the next T
    frames, (x, z) metres in the body's ground frame; after its end the body stays there.

    The body is to face the way it goes; where it stands still, it keeps its direction.

    Raises:
        InputError: ``path`` is empty, has another shape or is not finite.
    """
    points = np.asarray(path, np.float64)
    mend = "give finite points [T, 2]: x and z in metres, one for each frame"
    if points.ndim != 2 or points.shape[-1] != 2 or not len(points):
        raise InputError(f"the path has shape {points.shape}", mend)
    if not np.isfinite(points).all():
        raise InputError("the path holds points that are not finite", mend)
    points = np.concatenate([[[0.0, 0.0]], points])
    facing = _directions(points)
    at = np.minimum(HORIZONS, len(points) - 1)
    wanted = features.copy()
    wanted[FEATURES["path"]] = points[at].ravel()
    wanted[FEATURES["facing"]] = facing[at].ravel()
    return wanted


_STILL = 0.004
"""Metres per frame under which a path does not say which way to face."""


def _directions(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """[T, 2] unit directions of a path's steps, kept while it stands still; +Z before its first step."""
    facing = np.tile([0.0, 1.0], (len(points), 1))
    for number, (before, after) in enumerate(pairwise(points), start=1):
        step = after - before
        length = float(np.linalg.norm(step))
        facing[number] = step / length if length > _STILL else facing[number - 1]
    return facing
