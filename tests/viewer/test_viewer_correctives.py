"""The page's pose correctives in the real three.js: surfaces lie where the NumPy skinning puts them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from three_browser import MODULES, NEEDS_THREE, three_page

from digital_life.body.appearance import build_character
from digital_life.body.glb import read_glb, write_glb
from digital_life.body.skinning import PosedCharacter
from digital_life.motion import quaternion as quat
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX
from digital_life.persona.appearance import Appearance

NODE = shutil.which("node")
pytestmark = [
    *NEEDS_THREE,
    pytest.mark.skipif(
        NODE is None or not (MODULES / "typescript").is_dir(), reason="the page's tools are not there: make web"
    ),
]

SOURCE = MODULES.parent / "src" / "correctives.ts"
TRANSPILE = """
const ts = require(process.argv[1]), fs = require("fs");
const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
fs.writeFileSync(process.argv[3], ts.transpileModule(fs.readFileSync(process.argv[2], "utf8"), { compilerOptions: options }).outputText);
"""
PAGE = """
import * as THREE from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { Correctives } from "/correctives.js";
const gltf = await new GLTFLoader().loadAsync("/ada.glb");
const meshes = {};
gltf.scene.traverse((node) => { if (node instanceof THREE.SkinnedMesh) meshes[node.name.replace("part_", "")] = node; });
const bones = meshes.skin.skeleton.bones;
const correctives = await Correctives.load(gltf);
ROTATIONS.forEach(([w, x, y, z], joint) => bones[joint].quaternion.set(x, y, z, w));
gltf.scene.updateMatrixWorld(true);
window.shape = (name, corrected) => {
  if (corrected) correctives.apply(bones);
  const mesh = meshes[name], point = new THREE.Vector3(), points = [];
  for (let i = 0; i < mesh.geometry.attributes.position.count; i++)
    points.push(mesh.applyBoneTransform(i, point.fromBufferAttribute(mesh.geometry.attributes.position, i)).toArray());
  return points;
};
window.ready = true;
"""


def test_the_page_shapes_surfaces_as_the_skinning_does(driver: Any, tmp_path: Path) -> None:
    assert NODE is not None
    script = tmp_path / "correctives.js"
    subprocess.run([NODE, "-e", TRANSPILE, str(MODULES / "typescript"), str(SOURCE), str(script)], check=True)
    write_glb(build_character("Ada", Appearance()), tmp_path / "ada.glb")
    vectors = np.zeros((JOINT_COUNT, 3))
    vectors[JOINT_INDEX["left_elbow"], 1], vectors[JOINT_INDEX["right_wrist"], 0] = -2.2, 1.2
    vectors[[JOINT_INDEX["left_hip"], JOINT_INDEX["right_hip"]], 0] = -1.5
    rotations = quat.from_axis_angle(vectors).astype(np.float32)
    character = read_glb(tmp_path / "ada.glb")
    posed = PosedCharacter(character).pose(rotations, np.zeros(3, np.float32))
    with three_page(driver, tmp_path, PAGE.replace("ROTATIONS", json.dumps(rotations.tolist()))) as page:
        for part, (expected, _) in zip(character.parts, posed, strict=True):
            if part.name not in ("skin", "top"):
                continue
            plain = np.array(page.evaluate(f"shape('{part.name}', false)"))
            shown = np.array(page.evaluate(f"shape('{part.name}', true)"))
            assert np.abs(shown - expected).max() < 1e-4, part.name
            if part.name == "skin":
                assert np.abs(plain - expected).max() > 0.005, "without correctives the page would look the same"
        assert page.complaints == []
