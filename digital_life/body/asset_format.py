"""Read MakeHuman assets: ``.mhclo`` (how a mesh hangs on the base mesh), its ``.obj`` and its ``.mhmat``.

The format is MakeHuman's (https://static.makehumancommunity.org/makehuman/docs/mhclo.html): every vertex of an asset
lies at three vertices of the base mesh, weighted, plus an offset that grows with three measures of the body.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError, storage_error

BASE_VERTICES = 19_158
"""Vertices of MakeHuman's base mesh "hm08", which our base mesh keeps in order."""
DECIMETRE = 0.1
TEXT_KEYS = ("name", "author", "license", "copyright", "description", "basemesh")
IGNORED_KEYS = ("shear_x", "shear_y", "shear_z", "vertexboneweights_file")


@dataclass(frozen=True)
class AssetMaterial:
    """``colour`` sRGB 0..1; files of the textures or None; ``transparent``: its texture's alpha counts."""

    colour: tuple[float, float, float] = (0.8, 0.8, 0.8)
    texture: Path | None = None
    normal_texture: Path | None = None
    transparent: bool = False


@dataclass(frozen=True)
class Asset:
    """One parsed asset of V vertices.

    ``corners`` [V, 3] base vertices, ``share`` [V, 3] their weights, ``offset`` [V, 3] in decimetres of the A-pose;
    ``scales``: axis to (first base vertex, second, their distance in decimetres at which offsets count in full);
    ``deleted``: base vertices whose skin it hides. ``faces`` [F, 3] and ``uv_faces`` [F, 3] index vertices and ``uv``
    [T, 2] (origin bottom left, as OBJ has it). ``files``: everything it is made of. ``ignored``: keys not understood.
    """

    name: str
    licence: str
    corners: NDArray[np.int64]
    share: NDArray[np.float64]
    offset: NDArray[np.float64]
    scales: dict[int, tuple[int, int, float]]
    deleted: NDArray[np.int64]
    faces: NDArray[np.int64]
    uv_faces: NDArray[np.int64]
    uv: NDArray[np.float64]
    material: AssetMaterial
    files: tuple[Path, ...]
    ignored: tuple[str, ...] = ()


@dataclass
class _Clothes:
    """What the lines of one ``.mhclo`` say."""

    texts: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    scales: dict[int, tuple[int, int, float]] = field(default_factory=dict)
    rows: list[tuple[float, ...]] = field(default_factory=list)
    deleted: set[int] = field(default_factory=set)
    ignored: list[str] = field(default_factory=list)


def read_asset(path: Path) -> Asset:
    """Read a ``.mhclo`` file with the mesh and material beside it.

    Raises:
        InputError: a file is missing or broken; the message names file and line.
        StorageError: a file cannot be read.
    """
    clothes = _read_clothes(path)
    if not clothes.rows:
        raise InputError(f"{path}: it has no 'verts' section", "export the asset again with MakeClothes or MPFB")
    if "obj_file" not in clothes.files:
        raise InputError(f"{path}: it names no 'obj_file'", "add a line: obj_file NAME.obj")
    mesh_file = _beside(path, clothes.files["obj_file"])
    count, uv, faces, uv_faces = _read_obj(mesh_file)
    if count != len(clothes.rows):
        raise InputError(
            f"{path}: {len(clothes.rows)} vertices are placed, but {mesh_file.name} has {count}",
            "the two files belong to different versions of the asset: export both again",
        )
    material, material_files = AssetMaterial(), []
    if "material" in clothes.files:
        material_file = _beside(path, clothes.files["material"])
        material = _read_material(material_file)
        material_files = [material_file, *(f for f in (material.texture, material.normal_texture) if f)]
    table = np.array(clothes.rows)
    return Asset(
        name=clothes.texts.get("name", path.stem),
        licence=clothes.texts.get("license", "not stated"),
        corners=table[:, :3].astype(np.int64),
        share=table[:, 3:6],
        offset=table[:, 6:9],
        scales=clothes.scales,
        deleted=np.array(sorted(clothes.deleted), dtype=np.int64),
        faces=faces,
        uv_faces=uv_faces,
        uv=uv,
        material=material,
        files=(path, mesh_file, *material_files),
        ignored=tuple(clothes.ignored),
    )


