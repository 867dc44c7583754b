"""Fit the pose correctives: offsets at rest, linear in the rotations of the joints, that make linear blend skinning look
like the reference deformation.

As in SMPL (Loper et al., SIGGRAPH Asia 2015, section 3), the features of a joint are the nine entries of R - I. A vertex
is fitted to those joints only that bend or twist the skin about it, by ridge regression over random poses; errors are
measured where they are seen, after skinning, and count more across the surface than along it. The body is symmetric, so
one side is fitted and mirrored.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from digital_life.body.geometry import quad_normals, triangles
from digital_life.body.kinematics import relative_transforms, rotation_matrices, world_transforms
from digital_life.motion import quaternion as quat
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, MIRROR, PARENTS
from tools.body_build.pose_samples import sample_poses
from tools.body_build.reference_skinning import ReferenceSkinning
from tools.body_build.surface_smoothing import DeltaMush, Smoother

MUSH_ROUNDS = 6
POSES, SEED = 300, 0
ACROSS = 6.0
"""How much more the square of an error counts along the normal: that is what changes outline and volume."""
RIDGE = 2e-3
UNCORRECTED = ("pelvis", "jaw", "left_eye", "right_eye")
BATCH = 64
SYMMETRIC = 5e-4
"""Metres by which the two sides may differ."""
MIRROR_FEATURES = np.outer([-1, 1, 1], [-1, 1, 1]).reshape(9).astype(np.float32)
"""Signs of the entries of a rotation when it is mirrored."""


@dataclass(frozen=True)
class Body:
    """``vertices`` [N, 3] m, ``quads`` [Q, 4] of the skin, ``joints`` [55, 3] m, ``weights`` [N, 55]."""

    vertices: np.ndarray
    quads: np.ndarray
    joints: np.ndarray
    weights: np.ndarray


class Reference:
    """The body as it should look in a pose."""

    def __init__(self, body: Body) -> None:
        self.skinning = ReferenceSkinning(body.vertices, triangles(body.quads).astype(int), body.joints, body.weights)
        self._mush = DeltaMush(body.vertices, body.quads, MUSH_ROUNDS)

    def deform(self, pose: np.ndarray) -> np.ndarray:
        """Vertices [N, 3] of rotation vectors [55, 3]."""
        return self._mush(self.skinning.deform(quat.from_axis_angle(pose)))


@dataclass(frozen=True)
class CorrectiveFit:
    """``positions`` m and ``normals``, both [55, 9, N, 3]; ``moments`` [55, 9, 9]: mean of the features' outer products."""

    positions: np.ndarray
    normals: np.ndarray
    moments: np.ndarray


def features(pose: np.ndarray) -> np.ndarray:
    """R - I of every joint [55, 9] of rotation vectors [55, 3]."""
    return (quat.to_matrix(quat.from_axis_angle(pose)) - np.eye(3)).reshape(JOINT_COUNT, 9)


def blended_transforms(body: Body, pose: np.ndarray) -> np.ndarray:
    """The matrix [N, 3, 4] by which linear blend skinning moves every vertex."""
    world = world_transforms(rotation_matrices(pose[None]), body.joints[None])
    relative = relative_transforms(world, body.joints[None])[0].astype(np.float64)
    return (body.weights @ relative).reshape(-1, 3, 4)


def posed(body: Body, pose: np.ndarray, offsets: np.ndarray | float = 0.0) -> np.ndarray:
    """Linear blend skinning [N, 3] of the body with ``offsets`` [N, 3] added at rest."""
    matrix = blended_transforms(body, pose)
    return np.einsum("vab,vb->va", matrix[:, :, :3], body.vertices + offsets) + matrix[:, :, 3]


def active_joints(body: Body, skinning: ReferenceSkinning) -> np.ndarray:
    """[N, 55]: whose rotation changes the shape of the skin about a vertex."""
    below = [[joint] for joint in range(JOINT_COUNT)]
    for joint in range(JOINT_COUNT - 1, 0, -1):
        below[PARENTS[joint]] += below[joint]
    share = np.stack([body.weights[:, joints].sum(1) for joints in below], axis=1)
    share = Smoother(body.quads, len(share)).smooth(share, MUSH_ROUNDS)
    active = (share > 0.003) & (share < 0.997)
    for bone, joint, _ in skinning.twists:
        active[:, joint] |= body.weights[:, bone] > 0.01
    active[:, [JOINT_INDEX[name] for name in UNCORRECTED]] = False
    skin = np.zeros(len(share), bool)
    skin[body.quads] = True
    return active & skin[:, None]


