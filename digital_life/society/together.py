"""Minds that think at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TypeVar

from digital_life.llm.budget import Meter
from digital_life.sociomind.mind import Mind

Result = TypeVar("Result")


def all_at_once(minds: Mapping[str, Mind], think: Callable[[str], Result], meter: Meter) -> dict[str, Result]:
    """``think`` of every name, in the order of ``minds``.

    Minds that ask a server wait for it at the same time. All others take turns: a model in this process answers one at a
    time, and a cassette keeps the order. Calls are counted in the order of the cast, so that a run can be repeated. Ctrl-C is not held up by a slow server.

    Raises:
        Exception: what the first mind in the order of the cast failed with.
    """
    if meter.ordered or not all(mind.model.profile.backend == "openai" for mind in minds.values()):
        return {name: think(name) for name in minds}
    results: dict[str, Result] = {}
    failures: dict[str, BaseException] = {}

    def work(name: str) -> None:
        try:
            results[name] = think(name)
        except BaseException as error:
            failures[name] = error

    threads = [threading.Thread(target=work, args=(name,), name=f"mind-{name}", daemon=True) for name in minds]
    meter.hold()
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(timeout=0.2)
    finally:
        meter.release(list(minds))
    for name in minds:
        if name in failures:
            raise failures[name]
    return {name: results[name] for name in minds}
