"""Textures as image files: JPEG, or PNG where there is alpha, smaller and smaller until a whole file fits its limit."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Quality:
    """How much of a picture is kept: quality of JPEG, bits a PNG's colours and alpha lose, most pixels to a side."""

    jpeg: int
    lost_bits: int
    side: int


QUALITIES = (Quality(88, 3, 2048), Quality(82, 3, 1024), Quality(74, 4, 1024), Quality(68, 4, 512), Quality(60, 4, 256))
"""From the best down."""


class ImageSet:
    """Pictures of one file, each held once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._pictures: list[Pixels] = []

    def add(self, pixels: Pixels) -> int:
        """The number of a picture [H, W, 3 or 4]; one that is there already keeps its number."""
        key = hashlib.sha256(pixels.tobytes()).hexdigest() + str(pixels.shape)
        if key not in self._numbers:
            self._numbers[key] = len(self._pictures)
            self._pictures.append(pixels)
        return self._numbers[key]

    def encode(self, room: int) -> list[tuple[bytes, str]]:
        """(file, MIME type) of every picture, of the best quality of ``QUALITIES`` that takes ``room`` bytes at most.

        Where none fits, of the last.
        """
        files: list[tuple[bytes, str]] = []
        for quality in QUALITIES:
            files = [_encode(pixels, quality) for pixels in self._pictures]
            if sum(len(data) for data, _ in files) <= room:
                break
        return files


def decode(data: bytes) -> Pixels:
    """Pixels [H, W, 3], or [H, W, 4] where the file has alpha.

    Raises:
        OSError: it is no picture.
    """
    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        mode = "RGBA" if image.mode in ("RGBA", "LA", "P") else "RGB"
        return np.asarray(image.convert(mode), dtype=np.uint8)


def _encode(pixels: Pixels, quality: Quality) -> tuple[bytes, str]:
    from PIL import Image

    image = Image.fromarray(pixels)
    if max(image.size) > quality.side:
        image.thumbnail((quality.side, quality.side), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    if pixels.shape[2] == 4:
        Image.fromarray(_coarse(np.asarray(image), quality.lost_bits)).save(buffer, "PNG", compress_level=9)
        return buffer.getvalue(), "image/png"
    image.save(buffer, "JPEG", quality=quality.jpeg, optimize=True)
    return buffer.getvalue(), "image/jpeg"


def _coarse(pixels: Pixels, lost_bits: int) -> Pixels:
    """Fewer different values, which PNG stores in half the room; alpha keeps its ends 0 and 255."""
    steps = (1 << (8 - lost_bits)) - 1
    out = pixels.copy()
    out[..., :3] = (pixels[..., :3] >> lost_bits << lost_bits) + (1 << lost_bits - 1)
    out[..., 3] = np.round(np.round(pixels[..., 3] / 255 * steps) / steps * 255)
    return out
