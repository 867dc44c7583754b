"""How much of the shoulders' pose correctives a body takes, so that its arms keep their volume.

The correctives are learnt on the average body. Where the joint lies within the flesh of the shoulder differs much between
people: what fills up an average shoulder swells a plump child's, and leaves a heavy old man's hollow.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from digital_life.body.correctives import Correctives
from digital_life.body.geometry import triangles
from digital_life.body.identity import Identity
from digital_life.body.limb_volume import LimbSkin, both_sides, skinned, volume
from digital_life.motion.skeleton import JOINT_INDEX

TRIALS = tuple(
    both_sides((("shoulder", axis, degrees),))
    for axis, degrees in ((0, 30), (0, 55), (0, 80), (1, -60), (1, -110), (2, -75), (2, 85))
)
"""Local rotations [55, 3, 3] in which the arms' volume is looked at: twisted, across the chest, hanging, raised."""
TOLERANCE = 0.09
"""Correctives are left alone where no trial changes the arms' volume by more than this."""
SHARES = np.arange(40, 141) / 100


def with_shoulder_share(correctives: Correctives, identity: Identity, weights: NDArray[np.float64]) -> Correctives:
    """The correctives of ``identity`` with those of its shoulders as strong as keeps the volume of its arms.

    ``weights`` [N, 55]: its skin weights.
    """
    share = volume_keeping_share(correctives, identity, weights)
    shoulders = (JOINT_INDEX["left_shoulder"], JOINT_INDEX["right_shoulder"])
    return correctives.stronger(np.where(np.isin(correctives.joints, shoulders), share, 1.0))


def volume_keeping_share(correctives: Correctives, identity: Identity, weights: NDArray[np.float64]) -> float:
    """What to multiply the correctives with: the least change that keeps the arms' volume, or what keeps it best."""
    plain, full = _changes(correctives, identity, weights)
    largest = np.abs(plain + SHARES[:, None] * (full - plain)).max(axis=1)
    good = SHARES[largest <= max(TOLERANCE, largest.min())]
    return float(good[np.abs(good - 1).argmin()])


def _changes(
    correctives: Correctives, identity: Identity, weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The change of the arms' volume in every trial, as a share of it, without and with the correctives."""
    every = triangles(identity.quads("body")).astype(np.int64)
    whole = LimbSkin(identity.vertices.astype(np.float64), identity.joints, scipy.sparse.csr_matrix(weights), every)
    arms = volume(whole.vertices, *whole.limb("shoulder"))
    faces, borders = whole.around("shoulder")
    used = np.unique(faces)
    faces, borders = np.searchsorted(used, faces), [np.searchsorted(used, border) for border in borders]
    vertices, skin_weights = whole.vertices[used], whole.weights[used]
    rest = volume(vertices, faces, borders)
    changes = np.zeros((2, len(TRIALS)))
    for k, matrices in enumerate(TRIALS):
        offsets = np.zeros_like(whole.vertices)
        offsets[correctives.moved] = (correctives.offset_matrix @ correctives.weights(matrices)).reshape(-1, 3)
        for full, surface in enumerate((vertices, vertices + offsets[used])):
            posed = skinned(surface, skin_weights, whole.joints, matrices)
            changes[full, k] = (volume(posed, faces, borders) - rest) / arms
    return changes[0], changes[1]
