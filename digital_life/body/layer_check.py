"""Whether the arrays of a file make an SMPL-X body, with every mistake named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.motion.skeleton import JOINT_COUNT, PARENTS

Arrays = dict[str, NDArray[np.generic]]
EXPORT_HINT = (
    "give a body file in npz format: the default body, or SMPLX_NEUTRAL.npz as its licence lets you download it"
)
POSE_FEATURES = 9 * (JOINT_COUNT - 1)
_WANTED = ("v_template", "f", "shapedirs", "J_regressor", "weights", "kintree_table")
_WEIGHT_TOLERANCE = 1e-3


def check_smplx(arrays: Arrays, pickled: tuple[str, ...], path: Path) -> None:
    """Pass if ``arrays`` are those of an ``SMPLX_*.npz``; ``pickled`` names entries that were left closed.

    Raises:
        InputError: something is missing, pickled, of another shape, not a number, or of another model (SMPL, SMPL-H).
    """
    _check_names(arrays, pickled, path)
    wrong = _wrong_kinds(arrays) or [*_wrong_shapes(arrays), *_wrong_contents(arrays)]
    if wrong:
        raise InputError(f"{path}: damaged SMPL-X body: {'; '.join(wrong)}", EXPORT_HINT)


def _check_names(arrays: Arrays, pickled: tuple[str, ...], path: Path) -> None:
    missing = [name for name in _WANTED if name not in arrays]
    if not missing:
        return
    closed = [name for name in missing if name in pickled]
    if closed:
        raise InputError(
            f"{path}: {', '.join(closed)} are pickled objects; they are not opened, since a pickle can run any code",
            EXPORT_HINT,
        )
    found = ", ".join(sorted(arrays)) or ("nothing but pickled objects" if pickled else "nothing")
    raise InputError(f"{path}: no SMPL-X body, it lacks {', '.join(missing)} (it holds: {found})", EXPORT_HINT)


def _wrong_kinds(arrays: Arrays) -> list[str]:
    names = [*_WANTED, *(name for name in ("posedirs", "hands_meanl", "hands_meanr") if name in arrays)]
    return [f"{name} holds no numbers" for name in names if arrays[name].dtype.kind not in "fiu"]


def _wrong_shapes(arrays: Arrays) -> list[str]:
    count = len(arrays["v_template"]) if arrays["v_template"].ndim else 0
    joints = arrays["kintree_table"].shape[-1] if arrays["kintree_table"].ndim else 0
    if joints != JOINT_COUNT:
        return [f"a body with {joints} joints; SMPL-X has 55 (SMPL has 24, SMPL-H 52)"]
    expected: dict[str, tuple[int | None, ...]] = {
        "v_template": (count, 3),
        "f": (None, 3),
        "shapedirs": (count, 3, None),
        "J_regressor": (JOINT_COUNT, count),
        "weights": (count, JOINT_COUNT),
        "posedirs": (count, 3, POSE_FEATURES),
        "hands_meanl": (45,),
        "hands_meanr": (45,),
        "hands_componentsl": (None, 45),
        "hands_componentsr": (None, 45),
    }
    return [
        f"{name} is {arrays[name].shape}, not ({', '.join('any' if n is None else str(n) for n in shape)})"
        for name, shape in expected.items()
        if name in arrays and not _fits(arrays[name].shape, shape)
    ]


def _fits(found: tuple[int, ...], expected: tuple[int | None, ...]) -> bool:
    return len(found) == len(expected) and all(e in (None, n) for n, e in zip(found, expected, strict=True))


def _wrong_contents(arrays: Arrays) -> list[str]:
    if _wrong_shapes(arrays):
        return []
    wrong = []
    for name in ("v_template", "shapedirs", "J_regressor", "weights", "posedirs"):
        if name in arrays and not np.isfinite(arrays[name]).all():
            wrong.append(f"{name} holds values that are not finite")
    faces = arrays["f"].astype(np.int64)
    if faces.size and not 0 <= faces.min() <= faces.max() < len(arrays["v_template"]):
        wrong.append("f points at vertices that are not there")
    sums = arrays["weights"].astype(np.float64).sum(axis=1)
    if np.abs(sums - 1).max(initial=0) > _WEIGHT_TOLERANCE:
        wrong.append("weights do not add up to 1 at every vertex")
    parents = arrays["kintree_table"].reshape(-1, JOINT_COUNT)[0].astype(np.int64)
    if tuple(parents[1:]) != PARENTS[1:]:
        wrong.append("the joints' parents are not those of SMPL-X")
    return wrong
