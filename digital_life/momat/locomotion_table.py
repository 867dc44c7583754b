"""Every frame of the walking clips of a library, with the features by which a controller finds the next one.

Features follow Clavet, "Motion matching and the road to next-gen animation" (GDC 2016), and Holden et al., "Learned
motion matching" (SIGGRAPH 2020): feet, hips and the way ahead, in the frame of the smoothed root.

They are not those of :mod:`digital_life.momat.features`, which compare any two frames of any motion as they happen: there
the ground frame is the pelvis's own, sway and all, velocities look back only (a body that is moving now has no next
frame yet), and hands and head count. A walk is steered by its root, so that here the frame is the root without sway
(smoothed over both sides), velocities are central, ankles are those that are planted, and a clip that ends in standing
goes on standing. A controller over the others would chase the sway of every step.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import AssetError
from digital_life.momat.clip import Clip
from digital_life.momat.feet import Build
from digital_life.momat.gait_file import with_relaxed_fingers
from digital_life.momat.planting import foot_contacts, foot_prints, one_foot_stands
from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import JOINT_INDEX, canonical_skeleton

Array = NDArray[np.float64]
Single = NDArray[np.float32]

HORIZONS = (10, 20, 30)
"""Frames ahead at which the way is compared: a third, two thirds and one second."""
POSE = slice(0, 21)
"""Columns of the pose: ankles (6), their velocities (6), hip velocity (3), wrists (6)."""
WAY = slice(21, 21 + 4 * len(HORIZONS))
"""Columns of the way ahead: places (x, z), then facing directions (x, z), at each horizon."""
WEIGHTS = {"feet": 0.75, "feet_velocity": 1.0, "hips": 1.0, "wrists": 0.6, "places": 2.0, "facing": 1.5}
_GROUPS = {
    "feet": slice(0, 6),
    "feet_velocity": slice(6, 12),
    "hips": slice(12, 15),
    "wrists": slice(15, 21),
    "places": slice(21, 27),
    "facing": slice(27, 33),
}
SMOOTH = 6.0
"""Frames (one standard deviation) over which the root is smoothed: longer than a sway, shorter than a turn."""
SHORTEST = 20
_SLIDING = 0.35
"""Metres per second at which standing feet move in clips that walk on the spot; those are left out."""
_GROUNDED = 0.75
"""Share of the frames in which a walker has a foot on the floor at least."""
RUNNING = 1.9
"""Metres per second from which both feet may be in the air."""
_ENTRY_MARGIN = 8
STILL = 0.06
"""Metres per second under which a clip's end counts as standing."""
_PLAIN = frozenset({"", "normal", "neutral"})
_UNUSUAL = frozenset(
    {"zombie_walk", "stealthy_walk", "long_zombie", "walk formally", "Jumps", "sprint", "dash", "MixedLocomotion"}
)


