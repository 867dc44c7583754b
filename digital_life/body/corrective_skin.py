"""The pose correctives of a dressed character: scaled to an identity, and carried from its skin to its clothes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from digital_life.body.base_mesh import BaseMesh, base_mesh
from digital_life.body.character import MeshPart
from digital_life.body.correctives import Correctives, correctives_from
from digital_life.body.identity import Identity
from digital_life.body.shoulder_share import with_shoulder_share
from digital_life.errors import AssetError
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, JOINT_NAMES, PARENTS

CORRECTIVES_FILE = Path(__file__).parent / "data" / "correctives.npz"

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

SCALE_RANGE = (0.4, 2.2)
"""How much thinner or thicker than the reference body a limb may count."""
NEIGHBOURS = 5
SIDE_DISTANCE = 0.3
"""Metres that separate the skin of the left leg from that of the right, however close they are."""
REACH = (0.05, 0.15)
"""Cloth up to the first distance from the skin (metres) follows it fully, beyond the second not at all."""
SHARE_FLOOR = 0.08
SMALLEST = 1.5e-4
"""Offsets below this (metres, at weight 1) are left out."""
STILL_JOINTS = tuple(JOINT_INDEX[name] for name in ("head", "jaw", "left_eye", "right_eye"))
MAIN_CHILD = {"pelvis": "spine1", "spine3": "neck", "neck": "head"} | {
    f"{side}_wrist": f"{side}_middle1" for side in ("left", "right")
}


@lru_cache(maxsize=1)
def base_correctives() -> Correctives:
    """The correctives of the reference body, over the vertices of the base mesh.

    Raises:
        AssetError: the file is missing or damaged.
    """
    try:
        with np.load(CORRECTIVES_FILE) as file:
            found = correctives_from({name: file[name] for name in file.files}, len(base_mesh().reference))
    except (OSError, ValueError, EOFError, KeyError) as error:
        raise _damaged(str(error)) from error
    if found is None:
        raise _damaged("it holds no correctives")
    return found


def _damaged(problem: str) -> AssetError:
    return AssetError(
        f"{CORRECTIVES_FILE}: the pose correctives are missing or damaged ({problem})",
        "reinstall the package, or run: python tools/build_body.py",
    )


def identity_correctives(identity: Identity) -> Correctives:
    """The correctives over the base mesh for one body: as large as its limbs are thick, and as its shoulders need."""
    scaled = base_correctives().scaled(thickness(identity))
    return with_shoulder_share(scaled, identity, dense_weights(identity.weight_index, identity.weight_value))


def thickness(identity: Identity) -> Floats:
    """Distance of every vertex [N] from the bones it hangs on, as a ratio to that of the reference body."""
    mesh = identity.mesh
    own = _bone_distance(mesh, identity.vertices.astype(np.float64), identity.joints)
    usual = _bone_distance(mesh, mesh.reference.astype(np.float64), mesh.reference_joints)
    return np.clip(own / np.maximum(usual, 1e-4), *SCALE_RANGE)


def with_correctives(parts: Sequence[MeshPart], identity: Identity) -> list[MeshPart]:
    """The parts of a character, each with the correctives of the skin that it is or that lies below it."""
    carrier = _Carrier(identity)
    return [carrier.dress(part) for part in parts]


class _Carrier:
    """Hands on the correctives of one body's skin."""

    def __init__(self, identity: Identity) -> None:
        self._correctives = identity_correctives(identity)
        self._weights = dense_weights(identity.weight_index, identity.weight_value)
        self._skin = np.unique(identity.quads("body"))
        places = _with_side(identity.vertices[self._skin], self._weights[self._skin])
        self._tree = cKDTree(places)
        self._below = _descendants()

    def dress(self, part: MeshPart) -> MeshPart:
        weights = dense_weights(part.joints, part.weights)
        bending = np.flatnonzero(weights[:, STILL_JOINTS].sum(axis=1) < 0.995)
        if not len(bending):
            return part
        carrier = self._neighbours(part, weights, bending)
        carried = self._correctives.carried(carrier)
        share = (weights @ self._below + SHARE_FLOOR) / ((carrier @ self._weights) @ self._below + SHARE_FLOOR)
        joint = np.repeat(carried.joints, np.diff(carried.starts))
        factor = np.minimum(share[carried.vertices, joint], 1)[:, None].astype(np.float32)
        trimmed = _without_small(replace(carried, offsets=carried.offsets * factor, normals=carried.normals * factor))
        return replace(part, correctives=trimmed) if len(trimmed.vertices) else part

    def _neighbours(self, part: MeshPart, weights: Floats, bending: Indices) -> sparse.csr_matrix:
        """[P, N]: which skin every vertex of the part follows, and how far."""
        places = _with_side(part.vertices[bending], weights[bending])
        distance, near = self._tree.query(places, k=NEIGHBOURS)
        value = 1 / (distance + 1e-6) ** 2
        value /= value.sum(axis=1, keepdims=True)
        fade = np.clip((REACH[1] - distance[:, 0]) / (REACH[1] - REACH[0]), 0, 1)
        rows, columns = np.repeat(bending, NEIGHBOURS), self._skin[near].reshape(-1)
        shape = (len(part.vertices), len(self._weights))
        return sparse.csr_matrix(((value * fade[:, None]).reshape(-1), (rows, columns)), shape=shape)