def fit_correctives(body: Body) -> CorrectiveFit:
    """Ridge regression over ``POSES`` random poses (about five minutes)."""
    reference = Reference(body)
    active = active_joints(body, reference.skinning)
    kept = np.flatnonzero(active.any(axis=1) & (body.vertices[:, 0] > -SYMMETRIC))
    poses = sample_poses(POSES, SEED)
    inputs = np.stack([features(pose) for pose in poses]).astype(np.float32)
    squares, pulls = _equations(body, reference, poses, kept)
    solution = np.zeros((JOINT_COUNT, 9, len(body.vertices), 6), np.float32)
    patterns, group = np.unique(active[kept], axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        joints = np.flatnonzero(pattern)
        rows = np.flatnonzero(group.reshape(-1) == number)
        columns = inputs[:, joints].reshape(len(poses), -1)
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            answer = _solve(columns, squares[batch], pulls[batch]).reshape(len(batch), 3, len(joints), 9, 2)
            block = answer.transpose(2, 3, 0, 4, 1).reshape(len(joints), 9, len(batch), 6)
            solution[joints[:, None, None], np.arange(9)[None, :, None], kept[batch][None, None]] = block
    moments = np.einsum("pjf,pjg->jfg", inputs, inputs) / len(poses)
    return CorrectiveFit(*_mirrored(body, solution), (moments + _mirror_moments(moments)) / 2)


def mirror_vertices(body: Body) -> np.ndarray:
    """[N]: the vertex on the other side of every vertex of the skin; itself for all others.

    Raises:
        SystemExit: the skin is not symmetric.
    """
    skin = np.unique(body.quads)
    distance, other = cKDTree(body.vertices[skin]).query(body.vertices[skin] * [-1, 1, 1])
    if distance.max() > SYMMETRIC:
        raise SystemExit(f"the body is not symmetric: {distance.max():.5f} m")
    mirror = np.arange(len(body.vertices))
    mirror[skin] = skin[other]
    return mirror


def _mirrored(body: Body, solution: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions and normals of both sides from [55, 9, N, 6] of the left; the middle is the mean of both."""
    mirror, sides = mirror_vertices(body), np.tile([-1, 1, 1], 2).astype(np.float32)
    reflected = solution[list(MIRROR)][:, :, mirror] * (MIRROR_FEATURES[:, None, None] * sides).reshape(9, 1, 6)
    middle = (np.abs(body.vertices[:, 0]) <= SYMMETRIC)[:, None]
    left = body.vertices[:, :1] > 0
    both = np.where(middle, (solution + reflected) / 2, np.where(left, solution, reflected))
    return both[..., :3], both[..., 3:]


def _mirror_moments(moments: np.ndarray) -> np.ndarray:
    return moments[list(MIRROR)] * np.outer(MIRROR_FEATURES, MIRROR_FEATURES)


def _equations(body: Body, reference: Reference, poses: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Per kept vertex and pose M^T M [K, P, 3, 3], and M^T times what is missing [K, P, 3, 2] in place and normal."""
    squares = np.empty((len(kept), len(poses), 3, 3), np.float32)
    pulls = np.empty((len(kept), len(poses), 3, 2), np.float32)
    rest, normals = body.vertices[kept], quad_normals(body.vertices, body.quads)[kept]
    for i, pose in enumerate(poses):
        matrix = blended_transforms(body, pose)[kept]
        linear = matrix[:, :, :3]
        target = reference.deform(pose)
        missing = target[kept] - np.einsum("vab,vb->va", linear, rest) - matrix[:, :, 3]
        skinned = np.einsum("vab,vb->va", linear, normals)
        length = np.linalg.norm(skinned, axis=1, keepdims=True)
        facing = quad_normals(target, body.quads)[kept].astype(np.float64)
        errors = np.stack([missing, length * facing - skinned], axis=2)
        pressed = linear + ACROSS * facing[:, :, None] * np.einsum("vb,vba->va", facing, linear)[:, None]
        squares[:, i] = np.einsum("vba,vbc->vac", linear, pressed)
        pulls[:, i] = np.einsum("vba,vbk->vak", pressed, errors)
    return squares, pulls


def _solve(columns: np.ndarray, squares: np.ndarray, pulls: np.ndarray) -> np.ndarray:
    """Coefficients [B, 3 * F, 2] of features ``columns`` [P, F]."""
    poses, count = columns.shape
    pairs = (columns[:, :, None] * columns[:, None, :]).reshape(poses, -1)
    blocks = squares.reshape(len(squares), poses, 9).transpose(0, 2, 1).reshape(-1, poses) @ pairs
    system = blocks.reshape(-1, 3, 3, count, count).transpose(0, 1, 3, 2, 4).reshape(-1, 3 * count, 3 * count)
    right = np.einsum("vpak,pf->vafk", pulls, columns).reshape(len(pulls), 3 * count, 2)
    system = system.astype(np.float64) + RIDGE * poses * np.eye(3 * count)
    return np.linalg.solve(system, right.astype(np.float64))
