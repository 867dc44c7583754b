"""A dressed character as a VRM 1.0 avatar, for VTuber and social-VR programs.

On top of the glTF of ``glb``: the humanoid (all 55 bones), expressions, gaze and the terms of use. Stored in plain floats
and upright with the soles at y = 0. VRM expressions move no bones, so the jaw's four ARKit shapes are baked as morph
targets. Source: VRM specification, ``VRMC_vrm-1.0``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from digital_life.body.character import Character, MeshPart
from digital_life.body.glb_write import CharacterWriter
from digital_life.body.jaw import JAW_SIDE
from digital_life.motion import quaternion as quat
from digital_life.motion.arkit import ARKIT_NAMES
from digital_life.motion.formats.gltf_write import Json
from digital_life.motion.formats.rigs import known_rigs
from digital_life.motion.formats.vrma import SPREAD, VRM_RIG
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton

EXTENSION = "VRMC_vrm"
SIZE_LIMIT = 8_000_000
"""Bytes; textures keep their best quality below it."""

GAZE_PRESETS: Mapping[str, Mapping[str, float]] = {
    "lookUp": {"eyeLookUpLeft": 1.0, "eyeLookUpRight": 1.0},
    "lookDown": {"eyeLookDownLeft": 1.0, "eyeLookDownRight": 1.0},
    "lookLeft": {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0},
    "lookRight": {"eyeLookInLeft": 1.0, "eyeLookOutRight": 1.0},
}
"""What the lids do; the eyeballs are bones."""
JAW_FORWARD = 0.006
"""Metres that ``jawForward`` moves the jaw."""
EYE_REACH = {"HorizontalInner": 35.0, "HorizontalOuter": 35.0, "VerticalDown": 25.0, "VerticalUp": 25.0}
"""Degrees that eyes turn at most."""
LICENCE = "https://vrm.dev/licenses/1.0/"
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"


def write_vrm(character: Character, path: Path | str, *, authors: Sequence[str] = ("Digital Life",)) -> None:
    """Write ``character`` as a VRM 1.0 file that anybody may use for anything; ``authors`` are named in it.

    Raises:
        InputError: a part has arrays that do not fit together.
        StorageError: the path cannot be written.
    """
    standing = _on_the_floor(_with_jaw_shapes(character))
    writer = CharacterWriter(standing, quantized=False)
    bones = {
        label if isinstance(label, str) else label[0]: {"node": JOINT_INDEX[joint]}
        for joint, label in known_rigs()[VRM_RIG].joints.items()
    }
    document = writer.builder.document
    document["extensionsUsed"] = [EXTENSION]
    document["extensions"] = {
        EXTENSION: {
            "specVersion": "1.0",
            "meta": _meta(character.name, authors),
            "humanoid": {"humanBones": bones},
            "firstPerson": {"meshAnnotations": [{"node": node, "type": "auto"} for node in writer.part_nodes]},
            "lookAt": _look_at(standing.skeleton),
            "expressions": _expressions(standing, writer.part_nodes),
        }
    }
    writer.save(Path(path), SIZE_LIMIT)


def _meta(name: str, authors: Sequence[str]) -> Json:
    return {
        "name": name,
        "version": "1",
        "authors": list(authors),
        "licenseUrl": LICENCE,
        "thirdPartyLicenses": "Body, hair and clothes derive from MakeHuman / MPFB2 and Face Units 01, CC0.",
        "avatarPermission": "everyone",
        "allowExcessivelyViolentUsage": True,
        "allowExcessivelySexualUsage": True,
        "commercialUsage": "corporation",
        "allowPoliticalOrReligiousUsage": True,
        "allowAntisocialOrHateUsage": True,
        "creditNotation": "unnecessary",
        "allowRedistribution": True,
        "modification": "allowModificationRedistribution",
        "otherLicenseUrl": CC0,
    }


def _look_at(skeleton: Skeleton) -> Json:
    joints = skeleton.rest_joints
    between = (joints[JOINT_INDEX["left_eye"]] + joints[JOINT_INDEX["right_eye"]]) / 2
    reach = {f"rangeMap{way}": {"inputMaxValue": most, "outputScale": most} for way, most in EYE_REACH.items()}
    return {"type": "bone", "offsetFromHeadBone": (between - joints[JOINT_INDEX["head"]]).tolist(), **reach}


def _expressions(character: Character, nodes: Sequence[int]) -> Json:
    """The 18 presets and the 52 ARKit shapes as custom expressions, as "perfect sync" programs look for them."""

    def mixed(shapes: Mapping[str, float]) -> Json:
        binds = [
            {"node": node, "index": list(part.morphs).index(name), "weight": weight}
            for part, node in zip(character.parts, nodes, strict=True)
            for name, weight in shapes.items()
            if name in part.morphs
        ]
        return {"morphTargetBinds": binds} if binds else {}

    presets = {name: mixed(shapes) for name, shapes in {**SPREAD, **GAZE_PRESETS, "neutral": {}}.items()}
    return {"preset": presets, "custom": {name: mixed({name: 1.0}) for name in ARKIT_NAMES}}


def _with_jaw_shapes(character: Character) -> Character:
    """The character with ``jawOpen``, ``jawLeft``, ``jawRight`` and ``jawForward`` as morph targets."""
    jaw = JOINT_INDEX["jaw"]
    pivot = character.skeleton.rest_joints[jaw]
    turns = {
        "jawOpen": np.array([character.jaw_open, 0.0, 0.0]),
        "jawLeft": np.array([0.0, JAW_SIDE, 0.0]),
        "jawRight": np.array([0.0, -JAW_SIDE, 0.0]),
    }

    def extended(part: MeshPart) -> MeshPart:
        share = np.where(part.joints == jaw, part.weights, 0).sum(axis=1)
        moved = np.flatnonzero(share > 0.004).astype(np.uint32)
        morphs = dict(part.morphs)
        corrective = np.zeros_like(part.vertices)
        if "jawOpenCorrective" in morphs:
            indices, offsets = morphs.pop("jawOpenCorrective")
            corrective[indices] = offsets
        if len(moved):
            weight = share[moved, None]
            for name, turn in turns.items():
                change = corrective[moved] if name == "jawOpen" else 0.0
                arms = part.vertices[moved] - pivot + change
                offsets = change + weight * (quat.rotate(quat.from_axis_angle(turn), arms) - arms)
                morphs[name] = (moved, offsets.astype(np.float32))
            morphs["jawForward"] = (moved, (weight * np.array([0.0, 0.0, JAW_FORWARD])).astype(np.float32))
        still = np.flatnonzero((share <= 0.004) & corrective.any(axis=1)).astype(np.uint32)
        if len(still):
            before, offsets = morphs.get("jawOpen", (still[:0], corrective[:0]))
            morphs["jawOpen"] = np.concatenate([before, still]), np.concatenate([offsets, corrective[still]])
        return replace(part, morphs=morphs)

    return replace(character, parts=tuple(extended(part) for part in character.parts))


def _on_the_floor(character: Character) -> Character:
    rise = np.array([0.0, -character.skeleton.floor, 0.0])
    skeleton = Skeleton(character.skeleton.rest_joints + rise, 0.0)
    parts = (
        replace(part, vertices=(part.vertices + rise).astype(np.float32), correctives=None) for part in character.parts
    )
    return replace(character, skeleton=skeleton, parts=tuple(parts))
