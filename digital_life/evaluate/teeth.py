"""Whether teeth can be seen: rays from them to places where somebody may stand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.body.geometry import triangles
from digital_life.body.identity import Identity
from digital_life.body.jaw import jaw_rotation
from digital_life.body.kinematics import rodrigues
from digital_life.motion.arkit import ARKIT_INDEX
from digital_life.motion.skeleton import JOINT_INDEX

Array = NDArray[np.float64]
VIEWS = tuple(
    (np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch))
    for yaw, pitch in np.radians([(0, 0), (-30, 0), (30, 0), (0, 18), (0, -18)])
)
"""Directions towards who looks at the face: from the front, the sides, above and below."""
_NEAR = 0.045
"""Metres around the teeth within which skin can hide them."""
_SEAM = 1e-3
"""Rays as near to the edge of a triangle (as a share of it) do not slip between it and its neighbour."""
_ROWS = ("helper-upper-teeth", "helper-lower-teeth")


def visible_teeth(identity: Identity, face: NDArray[np.floating]) -> float:
    """Share 0..1 of the vertices of both rows of teeth that can be seen from some direction of ``VIEWS``.

    ``face`` [52] ARKit weights; the jaw turns with them. Lips, cheeks and the inside of the mouth hide, teeth and tongue
    do not.
    """
    vertices = _shaped(identity, face)
    teeth = vertices[np.unique(np.concatenate([identity.quads(row).reshape(-1) for row in _ROWS]))]
    skin = vertices[triangles(identity.quads("body"))].astype(np.float64)
    low, high = teeth.min(axis=0) - _NEAR, teeth.max(axis=0) + _NEAR
    low[2] += _NEAR
    near = skin[((skin > low) & (skin < high)).all(axis=2).any(axis=1)]
    seen = np.zeros(len(teeth), dtype=bool)
    for towards in VIEWS:
        seen |= ~_blocked(teeth, np.array(towards), near)
    return float(seen.mean())


def _shaped(identity: Identity, face: NDArray[np.floating]) -> Array:
    """Vertices [N, 3] of the whole base mesh with face keys and the jaw's turn."""
    mesh = identity.mesh
    vertices = identity.vertices.astype(np.float64)
    teeth = np.concatenate([identity.quads(row).reshape(-1) for row in _ROWS])
    offsets = np.zeros_like(vertices)
    keys = {name: key for name, key in mesh.arkit.items() if name not in ("jawLeft", "jawOpen", "jawRight")}
    for name, (moved, change) in (*keys.items(), ("jawOpen", mesh.jaw_corrective)):
        offsets[moved] += float(face[ARKIT_INDEX[name]]) * change
    offsets[teeth] = 0
    vertices += offsets
    joint = JOINT_INDEX["jaw"]
    arms = vertices - identity.joints[joint]
    turn = rodrigues(jaw_rotation(np.asarray(face)[None], mesh.jaw_angle)[0])
    return np.asarray(vertices + mesh.joint_weight(joint)[:, None] * (arms @ turn.T - arms))


def _blocked(points: Array, towards: Array, corners: Array) -> NDArray[np.bool_]:
    """[P] whether a ray from each point meets a triangle of ``corners`` [F, 3, 3].

    Seen along the rays: a point lies in a triangle by its two barycentric coordinates, and before it by its depth.
    """
    side = np.cross([0.0, 1.0, 0.0], towards)
    side /= np.linalg.norm(side)
    view = np.stack([side, np.cross(towards, side), towards])
    seen, faces = points @ view.T, corners @ view.T
    origin, first, second = faces[:, 0], faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0]
    area = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    kept = np.abs(area) > 1e-12
    origin, first, second, area = origin[kept], first[kept], second[kept], area[kept]
    to_u = np.stack([second[:, 1], -second[:, 0]]) / area
    to_v = np.stack([-first[:, 1], first[:, 0]]) / area
    u = seen[:, :2] @ to_u - np.einsum("fa,af->f", origin[:, :2], to_u)
    v = seen[:, :2] @ to_v - np.einsum("fa,af->f", origin[:, :2], to_v)
    before = origin[:, 2] + u * first[:, 2] + v * second[:, 2] > seen[:, 2:] + 1e-5
    return np.asarray(((u >= -_SEAM) & (v >= -_SEAM) & (u + v <= 1 + _SEAM) & before).any(axis=1))
