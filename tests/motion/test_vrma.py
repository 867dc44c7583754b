"""VRM animations: the extension's rules, round trips, files of other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from formats_compare import degrees_apart, metres_apart
from gltf_documents import document_of, rewritten

from digital_life.errors import InputError, StorageError
from digital_life.motion import quaternion as quat
from digital_life.motion.arkit import ARKIT_INDEX, ARKIT_NAMES
from digital_life.motion.formats.vrma import read_vrma, write_vrma
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton, canonical_skeleton

REQUIRED = {
    "hips", "spine", "head",
    *(f"{side}{bone}" for side in ("left", "right")
      for bone in ("UpperLeg", "LowerLeg", "Foot", "UpperArm", "LowerArm", "Hand")),
}  # fmt: skip
FORBIDDEN = {"leftEye", "rightEye"}
GAZE_PRESETS = {"lookUp", "lookDown", "lookLeft", "lookRight"}


@pytest.fixture
def gazing(talk: Motion) -> Motion:
    """Both eyes turn left and down together."""
    rotations = talk.rotations.astype(np.float64)
    turn = quat.multiply(quat.yaw(0.3), quat.from_axis_angle(np.array([0.2, 0.0, 0.0])))
    rotations[:, [JOINT_INDEX["left_eye"], JOINT_INDEX["right_eye"]]] = turn
    return Motion(talk.translation, rotations.astype(np.float32), face=talk.face)


def test_round_trip(gazing: Motion, tmp_path: Path) -> None:
    write_vrma(gazing, tmp_path / "talk.vrma")
    again = read_vrma(tmp_path / "talk.vrma")
    assert degrees_apart(again, gazing) < 0.1
    assert metres_apart(again, gazing) < 0.001
    assert again.face is not None and gazing.face is not None
    assert np.abs(again.face - gazing.face).max() < 1e-5


def test_the_extension_keeps_its_rules(gazing: Motion, tmp_path: Path) -> None:
    write_vrma(gazing, tmp_path / "talk.vrma")
    document = document_of(tmp_path / "talk.vrma")
    extension = document["extensions"]["VRMC_vrm_animation"]
    bones = extension["humanoid"]["humanBones"]
    assert "VRMC_vrm_animation" in document["extensionsUsed"]
    assert extension["specVersion"] == "1.0"
    assert set(bones) >= REQUIRED and not set(bones) & FORBIDDEN
    assert len(bones) == 53
    preset, custom = extension["expressions"]["preset"], extension["expressions"]["custom"]
    assert not set(preset) & GAZE_PRESETS and not set(preset) & set(custom)
    nodes = {bone["node"]: name for name, bone in bones.items()}
    weights = {entry["node"] for group in (preset, custom) for entry in group.values()}
    for channel in document["animations"][0]["channels"]:
        node, path = channel["target"]["node"], channel["target"]["path"]
        if node in nodes:
            assert path == "rotation" or (path == "translation" and nodes[node] == "hips")
        elif node in weights:
            assert path == "translation"
    hips = document["nodes"][bones["hips"]["node"]]["translation"]
    assert hips[1] == pytest.approx(canonical_skeleton().rest_joints[0, 1] - canonical_skeleton().floor, abs=1e-6)


def test_presets_and_gaze_of_other_programs_are_understood(gazing: Motion, tmp_path: Path) -> None:
    write_vrma(gazing, tmp_path / "talk.vrma")

    def foreign(document: dict[str, Any]) -> None:
        extension = document["extensions"]["VRMC_vrm_animation"]
        extension["expressions"].pop("custom")
        for node in document["nodes"]:
            node["name"] = node["name"].replace("left_eye", "a").replace("right_eye", "b")

    rewritten(tmp_path / "talk.vrma", tmp_path / "foreign.vrma", foreign)
    again = read_vrma(tmp_path / "foreign.vrma")
    assert degrees_apart(again, gazing) < 0.1, "both eyes follow the gaze"
    assert again.face is not None and gazing.face is not None
    for name in ("jawOpen", "eyeBlinkLeft", "mouthPucker"):
        column = ARKIT_INDEX[name]
        assert np.abs(again.face[:, column] - gazing.face[:, column]).max() < 0.31


def test_a_face_at_rest_writes_no_expressions(talk: Motion, tmp_path: Path) -> None:
    write_vrma(talk.with_face(np.zeros((len(talk), len(ARKIT_NAMES)), np.float32)), tmp_path / "still.vrma")
    assert document_of(tmp_path / "still.vrma")["extensions"]["VRMC_vrm_animation"]["expressions"] == {}
    assert read_vrma(tmp_path / "still.vrma").face is None


def test_a_taller_body_is_scaled(talk: Motion, tmp_path: Path) -> None:
    canonical = canonical_skeleton()
    tall = Skeleton(canonical.rest_joints * 1.1, canonical.floor * 1.1)
    walked = Motion(talk.translation + np.linspace(0, 1, len(talk))[:, None] * [0, 0, 2], talk.rotations)
    write_vrma(walked, tmp_path / "tall.vrma", tall)
    again = read_vrma(tmp_path / "tall.vrma")
    assert degrees_apart(again, walked) < 1.0
    assert again.translation[-1, 2] - again.translation[0, 2] == pytest.approx(
        (walked.translation[-1, 2] - walked.translation[0, 2]) / 1.1, abs=0.005
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.pop("extensions"), "lacks the extension"),
        (lambda d: d["extensions"]["VRMC_vrm_animation"].update(specVersion="2.0"), "version '2.0'"),
        (lambda d: d["extensions"]["VRMC_vrm_animation"]["humanoid"]["humanBones"].pop("leftLowerArm"), "left_elbow"),
        (lambda d: d.pop("animations"), "no animation"),
    ],
)
def test_what_is_wrong_is_said(talk: Motion, change: Any, message: str, tmp_path: Path) -> None:
    write_vrma(talk, tmp_path / "talk.vrma")
    rewritten(tmp_path / "talk.vrma", tmp_path / "bad.vrma", change)
    with pytest.raises(InputError, match=rf"bad\.vrma.*{message}"):
        read_vrma(tmp_path / "bad.vrma")


def test_a_truncated_file_is_refused(talk: Motion, tmp_path: Path) -> None:
    write_vrma(talk, tmp_path / "talk.vrma")
    (tmp_path / "cut.vrma").write_bytes((tmp_path / "talk.vrma").read_bytes()[:-500])
    with pytest.raises(StorageError, match=r"cut\.vrma: damaged animation file"):
        read_vrma(tmp_path / "cut.vrma")
    (tmp_path / "json.vrma").write_text(json.dumps({"asset": {}}))
    with pytest.raises(StorageError, match=r"json\.vrma"):
        read_vrma(tmp_path / "json.vrma")
