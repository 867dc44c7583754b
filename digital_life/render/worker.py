"""A process that films stretches of a scene: ``python -m digital_life.render.worker``, started by ``crew``.

It reads pickled objects from its standard input, first ``Order``, then (first, last) frames to film, and writes pickled
messages to its standard output: ``Ready``, a ``Frame`` for every picture, a ``Segment`` for every stretch, ``Failure``.
"""

from __future__ import annotations

import itertools
import math
import os
import pickle
import signal
import sys
from dataclasses import dataclass
from typing import BinaryIO

from digital_life.render.job import RenderJob, Subtitle


@dataclass(frozen=True)
class Order:
    """What to film and how: ``size`` (width, height), ``total`` frames at ``fps``."""

    job: RenderJob
    size: tuple[int, int]
    fps: int
    total: int


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
    from digital_life.render.studio import Studio
    from digital_life.render.subtitles import Subtitles

    def tell(message: object) -> None:
        pickle.dump(message, answers)
        answers.flush()

    order: Order = pickle.load(orders)
    job, fps = order.job, order.fps
    with Studio(job, order.size) as studio:
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
