"""The 52 sculpted face keys of the free body on the mesh of another SMPL-X body.

The head of the other body is laid over the free one by the landmarks both have (a similarity, then a smooth warp), and
every vertex takes the offset of the skin it comes to lie on.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator
from scipy.spatial import cKDTree

from digital_life.body.layer import BodyModel, default_body
from digital_life.body.normals import vertex_normals
from digital_life.motion.arkit import ARKIT_NAMES
from digital_life.motion.skeleton import JOINT_INDEX

Array = NDArray[np.float64]
_JOINTS = tuple(JOINT_INDEX[name] for name in ("head", "jaw", "left_eye", "right_eye"))
_NORMAL_WEIGHT = 0.02
"""Metres that opposite normals count as distance, times a half: the upper lip does not take the lower lip's offset."""
_NEIGHBOURS = 4
_NEAR, _FAR = 0.006, 0.02
"""Metres from the free body's skin: up to here offsets are taken whole, beyond the second not at all."""


def face_keys(body: BodyModel) -> Array:
    """Offsets [52, V, 3] (metres at weight 1) of every ARKit shape; the body's own keys where it has them."""
    keys = np.zeros((len(ARKIT_NAMES), len(body.template), 3))
    if len(body.arkit_vertices):
        keys[:, body.arkit_vertices] = body.arkit_directions
        return keys
    free = default_body()
    source = face_keys(free)
    turn, scale, laid = _laid_over(body, free)
    head = np.flatnonzero(_head_weight(body) > 0.5)
    index, share = _neighbours(laid, vertex_normals(body.template, body.faces) @ turn.T, free, head)
    taken = np.einsum("kvna,vn->kva", source[:, index], share)
    keys[:, head] = taken @ turn / scale
    return keys


def _head_weight(body: BodyModel) -> Array:
    joints = [JOINT_INDEX[name] for name in ("neck", "head", "jaw", "left_eye", "right_eye")]
    return np.asarray(body.skin_weights[:, joints].sum(axis=1), np.float64).reshape(-1)


def landmarks(body: BodyModel) -> Array:
    """Head, jaw, eyes, and the 51 landmarks of the face where the file holds them: [4 or 55, 3] metres at rest."""
    joints = np.asarray(body.regressor @ body.template, np.float64)[list(_JOINTS)]
    extras = body.extras
    if "landmarks_static" in extras:
        return np.concatenate([joints, body.template[extras["landmarks_static"].astype(int)]])
    if "lmk_faces_idx" in extras and "lmk_bary_coords" in extras:
        corners = body.template[body.faces[extras["lmk_faces_idx"].astype(int)]].astype(np.float64)
        return np.concatenate([joints, np.einsum("lca,lc->la", corners, extras["lmk_bary_coords"].astype(np.float64))])
    return joints


def _laid_over(body: BodyModel, free: BodyModel) -> tuple[Array, float, Array]:
    """Rotation and scale of the similarity, and the body's vertices [V, 3] laid over the free body."""
    own, wanted = landmarks(body), landmarks(free)
    count = min(len(own), len(wanted))
    own, wanted = own[:count], wanted[:count]
    turn, scale, shift = similarity(own, wanted)
    points = scale * body.template.astype(np.float64) @ turn.T + shift
    if count > len(_JOINTS):
        placed = scale * own @ turn.T + shift
        distinct = np.unique(placed.round(5), axis=0, return_index=True)[1]
        warp = RBFInterpolator(placed[distinct], (wanted - placed)[distinct], kernel="linear", smoothing=1e-4)
        near = np.flatnonzero(_head_weight(body) > 0.5)
        points[near] += warp(points[near])
    return turn, scale, points


def similarity(own: Array, wanted: Array) -> tuple[Array, float, Array]:
    """Rotation [3, 3], scale and shift [3] that take points [N, 3] nearest to others (Umeyama 1991)."""
    own_middle, wanted_middle = own.mean(axis=0), wanted.mean(axis=0)
    left, sizes, right = np.linalg.svd((wanted - wanted_middle).T @ (own - own_middle))
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    turn = (left * sign) @ right
    scale = float((sizes * sign).sum() / ((own - own_middle) ** 2).sum())
    return turn, scale, wanted_middle - scale * turn @ own_middle


def _neighbours(
    laid: Array, normals: NDArray[np.floating], free: BodyModel, head: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Array]:
    """For the vertices ``head``: free-body vertices [H, 4] that look the same way, and their shares, less than 1 in all
    where none is near."""
    skin = np.flatnonzero(_head_weight(free) > 0.5)
    outward = vertex_normals(free.template, free.faces)
    source = np.concatenate([free.template[skin], _NORMAL_WEIGHT * outward[skin]], axis=1)
    wanted = np.concatenate([laid[head], _NORMAL_WEIGHT * normals[head]], axis=1)
    distance, index = cKDTree(source).query(wanted, k=_NEIGHBOURS)
    share = 1 / np.maximum(distance, 1e-6) ** 2
    share /= share.sum(axis=1, keepdims=True)
    fade = np.clip((_FAR - distance[:, :1]) / (_FAR - _NEAR), 0, 1)
    return skin[index], share * fade
