"""glTF files as other programs write them, made from a motion that is known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from digital_life.motion import quaternion as quat
from digital_life.motion.formats.gltf_write import GltfBuilder
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import JOINT_INDEX, JOINT_NAMES, PARENTS, Skeleton, canonical_skeleton


@dataclass(frozen=True)
class Foreign:
    """How a foreign file differs from ours: names, lowered arms in the bind pose, an armature in centimetres with Z up."""

    names: dict[str, str]
    arms_down: float = 0.0
    armature: bool = False
    interpolation: str = "LINEAR"
    skin: bool = True
    seed: int = 1


def write_foreign(motion: Motion, path: Path, how: Foreign, skeleton: Skeleton | None = None) -> None:
    """Joints with arbitrary local axes; the nodes' own pose is a frame of the animation, only the skin knows the bind."""
    skeleton = skeleton or canonical_skeleton()
    axes = quat.normalize(np.random.default_rng(how.seed).normal(size=(len(JOINT_NAMES), 4)))
    positions, world = forward_kinematics(motion.rotations, motion.translation, skeleton)
    bind, bind_places = _bind(skeleton, how.arms_down)
    bind, world = quat.multiply(bind, axes), quat.multiply(world, axes)
    scale, turn = (0.01, quat.from_axis_angle(np.array([-np.pi / 2, 0, 0]))) if how.armature else (1.0, quat.IDENTITY)
    back = quat.conjugate(turn)
    bind, bind_places = quat.multiply(back, bind), quat.rotate(back, bind_places) / scale
    world, positions = quat.multiply(back, world), quat.rotate(back, positions) / scale
    builder = GltfBuilder("another program")
    used = [joint for joint, name in enumerate(JOINT_NAMES) if name in how.names]
    node_of = {joint: index + 1 for index, joint in enumerate(used)}
    above = {joint: _above(joint, used) for joint in used}
    local, places = world.copy(), positions.copy()
    for joint in used:
        parent = above[joint]
        if parent >= 0:
            inverse = quat.conjugate(world[:, parent])
            local[:, joint] = quat.multiply(inverse, world[:, joint])
            places[:, joint] = quat.rotate(inverse, positions[:, joint] - positions[:, parent])
    root = {"name": "Armature", "rotation": turn[[1, 2, 3, 0]].tolist(), "scale": [scale] * 3, "children": [1]}
    builder.add("nodes", root)
    shown = 0 if how.skin else None
    for joint in used:
        node: dict[str, Any] = {"name": how.names[JOINT_NAMES[joint]], "translation": places[0, joint].tolist()}
        node["rotation"] = local[0, joint][[1, 2, 3, 0]].tolist()
        if shown is None:
            node["rotation"] = _local_bind(bind, joint, above[joint])[[1, 2, 3, 0]].tolist()
        children = [node_of[child] for child in used if above[child] == joint]
        builder.add("nodes", node | ({"children": children} if children else {}))
    if how.skin:
        _add_skin(builder, used, node_of, bind, bind_places)
    _add_animation(builder, used, node_of, local, places, how)
    builder.document |= {"scenes": [{"nodes": [0]}], "scene": 0}
    builder.save(path)


def _bind(skeleton: Skeleton, arms_down: float) -> tuple[np.ndarray, np.ndarray]:
    """World rotations [55, 4] and places [55, 3] of a T-pose whose arms hang by ``arms_down`` radians."""
    rotations = np.tile(quat.IDENTITY, (1, len(JOINT_NAMES), 1))
    for side, sign in (("left", -1.0), ("right", 1.0)):
        rotations[0, JOINT_INDEX[f"{side}_shoulder"]] = quat.from_axis_angle(np.array([0, 0, sign * arms_down]))
    places, world = forward_kinematics(rotations, np.zeros((1, 3)), skeleton)
    return world[0], places[0]


def _above(joint: int, used: list[int]) -> int:
    """The nearest ancestor that the file has, -1 for the root."""
    joint = PARENTS[joint]
    while joint >= 0 and joint not in used:
        joint = PARENTS[joint]
    return joint


def _local_bind(bind: np.ndarray, joint: int, parent: int) -> np.ndarray:
    return bind[joint] if parent < 0 else quat.multiply(quat.conjugate(bind[parent]), bind[joint])


def _add_skin(
    builder: GltfBuilder, used: list[int], node_of: dict[int, int], bind: np.ndarray, places: np.ndarray
) -> None:
    matrices = np.tile(np.eye(4), (len(used), 1, 1))
    matrices[:, :3, :3] = quat.to_matrix(bind[used])
    matrices[:, :3, 3] = places[used]
    inverse = np.linalg.inv(matrices).swapaxes(1, 2).astype(np.float32)
    accessor = builder.accessor(inverse.reshape(-1, 16), "MAT4")
    builder.add("skins", {"joints": [node_of[joint] for joint in used], "inverseBindMatrices": accessor})


def _add_animation(
    builder: GltfBuilder,
    used: list[int],
    node_of: dict[int, int],
    local: np.ndarray,
    places: np.ndarray,
    how: Foreign,
) -> None:
    frames = len(local)
    times = (np.arange(frames) / 30.0 + 1 / 24).astype(np.float32)
    moments = builder.accessor(times, "SCALAR", bounds=True)
    channels, samplers = [], []
    for joint in used:
        tracks = [("rotation", local[:, joint][:, [1, 2, 3, 0]], "VEC4"), ("translation", places[:, joint], "VEC3")]
        for path, values, kind in tracks:
            if how.interpolation == "CUBICSPLINE":
                tangent = np.gradient(values, axis=0) * 30.0
                values = np.stack([tangent, values, tangent], axis=1).reshape(3 * frames, -1)
            output = builder.accessor(values.astype(np.float32), kind)
            channels.append({"sampler": len(samplers), "target": {"node": node_of[joint], "path": path}})
            samplers.append({"input": moments, "output": output, "interpolation": how.interpolation})
    builder.add("animations", {"name": "take", "channels": channels, "samplers": samplers})
