"""Threads of NumPy and torch beside those of the network's runtime.

Threads that wait for more work keep their core busy for a while: on two cores those of one library hold up the other's, and
ten seconds of motion take up to five times as long.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import torch
from threadpoolctl import ThreadpoolController

_lock = threading.Lock()
_limits: list[object] = []
_inside = 0
_torch_threads = 1


@contextmanager
def one_thread(*, torch_too: bool) -> Iterator[None]:
    """NumPy's matrix products, and with ``torch_too`` torch, work in one thread inside.

    May be entered by several threads at once: the last one to leave gives NumPy its threads back.
    """
    _enter()
    if torch_too:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        _leave()
        if torch_too:
            torch.set_num_threads(_torch_threads)


def _enter() -> None:
    global _inside, _torch_threads
    with _lock:
        if not _inside:
            _torch_threads = torch.get_num_threads()
            _limits.append(_pools().limit(limits=1, user_api="blas"))
        _inside += 1


def _leave() -> None:
    global _inside
    with _lock:
        _inside -= 1
        if not _inside:
            _limits.pop().restore_original_limits()  # type: ignore[attr-defined]


@cache
def _pools() -> ThreadpoolController:
    return ThreadpoolController()
