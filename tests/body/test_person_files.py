"""A persona's body for other programs: VRM, OBJ and npz, read back by other readers."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from khronos import NEEDS_VALIDATOR, WEB, issues
from three_browser import NEEDS_THREE, NEEDS_VRM, three_page

from digital_life.body.appearance import build_character
from digital_life.body.character import Character
from digital_life.body.layer import default_body
from digital_life.body.obj import write_obj
from digital_life.body.person_files import export_person
from digital_life.body.person_npz import write_person
from digital_life.body.skinning import PosedCharacter
from digital_life.body.vrm import write_vrm
from digital_life.errors import InputError
from digital_life.motion import quaternion as quat
from digital_life.motion.arkit import ARKIT_INDEX, ARKIT_NAMES
from digital_life.motion.formats.gltf_read import GltfReader
from digital_life.motion.formats.rigs import known_rigs
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, PARENTS
from digital_life.persona.library import load_persona
from digital_life.persona.schema import Persona

LEFT_OUT = 3e-4
"""Metres: files leave out offsets of face keys below a quarter of a millimetre."""
UNCORRECTED = 1.5e-3
"""Metres: a VRM file is skinned without the pose correctives of a turned neck."""
TYPES = WEB / "node_modules" / "@pixiv" / "types-vrmc-vrm-1.0"

SCRIPT = """
import * as THREE from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { VRMLoaderPlugin } from "@pixiv/three-vrm";
const loader = new GLTFLoader();
loader.register((parser) => new VRMLoaderPlugin(parser));
const vrm = (await loader.loadAsync("/model.vrm")).userData.vrm;
const bones = vrm.humanoid.humanBones;
const head = () => { let found; vrm.scene.traverse((n) => { if (n.isSkinnedMesh && n.name === "part_head") found = n; });
  return found; };
window.facts = {
  bones: Object.keys(bones), meta: vrm.meta.name,
  presets: Object.keys(vrm.expressionManager.presetExpressionMap),
  customs: Object.keys(vrm.expressionManager.customExpressionMap),
  version: vrm.meta.metaVersion,
};
window.show = (weights, turns) => {
  for (const e of vrm.expressionManager.expressions)
    vrm.expressionManager.setValue(e.expressionName, weights[e.expressionName] ?? 0);
  for (const [bone, q] of Object.entries(turns)) vrm.humanoid.getNormalizedBoneNode(bone).quaternion.set(...q);
  vrm.update(0); vrm.scene.updateMatrixWorld(true);
  const mesh = head(), point = new THREE.Vector3(), out = [];
  for (let i = 0; i < mesh.geometry.attributes.position.count; i += 7)
    out.push(...mesh.getVertexPosition(i, point).applyMatrix4(mesh.matrixWorld).toArray());
  return out;
};
window.look = (x, y, z) => {
  vrm.lookAt.target = undefined; vrm.lookAt.lookAt(new THREE.Vector3(x, y, z)); vrm.update(0);
  return [vrm.humanoid.getRawBoneNode("leftEye"), vrm.humanoid.getRawBoneNode("rightEye")].map((n) =>
    new THREE.Vector3(0, 0, 1).applyQuaternion(n.quaternion).toArray());
};
window.eyes = () => vrm.lookAt.getLookAtWorldPosition(new THREE.Vector3()).toArray();
window.ready = true;
"""


@pytest.fixture(scope="module")
def persona() -> Persona:
    return load_persona("hana")


@pytest.fixture(scope="module")
def character(persona: Persona) -> Character:
    return build_character(persona.name, persona.appearance)


@pytest.fixture(scope="module")
def vrm(character: Character, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("vrm") / "model.vrm"
    write_vrm(character, path)
    return path


@NEEDS_VALIDATOR
def test_the_vrm_is_valid_gltf(vrm: Path) -> None:
    said = issues(vrm)
    assert said["numErrors"] == 0, said["messages"][:3]
    codes = {message["code"] for message in said["messages"]}
    assert codes <= {"UNSUPPORTED_EXTENSION", "MESH_PRIMITIVE_GENERATED_TANGENT_SPACE"}  # it does not know VRM


@pytest.mark.skipif(not TYPES.is_dir(), reason="the types of VRM 1.0 are not there: make web")
def test_the_vrm_fits_the_published_types_of_its_schema(vrm: Path, tmp_path: Path) -> None:
    """``tsc`` checks the extension as a literal, so unknown and misspelt fields are errors too."""
    extension = GltfReader(vrm).document["extensions"]["VRMC_vrm"]
    assert set(extension["humanoid"]["humanBones"]) >= {"hips", "leftThumbMetacarpal", "rightLittleDistal", "jaw"}
    lines = (
        f'import type {{ Expression, ExpressionPresetName, VRMCVRM }} from "{TYPES}";',
        'type Face = Omit<Expression, "preset">; // the types keep a field of the draft',
        "type Faces = { preset: { [name in ExpressionPresetName]?: Face }; custom: { [name: string]: Face } };",
        f'export const vrm: Omit<VRMCVRM, "expressions"> & {{ expressions: Faces }} = {json.dumps(extension)};',
    )
    (tmp_path / "vrm.ts").write_text("\n".join(lines))
    command = ["node", "node_modules/typescript/bin/tsc", "--noEmit", "--strict", "--skipLibCheck"]
    done = subprocess.run([*command, str(tmp_path / "vrm.ts")], cwd=WEB, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def _mark(function: Any) -> Any:
    for mark in (*NEEDS_THREE, NEEDS_VRM):
        function = mark(function)
    return function


@_mark
def test_three_vrm_shows_the_face_and_the_pose(driver: Any, vrm: Path, character: Character) -> None:
    """Expressions and bones put the head's vertices where our own skinning puts them."""
    number = [part.name for part in character.parts].index("head")
    posed = PosedCharacter(character)
    rise = np.array([0.0, -character.skeleton.floor, 0.0])

    def expected(face: dict[str, float], **turns: np.ndarray) -> np.ndarray:
        rotations = np.tile(np.float32([1, 0, 0, 0]), (JOINT_COUNT, 1))
        weights = np.zeros(len(ARKIT_NAMES), np.float32)
        for name, value in face.items():
            weights[ARKIT_INDEX[name]] = value
        rotations[JOINT_INDEX["jaw"]] = quat.from_axis_angle(
            np.array([character.jaw_open * face.get("jawOpen", 0.0), 0, 0])
        )
        for name, turn in turns.items():
            rotations[JOINT_INDEX[name]] = turn
        vertices = posed.pose(rotations, np.zeros(3, np.float32), weights)[number][0]
        return (vertices + rise)[::7]

    nod = quat.from_axis_angle(np.array([0.3, 0.2, 0.0])).astype(np.float32)
    with three_page(driver, vrm.parent, SCRIPT) as page:
        facts = page.evaluate("facts")
        labels = [label if isinstance(label, str) else label[0] for label in known_rigs()["vrm"].joints.values()]
        assert sorted(facts["bones"]) == sorted(labels)
        assert (facts["version"], facts["meta"], len(facts["presets"])) == ("1", character.name, 18)
        assert sorted(facts["customs"]) == sorted(ARKIT_NAMES)
        for name, weights, face, turns in (
            ("rest", {}, {}, {}),
            ("smile", {"happy": 1.0}, {"mouthSmileLeft": 1.0, "mouthSmileRight": 1.0}, {}),
            ("open", {"aa": 1.0}, {"jawOpen": 1.0}, {}),
            ("nod", {"eyeBlinkLeft": 1.0}, {"eyeBlinkLeft": 1.0}, {"neck": nod}),
        ):
            bones = {bone: turn[[1, 2, 3, 0]].tolist() for bone, turn in turns.items()}
            seen = np.array(page.evaluate(f"show({json.dumps(weights)}, {json.dumps(bones)})")).reshape(-1, 3)
            assert np.abs(seen - expected(face, **turns)).max() < (UNCORRECTED if turns else LEFT_OUT), name
        page.evaluate('show({}, {"neck": [0, 0, 0, 1]})')
        x, y, z = page.evaluate("eyes()")
        for direction in page.evaluate(f"look({x + 0.2}, {y + 0.1}, {z + 1.0})"):
            assert direction[0] == pytest.approx(0.2, abs=0.03)
            assert direction[1] == pytest.approx(0.1, abs=0.03)
    assert page.complaints == []


