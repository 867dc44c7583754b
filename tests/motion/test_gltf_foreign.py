"""glTF animations as Mixamo, Blender, Unreal and others export them."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from foreign_gltf import Foreign, write_foreign
from formats_compare import degrees_apart, metres_apart

from digital_life.motion.formats.gltf_animation import read_gltf, write_gltf
from digital_life.motion.formats.gltf_read import GltfReader
from digital_life.motion.formats.read import read_motion
from digital_life.motion.formats.rigs import known_rigs
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton, canonical_skeleton


def names_of(rig: str, alternative: int = 0) -> dict[str, str]:
    return {
        joint: label if isinstance(label, str) else label[min(alternative, len(label) - 1)]
        for joint, label in known_rigs()[rig].joints.items()
    }


def known(motion: Motion, rig: str) -> list[int]:
    """Joints whose own rotation the rig can tell: it names them and the joint above them."""
    names = names_of(rig)
    skipped = {"spine1", "spine2", "spine3", "neck"} if not {"spine1", "spine2", "spine3"} <= set(names) else set()
    return [JOINT_INDEX[name] for name in names if name not in skipped]


@pytest.mark.parametrize("rig", ["mixamo", "unreal", "rigify", "quaternius"])
@pytest.mark.parametrize("interpolation", ["LINEAR", "CUBICSPLINE"])
def test_joint_axes_armatures_and_units_do_not_matter(
    talk: Motion, rig: str, interpolation: str, tmp_path: Path
) -> None:
    names = names_of(rig)
    if rig == "mixamo":
        names = {joint: f"mixamorig:{name}" for joint, name in names.items()}
    write_foreign(talk, tmp_path / "take.glb", Foreign(names, armature=True, interpolation=interpolation))
    again = read_motion(tmp_path / "take.glb")
    assert again.provenance["rig"] == rig
    assert len(again) == len(talk)
    assert degrees_apart(again, talk, known(talk, rig)) < 0.1
    assert metres_apart(again, talk) < 0.02, "only the floor is found anew"


def test_names_without_dots_are_known(talk: Motion, tmp_path: Path) -> None:
    write_foreign(talk, tmp_path / "take.glb", Foreign(names_of("rigify", 1)))
    assert degrees_apart(read_gltf(tmp_path / "take.glb"), talk, known(talk, "rigify")) < 0.1


def test_an_a_pose_is_understood(talk: Motion, tmp_path: Path) -> None:
    """The twist of an arm cannot be known from directions, the way it points can."""
    write_foreign(talk, tmp_path / "take.glb", Foreign(names_of("mixamo"), arms_down=np.radians(45.0)))
    again = read_gltf(tmp_path / "take.glb")
    arms = [JOINT_INDEX[f"{side}_{joint}"] for side in ("left", "right") for joint in ("shoulder", "elbow", "wrist")]
    rest = [joint for joint in known(talk, "mixamo") if joint not in arms and joint < 25]
    assert degrees_apart(again, talk, rest) < 0.1
    assert degrees_apart(again, talk, arms) < 6.0


def test_without_a_skin_the_unkeyed_nodes_are_the_rest(talk: Motion, tmp_path: Path) -> None:
    write_foreign(talk, tmp_path / "take.glb", Foreign(names_of("mixamo"), skin=False, armature=True))
    assert degrees_apart(read_gltf(tmp_path / "take.glb"), talk, known(talk, "mixamo")) < 0.1


def test_a_figure_of_another_size_is_scaled(walk: Motion, tmp_path: Path) -> None:
    canonical = canonical_skeleton()
    small = Skeleton(canonical.rest_joints * 0.6, canonical.floor * 0.6)
    scaled = Motion(walk.translation * 0.6, walk.rotations)
    write_foreign(scaled, tmp_path / "take.glb", Foreign(names_of("unreal")), small)
    again = read_gltf(tmp_path / "take.glb")
    assert degrees_apart(again, walk, known(walk, "unreal")) < 0.5
    path = again.translation[-1] - again.translation[0]
    np.testing.assert_allclose(path, walk.translation[-1] - walk.translation[0], atol=0.005)


def test_steps_hold_their_value(talk: Motion, tmp_path: Path) -> None:
    how = Foreign(names_of("mixamo"))
    write_foreign(talk, tmp_path / "linear.glb", how)
    write_foreign(talk, tmp_path / "step.glb", replace(how, interpolation="STEP"))
    linear, step = read_gltf(tmp_path / "linear.glb"), read_gltf(tmp_path / "step.glb")
    assert degrees_apart(linear, step) < 0.1, "frames lie on keys"


@pytest.mark.parametrize("embedded", [True, False])
def test_gltf_with_its_buffer_inside_or_beside(talk: Motion, embedded: bool, tmp_path: Path) -> None:
    write_gltf(talk, tmp_path / "talk.glb")
    reader = GltfReader(tmp_path / "talk.glb")
    data = reader.buffer(0)
    uri = "data:application/octet-stream;base64," + base64.b64encode(data).decode() if embedded else "my%20data.bin"
    document = {**reader.document, "buffers": [{"byteLength": len(data), "uri": uri}]}
    (tmp_path / "talk.gltf").write_text(json.dumps(document))
    if not embedded:
        (tmp_path / "my data.bin").write_bytes(data)
    again = read_motion(tmp_path / "talk.gltf")
    assert degrees_apart(again, talk) < 0.1
    assert metres_apart(again, talk) < 0.001
