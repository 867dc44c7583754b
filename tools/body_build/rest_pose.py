"""MakeHuman's A-pose to the T-pose of SMPL-X, as an affine map of the vertices.

Every bone gets one fixed world rotation, found once on the mean body. Linear-blend reposing with fixed rotations is
affine in the vertex positions, so every shape target stays linear after it.
"""

import numpy as np

from tools.body_build.makehuman import Rig

FINGER_DIRECTIONS = {
    "1": [(0.62, -0.12, 0.78), (0.80, -0.10, 0.60), (0.84, -0.10, 0.54)],
    "2": [(1, -0.02, 0.09)] * 3,
    "3": [(1, -0.02, -0.03)] * 3,
    "4": [(1, -0.02, -0.15)] * 3,
    "5": [(1, -0.03, -0.33)] * 3,
}
"""Directions of the left hand's finger bones at rest; MakeHuman counts 1 (thumb) to 5 (little finger)."""

UPPER_ARM, FOREARM = (1, -0.12, -0.09), (1, 0.03, -0.02)
THIGH, SHANK = (0.085, -1, -0.015), (-0.005, -1, -0.055)


def unit(a: np.ndarray) -> np.ndarray:
    a = np.asarray(a, float)
    return a / np.linalg.norm(a)


def cross_matrix(v: np.ndarray) -> np.ndarray:
    return np.array([[0, -v[2], v[1]], [v[2], 0, -v[0]], [-v[1], v[0], 0]])


def swing(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Shortest rotation that takes direction a to direction b."""
    a, b = unit(a), unit(b)
    k = cross_matrix(np.cross(a, b))
    return np.eye(3) + k + k @ k / (1 + a @ b)


def turn(axis: np.ndarray, angle: float) -> np.ndarray:
    """Rodrigues' rotation about an axis, radians."""
    k = cross_matrix(unit(axis))
    return np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * k @ k


def twist_angle(rotation: np.ndarray, axis: np.ndarray) -> float:
    """Twist part of a rotation about an axis (swing-twist decomposition), radians."""
    r = rotation
    vector = np.array([r[2, 1] - r[1, 2], r[0, 2] - r[2, 0], r[1, 0] - r[0, 1]])
    return float(2 * np.arctan2(vector @ axis, 1 + np.trace(r)))


class RestPose:
    """The affine map ``vertices -> T-posed vertices``. ``apply`` maps positions, ``apply_offsets`` shape targets."""

    def __init__(self, rig: Rig, mean: np.ndarray) -> None:
        self.rig = rig
        self.rotations = _bone_rotations(rig, rig.head @ mean, rig.tail @ mean)
        self._vertex_rotations = np.einsum("vj,jab->vab", rig.weights, self.rotations)

    def apply(self, vertices: np.ndarray) -> np.ndarray:
        """T-posed positions [N, 3] of the whole base mesh."""
        return self.apply_offsets(vertices)

    def apply_offsets(self, offsets: np.ndarray) -> np.ndarray:
        """The map has no constant part (the root bone stays), so offsets map like positions."""
        heads = self.rig.head @ offsets
        shift = self.heads(heads) - np.einsum("jab,jb->ja", self.rotations, heads)
        return np.einsum("vab,vb->va", self._vertex_rotations, offsets) + self.rig.weights @ shift

    def heads(self, heads: np.ndarray) -> np.ndarray:
        """Bone heads [B, 3] of the A-pose, moved along with their bones."""
        moved = heads.copy()
        for bone, parent in enumerate(self.rig.parents):
            if parent >= 0:
                moved[bone] = moved[parent] + self.rotations[parent] @ (heads[bone] - heads[parent])
        return moved

    def tails(self, vertices: np.ndarray) -> np.ndarray:
        """T-posed bone tails [B, 3] of A-posed vertices."""
        heads, tails = self.rig.head @ vertices, self.rig.tail @ vertices
        return self.heads(heads) + np.einsum("jab,jb->ja", self.rotations, tails - heads)


def _bone_rotations(rig: Rig, heads: np.ndarray, tails: np.ndarray) -> np.ndarray:
    rotations = np.tile(np.eye(3), (len(rig.names), 1, 1))

    def left(name: str) -> np.ndarray:
        return heads[rig.index(name + ".L")]

    def set_branch(bone: int, rotation: np.ndarray) -> None:
        rotations[bone] = rotation
        for child, parent in enumerate(rig.parents):
            if parent == bone:
                set_branch(child, rotation)

    def aim(name: str, rotation: np.ndarray) -> None:
        set_branch(rig.index(name + ".L"), rotation)

    aim("upperleg01", swing(left("lowerleg01") - left("upperleg01"), THIGH))
    aim("lowerleg01", swing(left("foot") - left("lowerleg01"), SHANK))
    aim("foot", turn([0, 1, 0], np.radians(6)))
    aim("clavicle", turn([0, 0, 1], np.radians(3)))
    aim("shoulder01", turn([0, 0, 1], np.radians(9)))
    upper = swing(left("lowerarm01") - left("upperarm01"), UPPER_ARM)
    aim("upperarm01", upper)
    forearm = swing(upper @ (left("wrist") - left("lowerarm01")), FOREARM) @ upper
    hand = _palm_down(left("wrist"), left("finger3-1"), left("finger2-1"), left("finger5-1"))
    # the twist between the forearm's swing and the hand is spread over the two forearm bones
    twist = twist_angle(hand @ forearm.T, unit(FOREARM))
    aim("lowerarm01", turn(FOREARM, 0.3 * twist) @ forearm)
    aim("lowerarm02", turn(FOREARM, 0.7 * twist) @ forearm)
    aim("wrist", hand)
    for finger, directions in FINGER_DIRECTIONS.items():
        rotation = hand
        for k, direction in zip("123", directions, strict=True):
            bone = rig.index(f"finger{finger}-{k}.L")
            rotation = swing(rotation @ (tails[bone] - heads[bone]), direction) @ rotation
            rotations[bone] = rotation
    mirror = np.diag([-1.0, 1, 1])
    for bone, name in enumerate(rig.names):
        if name.endswith(".R"):
            rotations[bone] = mirror @ rotations[rig.index(name[:-2] + ".L")] @ mirror
    return rotations


def _palm_down(wrist: np.ndarray, middle: np.ndarray, index: np.ndarray, little: np.ndarray) -> np.ndarray:
    """Rotation that lays the hand flat: x = wrist to middle knuckle, y = back of the hand."""
    x = unit(middle - wrist)
    y = unit(np.cross(index - little, x))
    target_x = unit([1, 0, -0.05])
    target_y = unit(np.array([0, 1, 0]) - target_x * target_x[1])
    source = np.stack([x, y, np.cross(x, y)], axis=1)
    return np.stack([target_x, target_y, np.cross(target_x, target_y)], axis=1) @ source.T