@dataclass(frozen=True)
class LocomotionTable:
    """N frames of several clips. "Local" means in the frame of the smoothed root: x to its left, z ahead.

    ``velocity`` [N, 3] is the way of the root to the next frame (left, ahead in metres, turn in radians), ``pelvis``
    [N, 3] local, ``rotations`` [N, 55, 4] (the pelvis local too), ``contacts`` [N, 2] whether a foot stands,
    ``features`` [N, 33] weighted and scaled by ``scale`` [33], ``pace`` [N] the fastest speed (m/s) within one and a
    half seconds, ``stop`` [N] the first row after the clip, ``entry`` [N] whether a clip
    may be entered there, ``names`` and ``first`` of the clips. All on the canonical skeleton.
    """

    velocity: Array
    pelvis: Array
    rotations: Single
    contacts: NDArray[np.bool_]
    features: Single
    scale: Single
    pace: Array
    stop: NDArray[np.intp]
    entry: NDArray[np.bool_]
    names: tuple[str, ...]
    first: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.velocity)

    @staticmethod
    def of(clips: Iterable[Clip]) -> LocomotionTable:
        """All plain walking, jogging, turning and stepping of ``clips``, each also mirrored.

        Raises:
            AssetError: there is nothing to walk with.
        """
        parts, names = [], []
        for clip in clips:
            if not is_usable(clip):
                continue
            for version in (clip, clip.mirror()):
                part = _Part.of(version.motion, version.has_fingers)
                if part.walks:
                    parts.append(part)
                    names.append(version.id)
        if not parts:
            raise AssetError("the motion library has no walking clips", "add clips of kind 'locomotion'")
        lengths = np.array([len(part.velocity) for part in parts])
        first = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        raw = np.concatenate([part.features for part in parts])
        scale = np.zeros(raw.shape[1])
        for name, columns in _GROUPS.items():
            scale[columns] = WEIGHTS[name] / max(float(raw[:, columns].std(axis=0).mean()), 1e-6)
        return LocomotionTable(
            velocity=np.concatenate([part.velocity for part in parts]),
            pelvis=np.concatenate([part.pelvis for part in parts]),
            rotations=np.concatenate([part.rotations for part in parts]).astype(np.float32),
            contacts=np.concatenate([part.contacts for part in parts]),
            features=(raw * scale).astype(np.float32),
            scale=scale.astype(np.float32),
            pace=np.concatenate([part.pace for part in parts]),
            stop=np.repeat(first + lengths, lengths),
            entry=np.concatenate([part.entry for part in parts]),
            names=tuple(names),
            first=first,
        )

    def clips_of(self, rows: NDArray[np.intp]) -> tuple[str, ...]:
        """Ids of the clips to which ``rows`` belong, in the order in which they are entered."""
        clips = np.searchsorted(self.first, rows, side="right") - 1
        entered = np.flatnonzero(np.diff(clips, prepend=-1))
        return tuple(self.names[clip] for clip in clips[entered])


def is_usable(clip: Clip) -> bool:
    """Whether a clip walks in a plain way; parts of longer takes and odd gaits are left out."""
    plain = clip.style in _PLAIN and not _UNUSUAL.intersection(clip.tags)
    walks = clip.kind == "locomotion" and clip.posture == "standing" and not clip.changes_posture
    return walks and plain and "#" not in clip.id and clip.frames >= SHORTEST


