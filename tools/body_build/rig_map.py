"""From MakeHuman's 163 bones to the 55 joints of SMPL-X: joint positions and skin weights."""

import numpy as np

from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX
from tools.body_build.makehuman import Rig

FINGERS = {"1": "thumb", "2": "index", "3": "middle", "4": "ring", "5": "pinky"}
CENTRE_JOINTS = {
    "pelvis": ("spine05", "spine04"), "spine1": ("spine04", "spine03"), "spine2": ("spine02",), "spine3": ("spine01",),
    "neck": ("neck01",), "head": ("head",), "jaw": ("jaw",),
}  # fmt: skip
SIDE_JOINTS = {
    "hip": "upperleg01", "knee": "lowerleg01", "ankle": "foot", "foot": "toe3-1", "collar": "clavicle",
    "shoulder": "upperarm01", "elbow": "lowerarm01", "wrist": "wrist", "eye": "eye",
}  # fmt: skip
CENTRE_BONES = {
    "root": "pelvis", "pelvis": "pelvis", "spine05": "pelvis", "spine04": "spine1", "spine03": "spine1", "spine02": "spine2",
    "spine01": "spine3", "breast": "spine3", "neck01": "neck", "neck02": "neck", "jaw": "jaw", "special04": "jaw", "oris01": "jaw",
    "oris02": "jaw",
}  # fmt: skip
SIDE_BONES = {  # by the longest prefix; the side is put before the joint
    "upperleg": "hip", "lowerleg": "knee", "foot": "ankle", "toe": "foot", "clavicle": "collar",
    "upperarm": "shoulder", "lowerarm": "elbow", "wrist": "wrist", "metacarpal": "wrist", "eye": "eye",
}  # fmt: skip


def joint_matrix(rig: Rig) -> np.ndarray:
    """[55, B]: joints as averages of T-posed bone heads."""
    matrix = np.zeros((JOINT_COUNT, len(rig.names)))
    heads = dict(CENTRE_JOINTS)
    for side, letter in (("left", "L"), ("right", "R")):
        heads |= {f"{side}_{joint}": (f"{bone}.{letter}",) for joint, bone in SIDE_JOINTS.items()}
        for number, finger in FINGERS.items():
            heads |= {f"{side}_{finger}{k}": (f"finger{number}-{k}.{letter}",) for k in (1, 2, 3)}
    for joint, bones in heads.items():
        for bone in bones:
            matrix[JOINT_INDEX[joint], rig.index(bone)] = 1 / len(bones)
    return matrix


def weight_matrix(rig: Rig) -> np.ndarray:
    """[B, 55]: which joints take over each bone's skin."""
    matrix = np.zeros((len(rig.names), JOINT_COUNT))
    for row, bone in enumerate(rig.names):
        for joint, share in joint_shares(bone).items():
            matrix[row, JOINT_INDEX[joint]] = share
    return matrix


def joint_shares(bone: str) -> dict[str, float]:
    """The joints that stand in for one MakeHuman bone."""
    name, _, letter = bone.partition(".")
    side = {"L": "left_", "R": "right_"}.get(letter, "")
    if name in CENTRE_BONES:
        return {CENTRE_BONES[name]: 1.0}
    if name == "neck03":
        return {"neck": 0.5, "head": 0.5}
    if name == "shoulder01":
        return {side + "collar": 0.5, side + "shoulder": 0.5}
    if name.startswith("tongue") or (side and name in ("oris06", "oris07")):
        return {"jaw": 1.0}
    if name.startswith("finger"):
        return {f"{side}{FINGERS[name[6]]}{name[8]}": 1.0}
    for prefix, joint in SIDE_BONES.items():
        if side and name.startswith(prefix):
            return {side + joint: 1.0}
    return {"head": 1.0}


def strongest_four(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Indices [V, 4] uint8 and weights [V, 4] that sum to 1 of the four strongest joints of each vertex."""
    index = np.argsort(-weights, axis=1, kind="stable")[:, :4]
    value = np.take_along_axis(weights, index, axis=1)
    total = value.sum(1, keepdims=True)
    value = np.where(total > 0, value / np.maximum(total, 1e-12), [1.0, 0, 0, 0])
    return index.astype(np.uint8), value.astype(np.float32)
