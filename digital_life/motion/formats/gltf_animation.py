"""A ``Motion`` as glTF: the 55 joints as nodes in a real T-pose, their curves as one animation, a figure to look at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.motion.arkit import ARKIT_INDEX
from digital_life.motion.formats.gltf_figure import add_figure
from digital_life.motion.formats.gltf_read import GltfReader
from digital_life.motion.formats.gltf_scene import Curve, GltfScene
from digital_life.motion.formats.gltf_take import take_of
from digital_life.motion.formats.gltf_write import GltfBuilder, Json
from digital_life.motion.formats.retarget import retarget
from digital_life.motion.formats.rigs import Rig, find_rig, joint_map
from digital_life.motion.formats.take import Take
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_NAMES, PARENTS, Skeleton, canonical_skeleton

Array = NDArray[np.float64]

GENERATOR = "digital-life"
ANIMATION = "motion"
CORRECTIVES = {"jawOpenCorrective": "jawOpen"}
"""Morph targets of our bodies that follow another ARKit weight, because the jaw itself is a joint."""


def write_gltf(motion: Motion, path: Path | str, skeleton: Skeleton | None = None, *, figure: bool = True) -> None:
    """Write a GLB with the skeleton standing in its T-pose on y = 0 and ``motion`` as an animation.

    ``skeleton`` is the one the motion was made for (default: canonical). ``figure`` adds a small skinned mesh, one
    pointed bone for each joint, so that programs which need a skin to know an armature (Blender) import one; its 52
    morph targets, which move nothing, carry the ARKit curves of ``motion.face``.

    Raises:
        InputError: the motion has no frames.
        StorageError: the file cannot be written.
    """
    skeleton = skeleton or canonical_skeleton()
    _check(motion, Path(path))
    builder = GltfBuilder(GENERATOR)
    joints = add_joints(builder, skeleton)
    roots = [joints[0]]
    meshes: list[int] = []
    if figure:
        meshes = [add_figure(builder, joints, skeleton, faces=motion.face is not None)]
        roots += meshes
    channels = joint_channels(motion, skeleton, joints)
    if motion.face is not None:
        channels += [(node, "weights", motion.face) for node in meshes]
    add_animation(builder, motion, channels)
    builder.add("scenes", {"nodes": roots})
    builder.document["scene"] = 0
    builder.save(Path(path), "writing an animation")


def animate_glb(body: Path | str, motion: Motion, path: Path | str, skeleton: Skeleton) -> None:
    """Write the character in the GLB file ``body`` together with ``motion`` (made for its ``skeleton``) as animation.

    The ARKit curves drive the body's own morph targets; unplayed, the character stands on y = 0.

    Raises:
        InputError: the motion has no frames, or ``body`` lacks one of the 55 joints.
        StorageError: a file cannot be read or written.
    """
    _check(motion, Path(path))
    reader = GltfReader(Path(body))
    names = [node.get("name") for node in reader.document["nodes"]]
    missing = [name for name in JOINT_NAMES if name not in names]
    if missing:
        raise InputError(f"{body}: it has no joint '{missing[0]}'", "give a character file of this program")
    builder = GltfBuilder(GENERATOR, reader.document, reader.buffer(0))
    joints = [names.index(name) for name in JOINT_NAMES]
    channels = joint_channels(motion, skeleton, joints)
    if motion.face is not None:
        channels += _morph_channels(reader.document, motion.face)
    builder.document["animations"] = []
    standing = skeleton.rest_joints[0] + np.array([0.0, skeleton.standing_translation, 0.0])
    builder.document["nodes"][joints[0]]["translation"] = standing.tolist()
    add_animation(builder, motion, channels)
    builder.save(Path(path), "writing an animation")


def add_joints(builder: GltfBuilder, skeleton: Skeleton) -> list[int]:
    """Add 55 nodes of identity orientation, soles at y = 0; returns their indices."""
    offsets = skeleton.offsets.copy()
    offsets[0, 1] += skeleton.standing_translation
    first = len(builder.document.get("nodes", []))
    for joint, (name, offset) in enumerate(zip(JOINT_NAMES, offsets, strict=True)):
        node: Json = {"name": name, "translation": offset.tolist(), "rotation": [0.0, 0.0, 0.0, 1.0]}
        children = [first + child for child, parent in enumerate(PARENTS) if parent == joint]
        if children:
            node["children"] = children
        builder.add("nodes", node)
    return list(range(first, first + JOINT_COUNT))


MALFORMED = (KeyError, IndexError, TypeError, ValueError, AttributeError)
"""What a glTF document that does not follow the specification makes its readers raise."""

Channel = tuple[int, str, NDArray[np.float32]]
"""A node, the property that moves (``translation``, ``rotation``, ``weights``), and its values [T, width]."""


def joint_channels(motion: Motion, skeleton: Skeleton, joints: list[int]) -> list[Channel]:
    """The root's path and all rotations (xyzw, signs chosen so that neighbours are close)."""
    pelvis = (skeleton.rest_joints[0] + motion.translation).astype(np.float32)
    rotations = continuous(motion.rotations)[..., [1, 2, 3, 0]]
    return [(joints[0], "translation", pelvis), *((node, "rotation", rotations[:, j]) for j, node in enumerate(joints))]


