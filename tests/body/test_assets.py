"""Assets in MakeHuman's format, written by the tests themselves: parsed, fitted, stored, worn; broken ones refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digital_life.body.appearance import build_character
from digital_life.body.asset_fit import fit_asset, hidden_by, place
from digital_life.body.asset_format import read_asset
from digital_life.body.asset_store import wardrobe
from digital_life.body.base_mesh import base_mesh
from digital_life.body.character import Character
from digital_life.body.identity import make_identity
from digital_life.body.kept_characters import kept_character
from digital_life.cli.main import main
from digital_life.errors import InputError
from digital_life.motion.skeleton import JOINT_INDEX, canonical_skeleton
from digital_life.persona.appearance import Appearance, Outfit

BODY = make_identity(Appearance(height_cm=170))


@pytest.fixture(autouse=True)
def own_wardrobe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITAL_LIFE_DATA", str(tmp_path / "data"))


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Run ``digital-life body ...``: (exit code, what it said)."""

    def run(*arguments: str) -> tuple[int, str]:
        try:
            main(["body", *arguments])
            code = 0
        except SystemExit as leave:
            code = int(leave.code or 0)
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


Command = Callable[..., tuple[int, str]]


def region(joint: str, low: float, high: float) -> np.ndarray:
    """Body quads [Q, 4] of the reference body whose height over a joint is within limits, without the arms."""
    mesh = base_mesh()
    quads, points = mesh.quads("body"), mesh.reference
    y = points[quads, 1] - mesh.reference_joints[JOINT_INDEX[joint], 1]
    near = (np.abs(points[quads, 0]) < 0.2).all(axis=1)
    return quads[(y > low).all(axis=1) & (y < high).all(axis=1) & near]


def write_asset(
    folder: Path, name: str, quads: np.ndarray, extra: str = "", row: str = "{v} {v} {v} 1 0 0 0 0 0.1"
) -> Path:
    """An asset that copies some quads of the body; ``row`` places each vertex (default: 1 cm forward)."""
    folder.mkdir(parents=True, exist_ok=True)
    used, faces = np.unique(quads, return_inverse=True)
    faces = faces.reshape(-1, 4) + 1
    lines = ["v 0 0 0"] * len(used) + ["vt 0 0", "vt 1 0", "vt 1 1", "vt 0 1"]
    lines += ["f " + " ".join(f"{v}/{k}" for k, v in enumerate(face, 1)) for face in faces]
    (folder / f"{name}.obj").write_text("\n".join(lines))
    Image.new("RGBA", (8, 8), (200, 30, 30, 255)).save(folder / "cloth.png")
    (folder / f"{name}.mhmat").write_text("name red\ndiffuseColor 0.8 0.1 0.1\ndiffuseTexture cloth.png\n")
    placed = [row.format(v=v) for v in used]
    head = ["# test", f"name {name}", "license CC0", "basemesh hm08", f"obj_file {name}.obj", f"material {name}.mhmat"]
    path = folder / f"{name}.mhclo"
    path.write_text("\n".join([*head, extra, "verts 0", *placed]))
    return path


def test_a_glued_asset_lies_on_the_skin_of_every_body(tmp_path: Path) -> None:
    quads = region("spine3", -0.1, 0.05)
    asset = read_asset(write_asset(tmp_path, "bib", quads, row="{v}"))
    for appearance in (Appearance(age=6), Appearance(build=1.0, height_cm=195, gender=0.0)):
        body = make_identity(appearance)
        np.testing.assert_allclose(place(asset, body), body.vertices[np.unique(quads)], atol=1e-6)
        part = fit_asset(asset, body, "bib")
        np.testing.assert_allclose(part.weights.sum(axis=1), 1, atol=1e-5)
        np.testing.assert_allclose(np.linalg.norm(part.normals, axis=1), 1, atol=1e-3)
        assert part.material.texture is not None


def test_offsets_grow_with_the_measures_of_the_body(tmp_path: Path) -> None:
    quads = region("spine3", -0.05, 0.0)
    front, back = (int(np.unique(quads)[f(BODY.vertices[np.unique(quads), 2])]) for f in (np.argmax, np.argmin))
    depth = float(BODY.vertices[front, 2] - BODY.vertices[back, 2])
    asset = read_asset(write_asset(tmp_path, "bib", quads, extra=f"z_scale {front} {back} {depth * 10 / 2:.5f}"))
    moved = place(asset, BODY) - BODY.vertices[np.unique(quads)]
    assert moved[:, 2].mean() == pytest.approx(0.02, abs=0.002)  # 1 cm on half of this depth


def test_offsets_turn_with_the_arm(tmp_path: Path) -> None:
    """In MakeHuman's pose the arm hangs at 50 degrees; what stands off it upward-outward there, stands up here."""
    mesh = base_mesh()
    arm = mesh.joint_weight(JOINT_INDEX["left_shoulder"])[mesh.quads("body")].min(axis=1) > 0.98
    quads = mesh.quads("body")[arm][:40]
    asset = read_asset(write_asset(tmp_path, "cuff", quads, row="{v} {v} {v} 1 0 0 0.077 0.064 0"))
    offset = (place(asset, BODY) - BODY.vertices[np.unique(quads)]).mean(axis=0)
    assert offset[1] > 0.9 * np.linalg.norm(offset)


