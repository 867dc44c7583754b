"""A texture layout for the head alone, in which the face gets most of the texels, and a raster of it.

MakeHuman's atlas shows an eye with some thirty texels out of 1024. Here the islands of face, mouth cavity and eye
sockets get their own square; the face island is stretched around the face by monotone curves, so nothing overlaps.
"""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import distance_transform_edt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from tools.body_build.makehuman import BaseMesh

ALONG = PchipInterpolator([0, 0.36, 0.46, 0.93, 1], [0, 0.15, 0.24, 0.93, 1])
"""Crown to chin."""
ACROSS = PchipInterpolator([0, 0.24, 0.36, 0.64, 0.76, 1], [0, 0.12, 0.22, 0.78, 0.88, 1])
"""Right side to left side of the face."""
FACE_STRIP = 0.82
"""Share of the square's height that the face takes; below it lie the mouth cavity and the eye sockets."""
SMALL_ISLANDS = {"mouth": (0.02, 0.84, 0.22, 0.15), "right_socket": (0.3, 0.84, 0.11, 0.15),
                 "left_socket": (0.45, 0.84, 0.11, 0.15)}  # fmt: skip
"""x, y, width and height in the square, origin top left."""


@dataclass(frozen=True)
class HeadLayout:
    """``quads`` [Q] bool: body quads of the head part. ``uv`` [M, 2]: origin bottom left, changed for the head only."""

    quads: np.ndarray
    uv: np.ndarray


def lay_out_head(mesh: BaseMesh, vertices: np.ndarray) -> HeadLayout:
    """Find the head's islands by where they lie on the body and give them their place in the head texture."""
    corners = mesh.uv_quads["body"]
    label = _islands(corners, len(mesh.uv))
    uv = mesh.uv.copy()
    head = np.zeros(len(corners), bool)
    for island in np.unique(label):
        mine = label == island
        middle = vertices[mesh.quads["body"][mine]].reshape(-1, 3)
        name = _name(middle)
        if name:
            head |= mine
            ids = np.unique(corners[mine])
            uv[ids] = _place(name, mesh.uv[ids])
    return HeadLayout(head, uv)


def _islands(corners: np.ndarray, count: int) -> np.ndarray:
    edges = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 3]]])
    graph = coo_matrix((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(count, count))
    return connected_components(graph, directed=False)[1][corners[:, 0]]


def _name(points: np.ndarray) -> str:
    """Which island it is, by its extent on the average adult; empty for the rest of the body."""
    if points[:, 1].min() < 0.15:
        return ""
    if points[:, 1].max() > 0.35:
        return "face"
    if points[:, 0].min() < 0 < points[:, 0].max():
        return "mouth"
    return "left_socket" if points[:, 0].mean() > 0 else "right_socket"


def _place(name: str, uv: np.ndarray) -> np.ndarray:
    low, high = uv.min(0), uv.max(0)
    s, t = ((uv - low) / (high - low)).T
    if name == "face":
        return np.stack([0.004 + 0.992 * ALONG(s), 1 - FACE_STRIP * (0.004 + 0.992 * (1 - ACROSS(t)))], axis=1)
    x, y, width, height = SMALL_ISLANDS[name]
    return np.stack([x + width * s, 1 - y - height * (1 - t)], axis=1)


def raster(uv: np.ndarray, corners: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    """[size, size, C] image of per-corner ``values`` [Q, 4, C], row 0 at the top; empty texels take the nearest value."""
    image = np.full((size, size, values.shape[2]), np.nan, np.float32)
    points = uv[corners] * [size, -size] + [0, size]
    for quad, value in zip(points, values, strict=True):
        for half in ([0, 1, 2], [0, 2, 3]):
            _fill(image, quad[half], value[half])
    empty = np.isnan(image[..., 0])
    nearest = distance_transform_edt(empty, return_distances=False, return_indices=True)
    return image[tuple(nearest)]


def _fill(image: np.ndarray, points: np.ndarray, values: np.ndarray) -> None:
    low = np.maximum(np.floor(points.min(0) - 1).astype(int), 0)
    high = np.minimum(np.ceil(points.max(0) + 1).astype(int), image.shape[0] - 1)
    (x1, y1), (x2, y2) = points[1] - points[0], points[2] - points[0]
    area = x1 * y2 - x2 * y1
    if abs(area) < 1e-9 or (high < low).any():
        return
    x, y = np.meshgrid(np.arange(low[0], high[0] + 1) + 0.5, np.arange(low[1], high[1] + 1) + 0.5)
    x, y = x - points[0, 0], y - points[0, 1]
    u, v = (x * y2 - x2 * y) / area, (x1 * y - x * y1) / area
    inside = (u > -0.03) & (v > -0.03) & (u + v < 1.03)
    colour = values[0] + u[..., None] * (values[1] - values[0]) + v[..., None] * (values[2] - values[0])
    image[low[1] : high[1] + 1, low[0] : high[0] + 1][inside] = colour[inside]
