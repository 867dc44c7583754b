"""BVH files of our own: exact round trips, and what other programs see in them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from foreign_rigs import SKELETON, angles, distances

from digital_life.momat.library import MotionLibrary
from digital_life.motion import quaternion as quat
from digital_life.motion.formats.bvh_angles import from_euler, to_euler
from digital_life.motion.formats.read import read_motion, write_motion
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import JOINT_INDEX, JOINT_NAMES, Skeleton


@pytest.fixture(scope="module")
def library() -> MotionLibrary:
    return MotionLibrary.default()


@pytest.mark.parametrize("clip", ["beckon", "excited_jump", "sit_down", "walk_loop"])
def test_round_trip_is_within_a_tenth_of_a_degree_and_a_millimetre(
    library: MotionLibrary, clip: str, tmp_path: Path
) -> None:
    motion = library[clip].motion
    write_motion(motion, tmp_path / "own.bvh")
    read = read_motion(tmp_path / "own.bvh")
    assert len(read) == len(motion)
    assert angles(motion, read).max() < 0.1
    assert distances(motion, read).max() < 0.001
    assert read.provenance["source"].endswith("own.bvh")


def test_a_file_for_another_body_comes_back_on_ours(library: MotionLibrary, tmp_path: Path) -> None:
    motion = library["beckon"].motion
    taller = Skeleton(SKELETON.rest_joints * 1.2, SKELETON.floor * 1.2)
    scaled = Motion(motion.translation * 1.2, motion.rotations)
    write_motion(scaled, tmp_path / "tall.bvh", taller)
    read = read_motion(tmp_path / "tall.bvh")
    assert angles(motion, read).max() < 2.0  # the pelvis sways by centimetres, not in proportion: seats do not grow
    assert distances(motion, read).max() < 0.01


def test_another_frame_rate_keeps_the_movement(library: MotionLibrary, tmp_path: Path) -> None:
    motion = library["bow"].motion
    write_motion(motion, tmp_path / "fast.bvh", fps=60)
    assert "Frame Time: 0.01666667" in (tmp_path / "fast.bvh").read_text()
    read = read_motion(tmp_path / "fast.bvh")
    assert len(read) == len(motion)
    assert angles(motion, read).max() < 0.1


def test_an_independent_reader_sees_the_same_joints(library: MotionLibrary, tmp_path: Path) -> None:
    bvhio = pytest.importorskip("bvhio", reason="needs the bvhio package: pip install 'digital-life[test]'")
    motion = library["beckon"].motion.slice(0, 40)
    write_motion(motion, tmp_path / "own.bvh")
    root = bvhio.readAsHierarchy(str(tmp_path / "own.bvh"))
    ours, _ = forward_kinematics(motion.rotations, motion.translation, SKELETON)
    for frame in (0, 17, 39):
        root.loadPose(frame)
        joints = {joint.Name: joint.PositionWorld for joint, _, _ in root.layout()}
        theirs = np.array([list(joints[name]) for name in JOINT_NAMES]) / 100.0
        assert np.abs(theirs - ours[frame]).max() < 0.001
    root.loadRestPose()
    rest = {joint.Name: np.array(list(joint.PositionWorld)) / 100.0 for joint, _, _ in root.layout()}
    for name in ("left_wrist", "right_foot", "head", "left_index3"):
        wanted = SKELETON.rest_joints[JOINT_INDEX[name]] - SKELETON.rest_joints[0]
        assert np.abs(rest[name] - wanted).max() < 1e-4


THREE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "three"
IN_THREE = """
const {{ BVHLoader }} = await import("{three}/examples/jsm/loaders/BVHLoader.js");
const {{ AnimationMixer, Vector3 }} = await import("{three}/build/three.module.js");
const {{ readFileSync }} = await import("node:fs");
const {{ skeleton, clip }} = new BVHLoader().parse(readFileSync("{file}", "utf8"));
const mixer = new AnimationMixer(skeleton.bones[0]);
mixer.clipAction(clip).play();
mixer.setTime({seconds});
skeleton.bones[0].updateMatrixWorld(true);
const places = skeleton.bones.map((bone) => [bone.name, bone.getWorldPosition(new Vector3()).toArray()]);
console.log(JSON.stringify(Object.fromEntries(places)));
"""


@pytest.mark.skipif(not (THREE.is_dir() and shutil.which("node")), reason="needs node and three.js: make web")
def test_three_js_sees_the_same_joints(library: MotionLibrary, tmp_path: Path) -> None:
    motion = library["beckon"].motion.slice(0, 40)
    write_motion(motion, tmp_path / "own.bvh")
    script = tmp_path / "read.mjs"
    script.write_text(IN_THREE.format(three=THREE.as_posix(), file=(tmp_path / "own.bvh").as_posix(), seconds=17 / 30))
    said = subprocess.run(["node", str(script)], capture_output=True, text=True, check=True).stdout
    ours, _ = forward_kinematics(motion.rotations[17], motion.translation[17], SKELETON)
    theirs = np.array([json.loads(said)[name] for name in JOINT_NAMES]) / 100.0
    assert np.abs(theirs - ours).max() < 0.001


@pytest.mark.parametrize("order", ["XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX"])
def test_angles_survive_their_poles_in_single_precision(order: str) -> None:
    chance = np.random.default_rng(4)
    angles = chance.uniform(-np.pi, np.pi, (4000, 3))
    angles[:2000, 1] = np.pi / 2 * chance.choice([-1, 1], 2000)
    single = from_euler(order, angles).astype(np.float32)
    written = np.radians(np.round(np.degrees(to_euler(order, single.astype(float))), 6))
    between = quat.multiply(quat.conjugate(single), from_euler(order, written))
    assert np.degrees(2 * np.linalg.norm(between[:, 1:], axis=-1)).max() < 0.1
