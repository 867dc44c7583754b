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


_OPTIONS = {"preset": "superfast", "crf": "20", "threads": "1"}
Packet = tuple[bytes, int, int, bool]
"""Encoded bytes, pts and dts in frames, and whether it is a key frame."""


class PictureEncoder:
    """H.264 of one stretch of pictures, which ``Mp4Writer`` puts into its place."""

    def __init__(self, size: tuple[int, int], fps: int) -> None:
        import av
        from av.codec.context import Flags

        self._av: Any = av
        self._codec: Any = av.CodecContext.create("libx264", "w")
        _configure(self._codec, size, fps)
        self._codec.flags |= Flags.global_header

    def add(self, picture: NDArray[np.uint8], index: int) -> list[Packet]:
        """Take the picture [H, W, 4] (the fourth byte is not used) of frame ``index``; packets that are ready."""
        frame = self._av.VideoFrame.from_ndarray(picture, format="rgba")
        frame.pts = index
        return self._packets(frame)

    def finish(self) -> list[Packet]:
        """The packets that were still held back."""
        return self._packets(None)

    def _packets(self, frame: Any) -> list[Packet]:
        return [(bytes(p), p.pts, p.dts, p.is_keyframe) for p in self._codec.encode(frame)]


def _configure(codec: Any, size: tuple[int, int], fps: int) -> None:
    codec.width, codec.height = size
    codec.pix_fmt = "yuv420p"
    codec.time_base, codec.framerate = Fraction(1, fps), Fraction(fps)
    codec.options = _OPTIONS


class Mp4Writer:
    """Writes encoded stretches one after the other; use it as a context manager. ``sound`` is mono at ``sound.RATE``.

    Raises:
        OSError: the file cannot be written.
    """

    def __init__(self, path: Path, size: tuple[int, int], fps: int, sound: NDArray[np.float32]) -> None:
        import av

        self._av: Any = av
        self._file = av.open(str(path), "w", options={"movflags": "+faststart"})
        self._video: Any = self._file.add_stream("libx264", rate=fps)
        _configure(self._video.codec_context, size, fps)
        self._audio: Any = self._file.add_stream("aac", rate=RATE, layout="mono")
        self._audio.bit_rate = 96000
        self._file.start_encoding()
        self._sound, self._sent, self._fps = sound, 0, fps

    def add(self, first: int, packets: list[Packet]) -> None:
        """Append the packets of a stretch that starts at frame ``first``, and the sound that belongs to them."""
        for data, pts, dts, key in packets:
            packet = self._av.Packet(data)
            packet.stream, packet.time_base = self._video, Fraction(1, self._fps)
            packet.pts, packet.dts, packet.is_keyframe = first + pts, first + dts, key
            packet.duration = 1
            self._file.mux(packet)
            self._send_sound((first + dts) * RATE // self._fps)

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
            self._file.mux(self._audio.encode(None))
        self._file.close()