def test_deleted_vertices_hide_skin(tmp_path: Path) -> None:
    quads = region("spine3", -0.1, 0.05)
    used = np.unique(quads)
    path = write_asset(tmp_path, "bib", quads)
    numbers = " ".join(str(v) for v in used[1:])
    path.write_text(path.read_text() + f"\ndelete_verts\n{used[0]} - {used[0]} {numbers}\n")
    hidden = hidden_by(read_asset(path), BODY)
    assert hidden.sum() >= len(quads)
    assert hidden.mean() < 0.3


def test_added_clothes_are_worn_in_place_of_what_they_cover(tmp_path: Path, command: Command) -> None:
    write_asset(tmp_path / "clothes" / "vest", "Red Vest", region("spine1", -0.02, 0.35))
    write_asset(tmp_path / "hair" / "tuft", "tuft", region("head", 0.10, 0.2))
    code, said = command("add-assets", str(tmp_path))
    assert code == 0, said
    assert "red_vest: worn in place of top; licence: CC0" in said
    assert "tuft: worn in place of hair" in said
    assert [entry.name for entry in wardrobe()] == ["red_vest", "tuft"]
    assert "red_vest" in command("assets")[1]
    outfit = Outfit(assets=("red_vest",), outer="coat")
    worn = {part.name for part in build_character("A", Appearance(hair_asset="tuft", outfit=outfit)).parts}
    assert {"red_vest", "tuft", "bottom", "shoes"} <= worn
    assert not worn & {"top", "outer", "hair"}


def test_nothing_is_replaced_without_force(tmp_path: Path, command: Command) -> None:
    write_asset(tmp_path / "new", "vest", region("spine1", -0.02, 0.35))
    folder = str(tmp_path / "new")
    assert command("add-assets", folder)[0] == 0
    code, said = command("add-assets", folder)
    assert code == 2
    assert "--force" in said
    assert command("add-assets", folder, "--force")[0] == 0


def test_an_asset_that_was_replaced_is_worn_as_it_is_now(tmp_path: Path, command: Command) -> None:
    look, kept = Appearance(outfit=Outfit(assets=("vest",))), tmp_path / "kept"
    before, after = (Character(name, canonical_skeleton(), ()) for name in ("before", "after"))
    for height, worn in ((0.3, before), (0.35, after)):
        write_asset(tmp_path / "new", "vest", region("spine1", -0.02, height))
        assert command("add-assets", str(tmp_path / "new"), "--force")[0] == 0
        assert kept_character(look, lambda worn=worn: worn, kept) is worn
    assert kept_character(look, lambda: before, kept).name == "after"


def test_an_unknown_asset_is_named_with_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"no 'cape'.*empty"):
        build_character("A", Appearance(outfit=Outfit(assets=("cape",))))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("1 0 0 0 0 0.1", "1 0 0 0 0 x"), r"bad.mhclo:\d+: .*could not convert"),
        (("1 0 0 0 0 0.1", "1 0 0 0 0"), "expected 1, 6 or 9 numbers"),
        (("1 0 0 0 0 0.1", "1 0 0 0 0 90"), "made for another base mesh"),
        (("verts 0", "verts 0\n99999"), "vertex 99999 is not on the base mesh"),
        (("verts 0", "verts 0\n5"), "different versions of the asset"),
        (("obj_file bad.obj", "obj_file gone.obj"), "'gone.obj' that it names is not there"),
        (("obj_file bad.obj", "uuid 1"), "names no 'obj_file'"),
        (("basemesh hm08", "z_scale 1 2 0"), "must be above 0"),
    ],
)
def test_broken_assets_are_refused_with_file_line_and_reason(
    tmp_path: Path, command: Command, change: tuple[str, str], message: str
) -> None:
    path = write_asset(tmp_path / "bad", "bad", region("spine3", -0.05, 0.0))
    write_asset(tmp_path / "good", "good", region("spine3", -0.05, 0.0))
    path.write_text(path.read_text().replace(*change))
    code, said = command("add-assets", str(tmp_path))
    assert code == 2
    assert "good: " in said
    assert "Traceback" not in said
    assert re.search(message, said, re.DOTALL), said


def test_a_broken_mesh_and_a_broken_texture_are_named(tmp_path: Path) -> None:
    path = write_asset(tmp_path, "bib", region("spine3", -0.05, 0.0))
    (tmp_path / "cloth.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"cloth.png.*cannot be read"):
        fit_asset(read_asset(path), BODY, "bib")
    mesh = tmp_path / "bib.obj"
    mesh.write_text(mesh.read_text() + "\nf 1 2 900000\n")
    with pytest.raises(InputError, match=r"bib.obj:\d+"):
        read_asset(path)
