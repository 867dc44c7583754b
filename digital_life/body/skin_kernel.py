"""Linear blend skinning of one mesh, laid out for speed on a processor.

Vertices are sorted by the joint that holds them most and stored coordinate by coordinate, so that the blend of the
joints' matrices is a few small dense products (a group of vertices hangs on a handful of joints, not on 55), and its
application is nine multiplications of whole rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from digital_life.body.offsets import UNSHARED

Floats = NDArray[np.float32]
_CALL = 5000
"""What one more product costs, in joints times vertices: groups are merged where that is cheaper."""


@dataclass(frozen=True)
class _Group:
    """Consecutive vertices (in sorted order) and the joints they hang on; ``weights`` [joints, vertices]."""

    rows: slice
    joints: NDArray[np.int64]
    weights: Floats


@dataclass(frozen=True)
class Room:
    """``blended`` [12, V], ``posed`` and ``part`` [3, V], ``points`` [V, 3]."""

    blended: Floats
    posed: Floats
    part: Floats
    points: Floats


class SkinKernel:
    """Skinning of V vertices with ``weights`` [V, 55]; ``order`` [V] lists vertices as the kernel wants them."""

    def __init__(self, weights: scipy.sparse.csr_matrix) -> None:
        dense = weights.toarray().astype(np.float32)
        members = _groups(dense)
        self.order = np.concatenate([rows for rows, _ in members])
        self._inverse = np.empty_like(self.order)
        self._inverse[self.order] = np.arange(len(self.order))
        self._groups = []
        start = 0
        for rows, joints in members:
            most = UNSHARED // (12 * len(joints))
            for piece in (rows[first : first + most] for first in range(0, len(rows), most)):
                block = np.ascontiguousarray(dense[np.ix_(piece, joints)].T)
                self._groups.append(_Group(slice(start, start + len(piece)), joints, block))
                start += len(piece)

    def sorted(self, points: NDArray[np.floating]) -> Floats:
        """Points [V, 3] as rows [3, V] in the kernel's order."""
        return np.ascontiguousarray(points[self.order].T, dtype=np.float32)

    def room(self) -> Room:
        """Memory for intermediate values, to be used again from frame to frame by one caller."""
        count = len(self.order)
        return Room(*(np.empty(shape, np.float32) for shape in ((12, count), (3, count), (3, count), (count, 3))))

    def skin(self, rest: Floats, relative: Floats, translation: NDArray[np.floating], out: Floats, room: Room) -> None:
        """Write posed vertices [V, 3] to ``out`` from ``rest`` [3, V] (sorted), ``relative`` [55, 12], translation [3]."""
        for group in self._groups:
            np.matmul(relative[group.joints].T, group.weights, out=room.blended[:, group.rows])
        columns = room.blended.reshape(3, 4, -1)
        posed, part = room.posed, room.part
        np.multiply(columns[:, 0], rest[0], out=posed)
        for axis in (1, 2):
            np.multiply(columns[:, axis], rest[axis], out=part)
            posed += part
        posed += columns[:, 3]
        posed += translation.astype(np.float32)[:, None]
        room.points[:] = posed.T
        np.take(room.points, self._inverse, axis=0, out=out, mode="clip")


def _groups(dense: Floats) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Vertices by their strongest joint, merged where that saves more calls than it adds multiplications: (vertices,
    joints) of every group."""
    strongest = dense.argmax(axis=1)
    rows = [np.flatnonzero(strongest == joint) for joint in np.unique(strongest)]
    used = np.array([(dense[mine] != 0).any(axis=0) for mine in rows])
    while len(rows) > 1:
        sizes = np.array([len(mine) for mine in rows])
        apart = sizes * used.sum(axis=1)
        together = (sizes[:, None] + sizes) * (used[:, None] | used[None]).sum(axis=2)
        saving = _CALL + apart[:, None] + apart - together
        first, second = np.unravel_index(np.triu(saving, 1).argmax(), saving.shape)
        if np.triu(saving, 1)[first, second] <= 0:
            break
        rows[first] = np.concatenate([rows[first], rows.pop(second)])
        used[first] |= used[second]
        used = np.delete(used, second, axis=0)
    return [(mine, np.flatnonzero(joints)) for mine, joints in zip(rows, used, strict=True)]