@dataclass(frozen=True)
class _Part:
    """The rows of one clip."""

    velocity: Array
    pelvis: Array
    rotations: Array
    contacts: NDArray[np.bool_]
    features: Array
    entry: NDArray[np.bool_]
    pace: Array
    slide: float

    @property
    def walks(self) -> bool:
        """Whether feet stand on the floor and stay where they are, as they do not in clips that walk on the spot."""
        speed = float(np.linalg.norm(self.velocity[:, :2], axis=-1).mean() * FPS)
        grounded = float(self.contacts.any(axis=1).mean())
        return self.slide < _SLIDING and grounded > (_GROUNDED if speed < RUNNING else _GROUNDED / 2)

    @staticmethod
    def of(motion: Motion, fingers: bool) -> _Part:
        from scipy.ndimage import maximum_filter1d

        skeleton = canonical_skeleton()
        build = Build(skeleton)
        positions, world = forward_kinematics(motion.rotations, motion.translation, skeleton)
        root = smoothed_root(positions[:, 0], world[:, 0])
        ankles = [JOINT_INDEX["left_ankle"], JOINT_INDEX["right_ankle"]]
        prints = foot_prints(positions[:, ankles], world[:, ankles], build)
        velocity = root_velocity(root)
        pace = maximum_filter1d(np.linalg.norm(velocity[:, :2], axis=-1) * FPS, 3 * FPS + 1, mode="nearest")
        contacts = foot_contacts(prints)
        contacts = one_foot_stands(contacts, prints, pace < RUNNING)
        unturned = quat.yaw(-root[:, 2])
        here = np.stack([root[:, 0], np.zeros(len(root)), root[:, 1]], axis=-1)
        pelvis = quat.rotate(unturned, positions[:, 0] - here)
        rotations = np.array(motion.rotations, dtype=np.float64)
        rotations[:, 0] = quat.normalize(quat.multiply(unturned, rotations[:, 0]))
        rotations = rotations if fingers else with_relaxed_fingers(rotations)
        still = float(np.linalg.norm(velocity[-5:, :2], axis=-1).mean() * FPS) < STILL
        entry = np.ones(len(root), dtype=bool)
        entry[len(root) - (_ENTRY_MARGIN if still else HORIZONS[-1] // 2) :] = False
        return _Part(
            velocity,
            pelvis,
            rotations,
            contacts,
            _features(positions, ankles, root, still),
            entry,
            pace,
            _slide(prints.place, contacts),
        )


def smoothed_root(pelvis: Array, rotation: Array) -> Array:
    """[T, 3] place on the floor (x, z) and heading of a body, without sway: ``pelvis`` [T, 3], ``rotation`` [T, 4]."""
    from scipy.ndimage import gaussian_filter1d

    heading = np.unwrap(quat.heading(rotation))
    root = np.stack([pelvis[:, 0], pelvis[:, 2], heading], axis=-1)
    pad = min(len(root) - 1, round(4 * SMOOTH))
    before, after = 2 * root[:1] - root[pad:0:-1], 2 * root[-1:] - root[-2 : -2 - pad : -1]
    smooth = gaussian_filter1d(np.concatenate([before, root, after]), SMOOTH, axis=0, mode="nearest")
    return np.asarray(smooth[pad : pad + len(root)])


def root_velocity(root: Array) -> Array:
    """[T, 3] from each frame to the next: left, ahead (metres) and turn (radians); the last row is repeated."""
    step = np.diff(root, axis=0, append=2 * root[-1:] - root[-2:-1])
    cos, sin = np.cos(root[:, 2]), np.sin(root[:, 2])
    left = cos * step[:, 0] - sin * step[:, 1]
    ahead = sin * step[:, 0] + cos * step[:, 1]
    return np.stack([left, ahead, step[:, 2]], axis=-1)


def way_ahead(root: Array, future: Array) -> Array:
    """[..., 12] way features: ``future`` [..., H, 3] roots seen from ``root`` [..., 3]."""
    offset = future[..., :2] - root[..., None, :2]
    yaw, turn = root[..., None, 2], future[..., 2] - root[..., None, 2]
    left = np.cos(yaw) * offset[..., 0] - np.sin(yaw) * offset[..., 1]
    ahead = np.sin(yaw) * offset[..., 0] + np.cos(yaw) * offset[..., 1]
    places = np.stack([left, ahead], axis=-1).reshape(*root.shape[:-1], -1)
    facing = np.stack([np.sin(turn), np.cos(turn)], axis=-1).reshape(*root.shape[:-1], -1)
    return np.concatenate([places, facing], axis=-1)


def _features(positions: Array, ankles: list[int], root: Array, still: bool) -> Array:
    """[T, 33] raw features. Past the end a clip stands still or goes on as it went."""
    frames = len(root)
    unturned = quat.yaw(-root[:, 2])
    here = np.stack([root[:, 0], np.zeros(frames), root[:, 1]], axis=-1)
    feet = quat.rotate(unturned[:, None], positions[:, ankles] - here[:, None])
    speeds = np.gradient(positions[:, [*ankles, 0]], axis=0) * FPS
    speeds = quat.rotate(unturned[:, None], speeds)
    future = np.arange(frames)[:, None] + np.array(HORIZONS)
    beyond = np.maximum(future - (frames - 1), 0)
    ahead = root[np.minimum(future, frames - 1)]
    if not still:
        ahead = ahead + beyond[..., None] * (root[-1] - root[-2])
    wrists = positions[:, [JOINT_INDEX["left_wrist"], JOINT_INDEX["right_wrist"]]] - positions[:, :1]
    wrists = quat.rotate(unturned[:, None], wrists)
    groups = (feet, speeds[:, :2], speeds[:, 2], wrists)
    pose = np.concatenate([group.reshape(frames, -1) for group in groups], axis=-1)
    return np.concatenate([pose, way_ahead(root, ahead)], axis=-1)


def _slide(places: Array, contacts: NDArray[np.bool_]) -> float:
    """Mean speed (m/s) of feet that should stand; 0 where none ever does."""
    speed = np.linalg.norm(np.diff(places, axis=0), axis=-1) * FPS
    standing = contacts[1:] & contacts[:-1]
    return float(speed[standing].mean()) if standing.any() else 9.0
