"""BVH files of foreign rigs give the motion that was recorded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from foreign_rigs import FAMILIES, Family, angles, distances, grounded, simplified, write_as

from digital_life.errors import InputError
from digital_life.momat.library import MotionLibrary
from digital_life.momat.pack import read_pack
from digital_life.motion.formats import bvh_parse
from digital_life.motion.formats.read import read_motion
from digital_life.motion.motion import Motion
from digital_life.motion.resample import resample
from digital_life.motion.skeleton import JOINT_INDEX

TWISTING = [JOINT_INDEX["left_elbow"], JOINT_INDEX["right_elbow"]]


@pytest.fixture(scope="module")
def library() -> MotionLibrary:
    return MotionLibrary.default()


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES.keys())
@pytest.mark.parametrize("clip", ["beckon", "walk_loop", "idle_seated_calm"])
def test_a_family_of_rigs_gives_the_same_motion(
    library: MotionLibrary, family: Family, clip: str, tmp_path: Path
) -> None:
    motion = grounded(simplified(library[clip].motion, family.rig))
    path = write_as(resample(motion, family.fps), family, tmp_path / "take.bvh")
    read = read_motion(path)
    assert read.provenance["rig"] == family.rig
    count = min(len(motion), len(read))
    assert abs(len(motion) - len(read)) <= 1
    turned = angles(motion.slice(0, count), read.slice(0, count))
    turned[:, TWISTING] = 0.0  # some rigs give the elbow a share of the wrist's twist; its place is checked below
    assert turned.max() < family.degrees
    assert distances(motion.slice(0, count), read.slice(0, count)).max() < family.metres


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES.keys())
def test_recorded_motions_come_back_too(motion_pack: Path, family: Family, tmp_path: Path) -> None:
    """Real takes on synthetic rigs: nearer than 2 cm (5 cm at 24 frames per second), though stance levels the feet."""
    wanted = ("cmu/16_21", "bandai/dataset1/bow_normal_01", "smartbody/chrmaarten/chrbrad_walk01_toidle01")
    clips = [clip for clip in read_pack(motion_pack, segments=False) if clip.id in wanted]
    assert len(clips) == len(wanted)
    for clip in clips:
        motion = grounded(simplified(clip.motion.slice(0, 90), family.rig))
        read = read_motion(write_as(resample(motion, family.fps), family, tmp_path / "take.bvh"))
        count = min(len(motion), len(read))
        assert distances(motion.slice(0, count), read.slice(0, count)).max() < (0.02 if family.fps != 24 else 0.06)


def test_a_standing_frame_serves_where_nothing_is_known(library: MotionLibrary, tmp_path: Path) -> None:
    family = FAMILIES["lafan1"]
    motion = grounded(simplified(library["beckon"].motion, family.rig))
    path = write_as(motion, family, tmp_path / "take.bvh")
    mapped = (Path(bvh_parse.__file__).parent / "rigs" / "lafan1.yaml").read_text().partition("axes:\n")[0]
    rig = tmp_path / "mine.yaml"
    rig.write_text(mapped.replace("reference: axes", "reference: standing").replace("name: lafan1", "name: mine"))
    read = read_motion(path, rig=rig)
    assert read.provenance["reference"] == "standing"
    assert distances(motion, read)[:, [20, 21, 15, 7, 8]].max() < 0.08


def test_a_declared_reference_that_is_none_is_passed_over(library: MotionLibrary, tmp_path: Path) -> None:
    """LaFAN1's names on a rig whose zero pose is a T-pose, and CMU's without the added frame."""
    motion = grounded(simplified(library["beckon"].motion, "lafan1"))
    t_pose = replace(FAMILIES["mixamo"], rig="lafan1", prefix="", axes=False)
    read = read_motion(write_as(motion, t_pose, tmp_path / "take.bvh"))
    assert (read.provenance["rig"], read.provenance["reference"]) == ("lafan1", "zero")
    assert distances(motion, read).max() < 0.01
    motion = grounded(simplified(library["beckon"].motion, "cmu"))
    bare = replace(FAMILIES["cmu"], t_pose_first=False, fps=30)
    read = read_motion(write_as(motion, bare, tmp_path / "bare.bvh"))
    assert len(read) == len(motion)
    assert read.provenance["reference"] == "zero"
    assert distances(motion, read).max() < 0.01


def test_a_user_map_reads_unknown_names(library: MotionLibrary, tmp_path: Path) -> None:
    family = FAMILIES["mixamo"]
    motion = grounded(simplified(library["beckon"].motion, family.rig))
    path = write_as(motion, family, tmp_path / "take.bvh")
    path.write_text(path.read_text().replace("mixamorig:", "Bone_"))
    with pytest.raises(InputError, match=r"fit none of the known rigs"):
        read_motion(path)
    mixamo = (Path(bvh_parse.__file__).parent / "rigs" / "mixamo.yaml").read_text().partition("joints:\n")
    lines = [line.replace(": ", ": Bone_") for line in mixamo[2].splitlines()]
    rig = tmp_path / "mine.yaml"
    rig.write_text("name: mine\njoints:\n" + "\n".join(lines) + "\n")
    assert distances(motion, read_motion(path, rig=rig)).max() < 0.01
    (tmp_path / "rig.yaml").write_text(rig.read_text())
    assert read_motion(path).provenance["rig"] == "mine"
    rig.write_text(rig.read_text().replace("Bone_LeftLeg\n", "Bone_LeftLegg\n"))
    with pytest.raises(InputError, match=r"no joint Bone_LeftLegg \(left_knee\) \(did you mean 'Bone_LeftLeg'\?\)"):
        read_motion(path, rig=rig)
    rig.write_text(rig.read_text() + "reference: sideways\n")
    with pytest.raises(InputError, match=r"mine.yaml:\d+: reference"):
        read_motion(path, rig=rig)


def test_soles_are_put_on_the_floor(library: MotionLibrary, tmp_path: Path) -> None:
    family = FAMILIES["bandai"]
    motion = simplified(library["walk_loop"].motion, family.rig)
    lifted = Motion(motion.translation + np.float32([3.0, 0.4, -2.0]), motion.rotations)
    read = read_motion(write_as(lifted, family, tmp_path / "take.bvh"))
    assert distances(grounded(Motion(lifted.translation, lifted.rotations)), read).max() < 0.01
