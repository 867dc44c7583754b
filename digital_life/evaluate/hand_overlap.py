"""How deep the fingers of a hand pose go into one another and into the palm, measured on the skin of the free body."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from trimesh.triangles import closest_point

from digital_life.body.layer import default_body
from digital_life.motion.hands import FINGERS
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX

Array = NDArray[np.float64]


def finger_overlap(rotations: Array, side: str) -> dict[tuple[str, str], float]:
    """Depth (metres) to which skin of one part lies inside another: (part, other part) to the deepest point.

    ``rotations`` [15, 3] rotation vectors of the ``left`` or ``right`` hand, as ``hand_rotations`` gives them. Parts are
    the five fingers and the palm. A point is inside a part where the part's surface winds around it by more than a half
    (Jacobson et al. 2013, generalized winding numbers). To a finger the palm goes up to the middle joints of all
    fingers, and only its end segment counts there (of the thumb two): the rest grows out of the palm.
    """
    hand = _hand(side)
    pose = np.zeros((JOINT_COUNT, 3))
    first = JOINT_INDEX[f"{side}_index1"]
    pose[first : first + 15] = rotations
    vertices = default_body().forward(pose).vertices[hand.vertices].astype(np.float64)
    depths = {}
    for part, mine in hand.parts.items():
        for other in hand.parts:
            if part == other:
                continue
            free = mine if "palm" not in (part, other) else hand.far[part]
            faces = hand.palm_for[part] if other == "palm" else hand.faces[other]
            depth = _deepest(vertices[free], vertices[faces])
            if depth > 0:
                depths[part, other] = depth
    return depths


class _Hand:
    """Vertices of a hand, their parts, and triangles, all in numbers of the hand."""

    def __init__(self, side: str) -> None:
        body = default_body()
        strongest = np.asarray(body.skin_weights.argmax(axis=1)).reshape(-1)
        joints = [JOINT_INDEX[f"{side}_{finger}{k}"] for finger in FINGERS for k in (1, 2, 3)]
        wrist = JOINT_INDEX[f"{side}_wrist"]
        self.vertices = np.flatnonzero(np.isin(strongest, [*joints, wrist]))
        joint = strongest[self.vertices]
        members = {finger: self._joints(side, finger) for finger in FINGERS}
        self.parts = {finger: np.flatnonzero(np.isin(joint, mine)) for finger, mine in members.items()}
        self.far = {
            finger: np.flatnonzero(np.isin(joint, mine[1:] if finger == "thumb" else mine[2:]))
            for finger, mine in members.items()
        }
        self.parts["palm"] = self.far["palm"] = np.flatnonzero(joint == wrist)
        place = np.full(len(strongest), -1)
        place[self.vertices] = np.arange(len(self.vertices))
        faces = place[body.faces[(place[body.faces] >= 0).all(axis=1)]]
        owner = joint[faces[:, 0]]
        self.faces = {finger: faces[np.isin(owner, mine)] for finger, mine in members.items()}
        self.faces["palm"] = faces[owner == wrist]
        self.palm_for = {}
        for finger in FINGERS:
            roots = [members[other][0] for other in FINGERS if (finger, other) != ("thumb", "thumb")]
            self.palm_for[finger] = faces[np.isin(owner, [wrist, *roots])]

    @staticmethod
    def _joints(side: str, finger: str) -> list[int]:
        return [JOINT_INDEX[f"{side}_{finger}{k}"] for k in (1, 2, 3)]


@cache
def _hand(side: str) -> _Hand:
    return _Hand(side)


def _deepest(points: Array, triangles: Array) -> float:
    """Largest distance from the surface [F, 3, 3] of those of ``points`` [P, 3] that it encloses; 0 if none."""
    low, high = triangles.min(axis=(0, 1)), triangles.max(axis=(0, 1))
    near = points[((points > low) & (points < high)).all(axis=1)]
    if not len(near):
        return 0.0
    inside = near[_winding(near, triangles) > 0.5]
    if not len(inside):
        return 0.0
    pairs = np.repeat(inside, len(triangles), axis=0)
    nearest = closest_point(np.tile(triangles, (len(inside), 1, 1)), pairs)
    distance = np.linalg.norm(nearest - pairs, axis=1).reshape(len(inside), -1).min(axis=1)
    return float(distance.max())


def _winding(points: Array, triangles: Array) -> Array:
    """Generalized winding number [P] of the surface around points: solid angles (van Oosterom and Strackee 1983)."""
    total = np.zeros(len(points))
    for start in range(0, len(points), 200):
        corner = triangles[None] - points[start : start + 200, None, None]
        length = np.linalg.norm(corner, axis=3)
        a, b, c = corner[:, :, 0], corner[:, :, 1], corner[:, :, 2]
        volume = np.einsum("pfa,pfa->pf", a, np.cross(b, c))
        below = length.prod(axis=2)
        for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
            below = below + np.einsum("pfa,pfa->pf", corner[:, :, i], corner[:, :, j]) * length[:, :, k]
        total[start : start + 200] = np.arctan2(volume, below).sum(axis=1) / (2 * np.pi)
    return total
