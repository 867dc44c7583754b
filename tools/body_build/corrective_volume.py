"""Keep the volume of the limbs: a last push along the normals about every large joint, linear in its rotation."""

import numpy as np
import scipy.sparse

from digital_life.body.geometry import quad_normals, triangles
from digital_life.body.limb_volume import LIMBS, LimbSkin, volume
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, MIRROR
from tools.body_build.corrective_fit import (
    MIRROR_FEATURES,
    Body,
    CorrectiveFit,
    blended_transforms,
    features,
    mirror_vertices,
    posed,
)  # fmt: skip
from tools.body_build.pose_samples import joint_ranges
from tools.body_build.surface_smoothing import Smoother

POSES, SEED = 60, 3
ROUNDS = 2
BUMP_ROUNDS = 12
RELUCTANCE = 1.0
"""A push of one metre counts as much as this share of the limb's volume."""


def keep_volumes(body: Body, fit: CorrectiveFit) -> CorrectiveFit:
    """Least squares over random turns of each joint alone, refined ``ROUNDS`` times."""
    skin = LimbSkin(
        body.vertices, body.joints, scipy.sparse.csr_matrix(body.weights), triangles(body.quads).astype(np.int64)
    )
    mirror = mirror_vertices(body)
    positions = fit.positions.copy()
    for limb in LIMBS:
        joint = JOINT_INDEX[f"left_{limb}"]
        push = _bump(body, skin, limb)[:, None] * quad_normals(body.vertices, body.quads)
        poses = _turns(joint)
        inputs = np.stack([features(pose)[joint] for pose in poses])
        around, size = skin.around(limb), volume(body.vertices, *skin.limb(limb))
        rest = volume(body.vertices, *around)
        for _ in range(ROUNDS):
            errors, effects = np.empty(POSES), np.empty(POSES)
            for i, pose in enumerate(poses):
                surface = posed(body, pose, np.tensordot(inputs[i], positions[joint], 1))
                errors[i] = (rest - volume(surface, *around)) / size
                moved = np.einsum("vab,vb->va", blended_transforms(body, pose)[:, :, :3], push)
                effects[i] = (_gradient(surface, around[0]) * moved).sum() / size
            amount = _ridge(effects[:, None] * inputs, RELUCTANCE * inputs, errors)
            positions[joint] += (amount[:, None, None] * push).astype(np.float32)
        print(f"volume of {limb}: root mean square error {np.sqrt((errors**2).mean()):.3f}")
        other = positions[joint][:, mirror] * MIRROR_FEATURES[:, None, None] * [-1, 1, 1]
        positions[MIRROR[joint]] = other.astype(np.float32)
    return CorrectiveFit(positions, fit.normals, fit.moments)


def _bump(body: Body, skin: LimbSkin, limb: str) -> np.ndarray:
    """1 [N] where the skin hangs half on the joint, fading to 0 on both sides of it."""
    smoother = Smoother(body.quads, len(body.vertices))
    share = smoother.smooth(skin.share(f"left_{limb}")[:, None], BUMP_ROUNDS)
    return smoother.smooth(4 * share * (1 - share), BUMP_ROUNDS)[:, 0]


def _turns(joint: int) -> np.ndarray:
    """Rotation vectors [POSES, 55, 3] of one joint alone, every second one about a single axis."""
    random = np.random.default_rng(SEED)
    low, high = joint_ranges()[joint]
    poses = np.zeros((POSES, JOINT_COUNT, 3))
    poses[:, joint] = random.uniform(low, high, (POSES, 3)) * (random.random((POSES, 3)) > 1 / 3)
    poses[::2, joint] = random.uniform(low, high, (POSES // 2, 3)) * np.eye(3)[np.arange(POSES // 2) % 3]
    return poses


def _gradient(surface: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Change of the volume with every vertex [N, 3]."""
    corners = surface[faces]
    share = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]) / 6
    gradient = np.zeros_like(surface)
    for corner in range(3):
        np.add.at(gradient, faces[:, corner], share)
    return gradient


def _ridge(rows: np.ndarray, reluctance: np.ndarray, goal: np.ndarray) -> np.ndarray:
    system = np.concatenate([rows, reluctance])
    return np.linalg.lstsq(system, np.concatenate([goal, np.zeros(len(reluctance))]), rcond=None)[0]
