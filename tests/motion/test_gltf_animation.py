"""Our motions as glTF files: round trips, other readers, and what is said about files that are wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from formats_compare import degrees_apart, metres_apart
from gltf_documents import rewritten
from khronos import NEEDS_VALIDATOR, issues

from digital_life.errors import DigitalLifeError, InputError, StorageError
from digital_life.motion import quaternion as quat
from digital_life.motion.formats.gltf_animation import read_gltf, write_gltf
from digital_life.motion.formats.gltf_read import GltfReader
from digital_life.motion.formats.gltf_write import GltfBuilder
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import JOINT_NAMES, canonical_skeleton


@pytest.fixture(scope="module")
def file(talk: Motion, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gltf") / "talk.glb"
    write_gltf(talk, path)
    return path


@pytest.mark.parametrize("figure", [True, False])
def test_round_trip(talk: Motion, figure: bool, tmp_path: Path) -> None:
    write_gltf(talk, tmp_path / "talk.glb", figure=figure)
    again = read_gltf(tmp_path / "talk.glb")
    assert len(again) == len(talk)
    assert degrees_apart(again, talk) < 0.1
    assert metres_apart(again, talk) < 0.001
    if figure:
        assert again.face is not None and talk.face is not None
        assert np.abs(again.face - talk.face).max() < 1e-5


@NEEDS_VALIDATOR
def test_the_validator_has_nothing_to_say(file: Path) -> None:
    assert issues(file)["messages"] == []


def test_an_independent_reader_finds_the_same_movement(file: Path, talk: Motion) -> None:
    """pygltflib reads the file; the joints are placed from its numbers alone."""
    pygltflib = pytest.importorskip("pygltflib")
    gltf = pygltflib.GLTF2().load(str(file))
    blob = gltf.binary_blob()

    def values(index: int) -> np.ndarray:
        accessor = gltf.accessors[index]
        start = gltf.bufferViews[accessor.bufferView].byteOffset + accessor.byteOffset
        width = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}[accessor.type]
        return np.frombuffer(blob, "<f4", accessor.count * width, start).reshape(-1, width)

    tracks = {
        (channel.target.node, channel.target.path): values(gltf.animations[0].samplers[channel.sampler].output)
        for channel in gltf.animations[0].channels
    }
    frame = len(talk) // 2
    placed: dict[str, np.ndarray] = {}

    def place(index: int, above: np.ndarray) -> None:
        node = gltf.nodes[index]
        matrix = np.eye(4)
        x, y, z, w = tracks[index, "rotation"][frame].astype(float)
        matrix[:3, :3] = quat.to_matrix(np.array([w, x, y, z]))
        moved = tracks.get((index, "translation"))
        matrix[:3, 3] = node.translation if moved is None else moved[frame]
        world = above @ matrix
        placed[node.name] = world[:3, 3]
        for child in node.children:
            place(child, world)

    place(next(i for i, node in enumerate(gltf.nodes) if node.name == "pelvis"), np.eye(4))
    expected, _ = forward_kinematics(talk.rotations, talk.translation, canonical_skeleton())
    np.testing.assert_allclose([placed[name] for name in JOINT_NAMES], expected[frame], atol=1e-4)


def test_one_of_several_animations_is_chosen(talk: Motion, file: Path, tmp_path: Path) -> None:
    def second(document: dict[str, Any]) -> None:
        kept = [channel for channel in document["animations"][0]["channels"] if channel["target"]["node"] != 20]
        document["animations"].append({**document["animations"][0], "name": "stiff", "channels": kept})

    path = rewritten(file, tmp_path / "two.glb", second)
    with pytest.raises(InputError, match=r"2 animations \(0: motion, 1: stiff\)"):
        read_gltf(path)
    assert degrees_apart(read_gltf(path, animation="motion"), talk) < 0.1
    for choice in ("stiff", 1, "1"):
        assert degrees_apart(read_gltf(path, animation=choice), talk, [20]) > 1.0
    with pytest.raises(InputError, match="no animation 'wave'"):
        read_gltf(path, animation="wave")


def _rename(document: dict[str, Any]) -> None:
    document["nodes"][18]["name"] = "tentacle"


def _twice(document: dict[str, Any]) -> None:
    document["nodes"][9]["children"].append(0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.pop("animations"), "holds no animation"),
        (lambda d: d["animations"][0].update(channels=[]), "moves nothing"),
        (_rename, "left_elbow"),
        (_twice, "its own ancestor"),
        (lambda d: d["animations"][0]["samplers"][3].update(output=9999), r"accessors\[9999\]"),
        (lambda d: d["bufferViews"][0].update(byteLength=10**9), "outside the file"),
        (lambda d: d["accessors"][0].update(count=10**9), "larger than its buffer view"),
        (lambda d: d["nodes"][3].update(children=[777]), "child 777"),
        (lambda d: d["animations"][0].pop("samplers"), "samplers"),
        (lambda d: d.update(asset={"version": "1.0"}), "glTF version 1.0"),
    ],
)
def test_what_is_wrong_is_said(file: Path, change: Any, message: str, tmp_path: Path) -> None:
    path = rewritten(file, tmp_path / "bad.glb", change)
    with pytest.raises(DigitalLifeError, match=rf"bad\.glb.*{message}"):
        read_gltf(path)


@pytest.mark.parametrize(
    ("times", "values", "message"),
    [
        ([0.0, 0.5, 0.4], [[0, 0, 0, 1]] * 3, "rotation of node 'pelvis'.*do not increase"),
        ([0.0, 0.5], [[0, 0, 0, np.nan]] * 2, "accessor 1 holds values that are not finite"),
        ([0.0, 0.5], [[0, 0, 0, 1]] * 3, "12 numbers for 2 keys"),
        ([0.0], [[0, 0, 0, 1]], "lasts 0 seconds"),
        ([0.0, 1e6], [[0, 0, 0, 1]] * 2, "1000000 seconds"),
    ],
)
def test_keys_that_make_no_sense(times: list[float], values: Any, message: str, tmp_path: Path) -> None:
    builder = GltfBuilder("test")
    builder.add("nodes", {"name": "pelvis"})
    moments = builder.accessor(np.array(times, np.float32), "SCALAR")
    output = builder.accessor(np.array(values, np.float32), "VEC4")
    channel = {"sampler": 0, "target": {"node": 0, "path": "rotation"}}
    builder.add("animations", {"channels": [channel], "samplers": [{"input": moments, "output": output}]})
    builder.save(tmp_path / "bad.glb")
    with pytest.raises(DigitalLifeError, match=rf"bad\.glb.*{message}"):
        read_gltf(tmp_path / "bad.glb")


def test_broken_files_are_refused(file: Path, tmp_path: Path) -> None:
    data = file.read_bytes()
    for name, content in (("cut", data[:-300]), ("text", b"hello"), ("empty", b""), ("header", data[:20])):
        (tmp_path / f"{name}.glb").write_bytes(content)
        with pytest.raises(StorageError, match=rf"{name}\.glb: damaged animation file"):
            read_gltf(tmp_path / f"{name}.glb")
    with pytest.raises(StorageError, match=r"none\.glb"):
        read_gltf(tmp_path / "none.glb")
    document = {**GltfReader(file).document, "buffers": [{"byteLength": 4, "uri": "../../secret.bin"}]}
    (tmp_path / "outside.gltf").write_text(json.dumps(document))
    with pytest.raises(StorageError, match="outside the file's folder"):
        read_gltf(tmp_path / "outside.gltf")


def test_nothing_is_not_written(talk: Motion, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="without frames"):
        write_gltf(talk.slice(0, 0), tmp_path / "none.glb")
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(DigitalLifeError, match="file"):
        write_gltf(talk, tmp_path / "file" / "a.glb")
