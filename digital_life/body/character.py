"""``Character``: one dressed body, ready to be skinned, rendered or written as GLB."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from digital_life.body.correctives import Correctives
from digital_life.errors import InputError
from digital_life.motion.skeleton import Skeleton

MORPH_NAMES_EXCLUDED = ("jawLeft", "jawOpen", "jawRight")
"""ARKit names that are no morph targets: the jaw is a joint. ``jawOpenCorrective`` is driven by ``jawOpen``'s weight."""


Shading = Literal["plain", "skin", "eye", "hair", "cloth"]
"""How renderers treat a surface beyond its metallic-roughness values: soft light through skin, wet eyes, fuzzy cloth."""


@dataclass(frozen=True)
class Material:
    """Metallic-roughness material (metallic 0), as glTF 2.0 means it.

    ``colour`` sRGB 0..1, multiplied with ``texture`` [H, W, 3 or 4] uint8 sRGB; ``normal_texture`` [H, W, 3] uint8 in
    tangent space, +Y up. Where ``texture`` has alpha, choose one: ``alpha_cutoff`` hides what is below it (hair, lashes:
    right in any order of drawing), ``blend`` mixes with what is behind (glass). ``opacity`` 0..1 multiplies the alpha.

    Raises:
        InputError: ``alpha_cutoff`` and ``blend`` together, or an opacity without ``blend``.
    """

    name: str
    colour: tuple[float, float, float] = (1.0, 1.0, 1.0)
    texture: NDArray[np.uint8] | None = None
    normal_texture: NDArray[np.uint8] | None = None
    normal_scale: float = 1.0
    roughness: float = 0.8
    double_sided: bool = False
    alpha_cutoff: float | None = None
    blend: bool = False
    opacity: float = 1.0
    shading: Shading = "plain"

    def __post_init__(self) -> None:
        if self.blend and self.alpha_cutoff is not None:
            raise InputError(f"material '{self.name}' cannot both blend and cut off", "choose blend or alpha_cutoff")
        if self.opacity != 1.0 and not self.blend:
            raise InputError(f"material '{self.name}' has opacity {self.opacity:g} but does not blend", "set blend")


@dataclass(frozen=True)
class MeshPart:
    """One mesh in the SMPL-X rest pose and model frame, skinned by at most four joints a vertex.

    ``vertices`` [V, 3] m, ``normals`` [V, 3], ``faces`` [F, 3], ``uv`` [V, 2] (glTF: origin top left) or None,
    ``joints`` [V, 4] uint8 joint indices, ``weights`` [V, 4] float32 that sum to 1. ``morphs``: name to
    (vertex indices [K], offsets [K, 3] m), sparse. ``correctives``: what keeps its form when joints bend.
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
    correctives: Correctives | None = None


@dataclass(frozen=True)
class Character:
    """A dressed body: its own skeleton (``floor`` = sole of the shoes) and its parts."""

    name: str
    skeleton: Skeleton
    parts: tuple[MeshPart, ...]
    jaw_open: float = 0.303
    """Rotation of the jaw about x, radians, when ``jawOpen`` is 1."""
