"""SmartBody motions, text and binary, written here from motions of our own."""

from __future__ import annotations

import contextlib
import random
import struct
from pathlib import Path

import numpy as np
import pytest
from foreign_rigs import SKELETON, parent_among, simplified

from digital_life.errors import DigitalLifeError, InputError
from digital_life.momat.library import MotionLibrary
from digital_life.motion import quaternion as quat
from digital_life.motion.formats.read import read_motion
from digital_life.motion.formats.retarget_floor import on_the_floor
from digital_life.motion.formats.rigs import known_rigs
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import JOINT_INDEX, JOINT_NAMES

NAMES = {JOINT_INDEX[ours]: theirs if isinstance(theirs, str) else theirs[0]
         for ours, theirs in known_rigs()["smartbody"].joints.items()}  # fmt: skip
NAMES[0] = "JtRoot"
SYNC = {"ready": 0.2, "strokeStart": 0.4, "emphasis": 0.5, "stroke": 0.6, "relax": 0.9}


@pytest.fixture(scope="module")
def motion() -> Motion:
    found = simplified(MotionLibrary.default()["beckon"].motion, "smartbody").slice(0, 45)
    moved = on_the_floor(found.rotations.astype(float), found.translation.astype(float), SKELETON)
    return Motion(moved, found.rotations)


@pytest.fixture
def folder(tmp_path: Path, motion: Motion) -> Path:
    """Two skeletons in ``skeletons`` and the motion, text and binary, in ``motions``; as SmartBody keeps them."""
    for name in ("skeletons", "motions"):
        (tmp_path / name).mkdir()
    before, channels, rows = _keys(motion)
    lines = ["# SK", "set_name Test", "skeleton"]

    def write(joint: int) -> None:
        parent = parent_among(joint, NAMES)
        offset = SKELETON.rest_joints[joint] - (SKELETON.rest_joints[parent] if parent >= 0 else 0.0)
        offset = quat.rotate(quat.conjugate(_from_t(parent)), offset)
        axis = quat.to_axis_angle(before[joint])
        angle = np.degrees(np.linalg.norm(axis))
        lines.append(f"{'joint' if parent >= 0 else 'root'} {NAMES[joint]}")
        lines.append("{ offset " + " ".join(f"{value:.7f}" for value in offset))
        lines.append("prerot axis " + " ".join(f"{value:.7f}" for value in axis) + f" ang {angle:.7f}")
        lines.append("channel Quat")
        for child in NAMES:
            if parent_among(child, NAMES) == joint:
                write(child)
        lines.append("}")

    write(0)
    (tmp_path / "skeletons" / "Test.sk").write_text("\n".join(lines))
    (tmp_path / "skeletons" / "Other.sk").write_text("skeleton\nroot Nobody\n{ offset 0 0 0\n}\n")
    _write_text(tmp_path / "motions" / "Test@Beckon.skm", channels, rows)
    _write_binary(tmp_path / "motions" / "Test@Beckon.skb", channels, rows)
    return tmp_path


def _bind(joint: int) -> np.ndarray:
    """World rotation of a joint in the bind pose, an A-pose of twisted local axes; ours is the T-pose."""
    if joint < 0:
        return quat.IDENTITY
    name = JOINT_NAMES[joint]
    twist = quat.from_axis_angle(np.array([0.3, -0.2, 0.5]) * (1 + joint % 3)) if joint else quat.IDENTITY
    lean = -0.6 if name.startswith("left_") else 0.6
    arm = name.split("_")[-1][:5] in ("shoul", "elbow", "wrist") or joint >= 25
    return quat.multiply(quat.from_axis_angle(np.array([0.0, 0.0, lean if arm else 0.0])), twist)


def _keys(motion: Motion) -> tuple[dict[int, np.ndarray], list[tuple[str, str]], np.ndarray]:
    """Prerotations, channels and rows (places as offsets, then quaternions)."""
    positions, world = forward_kinematics(motion.rotations, motion.translation, SKELETON)
    before, channels = {}, [("JtRoot", f"{axis}Pos") for axis in "XYZ"]
    columns = [positions[:, 0] - SKELETON.rest_joints[0]]
    for joint in NAMES:
        parent = parent_among(joint, NAMES)
        above = _bind(parent)
        before[joint] = quat.multiply(quat.conjugate(above), _bind(joint))
        their = quat.multiply(world[:, joint], _from_t(joint))
        their_parent = quat.multiply(world[:, parent], _from_t(parent)) if parent >= 0 else quat.IDENTITY
        local = quat.multiply(quat.conjugate(their_parent), their)
        columns.append(quat.normalize(quat.multiply(quat.conjugate(before[joint]), local)))
        channels.append((NAMES[joint], "Quat"))
    return before, channels, np.concatenate(columns, axis=1)


def _from_t(joint: int) -> np.ndarray:
    """World rotation of a rig joint while our body stands in its T-pose: the bind pose without the lean of the arms."""
    if joint < 0:
        return quat.IDENTITY
    bind, name = _bind(joint), JOINT_NAMES[joint]
    lean = 0.6 if name.startswith("left_") else -0.6
    arm = name.split("_")[-1][:5] in ("shoul", "elbow", "wrist") or joint >= 25
    return quat.multiply(quat.from_axis_angle(np.array([0.0, 0.0, lean if arm else 0.0])), bind)


