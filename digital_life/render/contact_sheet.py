"""A contact sheet: one row a motion, frames from its beginning to its end, and what it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from digital_life.errors import AssetError, InputError, storage_error
from digital_life.momat.clip import Clip
from digital_life.momat.gait_file import with_relaxed_fingers
from digital_life.motion.motion import Motion
from digital_life.render.figures import Figures, StickFigures

CELL = (216, 280)
"""Width and height of one frame, pixels."""

_PAPER, _INK, _FAINT = (250, 250, 248), (28, 30, 36), (112, 116, 126)
_MARGIN, _GAP = 14, 4
_TITLE, _TEXT, _SMALL = 24, 17, 13
_CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]+")
_CHINESE_FONTS = (
    "NotoSansCJK-Regular.ttc", "NotoSansSC-Regular.otf", "wqy-zenhei.ttc", "wqy-microhei.ttc", "DroidSansFallbackFull.ttf",
    "PingFang.ttc", "Hiragino Sans GB.ttc", "msyh.ttc", "simsun.ttc",
)  # fmt: skip
_NO_FONT = "this machine has no font with Chinese characters, so they are left out of the picture"

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True)
class Row:
    """A motion with a line about what it shows (``title``) and a fainter one about where it comes from (``detail``)."""

    motion: Motion
    title: str
    detail: str = ""

    @staticmethod
    def of(clip: Clip, title: str) -> Row:
        """A clip of a library; hands without recorded fingers hang relaxed."""
        motion = clip.motion
        if not clip.has_fingers:
            rotations = with_relaxed_fingers(motion.rotations.astype(np.float64))
            motion = replace(motion, rotations=rotations.astype(np.float32))
        return Row(motion, title, f"{clip.id}, {clip.duration:.1f} s, {clip.posture} {clip.kind}, {clip.licence}")


def contact_sheet(
    rows: Sequence[Row],
    out: Path,
    *,
    heading: str = "",
    columns: int = 6,
    bodies: bool = True,
    progress: Callable[[int, int], object] = lambda _done, _total: None,
) -> str:
    """Draw ``rows`` into the picture ``out`` (its suffix is the format); ``progress`` is told (frames done, in all).

    Returns a note for the user: why stick figures were drawn though ``bodies`` were wanted, or Chinese is left out.

    Raises:
        InputError: there are no rows, or the format is unknown.
        StorageError: the picture cannot be written.
    """
    if not rows:
        raise InputError("a contact sheet needs at least one motion")
    if out.suffix.lower() not in Image.registered_extensions():
        raise InputError(f"{out}: '{out.suffix}' is no picture format", "write a .png or .jpg file")
    with ExitStack() as stack:
        figures, note = _figures(stack, bodies)
        sheet = _Sheet(len(rows), columns, heading)
        if any(_CHINESE.search(text) for text in (heading, *(row.title for row in rows))) and not _chinese_font():
            note = "\n".join(part for part in (note, _NO_FONT) if part)
        for number, row in enumerate(rows):
            sheet.write(number, row)
            for column, frame in enumerate(_frames(len(row.motion), columns)):
                sheet.paste(number, column, figures.picture(row.motion, frame), frame / row.motion.fps)
                progress(number * columns + column + 1, len(rows) * columns)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        sheet.image.save(out, quality=88)
    except OSError as error:
        raise storage_error(error, out, "writing a contact sheet") from error
    return note


def _figures(stack: ExitStack, bodies: bool) -> tuple[Figures, str]:
    if not bodies:
        return StickFigures(CELL), ""
    try:
        from digital_life.render.body_figures import BodyFigures

        return stack.enter_context(BodyFigures(CELL)), ""
    except AssetError as error:
        return StickFigures(CELL), f"drawn as stick figures: {error.problem}\n  To mend it: {error.mend}"


@cache
def _chinese_font() -> str:
    """A font of this machine that has Chinese characters, "" if there is none."""
    for name in _CHINESE_FONTS:
        try:
            ImageFont.truetype(name, _TEXT)
        except OSError:
            continue
        return name
    return ""


def _frames(count: int, columns: int) -> list[int]:
    """Frames spread over the motion, without its very ends, which are alike in most clips."""
    return [int(frame) for frame in np.round((np.arange(columns) + 0.5) / columns * (count - 1))]


class _Sheet:
    """The picture while it is made."""

    def __init__(self, rows: int, columns: int, heading: str) -> None:
        self._fonts = {size: ImageFont.load_default(size=size) for size in (_TITLE, _TEXT, _SMALL)}
        self._top = _MARGIN + (_TITLE + 16 if heading else 0)
        self._row_height = CELL[1] + _TEXT + _SMALL + 26
        self._width = 2 * _MARGIN + columns * CELL[0] + (columns - 1) * _GAP
        self.image = Image.new("RGB", (self._width, self._top + rows * self._row_height + _MARGIN), _PAPER)
        self._brush = ImageDraw.Draw(self.image)
        self._line(_MARGIN, heading, _TITLE, _INK)

    def write(self, number: int, row: Row) -> None:
        y = self._top + number * self._row_height
        self._line(y, row.title, _TEXT, _INK)
        self._line(y + _TEXT + 5, row.detail, _SMALL, _FAINT)

    def paste(self, number: int, column: int, picture: Image.Image, seconds: float) -> None:
        x = _MARGIN + column * (CELL[0] + _GAP)
        y = self._top + number * self._row_height + _TEXT + _SMALL + 14
        self.image.paste(picture, (x, y))
        self._brush.text((x + 7, y + 5), f"{seconds:.1f} s", _FAINT, self._fonts[_SMALL])

    def _line(self, y: int, text: str, size: int, colour: tuple[int, int, int]) -> None:
        """One line of text, shortened to the width of the sheet."""
        font: Font = self._fonts[size]
        room = self._width - 2 * _MARGIN
        if _CHINESE.search(text):
            name = _chinese_font()
            font = ImageFont.truetype(name, size) if name else font
            text = text if name else _CHINESE.sub("", text).strip()
        while font.getlength(text) > room:
            text = text[:-2].rstrip(" .…") + "…"
        self._brush.text((_MARGIN, y), text, colour, font)
