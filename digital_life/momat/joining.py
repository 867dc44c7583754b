"""What it costs a body to go over into a clip now, and to go where the clip goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.clip import Clip
from digital_life.momat.entry import goes_on, last_entry
from digital_life.momat.feature_table import FeatureTable
from digital_life.momat.features import COLUMNS, FEATURES, GROUPS, POSE, TRAJECTORY, with_path
from digital_life.motion.motion import FPS
from digital_life.motion.skeleton import canonical_skeleton

Rows = NDArray[np.float32]

_UPRIGHT = 0.85
"""Share of the pelvis's height at rest above which a body stands."""
_UNLIKE = 2.5
"""A candidate farther from the middle of all than this many times the typical distance is no candidate."""


@dataclass(frozen=True)
class Now:
    """What the body does now (``pose``) and where it is to go (``path``): features [COLUMNS], None where unknown."""

    pose: Rows | None = None
    path: Rows | None = None

    @staticmethod
    def of(pose: Rows | None, path: NDArray[np.floating[Any]] | None) -> Now:
        """``path`` [T, 2] in the body's ground frame; see :func:`digital_life.momat.features.with_path`.

        Raises:
            InputError: the path is empty, has another shape or is not finite.
        """
        ahead = None if path is None else with_path(np.zeros(COLUMNS, np.float32), path)
        return Now(None if pose is None else np.asarray(pose, np.float32), ahead)

    @property
    def known(self) -> bool:
        """Whether there is anything to compare with."""
        return self.pose is not None or self.path is not None

    @property
    def stands(self) -> bool:
        """Whether the body stands upright: its pelvis is about as high as it can be."""
        if self.pose is None:
            return False
        skeleton = canonical_skeleton()
        upright = skeleton.rest_joints[0, 1] - skeleton.floor
        return bool(self.pose[FEATURES["hips_height"]][0] > _UPRIGHT * upright)


def _weight(columns: slice) -> float:
    names = [name for name, group in FEATURES.items() if columns.start <= group.start and group.stop <= columns.stop]
    return float(np.sqrt(sum(GROUPS[name][1] ** 2 for name in names)))


_POSE_WEIGHT, _PATH_WEIGHT = _weight(POSE), _weight(TRAJECTORY)


def costs(rows: Rows, query: Rows, columns: slice) -> Rows:
    """[n] weighted root mean square z-score between normalised ``rows`` [n, COLUMNS] and a normalised ``query``."""
    weight = _POSE_WEIGHT if columns == POSE else _PATH_WEIGHT
    return np.asarray(np.linalg.norm(rows[:, columns] - query[columns], axis=1) / weight, np.float32)


def join(table: FeatureTable, clip: Clip, now: Now) -> tuple[int, float, float]:
    """The best frame at which to enter ``clip``, the cost of joining there, and the cost of where it goes from there."""
    rows = table.normalise(table.features(clip.id)[: last_entry(clip) + 1])
    joining = np.zeros(len(rows)) if now.pose is None else costs(rows, table.normalise(now.pose), POSE)
    way = np.zeros(len(rows)) if now.path is None else costs(rows, table.normalise(now.path), TRAJECTORY)
    start = int(np.argmin(joining + way))
    return start, float(joining[start]), float(way[start])


def fitting_length(clip: Clip, frames: int, duration: float | None) -> float:
    """How far ``frames`` of a clip are from lasting ``duration`` seconds: |ln of the ratio|; 0 for a loop, which goes on."""
    if duration is None or (goes_on(clip) and clip.loopable):
        return 0.0
    return float(abs(np.log(frames / FPS / duration)))


def moves_unlike_others(table: FeatureTable, clip_ids: Sequence[str]) -> set[int]:
    """Which of several clips of like meaning move unlike the rest; the first, which fits the words best, is never one.

    A clip is described by the mean and the deviation of its normalised pose features, and compared with the median of
    all (Story-to-Motion drops candidates far from the centre of their distribution).
    """
    described = []
    for name in clip_ids:
        rows = table.normalise(table.features(name))[:, POSE]
        described.append(np.concatenate([rows.mean(axis=0), rows.std(axis=0)]))
    points = np.array(described)
    distances = np.linalg.norm(points - np.median(points, axis=0), axis=1)
    limit = _UNLIKE * max(float(np.median(distances)), 0.1)
    return {number for number, distance in enumerate(distances) if number and distance > limit}
