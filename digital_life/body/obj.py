"""A dressed character as Wavefront OBJ with its MTL file and textures: the mesh at rest, without bones and face shapes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digital_life.body.character import Character, Material, MeshPart
from digital_life.body.glb_write import check_part
from digital_life.errors import storage_error
from digital_life.whole_file import whole_file


def write_obj(character: Character, path: Path | str) -> list[Path]:
    """Write ``character`` to ``path``; returns every file written: the OBJ, the MTL and the textures beside it.

    In metres, Y up, in the T-pose, soles at y = 0. One group a part; the MTL has the PBR fields ``Pr`` and ``norm``.

    Raises:
        InputError: a part has arrays that do not fit together.
        StorageError: the path cannot be written.
    """
    path = Path(path)
    library = path.with_suffix(".mtl")
    for part in character.parts:
        check_part(part)
    rise = np.array([0.0, -character.skeleton.floor, 0.0])
    lines = [f"# {character.name}", f"mtllib {library.name}"]
    before = np.zeros(3, np.int64)
    for part in character.parts:
        text, counts = _group(part, rise, before)
        lines += text
        before += counts
    with whole_file(path, "writing a character") as file:
        file.write(("\n".join(lines) + "\n").encode())
    return [path, library, *_write_materials(character, library)]


def obj_files(character: Character, path: Path) -> list[Path]:
    """Every file that ``write_obj`` would write."""
    library = path.with_suffix(".mtl")
    return [path, library, *_materials(character, library)[1]]


def _group(part: MeshPart, rise: NDArray[np.float64], before: NDArray[np.int64]) -> tuple[list[str], NDArray[np.int64]]:
    """The lines of one part, and how many positions, texture coordinates and normals are in them."""
    lines = [f"o {part.name}", f"usemtl {part.material.name}"]
    lines += _rows("v", part.vertices + rise, 5)
    if part.uv is not None:
        lines += _rows("vt", part.uv * np.array([1, -1]) + np.array([0, 1]), 5)
    lines += _rows("vn", part.normals, 4)
    place, normal = part.faces.astype(np.int64) + 1 + before[0], part.faces.astype(np.int64) + 1 + before[2]
    if part.uv is None:
        corners = np.stack([place, normal], axis=-1).reshape(-1, 6)
        lines += ["f {}//{} {}//{} {}//{}".format(*row) for row in corners.tolist()]
    else:
        corners = np.stack([place, part.faces.astype(np.int64) + 1 + before[1], normal], axis=-1).reshape(-1, 9)
        lines += ["f {}/{}/{} {}/{}/{} {}/{}/{}".format(*row) for row in corners.tolist()]
    count = len(part.vertices)
    return lines, np.array([count, 0 if part.uv is None else count, count])


def _rows(keyword: str, values: NDArray[np.floating], digits: int) -> list[str]:
    row = keyword + f" %.{digits}f" * values.shape[1]
    return [row % tuple(vector) for vector in values.tolist()]


def _materials(character: Character, library: Path) -> tuple[list[str], dict[Path, NDArray[np.uint8]]]:
    """The lines of the MTL file, and the textures that it names."""
    lines: list[str] = []
    textures: dict[Path, NDArray[np.uint8]] = {}
    for material in {part.material.name: part.material for part in character.parts}.values():
        lines += _material(material, library, textures)
    return lines, textures


def _write_materials(character: Character, library: Path) -> list[Path]:
    lines, textures = _materials(character, library)
    with whole_file(library, "writing a character") as file:
        file.write(("\n".join(lines) + "\n").encode())
    for path, pixels in textures.items():
        try:
            Image.fromarray(pixels).save(path)
        except OSError as error:
            raise storage_error(error, path, "writing a texture") from error
    return list(textures)


def _material(material: Material, library: Path, textures: dict[Path, NDArray[np.uint8]]) -> list[str]:
    lines = [
        f"newmtl {material.name}",
        "Kd {:.4f} {:.4f} {:.4f}".format(*material.colour),
        "Ks 0.04 0.04 0.04",
        f"Ns {1000 * (1 - material.roughness) ** 2:.1f}",
        f"Pr {material.roughness:g}",
        "Pm 0",
        f"d {material.opacity:g}",
    ]
    for keyword, pixels, name in (
        ("map_Kd", material.texture, material.name), ("norm", material.normal_texture, f"{material.name}_normal")
    ):  # fmt: skip
        if pixels is not None:
            path = library.with_name(f"{library.stem}_{name}.png")
            textures[path] = pixels
            lines.append(f"{keyword} {path.name}")
            if keyword == "map_Kd" and pixels.shape[2] == 4:
                lines.append(f"map_d -imfchan m {path.name}")
    return lines
