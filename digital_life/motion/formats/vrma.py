"""VRM animations (``.vrma``: glTF with the extension ``VRMC_vrm_animation`` 1.0) in and out.

Written are all humanoid bones that VRM allows (52 and the jaw; the eyes are no bones there but ``lookAt``), the hips'
path, and the face: as custom expressions with the ARKit names, which "perfect sync" models have, and as the presets
that any model has. The rest pose is the VRM T-pose: upright, facing +Z, soles at y = 0. The nodes ``left_eye`` and
``right_eye`` move as well, outside the extension, so that this program reads both eyes back; others follow ``lookAt``,
which has one direction for both.

Read are files of any program; bones that we lack are left out. Presets become the ARKit weights of the same meaning
where the file has no ARKit expressions of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.arkit import ARKIT_INDEX, ARKIT_NAMES
from digital_life.motion.formats.gltf_animation import (
    GENERATOR,
    MALFORMED,
    Channel,
    add_animation,
    add_joints,
    body_motion,
    joint_channels,
)
from digital_life.motion.formats.gltf_read import GltfReader
from digital_life.motion.formats.gltf_scene import GltfScene
from digital_life.motion.formats.gltf_write import GltfBuilder, Json
from digital_life.motion.formats.rigs import known_rigs
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import JOINT_INDEX, JOINT_NAMES, Skeleton, canonical_skeleton

Array = NDArray[np.float64]

EXTENSION = "VRMC_vrm_animation"
VERSIONS = ("1.0", "1.0-draft")
EYES = [JOINT_INDEX["left_eye"], JOINT_INDEX["right_eye"]]

VRM_RIG = "vrm"

PRESETS: Mapping[str, Mapping[str, float]] = {
    "aa": {"jawOpen": 1.0},
    "oh": {"mouthFunnel": 1.0},
    "ou": {"mouthPucker": 1.0},
    "ee": {"mouthStretchLeft": 0.5, "mouthStretchRight": 0.5},
    "blinkLeft": {"eyeBlinkLeft": 1.0},
    "blinkRight": {"eyeBlinkRight": 1.0},
    "happy": {"mouthSmileLeft": 0.5, "mouthSmileRight": 0.5},
    "angry": {"browDownLeft": 0.5, "browDownRight": 0.5},
    "sad": {"mouthFrownLeft": 0.3, "mouthFrownRight": 0.3, "browInnerUp": 0.4},
    "surprised": {"eyeWideLeft": 0.25, "eyeWideRight": 0.25, "browOuterUpLeft": 0.25, "browOuterUpRight": 0.25},
}
"""Weights that sum to one: how much of each ARKit shape makes a preset."""

SPREAD: Mapping[str, Mapping[str, float]] = {
    **{preset: dict.fromkeys(shapes, 1.0) for preset, shapes in PRESETS.items()},
    "ih": {"mouthStretchLeft": 0.5, "mouthStretchRight": 0.5, "jawOpen": 0.2},
    "oh": {"mouthFunnel": 1.0, "jawOpen": 0.3},
    "blink": {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0},
    "relaxed": {"mouthSmileLeft": 0.4, "mouthSmileRight": 0.4, "eyeSquintLeft": 0.3, "eyeSquintRight": 0.3},
}
"""How much of each ARKit shape a preset of weight one is worth when a file is read."""


def write_vrma(motion: Motion, path: Path | str, skeleton: Skeleton | None = None) -> None:
    """Write ``motion``, made for ``skeleton`` (default: canonical), as a VRM animation.

    Raises:
        InputError: the motion has no frames.
        StorageError: the file cannot be written.
    """
    if len(motion) == 0:
        raise InputError(f"{path}: a motion without frames cannot be written", "give a motion of at least one frame")
    skeleton = skeleton or canonical_skeleton()
    builder = GltfBuilder(GENERATOR)
    joints = add_joints(builder, skeleton)
    channels = joint_channels(motion, skeleton, joints)
    gaze = builder.add("nodes", {"name": "lookAt"})
    channels.append((gaze, "rotation", _look_at(motion)[:, [1, 2, 3, 0]].astype(np.float32)))
    bones = {label: {"node": joints[joint]} for joint, label in _bones().items()}
    extension: Json = {"specVersion": "1.0", "humanoid": {"humanBones": bones}, "lookAt": {"node": gaze}}
    roots = [joints[0], gaze]
    if motion.face is not None:
        extension["expressions"], face_channels = _expressions(builder, motion.face)
        channels += face_channels
        roots += [node for node, _, _ in face_channels]
    add_animation(builder, motion, channels)
    builder.document["extensionsUsed"] = [EXTENSION]
    builder.document["extensions"] = {EXTENSION: extension}
    builder.add("scenes", {"nodes": roots})
    builder.document["scene"] = 0
    builder.save(Path(path), "writing an animation")


def read_vrma(path: Path | str, *, skeleton: Skeleton | None = None) -> Motion:
    """The first animation of a VRM animation file on ``skeleton`` (default: canonical), at 30 frames per second.

    Raises:
        InputError: the file is no VRM animation, lacks a bone that VRM requires, or has keys that make no sense.
        StorageError: the file is missing or damaged.
    """
    reader = GltfReader(Path(path), "animation file")
    try:
        _check_version(reader)
        scene = GltfScene(reader)
        motion = body_motion(scene, VRM_RIG, skeleton)
        times = scene.sample_times(FPS)
        return replace(motion, rotations=_with_gaze(scene, motion.rotations, times), face=_face(scene, times))
    except MALFORMED as error:
        raise reader.damaged(f"{type(error).__name__}: {error}") from error


def _bones() -> dict[int, str]:
    """Our joint to VRM bone, without the eyes, which the extension forbids."""
    labels = known_rigs()[VRM_RIG].joints
    return {JOINT_INDEX[joint]: str(label) for joint, label in labels.items() if JOINT_INDEX[joint] not in EYES}


def _check_version(reader: GltfReader) -> None:
    extension = reader.document.get("extensions", {}).get(EXTENSION)
    if extension is None:
        raise InputError(f"{reader.path}: no VRM animation: it lacks the extension {EXTENSION}", "read it as .glb")
    version = extension.get("specVersion")
    if version not in VERSIONS:
        raise InputError(
            f"{reader.path}: {EXTENSION} of version {version!r}; known are {', '.join(VERSIONS)}", "export it as 1.0"
        )


def _look_at(motion: Motion) -> Array:
    """Rotation [T, 4] of the gaze in the head: yaw, then pitch, of the mean direction of both eyes."""
    ahead = quat.rotate(motion.rotations[:, EYES], np.array([0.0, 0.0, 1.0])).mean(axis=1)
    yaw = np.arctan2(ahead[:, 0], ahead[:, 2])
    pitch = -np.arctan2(ahead[:, 1], np.hypot(ahead[:, 0], ahead[:, 2]))
    zero = np.zeros_like(pitch)
    return quat.multiply(quat.yaw(yaw), quat.from_axis_angle(np.stack([pitch, zero, zero], axis=-1)))


def _with_gaze(scene: GltfScene, rotations: NDArray[np.float32], times: Array) -> NDArray[np.float32]:
    node = scene.reader.document["extensions"][EXTENSION].get("lookAt", {}).get("node")
    own = any((scene.names.index(JOINT_NAMES[eye]), "rotation") in scene.curves
              for eye in EYES if JOINT_NAMES[eye] in scene.names)  # fmt: skip
    if own or (node, "rotation") not in scene.curves:
        return rotations
    x, y, z, w = scene.local(node, "rotation", times).T
    turned = rotations.copy()
    turned[:, EYES] = quat.normalize(np.stack([w, x, y, z], axis=-1))[:, None]
    return turned


def _expressions(builder: GltfBuilder, face: NDArray[np.float32]) -> tuple[Json, list[Channel]]:
    """The extension's expressions and their channels; shapes that stay zero throughout are left out."""
    shares = np.array([[shapes.get(name, 0.0) for name in ARKIT_NAMES] for shapes in PRESETS.values()])
    groups = {
        "preset": dict(zip(PRESETS, (face @ shares.T).T, strict=True)),
        "custom": dict(zip(ARKIT_NAMES, face.T, strict=True)),
    }
    expressions: Json = {}
    channels: list[Channel] = []
    for group, weights in groups.items():
        for name, values in weights.items():
            if values.any():
                node = builder.add("nodes", {"name": f"{group}_{name}"})
                expressions.setdefault(group, {})[name] = {"node": node}
                moved = np.zeros((len(face), 3), np.float32)
                moved[:, 0] = np.clip(values, 0.0, 1.0)
                channels.append((node, "translation", moved))
    return expressions, channels


def _face(scene: GltfScene, times: Array) -> NDArray[np.float32] | None:
    """ARKit weights [T, 52]: the file's own, else those that its presets stand for; None without expressions."""
    expressions = scene.reader.document["extensions"][EXTENSION].get("expressions", {})
    lower = {name.casefold(): column for name, column in ARKIT_INDEX.items()}
    custom = {
        lower[name.casefold()]: scene.local(entry["node"], "translation", times)[:, 0]
        for name, entry in expressions.get("custom", {}).items()
        if name.casefold() in lower
    }
    presets = {
        name: scene.local(entry["node"], "translation", times)[:, 0]
        for name, entry in expressions.get("preset", {}).items()
        if name in SPREAD
    }
    if not custom and not presets:
        return None
    face = np.zeros((len(times), len(ARKIT_NAMES)), np.float32)
    for column, values in custom.items():
        face[:, column] = values
    for name, values in presets.items() if not custom else ():
        for shape, share in SPREAD[name].items():
            face[:, ARKIT_INDEX[shape]] = np.maximum(face[:, ARKIT_INDEX[shape]], share * values)
    return np.clip(face, 0.0, 1.0)
