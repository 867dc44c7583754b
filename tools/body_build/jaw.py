"""The jaw as a joint: skin weights that reproduce the sculpted ``jawOpen`` key, and what they leave over."""

from dataclasses import dataclass

import numpy as np

from digital_life.motion.arkit import ARKIT_INDEX
from digital_life.motion.skeleton import JOINT_INDEX
from tools.body_build.rest_pose import turn
from tools.body_build.rig_map import strongest_four
from tools.body_build.source import SETBACK, Source
from tools.body_build.surface_smoothing import Smoother

RIGID = {
    "helper-l-eye": "left_eye", "helper-r-eye": "right_eye", "helper-upper-teeth": "head", "helper-lower-teeth": "jaw",
}  # fmt: skip
HEAD = ("head", "jaw", "left_eye", "right_eye")
SOFTENED = ("body", "helper-tights", "helper-skirt")
SOFTENING_ROUNDS = 6
"""MakeHuman's weights change within two rows of vertices at the elbow, where its own rig has twist bones beside them."""


@dataclass(frozen=True)
class Jaw:
    """``angle`` rad about x of a fully open jaw; skin weights [N, 4]; ``corrective`` [N, 3] m on top of the rotation."""

    angle: float
    weight_index: np.ndarray
    weight_value: np.ndarray
    corrective: np.ndarray


def solve_jaw(source: Source) -> Jaw:
    """Fit one rotation to the lower teeth of ``jawOpen``; a vertex's jaw weight is its share of that rotation."""
    key = source.arkit[ARKIT_INDEX["jawOpen"]].astype(np.float64)
    vertices, joints = source.mean_state
    arm = vertices - joints[JOINT_INDEX["jaw"]]
    teeth = source.group("helper-lower-teeth")
    sculpted = arm[teeth] - SETBACK["helper-lower-teeth"]
    angle = float(np.cross(sculpted, key[teeth])[:, 0].sum() / (sculpted[:, 1:] ** 2).sum())
    rigid = arm @ turn(np.array([1.0, 0, 0]), angle).T - arm
    share = np.clip((key * rigid).sum(1) / np.maximum((rigid**2).sum(1), 1e-9), 0, 1)
    share[np.linalg.norm(key, axis=1) < 2e-5] = 0
    index, value = strongest_four(_with_jaw(source, share))
    jaw_weight = np.where(index == JOINT_INDEX["jaw"], value, 0).sum(1, keepdims=True)
    corrective = key - jaw_weight * rigid
    corrective[np.linalg.norm(key, axis=1) < 1e-5] = 0
    for group in RIGID:
        corrective[source.group(group)] = 0
    return Jaw(angle, index, value, corrective)


def _with_jaw(source: Source, share: np.ndarray) -> np.ndarray:
    weights = source.bone_weights.copy()
    weights[:, JOINT_INDEX["jaw"]] = 0
    total = weights.sum(1, keepdims=True)
    weights = np.where(total > 1e-6, weights / np.maximum(total, 1e-9), 0)
    weights[total[:, 0] < 1e-6, JOINT_INDEX["head"]] = 1
    weights *= 1 - share[:, None]
    weights[:, JOINT_INDEX["jaw"]] = share
    weights = _soften(source, weights)
    for group, joint in RIGID.items():
        ids = source.group(group)
        weights[ids] = 0
        weights[ids, JOINT_INDEX[joint]] = 1
    return weights


def _soften(source: Source, weights: np.ndarray) -> np.ndarray:
    """Widen the bends of the limbs; the head, whose jaw is fitted, stays as it is."""
    count = len(weights)
    quads = np.concatenate([quads for group, quads in source.mesh.quads.items() if group in SOFTENED])
    limbs = weights[:, [JOINT_INDEX[joint] for joint in HEAD]].sum(1, keepdims=True) < 1e-3
    soft = np.where(limbs, Smoother(quads, count).smooth(weights, SOFTENING_ROUNDS), weights)
    return soft / soft.sum(1, keepdims=True)
