"""SmartBody motions (SKM, text or binary) on our skeleton.

An SKM file holds key times and channels only; bones come from the character's skeleton file (``.sk``). Places are
relative to the joint's offset and a joint's rotation is ``prerot * key * postrot`` (SmartBody manual, "Motions").
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.formats.retarget import retarget
from digital_life.motion.formats.rigs import find_rig
from digital_life.motion.formats.skm_data import SkmData, read_binary_motion, read_text_motion
from digital_life.motion.formats.skm_skeleton import SkSkeleton, find_skeleton, read_skeleton
from digital_life.motion.formats.take import Take
from digital_life.motion.motion import FPS, Motion

Array = NDArray[np.float64]


def read_skm(path: Path | str, *, rig: Path | str | None = None) -> Motion:
    """The motion of an SKM file on the canonical skeleton, 30 frames per second, soles on the floor.

    ``rig`` is the character's skeleton (a ``.sk`` file) or a rig as for BVH; the skeleton is otherwise looked for
    beside the file and in ``skeletons`` folders above. ``provenance["sync"]`` holds the sync times (seconds).

    Raises:
        InputError: the file is damaged, or no skeleton is there.
    """
    path = Path(path)
    data = read_text_motion(path) if path.suffix.lower() == ".skm" else read_binary_motion(path)
    own_skeleton = rig is not None and str(rig).lower().endswith(".sk")
    file = Path(rig) if own_skeleton and rig is not None else find_skeleton(path, set(data.rotations))
    take = _take(path, data, read_skeleton(file))
    motion = retarget(take, find_rig(take.names, str(path), None if own_skeleton else rig))
    sync = {name: round(time - float(data.times[0]), 6) for name, time in data.sync.items()}
    return replace(motion, provenance={**motion.provenance, "sync": sync}) if sync else motion


def _take(path: Path, data: SkmData, skeleton: SkSkeleton) -> Take:
    unknown = sorted((set(data.rotations) | set(data.places)) - set(skeleton.names))
    known = len(set(data.rotations) & set(skeleton.names))
    if known < len(unknown):
        raise InputError(
            f"{path}: the skeleton lacks {len(unknown)} of the motion's joints ({', '.join(unknown[:4])} ...)",
            "name the skeleton of the same character (rig=PATH.sk)",
        )
    rest = quat.multiply(skeleton.before, skeleton.after)
    count = max(1, round(float(data.times[-1] - data.times[0]) * FPS) + 1)
    grid = data.times[0] + np.arange(count) / FPS
    high = np.clip(np.searchsorted(data.times, grid, side="right"), 1, max(1, len(data.times) - 1))
    high = np.minimum(high, len(data.times) - 1)
    low = np.maximum(high - 1, 0)
    gap = np.maximum(data.times[high] - data.times[low], 1e-9)
    share = np.clip((grid - data.times[low]) / gap, 0.0, 1.0)
    rotations = np.tile(rest, (count, 1, 1))
    places: dict[int, Array] = {}
    for joint, name in enumerate(skeleton.names):
        if name in data.rotations:
            keys = quat.slerp(data.rotations[name][low], data.rotations[name][high], share)
            rotations[:, joint] = quat.multiply(quat.multiply(skeleton.before[joint], keys), skeleton.after[joint])
        if name in data.places:
            keyed = data.places[name][low] * (1.0 - share[:, None]) + data.places[name][high] * share[:, None]
            places[joint] = skeleton.offsets[joint] + keyed
    return Take(skeleton.names, skeleton.parents, skeleton.offsets, rest, rotations, places, float(FPS), str(path))
