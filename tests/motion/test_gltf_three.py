"""glTF animations in the real three.js."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from three_browser import NEEDS_THREE, three_page

from digital_life.motion.formats.gltf_animation import write_gltf
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import JOINT_NAMES, canonical_skeleton

pytestmark = NEEDS_THREE

THREE = """
import * as THREE from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
const gltf = await new GLTFLoader().loadAsync("/motion.glb");
const scene = new THREE.Scene(); scene.background = new THREE.Color(0x223344);
scene.add(gltf.scene, new THREE.HemisphereLight(0xffffff, 0x888888, 3), new THREE.GridHelper(4, 8));
const mixer = new THREE.AnimationMixer(gltf.scene);
const place = (node) => node.getWorldPosition(new THREE.Vector3()).toArray();
const nodes = () => Object.fromEntries(NAMES.map((name) => [name, place(gltf.scene.getObjectByName(name))]));
gltf.scene.updateMatrixWorld(true);
window.rest = nodes();
const action = mixer.clipAction(gltf.animations[0]); action.clampWhenFinished = true; action.loop = THREE.LoopOnce;
action.play();
window.pose = (time) => { mixer.setTime(time); gltf.scene.updateMatrixWorld(true); return nodes(); };
window.weights = () => { let found = null; gltf.scene.traverse((o) => { if (o.morphTargetDictionary) found = o; });
  return Object.fromEntries(Object.entries(found.morphTargetDictionary).map(([n, i]) => [n, found.morphTargetInfluences[i]])); };
const renderer = new THREE.WebGLRenderer({ preserveDrawingBuffer: true }); renderer.setSize(480, 480);
document.body.append(renderer.domElement);
const camera = new THREE.PerspectiveCamera(40, 1, 0.1, 20); camera.position.set(0.8, 1.3, 3.4); camera.lookAt(0, 0.95, 0);
window.draw = () => renderer.render(scene, camera);
window.ready = true;
""".replace("NAMES", json.dumps(JOINT_NAMES))


def test_three_js_puts_the_joints_where_forward_kinematics_does(driver: Any, talk: Motion, tmp_path: Path) -> None:
    skeleton = canonical_skeleton()
    write_gltf(talk, tmp_path / "motion.glb")
    expected, _rotations = forward_kinematics(talk.rotations, talk.translation, skeleton)
    with three_page(driver, tmp_path, THREE) as page:
        rest = page.evaluate("rest")
        standing = skeleton.rest_joints + np.array([0.0, skeleton.standing_translation, 0.0])
        np.testing.assert_allclose([rest[name] for name in JOINT_NAMES], standing, atol=1e-5)
        page.evaluate("draw()")
        still = Image.open(io.BytesIO(page.screenshot()))
        for frame in (0, len(talk) // 3, len(talk) // 2, len(talk) - 1):
            seen = page.evaluate(f"pose({frame / 30})")
            places = np.array([seen[name] for name in JOINT_NAMES])
            assert np.linalg.norm(places - expected[frame], axis=-1).max() < 1e-4
        assert talk.face is not None
        weights = page.evaluate("weights()")
        assert weights["jawOpen"] == pytest.approx(float(talk.face[-1, 24]), abs=1e-4)
        page.evaluate(f"pose({len(talk) / 60}); draw()")
        moved = Image.open(io.BytesIO(page.screenshot()))
        moved.save(tmp_path / "moved.png")
        change = np.abs(np.asarray(still, int) - np.asarray(moved, int)).max(axis=2) > 30
        assert 0.005 < change.mean() < 0.5, "the figure does not move"
    assert page.complaints == []
