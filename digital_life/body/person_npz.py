"""One person as arrays: the naked body in SMPL-X form with its nearest betas, and the dressed mesh."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from digital_life.body.character import Character
from digital_life.body.character_arrays import mesh_arrays
from digital_life.body.identity import Identity, make_identity
from digital_life.body.layer import BodyModel, default_body
from digital_life.errors import AssetError
from digital_life.motion.skeleton import JOINT_NAMES, PARENTS
from digital_life.persona.appearance import Appearance
from digital_life.whole_file import whole_file


def write_person(character: Character, appearance: Appearance, path: Path | str) -> float:
    """Write the person of ``appearance``, dressed as ``character``, to an npz; returns the mean error of the betas (m).

    ``v_shaped`` [V, 3], ``f`` [F, 3], ``joints`` [55, 3]: the very person's body in the topology of the default body, at
    rest in the SMPL-X model frame, metres; ``betas`` [B]: the nearest shape of the default body, off by ``betas_error``
    [mean, most] metres, and ``betas_offset`` [3] m, how far that shape is moved; ``joint_names``, ``parents``,
    ``jaw_open``, ``floor`` (of the shoes), ``name``, ``gender`` ("neutral"). Of the dressed mesh ``parts`` names the parts,
    and each has ``PART/vertices``, ``normals``, ``faces``, ``uv`` (where it has them), ``joints``, ``weights``.

    Raises:
        AssetError: the default body and the identities do not share their vertices; the data are damaged.
        StorageError: the path cannot be written.
    """
    identity, body = make_identity(appearance), default_body()
    shape = identity.vertices[_vertices_of(body, identity)]
    betas, offset, error = nearest_betas(shape, body)
    arrays: dict[str, NDArray[np.generic]] = {
        "name": np.array(character.name),
        "gender": np.array("neutral"),
        "betas": betas,
        "betas_offset": offset,
        "betas_error": np.array([error.mean(), error.max()], np.float32),
        "v_shaped": shape,
        "f": body.faces.astype(np.uint32),
        "joints": identity.joints,
        "joint_names": np.array(JOINT_NAMES),
        "parents": np.array(PARENTS, np.int16),
        "jaw_open": np.array(character.jaw_open),
        "floor": np.array(character.skeleton.floor),
        "parts": np.array([part.name for part in character.parts]),
    }
    for part in character.parts:
        arrays |= {f"{part.name}/{kind}": values for kind, values in mesh_arrays(part).items()}
    with whole_file(Path(path), "writing a person") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    return float(error.mean())


def nearest_betas(
    shape: NDArray[np.floating], body: BodyModel
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float64]]:
    """Betas [B] and offset [3] m with which ``body`` comes nearest to ``shape`` [V, 3], and the error [V] m (least squares)."""
    count = body.shape_directions.shape[2]
    moves = np.tile(np.eye(3), (len(shape), 1))
    directions = np.hstack([body.shape_directions.reshape(-1, count), moves])
    wanted = (shape - body.template).reshape(-1).astype(np.float64)
    solution = np.linalg.lstsq(directions, wanted, rcond=None)[0]
    error = np.linalg.norm((wanted - directions @ solution).reshape(-1, 3), axis=1)
    return solution[:count].astype(np.float32), solution[count:].astype(np.float32), error


def _vertices_of(body: BodyModel, identity: Identity) -> NDArray[np.int64]:
    """The base-mesh vertex [V] that each vertex of the default body is: both hold the average adult."""
    distance, vertices = cKDTree(identity.reference).query(body.template)
    if distance.max() > 1e-4 or len(np.unique(vertices)) != len(vertices):
        raise AssetError("the default body and the identities do not fit together", "reinstall the package")
    return np.asarray(vertices, dtype=np.int64)
