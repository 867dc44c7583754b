"""Subtitles drawn into the picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from digital_life.render.job import Subtitle

Image8 = NDArray[np.uint8]

NAME_COLOURS = ("#ffd27a", "#8fd3ff", "#b8e986", "#ff9fb2", "#d9b3ff", "#f5f5f5")
_TEXT = "#ffffff"
_OUTLINE = "#101014"
_WIDTH = 0.78
_LONGEST_PAGE = 110
_LINGER = 0.3


class Subtitles:
    """Lines of dialogue for pictures of one size; every drawing is made once and kept while it is shown."""

    def __init__(self, lines: Sequence[Subtitle], speakers: Sequence[str], size: tuple[int, int]) -> None:
        self._size = size
        self._letter = max(12, round(size[1] * 0.042))
        self._font = ImageFont.load_default(size=self._letter)
        self._colour = {name: NAME_COLOURS[i % len(NAME_COLOURS)] for i, name in enumerate(speakers)}
        self._lines = sorted(page for line in lines for page in pages(line))
        self._drawn: tuple[Subtitle, Image8, Image8, int, int] | None = None

    def draw(self, picture: Image8, time: float) -> None:
        """Write the line of ``time`` seconds into the picture [H, W, 3 or 4], in place."""
        line = next((line for line in self._lines if line.start <= time < line.end), None)
        if line is None:
            return
        if self._drawn is None or self._drawn[0] != line:
            self._drawn = (line, *self._render(line))
        _, ink, cover, left, top = self._drawn
        area = picture[top : top + ink.shape[0], left : left + ink.shape[1], :3]
        alpha = cover[..., None].astype(np.uint16)
        area[:] = (ink * alpha + area * (255 - alpha)) // 255

    def _render(self, line: Subtitle) -> tuple[Image8, Image8, int, int]:
        """RGB, alpha, left and top of the drawn line."""
        width, height = self._size
        rows = self._wrapped(f"{line.speaker}:  {line.text}")
        spacing = round(self._letter * 1.28)
        canvas = Image.new("RGBA", (width, spacing * len(rows) + 8), (0, 0, 0, 0))
        brush = ImageDraw.Draw(canvas)
        stroke = max(2, round(self._letter / 10))
        for i, row in enumerate(rows):
            x = (width - self._font.getlength(row)) / 2
            y = i * spacing
            if i == 0:
                name = f"{line.speaker}:"
                colour = self._colour.get(line.speaker, _TEXT)
                brush.text((x, y), name, colour, self._font, stroke_width=stroke, stroke_fill=_OUTLINE)
                x, row = x + self._font.getlength(name), row[len(name) :]
            brush.text((x, y), row, _TEXT, self._font, stroke_width=stroke, stroke_fill=_OUTLINE)
        pixels = np.asarray(canvas)
        top = height - canvas.height - round(height * 0.045)
        return pixels[..., :3].copy(), pixels[..., 3].copy(), 0, max(top, 0)

    def _wrapped(self, text: str) -> list[str]:
        rows: list[str] = []
        for word in text.split(" "):
            longer = f"{rows[-1]} {word}" if rows else word
            if rows and self._font.getlength(longer) <= self._size[0] * _WIDTH:
                rows[-1] = longer
            else:
                rows.append(word)
        return rows


def pages(line: Subtitle) -> list[Subtitle]:
    """A long line as several that follow each other, each shown for its share of the time; no word is left out."""
    parts = _split(line.text.split())
    lengths = np.cumsum([0, *(len(part) for part in parts)])
    edges = line.start + (line.end - line.start) * lengths / max(int(lengths[-1]), 1)
    edges[-1] = line.end + _LINGER
    return [
        Subtitle(float(a), float(b), line.speaker, p) for p, a, b in zip(parts, edges, edges[1:], strict=False) if p
    ]


def _split(words: list[str]) -> list[str]:
    """The words as texts of one page each: broken near the middle, after a sentence or a clause where there is one."""
    text = " ".join(words)
    if len(text) <= _LONGEST_PAGE or len(words) < 2:
        return [text]
    ends = np.cumsum([len(word) + 1 for word in words])[:-1]
    costs = [abs(end - len(text) / 2) + _break_cost(word) for end, word in zip(ends, words, strict=False)]
    cut = int(np.argmin(costs)) + 1
    return _split(words[:cut]) + _split(words[cut:])


def _break_cost(word: str) -> float:
    """How badly a page ends with the word, as characters away from the middle."""
    bare = word.rstrip("\"'”’)")
    if bare.endswith((".", "!", "?", "…")):
        return 0.0
    return 0.15 * _LONGEST_PAGE if bare.endswith((",", ";", ":", "–", "—")) else 0.4 * _LONGEST_PAGE
