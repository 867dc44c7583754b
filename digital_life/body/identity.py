"""From appearance to identity: one person's body, T-posed in the SMPL-X model frame, without any third-party package."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from digital_life.body.base_mesh import BaseMesh, IdentityBasis, identity_data
from digital_life.body.face_shape import face_offsets
from digital_life.body.geometry import quad_normals
from digital_life.body.untangle import untangle
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX
from digital_life.persona.appearance import Appearance

AGE_SLIDER = ((1.0, 0.0), (10.0, 1 / 3), (14.0, 0.46), (18.0, 0.60), (25.0, 2 / 3), (90.0, 1.0))
"""Years to MakeHuman's age slider (0 = 1 year, 1/3 = 10, 2/3 = 25, 1 = 90); growth ends before the slider's own line."""
DEFAULT_HEIGHT = 0.38
"""Height slider of an average adult: men 1.78 m, women 1.64 m."""
GROWTH = {
    "age": (4, 5, 6, 8, 10, 12, 13, 14, 15, 16, 17, 18),
    "boys": (103, 110, 116, 127, 138, 149, 156, 163, 169, 173, 175, 176),
    "girls": (103, 109, 115, 127, 139, 151, 156, 160, 162, 163, 163, 163),
}
"""Median heights in cm: WHO child growth standards (2006) and growth reference (2007), rounded."""


@dataclass(frozen=True)
class Identity:
    """One body. N = 19,158 base-mesh vertices (body, eyes, teeth, tongue, lashes, tights, skirt, hair surfaces).

    ``vertices`` [N, 3] m: T-pose, SMPL-X model frame (Y up, facing +Z, left is +X, pelvis joint at y = -0.351).
    ``joints`` [55, 3] m: SMPL-X joints at rest. ``mesh``: what all identities share (quads, uv, skin weights,
    reference body, face keys).
    """

    vertices: NDArray[np.float32]
    joints: NDArray[np.float64]
    mesh: BaseMesh

    @cached_property
    def floor(self) -> float:
        """y of the bare soles, metres."""
        return float(self.vertices[np.unique(self.quads("body")), 1].min())

    @cached_property
    def height(self) -> float:
        """Sole to crown, metres."""
        return float(self.vertices[np.unique(self.quads("body")), 1].max() - self.floor)

    @cached_property
    def normals(self) -> NDArray[np.float32]:
        """Unit vertex normals [N, 3], each surface (body, tights, skirt ...) by its own quads."""
        return self.normals_of(self.vertices)

    def normals_of(self, vertices: NDArray[np.float32]) -> NDArray[np.float32]:
        """Normals [N, 3] of a displaced copy of the vertices."""
        every = np.concatenate([self.quads(group) for group in self.mesh._quads])
        return quad_normals(vertices, every)

    def quads(self, group: str) -> NDArray[np.int64]:
        """Vertex indices [Q, 4] of a group; names in ``BaseMesh.quads``."""
        return self.mesh.quads(group)

    def uv_quads(self, group: str) -> NDArray[np.int64]:
        """Indices into ``uv`` [Q, 4], corner by corner as ``quads``."""
        return self.mesh.uv_quads(group)

    @property
    def uv(self) -> NDArray[np.float32]:
        """Texture coordinates [M, 2], glTF convention (origin top left)."""
        return self.mesh.uv

    @property
    def reference(self) -> NDArray[np.float32]:
        """The average adult's vertices [N, 3], for describing regions that must follow every identity."""
        return self.mesh.reference

    @property
    def weight_index(self) -> NDArray[np.uint8]:
        """[N, 4] indices of the four strongest joints."""
        return self.mesh.weight_index

    @property
    def weight_value(self) -> NDArray[np.float32]:
        """[N, 4] their weights, summing to 1."""
        return self.mesh.weight_value


