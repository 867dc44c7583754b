"""Several processes film one scene, each another shot at a time: software OpenGL then uses every core."""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from queue import SimpleQueue
from types import TracebackType
from typing import IO, Any

from digital_life.errors import AssetError
from digital_life.render.worker import Failure, Frame, Order, Ready, Segment, Slower

_MOST = 4
_FRAMES_WORTH_A_WORKER = 150
_MEND = "run it again; if it happens again, please report it with this message"


def crew_size(total: int) -> int:
    """How many processes film ``total`` frames: one for every core, but none for a few frames only."""
    return max(1, min(_cores(), _MOST, total // _FRAMES_WORTH_A_WORKER))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Crew:
    """The processes. Use it as a context manager: leaving it, also by an error or Ctrl-C, ends them all."""

    def __init__(self, order: Order, count: int) -> None:
        silent = [replace(performance, speech=None) for performance in order.job.performances]
        self._order = pickle.dumps(replace(order, job=replace(order.job, performances=silent)))
        self._messages: SimpleQueue[tuple[int, Any]] = SimpleQueue()
        self._complaints: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        threads = max(1, _cores() // count)
        environment = {
            **os.environ,
            "LP_NUM_THREADS": str(threads),
            "OMP_NUM_THREADS": str(threads),
            "PYTHONPATH": os.pathsep.join(part for part in sys.path if part),
        }
        self._workers = [
            subprocess.Popen(
                [sys.executable, "-m", "digital_life.render.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                env=environment,
            )
            for _ in range(count)
        ]

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.kill()
        for worker in self._workers:
            worker.wait()
            for pipe in (worker.stdin, worker.stdout):
                with contextlib.suppress(OSError):
                    assert pipe is not None
                    pipe.close()
        self._complaints.close()

    def film(self) -> Iterator[Frame | Segment | Slower]:
        """A ``Frame`` for every picture and a ``Segment`` for every shot, in the order in which they are done.

        Before them a ``Slower`` of every process that cannot draw quickly though it should.

        Raises:
            AssetError: a process ended early, for instance for want of OpenGL; the message says why.
        """
        for number in range(len(self._workers)):
            threading.Thread(target=self._listen, args=(number,), daemon=True).start()
        waiting: list[tuple[int, int]] | None = None
        unfinished = 1
        while unfinished:
            number, message = self._messages.get()
            if isinstance(message, Failure):
                raise message.error
            if message is None:
                raise self._death(number)
            if isinstance(message, Ready) and waiting is None:
                waiting = sorted(message.stretches, key=lambda stretch: stretch[0] - stretch[1])
                unfinished = len(waiting)
            if isinstance(message, Frame | Segment | Slower):
                yield message
            if isinstance(message, Segment):
                unfinished -= 1
            if isinstance(message, Ready | Segment) and waiting:
                self._send(number, pickle.dumps(waiting.pop(0)))

    def _listen(self, number: int) -> None:
        """Hand the order to a process and put its messages into the queue; None when it ends."""
        pipe = self._workers[number].stdout
        assert pipe is not None
        self._send(number, self._order)
        with contextlib.suppress(EOFError, pickle.UnpicklingError, ValueError, OSError):
            while True:
                self._messages.put((number, pickle.load(pipe)))
        self._messages.put((number, None))

    def _send(self, number: int, data: bytes) -> None:
        pipe = self._workers[number].stdin
        assert pipe is not None
        with contextlib.suppress(OSError):  # a process that is gone is noticed by its listener
            pipe.write(data)
            pipe.flush()

    def _death(self, number: int) -> AssetError:
        code = self._workers[number].wait()
        self._complaints.seek(0)
        said = self._complaints.read().decode(errors="replace").strip().splitlines()
        why = f": {said[-1]}" if said else ""
        return AssetError(f"a process that draws the video ended with code {code}{why}", _MEND)
