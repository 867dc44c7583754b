"""A process that films stretches of a scene: ``python -m digital_life.render.worker``, started by ``crew``.

It reads pickled objects from its standard input, first ``Order``, then (first, last) frames to film, and writes pickled
messages to its standard output: ``Slower`` where that is so, ``Ready``, a ``Frame`` for every picture, a ``Segment`` for every stretch, ``Failure``.
"""

from __future__ import annotations

import itertools
import math
import os
import pickle
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from digital_life.errors import AssetError
from digital_life.render.job import RenderJob, Subtitle

if TYPE_CHECKING:
    from digital_life.render.fast_studio import FastStudio
    from digital_life.render.studio import Studio


@dataclass(frozen=True)
class Order:
    """What to film and how: ``size`` (width, height), ``total`` frames at ``fps``."""

    job: RenderJob
    size: tuple[int, int]
    fps: int
    total: int
    fast: bool = False


@dataclass(frozen=True)
class Slower:
    """The quick renderer was asked for and does not work; the usual one draws."""

    why: str


@dataclass(frozen=True)
class Ready:
    """The stretches [first, last) of frames that are best filmed in one go."""

    stretches: list[tuple[int, int]]


@dataclass(frozen=True)
class Frame:
    """One more picture is done."""


@dataclass(frozen=True)
class Segment:
    """Encoded pictures of the stretch that starts at frame ``first``: (bytes, pts, dts, whether a key frame)."""

    first: int
    packets: list[tuple[bytes, int, int, bool]]


@dataclass(frozen=True)
class Failure:
    """Filming cannot go on."""

    error: Exception


def _work(orders: BinaryIO, answers: BinaryIO) -> None:
    from digital_life.render.compose import unpack
    from digital_life.render.encoder import PictureEncoder
    from digital_life.render.subtitles import Subtitles

    def tell(message: object) -> None:
        pickle.dump(message, answers)
        answers.flush()

    order: Order = pickle.load(orders)
    job, fps = order.job, order.fps
    with open_studio(order, tell) as studio:
        subtitles = Subtitles([Subtitle(*line) for line in job.subtitles], list(job.characters), order.size)
        starts = (min(math.ceil(shot.start * fps - 1e-6), order.total) for shot in studio.shots)
        edges = sorted({0, order.total, *starts})
        tell(Ready(list(itertools.pairwise(edges))))
        while stretch := pickle.load(orders):
            first, last = stretch
            encoder = PictureEncoder(order.size, fps)
            packets: list[tuple[bytes, int, int, bool]] = []
            for index in range(first, last):
                picture = unpack(studio.draw(index / fps).compose())
                subtitles.draw(picture, index / fps)
                packets += encoder.add(picture, index - first)
                tell(Frame())
            tell(Segment(first, packets + encoder.finish()))


def open_studio(order: Order, tell: Callable[[object], None]) -> Studio | FastStudio:
    """The studio that the order asks for; where the quick one does not work, the usual one, and ``tell`` is told."""
    from digital_life.render.studio import Studio

    if order.fast:
        from digital_life.render.fast_studio import FastStudio

        try:
            return FastStudio(order.job, order.size)
        except AssetError as error:
            tell(Slower(error.problem))
    return Studio(order.job, order.size)


def main() -> None:
    """Work until the orders end. Ctrl-C is the affair of the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print must not get between the messages
    try:
        _work(sys.stdin.buffer, answers)
    except (EOFError, BrokenPipeError):
        return
    except Exception as error:
        pickle.dump(Failure(error), answers)
        answers.flush()


if __name__ == "__main__":
    from digital_life.render.worker import main as run  # the messages' classes must not be those of __main__

    run()
