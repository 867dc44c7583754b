"""BVH files: our own, foreign rigs, and damage."""

from __future__ import annotations

import random
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from foreign_rigs import FAMILIES, SKELETON, Family, simplified, write_as

from digital_life.errors import DigitalLifeError, InputError
from digital_life.momat.library import MotionLibrary
from digital_life.motion import quaternion as quat
from digital_life.motion.formats import bvh_parse
from digital_life.motion.formats.bvh_angles import from_euler, to_euler
from digital_life.motion.formats.read import read_motion, write_motion
from digital_life.motion.formats.retarget import start_at_origin
from digital_life.motion.formats.retarget_legs import on_the_floor
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import Motion
from digital_life.motion.resample import resample
from digital_life.motion.skeleton import JOINT_INDEX, JOINT_NAMES, Skeleton

TWISTING = [JOINT_INDEX["left_elbow"], JOINT_INDEX["right_elbow"]]


@pytest.fixture(scope="module")
def library() -> MotionLibrary:
    return MotionLibrary.default()


def angles(a: Motion, b: Motion) -> np.ndarray:
    """Degrees [T, 55] between the world rotations of two motions."""
    _, wa = forward_kinematics(a.rotations, a.translation, SKELETON)
    _, wb = forward_kinematics(b.rotations, b.translation, SKELETON)
    between = quat.multiply(quat.conjugate(wa), wb)
    return np.degrees(2 * np.arctan2(np.linalg.norm(between[..., 1:], axis=-1), np.abs(between[..., 0])))


def distances(a: Motion, b: Motion) -> np.ndarray:
    """Metres [T, 55] between the joints of two motions."""
    pa, _ = forward_kinematics(a.rotations, a.translation, SKELETON)
    pb, _ = forward_kinematics(b.rotations, b.translation, SKELETON)
    return np.linalg.norm(pa - pb, axis=-1)


def grounded(motion: Motion) -> Motion:
    moved = on_the_floor(motion.rotations.astype(float), motion.translation.astype(float), SKELETON)
    return Motion(moved, motion.rotations)


# ---- our own files


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


@pytest.mark.parametrize("order", ["XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX"])
def test_angles_survive_their_poles_in_single_precision(order: str) -> None:
    chance = np.random.default_rng(4)
    angles = chance.uniform(-np.pi, np.pi, (4000, 3))
    angles[:2000, 1] = np.pi / 2 * chance.choice([-1, 1], 2000)
    single = from_euler(order, angles).astype(np.float32)
    written = np.radians(np.round(np.degrees(to_euler(order, single.astype(float))), 6))
    between = quat.multiply(quat.conjugate(single), from_euler(order, written))
    assert np.degrees(2 * np.linalg.norm(between[:, 1:], axis=-1)).max() < 0.1


# ---- foreign rigs


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


def test_soles_are_on_the_floor_and_the_start_can_be_moved(library: MotionLibrary, tmp_path: Path) -> None:
    family = FAMILIES["bandai"]
    motion = simplified(library["walk_loop"].motion, family.rig)
    lifted = Motion(motion.translation + np.float32([3.0, 0.4, -2.0]), motion.rotations)
    read = read_motion(write_as(lifted, family, tmp_path / "take.bvh"))
    assert distances(grounded(Motion(lifted.translation, lifted.rotations)), read).max() < 0.01
    start = start_at_origin(read)
    pelvis = start.translation[0] + SKELETON.rest_joints[0]
    assert np.abs(pelvis[[0, 2]]).max() < 1e-5
    assert abs(quat.heading(start.rotations[0, 0].astype(float))) < 1e-5
    assert np.allclose(start.translation[:, 1], read.translation[:, 1], atol=1e-5)


# ---- damage