def _lines(path: Path) -> list[tuple[int, list[str]]]:
    """(number, words) of every line that says something."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise storage_error(error, path, "reading an asset") from error
    split = ((number, line.split("#")[0].split()) for number, line in enumerate(text.splitlines(), 1))
    return [(number, words) for number, words in split if words]


def _beside(path: Path, name: str) -> Path:
    """A file that ``path`` names; it must lie in the same folder or below."""
    file = (path.parent / name.replace("\\", "/")).resolve()
    if not file.is_relative_to(path.parent.resolve()):
        file = path.parent.resolve() / Path(name).name
    if not file.is_file():
        raise InputError(f"{path}: the file '{name}' that it names is not there", f"put it into {path.parent}")
    return file


def _read_clothes(path: Path) -> _Clothes:
    clothes, section = _Clothes(), ""
    for number, words in _lines(path):
        key = words[0]
        try:
            if key in ("verts", "delete_verts", "weights"):
                section, words = key, words[1:] if key == "delete_verts" else []
            elif key in TEXT_KEYS:
                clothes.texts[key] = " ".join(words[1:])
                continue
            elif key in ("obj_file", "material"):
                clothes.files[key] = " ".join(words[1:])
                continue
            elif key in ("x_scale", "y_scale", "z_scale"):
                first, second, full = int(words[1]), int(words[2]), float(words[3])
                clothes.scales["xyz".index(key[0])] = (_vertex(first), _vertex(second), _positive(full))
                continue
            elif not _is_number(key):
                section = ""
                if key in IGNORED_KEYS:
                    clothes.ignored.append(key)
                continue
            if section == "verts" and words:
                clothes.rows.append(_placement(words))
            elif section == "delete_verts":
                clothes.deleted |= _ranges(words)
        except (ValueError, IndexError) as error:
            raise InputError(f"{path}:{number}: '{' '.join(words)[:60]}': {error}", "mend the line") from error
    return clothes


def _is_number(word: str) -> bool:
    return word.lstrip("-").split(".")[0].isdigit()


def _vertex(number: int) -> int:
    if not 0 <= number < BASE_VERTICES:
        raise ValueError(f"vertex {number} is not on the base mesh (0 to {BASE_VERTICES - 1})")
    return number


def _positive(value: float) -> float:
    if not value > 0:
        raise ValueError(f"the distance {value:g} must be above 0")
    return value


def _placement(words: list[str]) -> tuple[float, ...]:
    """Three vertices, three weights, three offsets; a single number glues to that vertex."""
    if len(words) == 1:
        return (_vertex(int(words[0])), 0, 0, 1, 0, 0, 0, 0, 0)
    if len(words) not in (6, 9):
        raise ValueError(f"expected 1, 6 or 9 numbers, found {len(words)}")
    corners, rest = [_vertex(int(word)) for word in words[:3]], [float(word) for word in words[3:]]
    if not np.isfinite(rest).all() or abs(sum(rest[:3])) < 1e-3:
        raise ValueError("the weights must be numbers that do not sum to 0")
    return (*corners, *rest, *([0.0] * (6 - len(rest))))


def _ranges(words: list[str]) -> set[int]:
    """Vertices of ``5 7 - 12 20``."""
    numbers, k = set(), 0
    while k < len(words):
        first = _vertex(int(words[k]))
        last = first
        if k + 2 < len(words) and words[k + 1] == "-":
            last, k = _vertex(int(words[k + 2])), k + 2
        numbers |= set(range(first, last + 1))
        k += 1
    return numbers


def _read_obj(path: Path) -> tuple[int, NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """(vertices, uv [T, 2], triangles [F, 3], their uv [F, 3]); polygons are cut into fans."""
    count, uv = 0, []
    faces: list[list[int]] = []
    uv_faces: list[list[int]] = []
    for number, words in _lines(path):
        try:
            if words[0] == "v":
                count += 1
            elif words[0] == "vt":
                uv.append((float(words[1]), float(words[2])))
            elif words[0] == "f":
                corners = [[int(part or 0) for part in word.split("/")[:2]] + [0] for word in words[1:]]
                ring = [_index(c[0], count) for c in corners]
                ring_uv = [_index(c[1], len(uv)) if c[1] else -1 for c in corners]
                for k in range(1, len(ring) - 1):
                    faces.append([ring[0], ring[k], ring[k + 1]])
                    uv_faces.append([ring_uv[0], ring_uv[k], ring_uv[k + 1]])
        except (ValueError, IndexError) as error:
            raise InputError(f"{path}:{number}: '{' '.join(words)[:60]}': {error}", "export the mesh again") from error
    if not faces:
        raise InputError(f"{path}: the mesh has no faces", "export the mesh again")
    corners_uv = np.array(uv_faces, dtype=np.int64)
    if not uv or (corners_uv < 0).any():
        uv, corners_uv = [(0.0, 0.0)], np.zeros_like(corners_uv)
    return count, np.array(uv), np.array(faces, dtype=np.int64), corners_uv


def _index(number: int, count: int) -> int:
    """OBJ numbers from 1; negative ones count from the end."""
    index = number - 1 if number > 0 else count + number
    if number == 0 or not 0 <= index < count:
        raise ValueError(f"number {number} of {count}")
    return index


def _read_material(path: Path) -> AssetMaterial:
    colour, files, transparent = (0.8, 0.8, 0.8), {}, False
    for number, words in _lines(path):
        key = words[0].lower()
        try:
            if key == "diffusecolor":
                red, green, blue = (min(max(float(word), 0.0), 1.0) for word in words[1:4])
                colour = (red, green, blue)
            elif key in ("diffusetexture", "normalmaptexture") and len(words) > 1:
                files[key] = _beside(path, " ".join(words[1:]))
            elif key in ("transparent", "alphatocoverage"):
                transparent |= words[1].lower() == "true"
        except (ValueError, IndexError) as error:
            raise InputError(f"{path}:{number}: '{' '.join(words)[:60]}': {error}", "mend the line") from error
    return AssetMaterial(colour, files.get("diffusetexture"), files.get("normalmaptexture"), transparent)
