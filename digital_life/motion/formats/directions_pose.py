"""Joint rotations from bone directions alone, in closed form.

Joints with several bones (pelvis, chest) are turned to fit them all (Kabsch 1976). Thighs, shins and arms get the twist
with which knee and elbow bend about their hinges; where the limb is straight, and for all other bones, the twist is that
of the joint before. Joints without a bone of their own (head, hands, toes) go with their parent.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.ik import unit
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, PARENTS, Skeleton

Array = NDArray[np.float64]

_BODY = 22
_HINGES = {"hip": (1.0, 0.0, 0.0), "left_shoulder": (0.0, -1.0, 0.0), "right_shoulder": (0.0, 1.0, 0.0)}
_STRAIGHT, _BENT = 0.05, 0.25
"""Sines of the bend between which the hinge gains its say."""


def pose_from_directions(bones: NDArray[np.floating[Any]], skeleton: Skeleton) -> tuple[Array, Array]:
    """Local and world rotations [T, 55, 4] whose bones that end at joints 1..21 point along ``bones`` [T, 21, 3]."""
    ways = unit(np.concatenate([np.zeros((len(bones), 1, 3)), np.asarray(bones, dtype=np.float64)], axis=1))
    rest = unit(skeleton.offsets)
    world = np.tile(quat.IDENTITY, (len(bones), JOINT_COUNT, 1))
    joints = {name: JOINT_INDEX[name] for name in ("pelvis", "spine1", "spine2", "spine3", "neck", "head")}
    pelvis, chest = joints["pelvis"], joints["spine3"]
    world[:, pelvis] = _fit([JOINT_INDEX[name] for name in ("left_hip", "right_hip", "spine1")], ways, rest)
    world[:, chest] = _fit([JOINT_INDEX[name] for name in ("left_collar", "right_collar", "neck")], ways, rest)
    for name, end, share in (("spine1", "spine2", 1 / 3), ("spine2", "spine3", 2 / 3)):
        between = quat.slerp(world[:, pelvis], world[:, chest], share)
        world[:, joints[name]] = _swing(between, JOINT_INDEX[end], ways, rest)
    world[:, joints["neck"]] = _swing(world[:, chest], joints["head"], ways, rest)
    world[:, joints["head"]] = world[:, joints["neck"]]
    for side in ("left", "right"):
        collar, shoulder = JOINT_INDEX[f"{side}_collar"], JOINT_INDEX[f"{side}_shoulder"]
        ankle = JOINT_INDEX[f"{side}_ankle"]
        world[:, collar] = _swing(world[:, chest], shoulder, ways, rest)
        _limb(world, side, ("hip", "knee", "ankle"), _HINGES["hip"], ways, rest)
        _limb(world, side, ("shoulder", "elbow", "wrist"), _HINGES[f"{side}_shoulder"], ways, rest)
        knee = JOINT_INDEX[f"{side}_knee"]
        world[:, ankle] = _swing(world[:, knee], JOINT_INDEX[f"{side}_foot"], ways, rest)
    for joint in [JOINT_INDEX[f"{side}_{end}"] for side in ("left", "right") for end in ("foot", "wrist")]:
        world[:, joint] = world[:, PARENTS[joint]]
    for joint in range(_BODY, JOINT_COUNT):
        world[:, joint] = world[:, PARENTS[joint]]
    local = world.copy()
    local[:, 1:] = quat.multiply(quat.conjugate(world[:, list(PARENTS[1:])]), world[:, 1:])
    return quat.normalize(local), world


def _fit(ends: list[int], ways: Array, rest: Array) -> Array:
    """Rotation [T, 4] that brings several bones of the rest nearest to their directions (Kabsch)."""
    covariance = np.einsum("tji,jk->tik", ways[:, ends], rest[ends])
    u, _, vt = np.linalg.svd(covariance)
    u[..., :, 2] *= np.sign(np.linalg.det(u @ vt))[:, None]
    return quat.from_matrix(u @ vt)


def _swing(above: Array, end: int, ways: Array, rest: Array) -> Array:
    """``above`` [T, 4] turned the shortest way so that the bone to ``end`` has its direction."""
    return quat.multiply(quat.between(quat.rotate(above, rest[end]), ways[:, end]), above)


def _limb(
    world: Array, side: str, names: tuple[str, str, str], hinge: tuple[float, float, float], ways: Array, rest: Array
) -> None:
    """Set both bones of a limb in ``world`` from their directions and the hinge between them."""
    upper, middle, end = (JOINT_INDEX[f"{side}_{name}"] for name in names)
    axis = np.array(hinge)
    carried = quat.rotate(_swing(world[:, PARENTS[upper]], middle, ways, rest), axis)
    normal = np.cross(ways[:, middle], ways[:, end])
    sine = np.linalg.norm(normal, axis=-1, keepdims=True)
    share = np.clip((sine - _STRAIGHT) / (_BENT - _STRAIGHT), 0.0, 1.0)
    turned = unit((1.0 - share) * carried + share * unit(normal))
    for joint, bone in ((upper, middle), (middle, end)):
        posed, flat = _frame(ways[:, bone], turned), _frame(rest[bone], axis)
        world[:, joint] = quat.from_matrix(posed @ np.swapaxes(flat, -1, -2))


def _frame(way: Array, hinge: Array) -> Array:
    """Matrices [..., 3, 3] with columns: bone, hinge made perpendicular to it, their cross."""
    across = unit(hinge - way * np.sum(hinge * way, axis=-1, keepdims=True))
    return np.stack([way, across, np.cross(way, across)], axis=-1)
