"""The 55 rotations of a pose from the parts that SMPL-X data sets and the package ``smplx`` store."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.body.layer import BodyModel
from digital_life.errors import InputError

Floats = NDArray[np.float32]
HAND_NUMBERS = 45
PARTS: tuple[tuple[str, int], ...] = (
    ("global_orient", 3), ("body_pose", 63), ("jaw_pose", 3), ("leye_pose", 3), ("reye_pose", 3),
    ("left_hand_pose", HAND_NUMBERS), ("right_hand_pose", HAND_NUMBERS),
)  # fmt: skip
"""Names of ``smplx`` in joint order, and how many numbers each has for one pose."""


def full_pose(
    body: BodyModel, *, use_pca: bool = False, flat_hand_mean: bool = False, **parts: NDArray[np.floating]
) -> Floats:
    """Axis-angle [T, 55, 3] (radians) for ``BodyModel.forward`` from the ``PARTS``; what is left out is zero.

    Each part is [T, numbers] or [numbers], or of any shape with as many numbers a pose. With ``use_pca`` the hands are
    coefficients [T, n] of the first n of the body's components; without ``flat_hand_mean`` the body's mean hands are
    added, as ``smplx`` does by default in both cases.

    Raises:
        InputError: an unknown part, a wrong number of values, or a body file without the hands that are asked for.
    """
    unknown = set(parts) - {name for name, _ in PARTS}
    if unknown:
        raise InputError(f"unknown part of a pose: {', '.join(sorted(unknown))}", "see PARTS for their names")
    columns = []
    for name, numbers in PARTS:
        values = np.atleast_2d(np.asarray(parts.get(name, np.zeros(numbers)), np.float32))
        values = values.reshape(-1, values.shape[-1] if use_pca and "hand" in name else numbers)
        if "hand" in name:
            side = name[0]
            if use_pca and name in parts:
                values = values @ hand_components(body, side, values.shape[1])
            if not flat_hand_mean:
                values = values + hand_mean(body, side)
        columns.append(values)
    frames = max(len(values) for values in columns)
    wrong = [name for (name, _), values in zip(PARTS, columns, strict=True) if len(values) not in (1, frames)]
    if wrong:
        raise InputError(f"{', '.join(wrong)}: another number of poses than the longest part, {frames}")
    whole = np.concatenate([np.broadcast_to(v, (frames, v.shape[1])) for v in columns], axis=1)
    return np.asarray(whole.reshape(frames, -1, 3), np.float32)


def hand_mean(body: BodyModel, side: str) -> Floats:
    """Mean pose [45] (radians) of the hand ``side`` ("l" or "r") that the body file holds.

    Raises:
        InputError: it holds none.
    """
    return _hand_array(body, f"hands_mean{side}").reshape(HAND_NUMBERS)


def hand_components(body: BodyModel, side: str, count: int) -> Floats:
    """The first ``count`` components [count, 45] of the hand ``side`` ("l" or "r").

    Raises:
        InputError: the body file holds fewer.
    """
    components = _hand_array(body, f"hands_components{side}")
    if count > len(components):
        raise InputError(f"the body has {len(components)} hand components, {count} coefficients were given")
    return components[:count]


def _hand_array(body: BodyModel, name: str) -> Floats:
    if name not in body.extras:
        raise InputError(
            f"the body file holds no '{name}'", "give full hand rotations with flat_hand_mean=True, use_pca=False"
        )
    return np.asarray(body.extras[name], np.float32)
