"""From appearance to identity: one person's body, T-posed in the SMPL-X model frame, without any third-party package."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from digital_life.body.base_mesh import BaseMesh, IdentityBasis, identity_data
from digital_life.body.geometry import quad_normals
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX
from digital_life.persona.appearance import Appearance

AGE_SLIDER = ((18.0, 0.60), (25.0, 2 / 3), (90.0, 1.0))
"""Years to MakeHuman's age slider (2/3 = 25 years, 1 = 90 years); 18 lies nearer to 25 than the slider's own line."""
DEFAULT_HEIGHT = 0.38
"""Height slider of an average adult: men 1.78 m, women 1.64 m."""
FACE_VARIATION = 0.24
"""Standard deviation of the random local changes of a face; 1 is a full change."""


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


def make_identity(appearance: Appearance) -> Identity:
    """Build the body of an appearance (about 0.1 s); ``height_cm`` is met within a millimetre where the model reaches.

    ``face_seed`` makes people of the same attributes tell-apart; 0 leaves the average face.
    """
    mesh, basis = identity_data()
    face = _face_offsets(basis, appearance.face_seed, len(mesh.reference))
    slider = DEFAULT_HEIGHT
    if appearance.height_cm is not None:
        slider = _height_slider(mesh, basis, appearance, face)
    block = _evaluate(basis, sliders_of(appearance, slider))
    vertices, joints = block[:-JOINT_COUNT] + face, block[-JOINT_COUNT:].astype(np.float64)
    for group, joint in (("helper-l-eye", "left_eye"), ("helper-r-eye", "right_eye")):
        joints[JOINT_INDEX[joint]] += face[np.unique(mesh.quads(group))].mean(axis=0)
    return Identity(np.ascontiguousarray(vertices, dtype=np.float32), joints, mesh)


def _coordinates(basis: IdentityBasis, sliders: dict[str, float]) -> NDArray[np.float32]:
    return np.asarray(basis.macro.shares(sliders) @ basis.table - basis.offset, dtype=np.float32)


def _evaluate(basis: IdentityBasis, sliders: dict[str, float]) -> NDArray[np.float32]:
    """Vertices and joints [N + 55, 3]."""
    return np.asarray(basis.mean + np.tensordot(_coordinates(basis, sliders), basis.directions, 1))


def _height_slider(mesh: BaseMesh, basis: IdentityBasis, appearance: Appearance, face: NDArray[np.float32]) -> float:
    """Bisection on the height slider, measured on the crown and the soles alone."""
    assert appearance.height_cm is not None
    body = np.unique(mesh.quads("body"))
    order = body[np.argsort(mesh.reference[body, 1])]
    ends = np.concatenate([order[:300], order[-150:]])
    mean, directions = basis.mean[ends, 1] + face[ends, 1], basis.directions[:, ends, 1]
    low, high = 0.0, 1.0
    for _ in range(16):
        middle = (low + high) / 2
        y = mean + _coordinates(basis, sliders_of(appearance, middle)) @ directions
        if np.ptp(y) < appearance.height_cm / 100:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _face_offsets(basis: IdentityBasis, seed: int, count: int) -> NDArray[np.float32]:
    """Random local changes of the face [N, 3]; each is drawn between its "less" and its "more" sculpt."""
    offsets = np.zeros((count, 3), np.float32)
    if seed == 0:
        return offsets
    random = np.random.default_rng(seed)
    for (less, more), amount in zip(
        basis.face_changes, random.normal(0, FACE_VARIATION, len(basis.face_changes)), strict=True
    ):
        vertices, change = more if amount > 0 else less
        offsets[vertices] += float(np.clip(abs(amount), 0, 0.6)) * change
    return offsets
