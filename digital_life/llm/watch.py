"""Run something that produces items in a thread, so that time limits and Ctrl-C act at once, whatever it waits for."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Push = Callable[[Item], bool]
"""Hands one item over; False tells the producer to stop because nobody listens any more."""


class Silence(Exception):
    """Nothing came for too long, or the whole took too long; ``seconds`` is the limit that was passed."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"nothing for {seconds:g} s")


@dataclass(frozen=True)
class _Item(Generic[Item]):
    value: Item


@dataclass(frozen=True)
class _End:
    error: Exception | None = None


def watch(
    produce: Callable[[Push[Item]], None], *, silence: float, total: float, patience: float = 0.0
) -> Generator[Item]:
    """Items of ``produce`` as they come.

    Bears at most ``silence`` seconds without an item and ``total`` seconds in all. When the consumer leaves early, waits
    up to ``patience`` seconds for the producer to notice.

    Raises:
        Silence: a limit was passed.
        Exception: whatever ``produce`` raised.
    """
    items: queue.SimpleQueue[_Item[Item] | _End] = queue.SimpleQueue()
    left = threading.Event()

    def push(item: Item) -> bool:
        items.put(_Item(item))
        return not left.is_set()

    def work() -> None:
        try:
            produce(push)
        except Exception as error:
            items.put(_End(error))
        else:
            items.put(_End())

    worker = threading.Thread(target=work, name="language-model", daemon=True)
    worker.start()
    end = time.monotonic() + total
    try:
        while True:
            try:
                item = items.get(timeout=max(0.0, min(silence, end - time.monotonic())))
            except queue.Empty:
                raise Silence(total if time.monotonic() >= end else silence) from None
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item.value
    finally:
        left.set()
        worker.join(timeout=patience)
