"""Read and write SMPL-X body files: our native npz, and the npz of the package ``smplx``."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from digital_life.body.correctives import correctives_from
from digital_life.body.layer import BodyModel
from digital_life.body.layer_check import EXPORT_HINT, POSE_FEATURES, check_smplx
from digital_life.errors import AssetError, InputError, storage_error
from digital_life.motion.arkit import ARKIT_NAMES
from digital_life.motion.skeleton import JOINT_COUNT, PARENTS

Arrays = dict[str, NDArray[np.generic]]
NATIVE = (
    "v_template", "f", "shapedirs", "exprdirs", "weight_index", "weight_value", "regressor_row", "regressor_column",
    "regressor_value", "arkit_vertex", "arkit_dirs",
)  # fmt: skip
WIDE_BETAS, WIDE_COLUMNS = 300, 400
"""In files of 400 columns ``smplx`` reads expressions from column 300, in smaller ones from column 10."""
NARROW_BETAS = 10
YAW_BINS = 79  # of the dynamic face contour


def load_body_model(path: Path) -> BodyModel:
    """See ``BodyModel.load``."""
    arrays, pickled = _read(path)
    if "exprdirs" in arrays:
        return _native(arrays, path)
    return _smplx(arrays, pickled, path)


def _read(path: Path) -> tuple[Arrays, tuple[str, ...]]:
    """All arrays but pickled ones, which are never opened, and the names of those."""
    if not path.exists():
        raise InputError(f"{path}: there is no such body file", EXPORT_HINT)
    if path.is_dir():
        raise InputError(f"{path}: this is a folder, not a body file", EXPORT_HINT)
    if path.suffix == ".pkl":
        raise InputError(f"{path}: pickled bodies are not opened, since a pickle can run any code", EXPORT_HINT)
    try:
        if not zipfile.is_zipfile(path):
            raise InputError(f"{path}: not a readable npz file ({_other_kind(path)})", EXPORT_HINT)
        with np.load(path, allow_pickle=False) as file:
            arrays: Arrays = {}
            pickled = []
            for name in file.files:
                try:
                    arrays[name] = file[name]
                except ValueError as error:
                    if "pickle" not in str(error).lower():
                        raise
                    pickled.append(name)
            return arrays, tuple(pickled)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error, KeyError, AttributeError) as error:
        raise InputError(f"{path}: not a readable npz file ({error})", EXPORT_HINT) from error


def _other_kind(path: Path) -> str:
    """What a file that is no archive seems to be."""
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        return "it is empty"
    if head.startswith(b"\x93NUMPY"):
        return "it is a single array, npy"
    if head[:1] == b"\x80":
        return "it is a pickle under another name; pickles are not opened, since they can run any code"
    return "it is cut off" if head.startswith(b"PK") else "it is no archive"


def _sparse_weights(index: NDArray[np.generic], value: NDArray[np.generic]) -> scipy.sparse.csr_matrix:
    rows = np.repeat(np.arange(len(index)), index.shape[1])
    shape = (len(index), JOINT_COUNT)
    flat = (value.reshape(-1).astype(np.float32), (rows, index.reshape(-1).astype(int)))
    matrix = scipy.sparse.csr_matrix(flat, shape=shape)
    matrix.eliminate_zeros()
    return matrix


def _native(arrays: Arrays, path: Path) -> BodyModel:
    missing = [name for name in NATIVE if name not in arrays]
    if missing:
        raise InputError(f"{path}: the body file is damaged, it lacks {', '.join(missing)}", "reinstall the package")
    template = arrays["v_template"].astype(np.float32)
    entries = (arrays["regressor_row"].astype(int), arrays["regressor_column"].astype(int))
    regressor = scipy.sparse.csr_matrix(
        (arrays["regressor_value"].astype(np.float64), entries), shape=(JOINT_COUNT, len(template))
    )
    return BodyModel(
        template=template,
        faces=arrays["f"].astype(np.int64),
        shape_directions=arrays["shapedirs"].astype(np.float32),
        expression_directions=arrays["exprdirs"].astype(np.float32),
        regressor=regressor,
        skin_weights=_sparse_weights(arrays["weight_index"], arrays["weight_value"]),
        correctives=correctives_from(arrays, len(template)),
        arkit_vertices=arrays["arkit_vertex"].astype(np.int64),
        arkit_directions=arrays["arkit_dirs"].astype(np.float32),
        extras=arrays,
    )


def _smplx(arrays: Arrays, pickled: tuple[str, ...], path: Path) -> BodyModel:
    check_smplx(arrays, pickled, path)
    template = arrays["v_template"].astype(np.float32)
    directions = arrays["shapedirs"].astype(np.float32)
    first = WIDE_BETAS if directions.shape[2] >= WIDE_COLUMNS else min(NARROW_BETAS, directions.shape[2])
    poses = arrays.get("posedirs")
    pose_directions = None
    if poses is not None and np.any(poses):
        pose_directions = poses.reshape(-1, poses.shape[-1]).T.astype(np.float32)
    return BodyModel(
        template=template,
        faces=arrays["f"].astype(np.int64),
        shape_directions=directions[:, :, :first],
        expression_directions=directions[:, :, first:],
        regressor=scipy.sparse.csr_matrix(arrays["J_regressor"].astype(np.float64)),
        skin_weights=scipy.sparse.csr_matrix(arrays["weights"].astype(np.float32)),
        pose_directions=pose_directions,
        extras=arrays,
        pickled=pickled,
    )


def export_smplx(path: Path, body: BodyModel | None = None, *, wide: bool = False) -> None:
    """Write the default body (or another native one) so that the package ``smplx`` loads it.

    ``smplx.create(path)`` takes the kind of model from the file's name, so it must begin with ``SMPLX``. ``wide`` writes
    400 columns: betas from 0, the ten expression axes from 300, the 52 ARKit keys from 310; otherwise 10 + 10 columns.

    Raises:
        InputError: the name does not begin with SMPLX, or ``body`` was not loaded from a native file.
        StorageError: the file cannot be written.
    """
    from digital_life.body.layer import default_body

    body = default_body() if body is None else body
    if not path.name.startswith("SMPLX"):
        raise InputError(f"{path}: `smplx` would not know this file", "call it SMPLX_NEUTRAL.npz")
    if "exprdirs" not in body.extras:
        raise InputError("only the default body is exported; this one is already in the format of `smplx`")
    arrays = _smplx_arrays(body, wide)
    try:
        np.savez_compressed(path, allow_pickle=False, **arrays)
    except OSError as error:
        raise storage_error(error, path, "writing the body") from error


def _smplx_arrays(body: BodyModel, wide: bool) -> dict[str, NDArray[np.generic]]:
    extras = body.extras
    parents = np.array([PARENTS, range(JOINT_COUNT)], dtype=np.int64)
    parents[0, 0] = 2**32 - 1
    static, weights = _barycentric(body.faces, extras["landmarks_static"])
    contour, contour_weights = _barycentric(body.faces, extras["landmarks_contour"])
    hands = {name: extras[name] for name in extras if name.startswith("hands_")}
    zero = np.zeros((1, 45), np.float32)
    return {
        "v_template": body.template,
        "f": body.faces.astype(np.uint32),
        "shapedirs": _columns(body, wide),
        "posedirs": _pose_directions(body),
        "J_regressor": np.asarray(body.regressor.todense(), dtype=np.float64),
        "weights": np.asarray(body.skin_weights.todense(), dtype=np.float32),
        "kintree_table": parents,
        **hands,
        "hands_coeffsl": zero,
        "hands_coeffsr": zero,
        "lmk_faces_idx": static,
        "lmk_bary_coords": weights,
        "dynamic_lmk_faces_idx": np.tile(contour, (YAW_BINS, 1)),
        "dynamic_lmk_bary_coords": np.tile(contour_weights, (YAW_BINS, 1, 1)),
        "vt": extras["vt"],
        "ft": extras["ft"].astype(np.uint32),
        "license": extras["licence"],
    }


def _pose_directions(body: BodyModel) -> NDArray[np.float32]:
    count = len(body.template)
    if body.correctives is None:
        return np.zeros((count, 3, POSE_FEATURES), np.float32)
    return np.ascontiguousarray(body.correctives.pose_directions().T.reshape(count, 3, POSE_FEATURES))


def _columns(body: BodyModel, wide: bool) -> NDArray[np.float32]:
    if not wide:
        return np.concatenate([body.shape_directions, body.expression_directions], axis=2)
    betas, axes = body.shape_directions.shape[2], body.expression_directions.shape[2]
    columns = np.zeros((len(body.template), 3, WIDE_COLUMNS), np.float32)
    columns[:, :, :betas] = body.shape_directions
    columns[:, :, WIDE_BETAS : WIDE_BETAS + axes] = body.expression_directions
    first = WIDE_BETAS + axes
    columns[body.arkit_vertices, :, first : first + len(ARKIT_NAMES)] = body.arkit_directions.transpose(1, 2, 0)
    return columns


def _barycentric(
    faces: NDArray[np.int64], vertices: NDArray[np.generic]
) -> tuple[NDArray[np.uint32], NDArray[np.float64]]:
    """A face and barycentric weights for each landmark that is a vertex.

    Raises:
        AssetError: a landmark belongs to no face.
    """
    chosen, weights = [], []
    for vertex in vertices.astype(int):
        rows, corners = np.nonzero(faces == vertex)
        if not len(rows):
            raise AssetError(f"the body file is damaged: landmark vertex {vertex} has no face", "reinstall the package")
        chosen.append(rows[0])
        weights.append(np.eye(3)[corners[0]])
    return np.array(chosen, np.uint32), np.array(weights)