@pytest.fixture(scope="module")
def good(library: MotionLibrary, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("bvh") / "good.bvh"
    write_motion(library["beckon"].motion.slice(0, 12), path)
    return path.read_text()


BROKEN = {
    "empty": (lambda text: "", r"bad\.bvh:1: the file is empty"),
    "not a BVH": (lambda text: "hello\n" + text, r"bad\.bvh:1: a BVH file starts with the line HIERARCHY"),
    "binary": (lambda text: text[:300] + "\0" + text[300:], r"bad\.bvh:\d+: binary data"),
    "cut in the hierarchy": (lambda text: text[:400], r"bad\.bvh:\d+: the file ends where"),
    "cut in the motion": (lambda text: text[: text.rindex("\n", 0, len(text) - 2)], r"the file ends after 11 of 12 frames"),
    "cut in a line": (lambda text: text[:-60], r"bad\.bvh:\d+: frame 12 has \d+ numbers, but the joints have 168 channels"),
    "NaN": (lambda text: _in_frame(text, 3, "nan"), r"bad\.bvh:\d+: joint pelvis, Xposition: found 'nan'"),
    "a word": (lambda text: _in_frame(text, 3, "1,5"), r"joint pelvis, Xposition: found '1,5'"),
    "no frames": (lambda text: text.replace("Frames: 12", "Frames: 0"), r"bad\.bvh:\d+: the file holds no frames"),
    "too few frames": (lambda text: text.replace("Frames: 12", "Frames: 11"), r"more lines than the 11 frames"),
    "0 fps": (lambda text: text.replace("0.03333333", "0"), r"bad\.bvh:\d+: a frame time of 0 s means infinitely many"),
    "1000 fps": (lambda text: text.replace("0.03333333", "0.001"), r"means 1000 frames per second; allowed: 1 to 500"),
    "negative time": (lambda text: text.replace("0.03333333", "-0.03"), r"a frame time of -0.03 s"),
    "channel count": (
        lambda text: text.replace("CHANNELS 3 Z", "CHANNELS 4 Z", 1),
        r"bad\.bvh:\d+: joint left_hip: CHANNELS says 4 but names 3",
    ),
    "channel name": (lambda text: text.replace("Zrotation", "Wrotation", 1), r"joint pelvis: channel 'Wrotation' is unknown"),
    "channel twice": (lambda text: text.replace("Zrotation X", "Xrotation X", 1), r"joint pelvis: a channel stands twice"),
    "joint twice": (lambda text: text.replace("JOINT left_knee", "JOINT left_hip"), r"joint left_hip: its name stands in line"),
    "offset": (lambda text: text.replace("OFFSET 0.000000 0.000000", "OFFSET 0.000000", 1), r"joint pelvis: found 'OFFSET"),
    "no offset": (lambda text: text.replace("\tOFFSET 0.000000 0.000000 0.000000\n", "", 1), r"joint pelvis .* has no OFFSET"),
    "wrong joints": (lambda text: text.replace("_hip", "_thigh"), r"fit none of the known rigs"),
    "legs without length": (lambda text: _flat_legs(text), r"legs have no length|no frame in which the body stands"),
}  # fmt: skip


def _in_frame(text: str, frame: int, word: str) -> str:
    lines = text.splitlines()
    at = next(index for index, line in enumerate(lines) if line.startswith("Frame Time")) + frame
    lines[at] = " ".join([word, *lines[at].split()[1:]])
    return "\n".join(lines)


def _flat_legs(text: str) -> str:
    lines = text.splitlines()
    for index, line in enumerate(lines):
        if "JOINT" in line and line.split()[1].endswith(("knee", "ankle")):
            lines[index + 2] = "OFFSET 0 0 0"
    return "\n".join(lines)


@pytest.mark.parametrize("damage", BROKEN)
def test_damage_is_named_with_file_line_and_joint(good: str, damage: str, tmp_path: Path) -> None:
    change, message = BROKEN[damage]
    path = tmp_path / "bad.bvh"
    path.write_text(change(good))
    with pytest.raises(InputError, match=message):
        read_motion(path)


def test_windows_line_ends_tabs_and_odd_spelling_are_read(good: str, tmp_path: Path) -> None:
    odd = good.replace("Zrotation", "ZROTATION").replace("Frames: 12", "Frames:\t12").replace("\n", "\r\n")
    odd = odd.replace("\r\n\t{\r\n", " {\r\n", 1)
    path = tmp_path / "odd.bvh"
    path.write_bytes(b"\xef\xbb\xbf" + odd.encode())
    (tmp_path / "good.bvh").write_text(good)
    assert angles(read_motion(path), read_motion(tmp_path / "good.bvh")).max() < 1e-3


def test_large_files_are_refused_before_they_are_read(
    good: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "huge.bvh"
    with path.open("wb") as file:
        file.truncate(bvh_parse.MAX_BYTES + 1)  # sparse: no disk is used
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("the file was read"))
    with pytest.raises(InputError, match=r"at most 64 MiB are read"):
        read_motion(path)


def test_a_large_announcement_is_refused_before_memory_is_spent(good: str, tmp_path: Path) -> None:
    path = tmp_path / "huge.bvh"
    path.write_text(good.replace("Frames: 12", "Frames: 1000000000"))
    with pytest.raises(InputError, match=r"1000000000 frames of 168 channels are more than"):
        read_motion(path)


def test_other_bad_requests(tmp_path: Path, library: MotionLibrary) -> None:
    motion = library["beckon"].motion
    for call, message in (
        (lambda: read_motion(tmp_path / "none.bvh"), r"there is no such motion file"),
        (lambda: read_motion(tmp_path), r"no motion format"),
        (lambda: read_motion(tmp_path / "x.fbx"), r"'.fbx' is no motion format"),
        (lambda: write_motion(motion, tmp_path / "x.fbx"), r"'.fbx' is no motion format"),
        (lambda: write_motion(motion.slice(0, 0), tmp_path / "x.bvh"), r"the motion has no frames"),
        (lambda: write_motion(motion, tmp_path / "x.skm"), r"can only be read"),
        (lambda: write_motion(motion, tmp_path / "x.bvh", fps=0), r"0 frames per second"),
    ):
        with pytest.raises(DigitalLifeError, match=message):
            call()
    write_motion(motion, tmp_path / "x.bvh")
    with pytest.raises(InputError, match=r"there is no rig 'lafan' \(did you mean 'lafan1'\?\)"):
        read_motion(tmp_path / "x.bvh", rig="lafan")


def test_fuzzed_text_gives_a_clear_error_or_a_motion(good: str, tmp_path: Path) -> None:
    chance = random.Random(20261122)
    path = tmp_path / "fuzz.bvh"
    data = good.encode()
    kept = 0
    for _ in range(300):
        path.write_bytes(_fuzzed(data, chance))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                motion = read_motion(path)
        except DigitalLifeError as error:
            assert "fuzz.bvh" in str(error)
        else:
            kept += 1
            assert len(motion) > 0 and np.isfinite(motion.rotations).all()
    assert 0 < kept < 300


def _fuzzed(data: bytes, chance: random.Random) -> bytes:
    start, stop = sorted(chance.randrange(len(data)) for _ in range(2))
    kind = chance.randrange(7)
    if kind == 0:
        return data[:start]
    if kind == 1:
        return data[:start] + data[stop:]
    if kind == 2:
        return data[:stop] + data[start:]
    if kind == 3:
        return data[:start] + chance.randbytes(chance.randrange(1, 20)) + data[start:]
    lines = data.split(b"\n")
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    if kind == 4:
        lines.insert(at, lines[other])
    elif kind == 5:
        lines[at], lines[other] = lines[other], lines[at]
    else:
        words = lines[at].split(b" ")
        words[chance.randrange(len(words))] = chance.choice(
            [b"", b"1e9999", b"-0", b"nan", b"{", b"}", b"1e6", b"0", b"JOINT"]
        )
        lines[at] = b" ".join(words)
    return b"\n".join(lines)
