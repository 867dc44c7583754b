"""Characters and solids as pyrender meshes; a character's vertex buffers are rewritten in place every frame."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.body.character import Character, MeshPart, Shading
from digital_life.body.skinning import PosedCharacter
from digital_life.render.job import Pose
from digital_life.render.solids import Solid

Array = NDArray[np.float32]

SHADINGS: dict[Shading, float] = {"plain": 0.0, "skin": 0.1, "eye": 0.2, "hair": 0.3, "cloth": 0.4}
"""What the shaders read in the metallic factor, which is 0 in every material."""


def linear(colour: Sequence[float]) -> list[float]:
    """SRGB 0..1 to linear light, with the gamma of 2 that the shader uses."""
    return [float(part) ** 2 for part in colour]


def solid_mesh(solids: Sequence[Solid]) -> Any:
    """One mesh of many solids, merged by material."""
    import pyrender

    groups: dict[tuple[object, ...], list[Solid]] = {}
    for solid in solids:
        groups.setdefault((solid.colour, solid.roughness, solid.glow), []).append(solid)
    primitives = []
    for group in groups.values():
        first = np.cumsum([0, *(len(s.vertices) for s in group[:-1])])
        material = pyrender.MetallicRoughnessMaterial(
            baseColorFactor=[*linear(group[0].colour), 1.0],
            alphaMode="OPAQUE",
            metallicFactor=0.0,
            roughnessFactor=group[0].roughness,
            emissiveFactor=linear(group[0].glow),
        )
        primitives.append(
            pyrender.Primitive(
                positions=np.concatenate([s.vertices for s in group]),
                normals=np.concatenate([s.normals for s in group]),
                indices=np.concatenate([s.faces + start for s, start in zip(group, first, strict=True)]),
                material=material,
            )
        )
    return pyrender.Mesh(primitives)


class Actor:
    """A character in the scene: ``mesh`` follows ``show``.

    With ``first_label`` its parts are told apart by their alpha: 255 - ``first_label`` for the first, one less for every
    other. Without it alpha is what lets light through.
    """

    def __init__(self, character: Character, first_label: int | None = None) -> None:
        import pyrender

        self._posed = PosedCharacter(character)
        labels = None if first_label is None else (1.0 - (first_label + i) / 255 for i in range(len(character.parts)))
        self._primitives = [
            _skinned_primitive(part, _material(part, None if labels is None else next(labels)))
            for part in character.parts
        ]
        self.mesh = pyrender.Mesh(self._primitives)

    def show(self, pose: Pose) -> None:
        """Take a pose; the next rendering shows it."""
        surfaces = self._posed.pose(pose.rotations, pose.translation, pose.face)
        for primitive, (vertices, normals) in zip(self._primitives, surfaces, strict=True):
            primitive.reshape(vertices, normals)


def _skinned_primitive(part: MeshPart, material: Any) -> Any:
    # pyrender turns images upside down, as OpenGL counts rows from the bottom
    uv = None if part.uv is None else part.uv * np.array([1, -1], np.float32) + np.array([0, 1], np.float32)
    primitive = _skinned_primitive_class()(
        positions=part.vertices, normals=part.normals, texcoord_0=uv, indices=part.faces, material=material
    )
    primitive.rows = np.ascontiguousarray(
        np.hstack([part.vertices, part.normals] + ([] if uv is None else [uv])), np.float32
    )
    return primitive


@lru_cache(maxsize=1)
def _skinned_primitive_class() -> Any:
    """The class is made on first use, because importing pyrender needs OpenGL."""
    from OpenGL import GL
    from pyrender import Primitive

    class SkinnedPrimitive(Primitive):  # type: ignore[misc]
        """Its interleaved vertex buffer ``rows`` [V, 6 or 8] is sent again when it is drawn after a change."""

        rows: Array
        stale = False

        def reshape(self, vertices: Array, normals: Array) -> None:
            self.rows[:, 0:3], self.rows[:, 3:6] = vertices, normals
            self.stale = True

        def _bind(self) -> None:
            super()._bind()
            if self.stale:
                GL.glBindBuffer(GL.GL_ARRAY_BUFFER, self._buffers[0])
                GL.glBufferSubData(GL.GL_ARRAY_BUFFER, 0, self.rows.nbytes, self.rows)
                self.stale = False

    return SkinnedPrimitive


def _material(part: MeshPart, label: float | None) -> Any:
    import pyrender

    material = part.material
    alpha, mode = material.opacity, "BLEND" if material.blend else "OPAQUE" if material.alpha_cutoff is None else "MASK"
    return pyrender.MetallicRoughnessMaterial(
        baseColorFactor=[*linear(material.colour), alpha if label is None else label],
        baseColorTexture=_texture(material.texture),
        normalTexture=_texture(material.normal_texture) if label is None else None,
        metallicFactor=SHADINGS[material.shading],
        roughnessFactor=material.roughness,
        doubleSided=material.double_sided,
        alphaMode=mode if label is None else "OPAQUE",
    )


def _texture(pixels: NDArray[np.uint8] | None) -> Any:
    import pyrender

    if pixels is None:
        return None
    channels = "RGBA" if pixels.shape[2] == 4 else "RGB"
    return pyrender.Texture(source=np.ascontiguousarray(pixels), source_channels=channels)