def dense_weights(index: NDArray[np.integer], value: NDArray[np.floating]) -> Floats:
    """Skin weights [V, 55] of indices and values [V, 4]."""
    dense = np.zeros((len(index), JOINT_COUNT))
    np.add.at(dense, (np.arange(len(index))[:, None], index.astype(int)), value)
    return dense


def _with_side(vertices: NDArray[np.float32], weights: Floats) -> Floats:
    """Positions [V, 4]: the fourth dimension keeps left and right limbs apart."""
    side = np.array([name.startswith("left") * 1.0 - name.startswith("right") * 1.0 for name in JOINT_NAMES])
    return np.concatenate([vertices, SIDE_DISTANCE / 2 * (weights @ side)[:, None]], axis=1)


def _descendants() -> Floats:
    """[55, 55]: 1 where the row's joint is the column's or hangs from it."""
    below = np.eye(JOINT_COUNT)
    for joint in range(JOINT_COUNT - 1, 0, -1):
        below[:, PARENTS[joint]] += below[:, joint]
    return below


def _without_small(correctives: Correctives) -> Correctives:
    kept = np.abs(correctives.offsets).max(axis=1, initial=0) > SMALLEST
    before = np.concatenate([[0], np.cumsum(kept)])
    return replace(
        correctives,
        starts=before[correctives.starts],
        vertices=correctives.vertices[kept],
        offsets=correctives.offsets[kept],
        normals=correctives.normals[kept],
    )


def _bone_distance(mesh: BaseMesh, vertices: Floats, joints: Floats) -> Floats:
    """Mean distance [N] of every vertex from the lines of its bones, by its skin weights."""
    start, end = _bone_ends()
    line = joints[end] - joints[start]
    line /= np.maximum(np.linalg.norm(line, axis=1, keepdims=True), 1e-9)
    arm = vertices[:, None] - joints[start][mesh.weight_index]
    axis = line[mesh.weight_index]
    away = arm - axis * (arm * axis).sum(axis=2, keepdims=True)
    return np.asarray((np.linalg.norm(away, axis=2) * mesh.weight_value).sum(axis=1))


@lru_cache(maxsize=1)
def _bone_ends() -> tuple[Indices, Indices]:
    """The two joints [55] on the line of every joint's bone; a last joint goes on as its parent's bone does."""
    start, end = np.arange(JOINT_COUNT), np.arange(JOINT_COUNT)
    for joint, name in enumerate(JOINT_NAMES):
        children = [child for child, parent in enumerate(PARENTS) if parent == joint]
        if name in MAIN_CHILD:
            end[joint] = JOINT_INDEX[MAIN_CHILD[name]]
        elif children and name != "head":
            end[joint] = children[0]
        else:
            start[joint] = PARENTS[joint]
    return start, end