def test_the_obj_is_read_with_materials_and_textures(character: Character, tmp_path: Path) -> None:
    trimesh = pytest.importorskip("trimesh")
    files = write_obj(character, tmp_path / "hana.obj")
    assert {file.suffix for file in files} == {".obj", ".mtl", ".png"} and all(file.is_file() for file in files)
    scene = trimesh.load(tmp_path / "hana.obj", split_object=True, group_material=False, process=False)
    faces = sum(len(part.faces) for part in character.parts)
    assert sum(len(mesh.faces) for mesh in scene.geometry.values()) == faces
    assert scene.bounds[0][1] == pytest.approx(0.0, abs=1e-3)
    pictures = [mesh.visual.material.image for mesh in scene.geometry.values() if mesh.visual.kind == "texture"]
    assert sum(picture is not None for picture in pictures) >= 6


def test_the_npz_holds_the_person_in_smplx_form(character: Character, persona: Persona, tmp_path: Path) -> None:
    mean = write_person(character, persona.appearance, tmp_path / "hana.npz")
    with np.load(tmp_path / "hana.npz") as file:
        arrays = {name: file[name] for name in file.files}
    body = default_body()
    assert arrays["v_shaped"].shape == body.template.shape
    assert np.ptp(arrays["v_shaped"][:, 1]) == pytest.approx(persona.appearance.height_cm / 100, abs=0.01)
    shaped, joints = body.shaped(arrays["betas"])
    off = np.linalg.norm(shaped + arrays["betas_offset"] - arrays["v_shaped"], axis=1)
    assert off.mean() == pytest.approx(mean, abs=1e-5) and mean < 0.005
    assert off.max() == pytest.approx(float(arrays["betas_error"][1]), abs=1e-4)
    assert np.abs(joints + arrays["betas_offset"] - arrays["joints"]).max() < 0.03
    assert arrays["parents"].tolist() == list(PARENTS)
    for part in character.parts:
        np.testing.assert_array_equal(arrays[f"{part.name}/vertices"], part.vertices)


def test_names_that_do_not_fit_and_files_that_are_there_are_refused(persona: Persona, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="glb, vrm, obj, npz"):
        export_person(persona, tmp_path / "hana.fbx")
    with pytest.raises(InputError, match=r"ends in \.vrm"):
        export_person(persona, tmp_path / "hana.glb", "vrm")
    (tmp_path / "hana.mtl").write_text("mine")
    with pytest.raises(InputError, match=r"hana\.mtl exists"):
        export_person(persona, tmp_path / "hana.obj")
    assert (tmp_path / "hana.mtl").read_text() == "mine" and not (tmp_path / "hana.obj").exists()
