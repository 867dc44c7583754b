"""A better way to pose the body than linear blend skinning, too slow for play: what the pose correctives learn from.

Rotations are blended as quaternions about an optimised centre of every vertex (Le and Hodgins, "Real-time skeletal skinning
with optimized centers of rotation", SIGGRAPH 2016), so that cross-sections keep their size, and the twist of a limb is
spread along its bone instead of being taken up at one end.
"""

from dataclasses import dataclass

import numpy as np

from digital_life.motion import quaternion as quat
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, PARENTS

KERNEL = 0.1
"""Width of the similarity of skin weights, as in the paper."""
SIDES = ("left_", "right_")


@dataclass(frozen=True)
class TwistRule:
    """Twist about the line from ``bone`` to ``end``: the share of ``joint``'s own twist that the skin of ``bone`` takes
    rises from ``start`` to 1 along that line."""

    bone: str
    end: str
    joint: str
    start: float


TWIST_RULES = (
    TwistRule("shoulder", "elbow", "shoulder", 0.0),
    TwistRule("elbow", "wrist", "elbow", 0.25),
    TwistRule("elbow", "wrist", "wrist", 0.0),
    TwistRule("hip", "knee", "hip", 0.25),
    TwistRule("knee", "ankle", "ankle", 0.0),
)


class ReferenceSkinning:
    """Poses one body. ``vertices`` [N, 3] m, ``triangles`` [F, 3], ``joints`` [55, 3] m at rest, ``weights`` [N, 55]."""

    def __init__(self, vertices: np.ndarray, triangles: np.ndarray, joints: np.ndarray, weights: np.ndarray) -> None:
        self.vertices, self.joints = vertices, joints
        self.index = np.argsort(-weights, axis=1, kind="stable")[:, :4]
        self.weight = np.take_along_axis(weights, self.index, axis=1)
        self.centres = rotation_centres(vertices, triangles, weights)
        self._axes, self.twists = self._twist_tables()

    def deform(self, rotations: np.ndarray) -> np.ndarray:
        """Posed vertices [N, 3] of local rotations [55, 4]."""
        world, position = _chain(rotations, self.joints)
        local = quat.multiply(world[self.index], self._twist(rotations))
        aligned = local * np.where((local * local[:, :1]).sum(-1, keepdims=True) < 0, -1.0, 1.0)
        blended = quat.normalize((self.weight[..., None] * aligned).sum(1))
        arm = self.centres[:, None] - self.joints[self.index]
        moved = quat.rotate(local, arm) + position[self.index]
        centre = (self.weight[..., None] * moved).sum(1)
        return quat.rotate(blended, self.vertices - self.centres) + centre

    def _twist(self, rotations: np.ndarray) -> np.ndarray:
        """Twist of every influence of every vertex [N, 4, 4] in its bone's own frame."""
        angle = np.zeros(self.index.shape)
        for bone, joint, share in self.twists:
            axis = self._axes[bone]
            angle += np.where(self.index == bone, share[:, None], 0.0) * twist_about(rotations[joint], axis)
        return quat.from_axis_angle(self._axes[self.index] * angle[..., None])

    def _twist_tables(self) -> tuple[np.ndarray, list[tuple[int, int, np.ndarray]]]:
        axes = np.zeros((JOINT_COUNT, 3))
        tables = []
        for rule in TWIST_RULES:
            for side in SIDES:
                bone, end, joint = (JOINT_INDEX[side + name] for name in (rule.bone, rule.end, rule.joint))
                line = self.joints[end] - self.joints[bone]
                axes[bone] = line / np.linalg.norm(line)
                along = (self.vertices - self.joints[bone]) @ axes[bone] / np.linalg.norm(line)
                share = rule.start + (1 - rule.start) * np.clip(along, 0, 1)
                tables.append((bone, joint, share - 1 if joint == bone else share))
        return axes, tables


def twist_about(rotation: np.ndarray, axis: np.ndarray) -> float:
    """Angle in radians of the twist of a quaternion [4] about a unit axis (swing-twist decomposition)."""
    return float(2 * np.arctan2(rotation[1:] @ axis, rotation[0]))


def _chain(rotations: np.ndarray, joints: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    world, position = rotations.copy(), joints.copy()
    for joint, parent in enumerate(PARENTS[1:], start=1):
        world[joint] = quat.multiply(world[parent], rotations[joint])
        position[joint] = position[parent] + quat.rotate(world[parent], joints[joint] - joints[parent])
    return world, position


def rotation_centres(vertices: np.ndarray, triangles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Optimised centre of rotation [N, 3] of every vertex; a vertex of one joint keeps its own place.

    The centre is the mean of the surface weighted by how similarly its skin weights are shared between joints.
    """
    corners = vertices[triangles]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    middle, spread = corners.mean(1), weights[triangles].mean(1)
    total, place = np.zeros(len(vertices)), np.zeros_like(vertices)
    for first in range(JOINT_COUNT):
        for second in range(first + 1, JOINT_COUNT):
            near = np.flatnonzero(np.minimum(weights[:, first], weights[:, second]) > 1e-4)
            faces = np.flatnonzero(np.minimum(spread[:, first], spread[:, second]) > 1e-4)
            if not len(near) or not len(faces):
                continue
            a, b = weights[near, first][:, None], weights[near, second][:, None]
            c, d = spread[faces, first], spread[faces, second]
            similarity = a * b * c * d * np.exp(-((a * d - b * c) ** 2) / KERNEL**2) * area[faces]
            total[near] += similarity.sum(1)
            place[near] += similarity @ middle[faces]
    found = total > 1e-12
    return np.where(found[:, None], place / np.maximum(total, 1e-12)[:, None], vertices)