def continuous(rotations: NDArray[np.float32]) -> NDArray[np.float32]:
    """Quaternions [T, ..., 4] with signs that never jump in time, for programs that interpolate their numbers."""
    flips = np.sum(rotations[1:] * rotations[:-1], axis=-1, keepdims=True) < 0.0
    signs = np.cumprod(np.where(flips, -1.0, 1.0), axis=0)
    return np.concatenate([rotations[:1], rotations[1:] * signs]).astype(np.float32)


def add_animation(builder: GltfBuilder, motion: Motion, channels: list[Channel]) -> None:
    """Add one animation with a key for each frame, LINEAR between them."""
    times = (np.arange(len(motion)) / motion.fps).astype(np.float32)
    moments = builder.accessor(times, "SCALAR", bounds=True)
    animation: Json = {"name": ANIMATION, "channels": [], "samplers": []}
    kinds = {"translation": "VEC3", "rotation": "VEC4", "weights": "SCALAR"}
    for node, path, values in channels:
        flat = values.reshape(-1) if path == "weights" else values
        output = builder.accessor(np.asarray(flat, dtype=np.float32), kinds[path])
        animation["channels"].append({"sampler": len(animation["samplers"]), "target": {"node": node, "path": path}})
        animation["samplers"].append({"input": moments, "output": output, "interpolation": "LINEAR"})
    builder.add("animations", animation)


def morph_columns(names: list[str]) -> list[int]:
    """For each morph target its column of ``Motion.face``, -1 where it is no ARKit shape."""
    return [ARKIT_INDEX.get(CORRECTIVES.get(name, name), -1) for name in names]


def _check(motion: Motion, path: Path) -> None:
    if len(motion) == 0:
        raise InputError(f"{path}: a motion without frames cannot be written", "give a motion of at least one frame")


def _morph_channels(document: Json, face: NDArray[np.float32]) -> list[Channel]:
    channels: list[Channel] = []
    padded = np.concatenate([face, np.zeros((len(face), 1), np.float32)], axis=1)
    for index, node in enumerate(document["nodes"]):
        if "mesh" in node:
            names = document["meshes"][node["mesh"]].get("extras", {}).get("targetNames", [])
            columns = morph_columns(names)
            if any(column >= 0 for column in columns):
                channels.append((index, "weights", padded[:, columns]))
    return channels


def read_gltf(
    path: Path | str,
    *,
    animation: str | int | None = None,
    rig: Path | str | None = None,
    skeleton: Skeleton | None = None,
) -> Motion:
    """An animation of a humanoid in a GLB or glTF file, at 30 frames per second.

    ``animation`` is its name or number where the file holds several. ``rig`` names a rig or a YAML map of the joints;
    without it a VRM extension or the joint names decide. ``skeleton`` is the one to bring it to (default: canonical);
    a figure of other proportions is scaled by leg length and put on the floor.

    Raises:
        InputError: no such animation, no humanoid that is known, keys that make no sense (named by node and accessor).
        StorageError: the file is missing or damaged.
    """
    reader = GltfReader(Path(path), "animation file")
    try:
        scene = GltfScene(reader, animation)
        return replace(body_motion(scene, rig, skeleton), face=_face(scene, scene.sample_times(FPS)))
    except MALFORMED as error:
        raise reader.damaged(f"{type(error).__name__}: {error}") from error


def body_motion(scene: GltfScene, rig: Path | str | None = None, skeleton: Skeleton | None = None) -> Motion:
    """The joints of an animation, without the face; see :func:`read_gltf`."""
    skeleton = skeleton or canonical_skeleton()
    take = take_of(scene)
    known = find_rig(take.names, take.source, rig)
    motion = retarget(take, known, skeleton, ground=not _same_bones(take, known, skeleton))
    named = {**motion.provenance, "animation": str(scene.animation.get("name", ""))}
    return replace(motion, provenance=named)


def _same_bones(take: Take, rig: Rig, skeleton: Skeleton) -> bool:
    """Whether the take's body joints are ours, with bones of our length."""
    joints = joint_map(rig, take.names)
    if any(joint not in joints for joint in range(1, 22)):
        return False
    offsets = take.offsets[[joints[joint] for joint in range(1, 22)]]
    return bool(np.abs(offsets - skeleton.offsets[1:22]).max() < 1e-4)


def _face(scene: GltfScene, times: Array) -> NDArray[np.float32] | None:
    """ARKit curves [T, 52] of the mesh that knows most of their names; None where none does."""
    best: tuple[int, list[int], Curve] | None = None
    for (node, path), curve in scene.curves.items():
        mesh = scene.nodes[node].get("mesh")
        if path == "weights" and mesh is not None:
            names = scene.reader.document["meshes"][mesh].get("extras", {}).get("targetNames", [])
            columns = morph_columns([str(name) for name in names])
            known = sum(column >= 0 for column in columns)
            if known and len(columns) == curve.values.shape[-1] and (best is None or known > best[0]):
                best = known, columns, curve
    if best is None:
        return None
    _, columns, curve = best
    face = np.zeros((len(times), len(ARKIT_INDEX)), np.float32)
    values = curve.at(times)
    for target, column in enumerate(columns):
        if column >= 0:
            face[:, column] = np.clip(values[:, target], 0.0, 1.0)
    return face
