"""A motion on its way into a database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from digital_life.momat.clip import Clip
from digital_life.motion.motion import Motion
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


def digest_of(motion: Motion) -> str:
    """Hash of the frames of a motion: 32 hexadecimal digits."""
    digest = hashlib.sha256(motion.translation.tobytes() + motion.rotations.tobytes())
    if motion.face is not None:
        digest.update(motion.face.tobytes())
    return digest.hexdigest()[:32]
