"""Damaged BVH files: an error that names file, line and joint, or a motion."""

from __future__ import annotations

import random
import warnings
from pathlib import Path

import numpy as np
import pytest
from foreign_rigs import angles

from digital_life.errors import DigitalLifeError, InputError
from digital_life.momat.library import MotionLibrary
from digital_life.motion.formats import bvh_parse
from digital_life.motion.formats.read import read_motion, write_motion


@pytest.fixture(scope="module")
def library() -> MotionLibrary:
    return MotionLibrary.default()


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
