"""The base mesh that every identity shares: topology, texture coordinates, skin weights, face keys, masks.

It is MakeHuman's mesh of 19,158 vertices: the body and, beside it, eyes, teeth, tongue, lashes and three surfaces from
which clothes and hair are cut (``helper-tights``, ``helper-skirt``, ``helper-hair``). Everything here is derived from
CC0 data by ``tools/build_body.py``; see ``docs/body.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digital_life.body.sliders import MacroTargets
from digital_life.errors import AssetError
from digital_life.motion.skeleton import JOINT_COUNT

IDENTITY_FILE = Path(__file__).parent / "data" / "identity.npz"

SparseOffsets = tuple[NDArray[np.uint32], NDArray[np.float32]]
"""Vertex indices [K] and their offsets [K, 3] m."""


@dataclass(frozen=True)
class BaseMesh:
    """Static tables. N = 19,158 vertices, M texture coordinates, 55 SMPL-X joints.

    ``reference`` [N, 3] and ``reference_joints`` [55, 3]: the average adult in the T-pose (m, model frame). Regions are
    best described on it: what is true for a vertex there is true for the same vertex of every identity.
    ``uv`` [M, 2]: glTF convention, origin top left. ``weight_index`` [N, 4] uint8 and ``weight_value`` [N, 4] float32:
    the four strongest joints, summing to 1. ``head_quads`` [13378]: the body quads that
    use the head's own texture layout; all that a face key moves is among them. ``arkit``: the 52 sculpted face keys (the jaw's keys included);
    ``jaw_corrective``: what stays of ``jawOpen`` when the jaw joint turns by ``jaw_angle`` radians about x.
    """

    reference: NDArray[np.float32]
    reference_joints: NDArray[np.float64]
    uv: NDArray[np.float32]
    weight_index: NDArray[np.uint8]
    weight_value: NDArray[np.float32]
    arkit: dict[str, SparseOffsets]
    jaw_corrective: SparseOffsets
    jaw_angle: float
    head_quads: NDArray[np.bool_]
    _quads: dict[str, NDArray[np.int64]]
    _uv_quads: dict[str, NDArray[np.int64]]
    _masks: dict[str, NDArray[np.uint8]]

    def quads(self, group: str) -> NDArray[np.int64]:
        """Vertex indices [Q, 4] of a group's quads; a triangle repeats its last corner.

        Groups: body, helper-l-eye, helper-r-eye, helper-upper-teeth, helper-lower-teeth, helper-tongue,
        helper-{l,r}-eyelashes-{1,2}, helper-tights, helper-skirt, helper-hair.
        """
        return self._quads[group]

    def uv_quads(self, group: str) -> NDArray[np.int64]:
        """Indices into ``uv`` [Q, 4], corner by corner as ``quads``."""
        return self._uv_quads[group]

    def mask(self, name: str) -> NDArray[np.uint8]:
        """Texture mask [1024, 1024] uint8, ``head_*`` or ``body_*``; the names are in ``tools/body_build/skin_maps.py``."""
        return self._masks[name]

    def joint_weight(self, *joints: int) -> NDArray[np.float32]:
        """Summed skin weight [N] of some joints."""
        return np.asarray(np.where(np.isin(self.weight_index, joints), self.weight_value, 0).sum(axis=1))


@dataclass(frozen=True)
class IdentityBasis:
    """Linear model of adult bodies: target shares -> coordinates -> vertices [N, 3] and joints [55, 3] in one block."""

    macro: MacroTargets
    mean: NDArray[np.float32]
    directions: NDArray[np.float32]
    table: NDArray[np.float32]
    offset: NDArray[np.float32]
    face_changes: tuple[tuple[SparseOffsets, SparseOffsets], ...]
    face_names: tuple[str, ...]


def _load() -> dict[str, NDArray[np.generic]]:
    try:
        with np.load(IDENTITY_FILE) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, KeyError) as error:
        raise AssetError(
            f"{IDENTITY_FILE}: the body data are missing or damaged ({error})",
            "reinstall the package, or run: python tools/build_body.py",
        ) from error


def _rows(data: dict[str, NDArray[np.generic]], name: str) -> list[SparseOffsets]:
    start = data[f"{name}_start"].astype(int)
    vertex = data[f"{name}_vertex"].astype(np.uint32)
    offset = data[f"{name}_offset"].astype(np.float32)
    return [(vertex[a:b], offset[a:b]) for a, b in pairwise(start)]


def _below(data: dict[str, NDArray[np.generic]], folder: str) -> dict[str, NDArray[np.generic]]:
    return {name.removeprefix(folder): array for name, array in data.items() if name.startswith(folder)}


@lru_cache(maxsize=1)
def identity_data() -> tuple[BaseMesh, IdentityBasis]:
    """Read ``identity.npz`` once (about 0.3 s).

    Raises:
        AssetError: the file is missing or damaged.
    """
    data = _load()
    keys = _rows(data, "arkit")
    mean = data["mean"].astype(np.float32)
    uv = data["uv"].astype(np.float32)
    mesh = BaseMesh(
        reference=mean[:-JOINT_COUNT],
        reference_joints=mean[-JOINT_COUNT:].astype(np.float64),
        uv=np.stack([uv[:, 0], 1 - uv[:, 1]], axis=1),
        weight_index=data["weight_index"].astype(np.uint8),
        weight_value=np.asarray(data["weight_value"], dtype=np.float32) / np.float32(65535),
        arkit={str(name): key for name, key in zip(data["arkit_names"], keys[:-1], strict=True)},
        jaw_corrective=keys[-1],
        jaw_angle=float(data["jaw_angle"].astype(float)),
        head_quads=data["head_quads"].astype(np.bool_),
        _quads={name: quads.astype(np.int64) for name, quads in _below(data, "quads/").items()},
        _uv_quads={name: quads.astype(np.int64) for name, quads in _below(data, "uv_quads/").items()},
        _masks={name: mask.astype(np.uint8) for name, mask in _below(data, "mask/").items()},
    )
    changes = _rows(data, "face")
    basis = IdentityBasis(
        macro=MacroTargets([str(key) for key in data["keys"]]),
        mean=mean,
        directions=data["basis"].astype(np.float32) * data["scale"].astype(np.float32)[:, None, None],
        table=data["table"].astype(np.float32),
        offset=data["offset"].astype(np.float32),
        face_changes=tuple(zip(changes[::2], changes[1::2], strict=True)),
        face_names=tuple(str(name) for name in data["face_names"]),
    )
    return mesh, basis


def base_mesh() -> BaseMesh:
    """The shared base mesh, read once."""
    return identity_data()[0]
