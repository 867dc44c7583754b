"""Putting a frame together: shadows on the backdrop, characters over it, smooth edges.

Pictures are [H, W] uint32, a pixel's bytes red, green, blue and one that is not used. Red and blue are calculated at
once in the halves of a 32-bit number (little-endian: blue above, red below), which takes a third of the time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digital_life.render.opengl import Region
from digital_life.render.shadows import STEP

Packed = NDArray[np.uint32]
Image8 = NDArray[np.uint8]

_RED_BLUE = np.uint32(0x00FF00FF)
_GREEN = np.uint32(0x0000FF00)
_EIGHT, _FOUR = np.uint32(8), np.uint32(4)
_NEIGHBOURS = ((-1, 0, 2), (1, 0, 2), (0, -1, 2), (0, 1, 2), (-1, -1, 1), (-1, 1, 1), (1, -1, 1), (1, 1, 1))
"""(rows down, columns across, weight); the pixel itself weighs 4, all together 16."""


def pack(picture: Image8) -> Packed:
    """A picture [H, W, 3] of bytes as [H, W] uint32."""
    out = np.empty((*picture.shape[:2], 4), np.uint8)
    out[..., :3], out[..., 3] = picture, 255
    return out.view("<u4")[..., 0]


def unpack(picture: Packed) -> Image8:
    """The bytes [H, W, 4] of a packed picture, without a copy."""
    return picture.view(np.uint8).reshape(*picture.shape, 4)


def darken(picture: Packed, light: NDArray[np.float32]) -> Packed:
    """A copy of the picture under a shadow map [H / STEP, W / STEP], touched only where there is shadow."""
    out = picture.copy()
    rows, columns = np.nonzero(light < 0.985)
    if not len(rows):
        return out
    top, bottom = max(int(rows.min()) - 1, 0), min(int(rows.max()) + 2, light.shape[0])
    left, right = max(int(columns.min()) - 1, 0), min(int(columns.max()) + 2, light.shape[1])
    part = Image.fromarray((light[top:bottom, left:right] * 255).astype(np.uint8))
    fine = np.asarray(part.resize(((right - left) * STEP, (bottom - top) * STEP), Image.Resampling.BILINEAR))
    area = out[top * STEP : bottom * STEP, left * STEP : right * STEP]
    share = fine.astype(np.uint32)
    share += np.uint32(1)
    red_blue = area & _RED_BLUE
    red_blue *= share
    red_blue >>= _EIGHT
    red_blue &= _RED_BLUE
    share *= (area & _GREEN) >> _EIGHT
    share &= _GREEN
    np.bitwise_or(red_blue, share, out=area)
    return out


def lay_over(picture: Packed, pixels: Packed, region: Region) -> None:
    """Put drawn ``pixels`` [h, w] into a region of the picture, in place.

    The fourth byte is 0 where nothing was drawn; other values name the part that was. Pixels where the name changes are
    an outline and become a mean of their neighbours, which stands in for multisampling.
    """
    left, top, right, bottom = region
    area = picture[top:bottom, left:right]
    label = unpack(pixels)[..., 3]
    np.copyto(area, pixels, where=label > 0)
    rows, columns = _outline(label)
    rows, columns = rows + top, columns + left
    flat = picture.reshape(-1)
    width = picture.shape[1]
    at = rows * width + columns
    middle = flat[at]
    red_blue, green = (middle & _RED_BLUE) << np.uint32(2), (middle & _GREEN) << np.uint32(2)
    for down, across, weight in _NEIGHBOURS:
        beside = flat[at + (down * width + across)]
        red_blue += (beside & _RED_BLUE) * np.uint32(weight)
        green += (beside & _GREEN) * np.uint32(weight)
    flat[at] = ((red_blue >> _FOUR) & _RED_BLUE) | ((green >> _FOUR) & _GREEN)


def _outline(label: Image8) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the pixels on either side of a change of label, but for the label's own border."""
    edge = np.zeros(label.shape, bool)
    across, down = label[:, 1:] != label[:, :-1], label[1:] != label[:-1]
    edge[:, 1:] = across
    edge[:, :-1] |= across
    edge[1:] |= down
    edge[:-1] |= down
    edge[[0, -1]] = False
    edge[:, [0, -1]] = False
    at = np.flatnonzero(edge)
    rows = at // label.shape[1]
    return rows, at - rows * label.shape[1]