def _write_text(path: Path, channels: list[tuple[str, str]], rows: np.ndarray) -> None:
    lines = ["# SKM Motion Definition", "", "SkMotion", "", 'name "Test@Beckon"', "", f"channels {len(channels)}"]
    lines.extend(f"{joint} {kind}" for joint, kind in channels)
    lines.extend(["", f"frames {len(rows)}"])
    for frame, row in enumerate(rows):
        vectors = quat.to_axis_angle(row[3:].reshape(-1, 4)).reshape(-1)
        lines.append(f"kt {frame / 30:.6f} fr " + " ".join(f"{value:.6f}" for value in [*row[:3], *vectors]) + " ")
    lines.extend(["", *(f"{name} time: {time:.6f}" for name, time in SYNC.items())])
    path.write_text("\r\n".join(lines))


def _write_binary(path: Path, channels: list[tuple[str, str]], rows: np.ndarray) -> None:
    kinds = {"XPos": 0, "YPos": 1, "ZPos": 2, "Quat": 6}
    message = b"\x0a\x04Test" + b"\x10" + bytes([len(channels)])
    message += b"".join(b"\x1a" + bytes([len(joint)]) + joint.encode() for joint, _ in channels)
    message += b"".join(b"\x20" + bytes([kinds[kind]]) for _, kind in channels)
    message += b"\x28" + bytes([len(rows)])
    message += b"".join(b"\x35" + struct.pack("<f", frame / 30) for frame in range(len(rows)))
    message += b"".join(b"\x3d" + struct.pack("<f", value) for value in rows.reshape(-1))
    message += b"".join(b"\x45" + struct.pack("<f", time) for time in (0.0, 0.2, 0.4, 0.5, 0.6, 0.9, 1.5))
    path.write_bytes(message)


@pytest.mark.parametrize("suffix", ["skm", "skb"])
def test_a_motion_comes_back_with_its_sync_times(folder: Path, motion: Motion, suffix: str) -> None:
    read = read_motion(folder / "motions" / f"Test@Beckon.{suffix}")
    assert len(read) == len(motion)
    assert read.provenance["rig"] == "smartbody"
    assert read.provenance["sync"]["ready"] == pytest.approx(0.2, abs=1e-6)
    assert read.provenance["sync"]["stroke_start"] == pytest.approx(0.4, abs=1e-6)
    ours, turned = forward_kinematics(motion.rotations, motion.translation, SKELETON)
    theirs, read_turned = forward_kinematics(read.rotations, read.translation, SKELETON)
    assert np.linalg.norm(ours - theirs, axis=-1).max() < 0.01
    still = [joint for joint in NAMES if "elbow" not in JOINT_NAMES[joint] and "shoulder" not in JOINT_NAMES[joint]]
    between = quat.multiply(quat.conjugate(turned), read_turned)[:, still]
    assert np.degrees(2 * np.arccos(np.clip(np.abs(between[..., 0]), 0, 1))).max() < 5.0


def test_a_skeleton_can_be_named(folder: Path, motion: Motion, tmp_path: Path) -> None:
    alone = tmp_path / "elsewhere" / "deep" / "down" / "here"
    alone.mkdir(parents=True)
    path = alone / "Test@Beckon.skm"
    path.write_bytes((folder / "motions" / path.name).read_bytes())
    with pytest.raises(InputError, match=r"no skeleton \(\.sk\) lies near it"):
        read_motion(path)
    assert len(read_motion(path, rig=folder / "skeletons" / "Test.sk")) == len(motion)
    with pytest.raises(InputError, match=r"the skeleton lacks \d+ of the motion's joints"):
        read_motion(path, rig=folder / "skeletons" / "Other.sk")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("kt 0.033333", "kt -1.0"), r"the key times do not rise"),
        (lambda text: text.replace("frames 45", "frames 46"), r"'frames' says 46, but 45 are there"),
        (lambda text: text.replace("frames 45", "frames 0"), r"\.skm:\d+: frames: found '0'"),
        (lambda text: text.replace("channels 5", "channels 6", 1), r"\.skm:\d+: "),
        (
            lambda text: text.replace("JtRoot Quat", "JtRoot Turn"),
            r"\.skm:\d+: joint JtRoot: channel 'Turn' is unknown",
        ),
        (lambda text: text.replace("JtRoot XPos", "JtRoot Swing"), r"\.skm:\d+: |kind Swing are not read"),
        (lambda text: text.replace(" fr ", " fr nan ", 1), r"\.skm:\d+: joint JtRoot XPos: found 'nan'"),
        (lambda text: text[:9000], r"\.skm"),
        (lambda text: "", r"no channels, so this is no SKM motion"),
    ],
)
def test_damage_is_named(folder: Path, change: object, message: str) -> None:
    path = folder / "motions" / "Test@Beckon.skm"
    path.write_text(change(path.read_text()))  # type: ignore[operator]
    with pytest.raises(InputError, match=message):
        read_motion(path)


@pytest.mark.parametrize("suffix", ["skm", "skb", "sk"])
def test_fuzzed_files_give_a_clear_error_or_a_motion(folder: Path, suffix: str) -> None:
    chance = random.Random(3)
    place = folder / "skeletons" / "Test.sk" if suffix == "sk" else folder / "motions" / f"Test@Beckon.{suffix}"
    motion = folder / "motions" / ("Test@Beckon.skm" if suffix == "sk" else place.name)
    data = place.read_bytes()
    for _ in range(80):
        start, stop = sorted(chance.randrange(len(data)) for _ in range(2))
        place.write_bytes(
            chance.choice(
                [
                    data[:start],
                    data[:start] + data[stop:],
                    data[:stop] + data[start:],
                    data[:start] + chance.randbytes(9) + data[start + 4 :],
                ]
            )
        )
        with contextlib.suppress(DigitalLifeError):
            assert len(read_motion(motion)) > 0
