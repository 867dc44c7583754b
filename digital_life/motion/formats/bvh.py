"""BVH (Biovision hierarchy) files: any channel order, positions on any joint, any rig that is known or described.

A channel list ``Zrotation Xrotation Yrotation`` means the matrix product Rz Rx Ry (Meredith and Maddock, "Motion
capture file formats explained", 2001). Position channels replace the joint's OFFSET.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.formats.bvh_angles import AXES, from_euler, to_euler
from digital_life.motion.formats.bvh_own import as_written
from digital_life.motion.formats.bvh_parse import BvhText, parse_bvh
from digital_life.motion.formats.retarget import retarget
from digital_life.motion.formats.rigs import find_rig
from digital_life.motion.formats.take import Take
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import JOINT_NAMES, PARENTS, Skeleton, canonical_skeleton
from digital_life.whole_file import whole_file

Array = NDArray[np.float64]

CENTIMETRES = 100.0
"""Written files are in centimetres, as most programs expect."""


def read_bvh(path: Path | str, *, rig: Path | str | None = None) -> Motion:
    """The motion of a BVH file on the canonical skeleton, 30 frames per second, soles on the floor y = 0.

    Place and heading are those of the recording, scaled by leg length (``anchor.anchored`` moves them).
    ``rig`` is a YAML map of the joints or the name of a known rig; without it the joint names decide.

    Raises:
        InputError: the file is damaged (file, line and joint are named) or its joints fit no rig.
    """
    take = read_take(Path(path))
    own = as_written(take) if rig is None else None
    return own or retarget(take, find_rig(take.names, take.source, rig))


def read_take(path: Path) -> Take:
    """A BVH file as it is: joints, rotations and places, in the file's own unit and axes."""
    text = parse_bvh(path)
    rotations = np.zeros((len(text.values), len(text.joints), 4))
    places: dict[int, Array] = {}
    column = 0
    for index, joint in enumerate(text.joints):
        channels = joint.channels or ()
        values = text.values[:, column : column + len(channels)]
        column += len(channels)
        turns = [at for at, name in enumerate(channels) if name.endswith("rotation")]
        order = "".join(channels[at][0] for at in turns)
        rotations[:, index] = from_euler(order, np.radians(values[:, turns]))
        moves = [at for at, name in enumerate(channels) if name.endswith("position")]
        if moves:
            place = np.tile(np.array(joint.offset), (len(values), 1))
            for at in moves:
                place[:, AXES[channels[at][0]]] = values[:, at]
            places[index] = place
    return _take(text, rotations, places, str(path))


def _take(text: BvhText, rotations: Array, places: dict[int, Array], source: str) -> Take:
    return Take(
        names=tuple(joint.name for joint in text.joints),
        parents=tuple(joint.parent for joint in text.joints),
        offsets=np.array([joint.offset for joint in text.joints]),
        rest=np.tile(quat.IDENTITY, (len(text.joints), 1)),
        rotations=rotations,
        places=places,
        fps=text.fps,
        source=source,
        tips={index: np.array(joint.tip) for index, joint in enumerate(text.joints) if joint.tip is not None},
    )


def write_bvh(motion: Motion, path: Path | str, skeleton: Skeleton | None = None) -> None:
    """Write all 55 joints as BVH: centimetres, Y up, zero pose = T-pose facing +Z, root position over the floor.

    ``skeleton`` gives the bones (default: the canonical body's). The feet's End Sites lie on the sole, so that the
    floor can be found again. The face, which BVH cannot hold, is left out.

    Raises:
        InputError: the motion has no frames.
        StorageError: the file cannot be written.
    """
    path = Path(path)
    if len(motion) == 0:
        raise InputError(f"{path}: the motion has no frames, so there is nothing to write")
    skeleton = skeleton or canonical_skeleton()
    angles = np.degrees(to_euler("ZXY", motion.rotations.astype(np.float64)))
    order = _depth_first()
    root = (skeleton.rest_joints[0] + motion.translation) * CENTIMETRES
    values = np.concatenate([root, angles[:, order].reshape(len(motion), -1)], axis=1)
    head = [*_hierarchy(skeleton), "MOTION", f"Frames: {len(motion)}", f"Frame Time: {1.0 / motion.fps:.8f}"]
    with whole_file(path, "writing a motion") as file:
        file.write(("\n".join(head) + "\n").encode("ascii"))
        np.savetxt(file, values, fmt="%.6f")


def _depth_first() -> list[int]:
    """Joint indices in the order in which a BVH file names them."""
    order: list[int] = []
    stack = [0]
    while stack:
        joint = stack.pop()
        order.append(joint)
        stack.extend(reversed([child for child, parent in enumerate(PARENTS) if parent == joint]))
    return order


def _hierarchy(skeleton: Skeleton) -> list[str]:
    lines = ["HIERARCHY"]
    offsets = skeleton.offsets * CENTIMETRES
    offsets[0] = 0.0  # programs disagree on whether root positions add to the OFFSET; with zero both ways agree

    def write(joint: int, depth: int) -> None:
        inner = "\t" * (depth + 1)
        positions = "Xposition Yposition Zposition " if joint == 0 else ""
        lines.append("\t" * depth + ("ROOT " if joint == 0 else "JOINT ") + JOINT_NAMES[joint])
        lines.append("\t" * depth + "{")
        lines.append(inner + "OFFSET " + _vector(offsets[joint]))
        lines.append(inner + f"CHANNELS {6 if joint == 0 else 3} {positions}Zrotation Xrotation Yrotation")
        children = [child for child, parent in enumerate(PARENTS) if parent == joint]
        for child in children:
            write(child, depth + 1)
        if not children:
            tip = _vector(_tip(skeleton, joint) * CENTIMETRES)
            lines.extend([inner + "End Site", inner + "{", inner + "\tOFFSET " + tip, inner + "}"])
        lines.append("\t" * depth + "}")

    write(0, 0)
    return lines


def _tip(skeleton: Skeleton, joint: int) -> Array:
    """Where a joint without children ends (metres from it): toes on the sole, fingers as far as the bone before."""
    name = JOINT_NAMES[joint]
    if name in ("left_foot", "right_foot"):
        return np.array([0.0, skeleton.floor - skeleton.rest_joints[joint, 1], 0.07])
    if name.startswith(("left_", "right_")) and not name.endswith("eye"):
        return np.asarray(0.8 * skeleton.offsets[joint])
    return np.array([0.0, -0.06, 0.05]) if name == "jaw" else np.array([0.0, 0.0, 0.02])


def _vector(values: Array) -> str:
    return " ".join(f"{value:.6f}" for value in values)
