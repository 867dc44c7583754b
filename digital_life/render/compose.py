"""Putting a frame together: shadows on the backdrop, characters over it, smooth edges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digital_life.render.opengl import Region
from digital_life.render.shadows import STEP

Image8 = NDArray[np.uint8]


def darken(picture: Image8, light: NDArray[np.float32]) -> Image8:
    """A copy of the picture [H, W, 3] under a shadow map [H / STEP, W / STEP], touched only where there is shadow."""
    out = picture.copy()
    rows, columns = np.nonzero(light < 0.985)
    if not len(rows):
        return out
    top, bottom = max(int(rows.min()) - 1, 0), min(int(rows.max()) + 2, light.shape[0])
    left, right = max(int(columns.min()) - 1, 0), min(int(columns.max()) + 2, light.shape[1])
    part = Image.fromarray((light[top:bottom, left:right] * 255).astype(np.uint8))
    fine = np.asarray(part.resize(((right - left) * STEP, (bottom - top) * STEP), Image.Resampling.BILINEAR))
    area = out[top * STEP : bottom * STEP, left * STEP : right * STEP]
    area[:] = (area * (fine[..., None].astype(np.uint16) + 1)) >> 8
    return out


def lay_over(picture: Image8, pixels: Image8, region: Region) -> None:
    """Put drawn ``pixels`` [h, w, 4] into a region of the picture, in place.

    Alpha 0 is empty; other values name the part that was drawn. Pixels where the name changes are an outline and become
    a mean of their neighbours, which stands in for multisampling.
    """
    left, top, right, bottom = region
    area = picture[top:bottom, left:right]
    label = pixels[..., 3]
    drawn = label > 0
    area[drawn] = pixels[..., :3][drawn]
    rows, columns = _outline(label)
    inside = (rows > 0) & (rows < len(label) - 1) & (columns > 0) & (columns < label.shape[1] - 1)
    rows, columns = rows[inside], columns[inside]
    mean = 4 * area[rows, columns].astype(np.uint16)
    for down, across, weight in (
        (-1, 0, 2),
        (1, 0, 2),
        (0, -1, 2),
        (0, 1, 2),
        (-1, -1, 1),
        (-1, 1, 1),
        (1, -1, 1),
        (1, 1, 1),
    ):
        mean += weight * area[rows + down, columns + across].astype(np.uint16)
    area[rows, columns] = (mean // 16).astype(np.uint8)


def _outline(label: NDArray[np.uint8]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of all pixels on either side of a change of label."""
    edge = np.zeros(label.shape, bool)
    across, down = label[:, 1:] != label[:, :-1], label[1:] != label[:-1]
    edge[:, 1:] |= across
    edge[:, :-1] |= across
    edge[1:] |= down
    edge[:-1] |= down
    rows, columns = np.nonzero(edge)
    return rows, columns
