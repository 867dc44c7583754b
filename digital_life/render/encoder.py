"""H.264 pictures and AAC sound into one MP4, through PyAV."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.render.sound import RATE

_AAC_FRAME = 1024


class Mp4Writer:
    """Writes frames one after the other; use it as a context manager. ``sound`` is mono float32 at ``sound.RATE``.

    Raises:
        OSError: the file cannot be written.
    """

    def __init__(self, path: Path, size: tuple[int, int], fps: int, sound: NDArray[np.float32]) -> None:
        import av

        self._av: Any = av
        self._file = av.open(str(path), "w", options={"movflags": "+faststart"})
        self._video: Any = self._file.add_stream("libx264", rate=fps)
        self._video.width, self._video.height = size
        self._video.pix_fmt = "yuv420p"
        self._video.options = {"preset": "veryfast", "crf": "21"}
        self._audio: Any = self._file.add_stream("aac", rate=RATE, layout="mono")
        self._audio.bit_rate = 96000
        self._sound, self._sent, self._shown, self._fps = sound, 0, 0, fps

    def add(self, picture: NDArray[np.uint8]) -> None:
        """Append one picture [H, W, 4] (the fourth byte is not used) and the sound that belongs to it."""
        frame = self._av.VideoFrame.from_ndarray(picture, format="rgba")
        frame.pts = self._shown
        self._file.mux(self._video.encode(frame))
        self._shown += 1
        self._send_sound(self._shown * RATE // self._fps)

    def _send_sound(self, until: int) -> None:
        while self._sent + _AAC_FRAME <= until and self._sent < len(self._sound):
            block = self._sound[self._sent : self._sent + _AAC_FRAME]
            frame = self._av.AudioFrame.from_ndarray(block[None], format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE, self._sent, Fraction(1, RATE)
            self._file.mux(self._audio.encode(frame))
            self._sent += len(block)

    def __enter__(self) -> Mp4Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._send_sound(len(self._sound) + _AAC_FRAME)
            self._file.mux(self._video.encode(None))
            self._file.mux(self._audio.encode(None))
        self._file.close()
