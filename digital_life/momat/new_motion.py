"""A motion on its way into a database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from digital_life.momat.clip import Clip
from digital_life.motion.skeleton import Skeleton


@dataclass(frozen=True)
class Segment:
    """A part of a take that is a clip of its own: frames ``first`` to ``last`` (exclusive)."""

    clip: Clip
    first: int
    last: int


@dataclass(frozen=True)
class NewMotion:
    """A motion with its words: ``clip.load`` gives it on its own ``skeleton``, ``digest`` a hash of its frames."""

    clip: Clip
    skeleton: Skeleton
    digest: Callable[[], str]
    segments: tuple[Segment, ...] = ()