def sliders_of(appearance: Appearance, height: float = DEFAULT_HEIGHT) -> dict[str, float]:
    """MakeHuman sliders of an appearance; ``height`` is the height slider."""
    ages, positions = zip(*AGE_SLIDER, strict=True)
    ancestry = appearance.ancestry.model_dump()
    return {
        "gender": appearance.gender,
        "age": float(np.interp(appearance.age, ages, positions)),
        "muscle": 0.2 + 0.6 * appearance.muscle,
        "weight": float(np.interp(appearance.build, [0, 0.5, 1], [0.18, 0.47, 0.86])),
        "height": height,
        "proportions": 0.5,
        "cupsize": 0.5,
        "firmness": 0.6,
        **ancestry,
    }


def wished_height(appearance: Appearance) -> float | None:
    """Sole to crown in metres: ``height_cm``, a child's median, or None for an adult without a wish."""
    if appearance.height_cm is not None:
        return appearance.height_cm / 100
    if appearance.age >= GROWTH["age"][-1]:
        return None
    boys, girls = (float(np.interp(appearance.age, GROWTH["age"], GROWTH[sex])) for sex in ("boys", "girls"))
    return (boys + appearance.gender * (girls - boys)) / 100


def make_identity(appearance: Appearance) -> Identity:
    """Build the body of an appearance (some hundredths of a second); ``height_cm`` is met within a millimetre.

    The height slider does what it can; the rest is a change of scale. ``face_seed`` makes people of the same
    attributes tell-apart; 0 leaves the average face.
    """
    mesh, basis = identity_data()
    face = face_offsets(basis, appearance, len(mesh.reference))
    wish, slider = wished_height(appearance), DEFAULT_HEIGHT
    if wish is not None:
        slider = _height_slider(mesh, basis, appearance, wish)
    block = _evaluate(basis, sliders_of(appearance, slider))
    joints = block[-JOINT_COUNT:].astype(np.float64)
    face *= np.float32(_eye_distance(joints) / _eye_distance(mesh.reference_joints))
    vertices = block[:-JOINT_COUNT] + face
    for group, joint in (("helper-l-eye", "left_eye"), ("helper-r-eye", "right_eye")):
        joints[JOINT_INDEX[joint]] += face[np.unique(mesh.quads(group))].mean(axis=0)
    if wish is not None:
        pelvis = joints[0].copy()
        scale = wish / float(np.ptp(vertices[np.unique(mesh.quads("body")), 1]))
        vertices, joints = (vertices - pelvis) * scale + pelvis, (joints - pelvis) * scale + pelvis
    return Identity(untangle(np.ascontiguousarray(vertices, dtype=np.float32), mesh), joints, mesh)


def _eye_distance(joints: NDArray[np.float64]) -> float:
    return float(np.linalg.norm(joints[JOINT_INDEX["left_eye"]] - joints[JOINT_INDEX["right_eye"]]))


def _coordinates(basis: IdentityBasis, sliders: dict[str, float]) -> NDArray[np.float32]:
    return np.asarray(basis.macro.shares(sliders) @ basis.table - basis.offset, dtype=np.float32)


def _evaluate(basis: IdentityBasis, sliders: dict[str, float]) -> NDArray[np.float32]:
    """Vertices and joints [N + 55, 3]."""
    return np.asarray(basis.mean + np.tensordot(_coordinates(basis, sliders), basis.directions, 1))


def _height_slider(mesh: BaseMesh, basis: IdentityBasis, appearance: Appearance, wish: float) -> float:
    """Bisection on the height slider, measured on the crown and the soles alone."""
    body = np.unique(mesh.quads("body"))
    order = body[np.argsort(mesh.reference[body, 1])]
    ends = np.concatenate([order[:300], order[-150:]])
    mean, directions = basis.mean[ends, 1], basis.directions[:, ends, 1]
    low, high = 0.0, 1.0
    for _ in range(12):
        middle = (low + high) / 2
        y = mean + _coordinates(basis, sliders_of(appearance, middle)) @ directions
        if np.ptp(y) < wish:
            low = middle
        else:
            high = middle
    return (low + high) / 2
