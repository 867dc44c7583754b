"""VRM animations played on a VRM model by pixiv's own loader in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from three_browser import NEEDS_THREE, NEEDS_VRM, three_page

from digital_life.motion import quaternion as quat
from digital_life.motion.formats.gltf_animation import add_joints
from digital_life.motion.formats.gltf_write import GltfBuilder
from digital_life.motion.formats.rigs import known_rigs
from digital_life.motion.formats.vrma import write_vrma
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import Motion
from digital_life.motion.skeleton import JOINT_INDEX, JOINT_NAMES, Skeleton, canonical_skeleton

pytestmark = [*NEEDS_THREE, NEEDS_VRM]

SCRIPT = """
import * as THREE from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { VRMLoaderPlugin } from "@pixiv/three-vrm";
import { VRMAnimationLoaderPlugin, VRMLookAtQuaternionProxy, createVRMAnimationClip } from "@pixiv/three-vrm-animation";
const loader = new GLTFLoader();
loader.register((parser) => new VRMLoaderPlugin(parser));
loader.register((parser) => new VRMAnimationLoaderPlugin(parser));
const vrm = (await loader.loadAsync("/model.vrm")).userData.vrm;
const proxy = new VRMLookAtQuaternionProxy(vrm.lookAt); proxy.name = "gaze"; vrm.scene.add(proxy);
const animation = (await loader.loadAsync("/motion.vrma")).userData.vrmAnimations[0];
const mixer = new THREE.AnimationMixer(vrm.scene);
const action = mixer.clipAction(createVRMAnimationClip(animation, vrm));
action.clampWhenFinished = true; action.loop = THREE.LoopOnce; action.play();
window.pose = (time) => {
  mixer.setTime(time); vrm.update(0); vrm.scene.updateMatrixWorld(true);
  const bones = {};
  for (const name of Object.keys(vrm.humanoid.humanBones)) bones[name] =
    vrm.humanoid.getRawBoneNode(name).getWorldPosition(new THREE.Vector3()).toArray();
  const weights = Object.fromEntries(vrm.expressionManager.expressions.map((e) => [e.expressionName, e.weight]));
  return { bones, weights, yaw: vrm.lookAt.yaw, pitch: vrm.lookAt.pitch };
};
window.ready = true;
"""


def write_model(path: Path, skeleton: Skeleton) -> None:
    """A VRM 1.0 model of nothing but bones, with a few expressions to hold weights."""
    builder = GltfBuilder("test")
    joints = add_joints(builder, skeleton)
    bones = {}
    for joint, label in known_rigs()["vrm"].joints.items():
        bones[label if isinstance(label, str) else label[0]] = {"node": joints[JOINT_INDEX[joint]]}
    scale = {"inputMaxValue": 90, "outputScale": 90}
    gaze = {f"rangeMap{way}": scale for way in ("HorizontalInner", "HorizontalOuter", "VerticalDown", "VerticalUp")}
    extension = {
        "specVersion": "1.0",
        "meta": {"name": "bones", "authors": ["test"], "licenseUrl": "https://vrm.dev/licenses/1.0/"},
        "humanoid": {"humanBones": bones},
        "lookAt": {"type": "bone", "offsetFromHeadBone": [0, 0.06, 0], **gaze},
        "expressions": {"preset": {"aa": {}, "blinkLeft": {}}, "custom": {"browInnerUp": {}}},
    }
    builder.document |= {"extensionsUsed": ["VRMC_vrm"], "extensions": {"VRMC_vrm": extension}, "scene": 0}
    builder.add("scenes", {"nodes": [joints[0]]})
    builder.save(path)


@pytest.mark.parametrize("size", [1.0, 1.12])
def test_a_model_moves_as_forward_kinematics_says(driver: Any, talk: Motion, size: float, tmp_path: Path) -> None:
    """On a model of another size the path is scaled by the height of the hips, as the extension says."""
    canonical = canonical_skeleton()
    model = Skeleton(canonical.rest_joints * size, canonical.floor * size)
    rotations = talk.rotations.astype(np.float64)
    gaze = quat.multiply(quat.yaw(0.3), quat.from_axis_angle(np.array([0.2, 0.0, 0.0])))
    rotations[:, [JOINT_INDEX["left_eye"], JOINT_INDEX["right_eye"]]] = gaze
    motion = Motion(talk.translation, rotations.astype(np.float32), face=talk.face)
    write_vrma(motion, tmp_path / "motion.vrma")
    write_model(tmp_path / "model.vrm", model)
    expected, _ = forward_kinematics(motion.rotations, motion.translation, canonical)
    labels = {
        joint: label if isinstance(label, str) else label[0] for joint, label in known_rigs()["vrm"].joints.items()
    }
    with three_page(driver, tmp_path, SCRIPT) as page:
        for frame in (0, len(motion) // 3, len(motion) // 2, len(motion) - 1):
            seen = page.evaluate(f"pose({frame / 30})")
            places = np.array([seen["bones"][labels[name]] for name in JOINT_NAMES])
            assert np.linalg.norm(places - expected[frame] * size, axis=-1).max() < 0.001
            assert seen["yaw"] == pytest.approx(np.degrees(0.3), abs=0.01)
            assert seen["pitch"] == pytest.approx(np.degrees(0.2), abs=0.01)
            assert motion.face is not None
            for expression, column in (("aa", 24), ("blinkLeft", 8), ("browInnerUp", 2)):
                assert seen["weights"][expression] == pytest.approx(float(motion.face[frame, column]), abs=1e-3)
    assert page.complaints == []
