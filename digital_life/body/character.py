"""``Character``: one dressed body, ready to be skinned, rendered or written as GLB."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from digital_life.motion.skeleton import Skeleton

MORPH_NAMES_EXCLUDED = ("jawForward", "jawLeft", "jawOpen", "jawRight")
"""ARKit names that are no morph targets: the jaw is a joint. ``jawOpenCorrective`` is driven by ``jawOpen``'s weight."""


@dataclass(frozen=True)
class Material:
    """Metallic-roughness material. ``colour`` sRGB 0..1, multiplied with ``texture`` [H, W, 3 or 4] uint8 sRGB."""

    name: str
    colour: tuple[float, float, float] = (1.0, 1.0, 1.0)
    texture: NDArray[np.uint8] | None = None
    normal_texture: NDArray[np.uint8] | None = None
    roughness: float = 0.8
    double_sided: bool = False
    alpha_cutoff: float | None = None


@dataclass(frozen=True)
class MeshPart:
    """One mesh in the SMPL-X rest pose and model frame, skinned by at most four joints a vertex.

    ``vertices`` [V, 3] m, ``normals`` [V, 3], ``faces`` [F, 3], ``uv`` [V, 2] (glTF: origin top left) or None,
    ``joints`` [V, 4] uint8 joint indices, ``weights`` [V, 4] float32 that sum to 1. ``morphs``: name to
    (vertex indices [K], offsets [K, 3] m), sparse.
    """

    name: str
    vertices: NDArray[np.float32]
    normals: NDArray[np.float32]
    faces: NDArray[np.uint32]
    joints: NDArray[np.uint8]
    weights: NDArray[np.float32]
    material: Material
    uv: NDArray[np.float32] | None = None
    morphs: dict[str, tuple[NDArray[np.uint32], NDArray[np.float32]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Character:
    """A dressed body: its own skeleton (``floor`` = sole of the shoes) and its parts."""

    name: str
    skeleton: Skeleton
    parts: tuple[MeshPart, ...]
    jaw_open: float = 0.303
    """Rotation of the jaw about x, radians, when ``jawOpen`` is 1."""
