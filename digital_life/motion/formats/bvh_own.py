"""BVH files with our own 55 joints: they come back as they were written, without any retargeting."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from digital_life.motion.fit import fit_motion
from digital_life.motion.formats.take import Take
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import JOINT_INDEX, JOINT_NAMES, PARENTS, Skeleton, canonical_skeleton

Array = NDArray[np.float64]

_SAME_DIRECTION = 0.9
"""Cosine between a bone of a file and ours above which its zero pose may be our T-pose."""

_SAME_BODY = 2e-4
"""Metres by which joints may differ from those of the canonical body and still be the same."""


def as_written(take: Take) -> Motion | None:
    """The motion of a file that has our joints, hierarchy and T-pose, 30 frames per second; None for any other file.

    A file made for another body is fitted to the canonical one (``fit_motion``); its floor is where the End Sites of
    its feet end.
    """
    if sorted(take.names) != sorted(JOINT_NAMES):
        return None
    order = [take.names.index(name) for name in JOINT_NAMES]
    parents = [take.parents[index] for index in order[1:]]
    if parents != [order[parent] for parent in PARENTS[1:]] or set(take.places) != {order[0]}:
        return None
    canonical = canonical_skeleton()
    unit = _unit(take.offsets[order][1:], canonical.offsets[1:])
    if unit is None:
        return None
    skeleton = _skeleton(take, order, unit)
    take = take.resampled(FPS)
    translation = take.places[order[0]] * unit - skeleton.rest_joints[0]
    motion = Motion(
        translation.astype(np.float32),
        take.rotations[:, order].astype(np.float32),
        provenance={"source": take.source, "rig": "smplx"},
    )
    if np.abs(skeleton.rest_joints - canonical.rest_joints).max() < _SAME_BODY:
        return motion
    return replace(fit_motion(motion, canonical, skeleton), provenance=motion.provenance)


def _unit(theirs: Array, ours: Array) -> float | None:
    """Metres in a unit of the file (a power of ten), or None if its bones do not lie like ours in the zero pose."""
    lengths, wanted = np.linalg.norm(theirs, axis=-1), np.linalg.norm(ours, axis=-1)
    if lengths.min() < 1e-6 or (np.sum(theirs * ours, axis=-1) / (lengths * wanted)).min() < _SAME_DIRECTION:
        return None
    return float(10.0 ** np.round(np.log10(np.median(wanted / lengths))))


def _skeleton(take: Take, order: list[int], unit: float) -> Skeleton:
    canonical = canonical_skeleton()
    rest = take.rest_world()[0][order]
    joints = (rest - rest[0]) * unit + canonical.rest_joints[0]
    feet = [JOINT_INDEX["left_foot"], JOINT_INDEX["right_foot"]]
    tips = [joints[foot, 1] + take.tips[order[foot]][1] * unit for foot in feet if order[foot] in take.tips]
    return Skeleton(joints, float(min(tips)) if tips else float(joints[feet, 1].min()))
