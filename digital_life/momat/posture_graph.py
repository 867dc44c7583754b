"""Which clips lead from one posture to another: nobody who sits is ever blended into somebody who stands."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from itertools import count

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import AssetError
from digital_life.momat.clip import Clip, Posture
from digital_life.momat.library import MotionLibrary
from digital_life.motion import quaternion as quat

Array = NDArray[np.float64]

POSE_SECONDS = 1.5
"""Seconds that a radian of mean difference between the joints of two poses costs."""


def settled(posture: Posture) -> Posture:
    """A clip for any posture is made on standing legs."""
    return "standing" if posture == "any" else posture


class PostureGraph:
    """Postures, and the clips of a library that change one into another."""

    def __init__(self, library: MotionLibrary) -> None:
        self.connectors = [clip for clip in library if clip.changes_posture]

    def path(self, start: Posture, goal: Posture, *, pose: Array | None = None) -> list[Clip]:
        """Clips that lead a body from posture ``start`` to ``goal``, cheapest first to last; empty if they are the same.

        A clip costs its seconds and the way of the joints to its first pose: from ``pose`` [55, 4], the body's local
        rotations, where that is given, or from the last pose of the clip before (Dijkstra's algorithm).

        Raises:
            AssetError: the library has no such clips.
        """
        start, goal = settled(start), settled(goal)
        if start == goal:
            return []
        ticket = count()
        queue: list[tuple[float, int, Posture, list[Clip]]] = [(0.0, next(ticket), start, [])]
        visited: set[str] = set()
        while queue:
            cost, _, posture, clips = heapq.heappop(queue)
            if posture == goal:
                return clips
            if clips:
                if clips[-1].id in visited:
                    continue
                visited.add(clips[-1].id)
            here = pose if not clips else clips[-1].motion.rotations[-1].astype(np.float64)
            for clip in self._from(posture, visited):
                heapq.heappush(
                    queue, (cost + _cost(clip, here), next(ticket), settled(clip.posture_end), [*clips, clip])
                )
        raise AssetError(
            f"the motion library has no clips that lead from {start} to {goal}",
            f"add a clip with 'posture: {start}' and 'posture_end: {goal}' (kind 'transition'); it has: {self._known()}",
        )

    def _from(self, posture: Posture, visited: set[str]) -> Sequence[Clip]:
        return [clip for clip in self.connectors if settled(clip.posture) == posture and clip.id not in visited]

    def _known(self) -> str:
        pairs = sorted({f"{settled(clip.posture)} to {settled(clip.posture_end)}" for clip in self.connectors})
        return ", ".join(pairs) or "none"


def _cost(clip: Clip, pose: Array | None) -> float:
    if pose is None:
        return clip.duration
    first = clip.motion.rotations[0, 1:].astype(np.float64)
    turn = quat.to_axis_angle(quat.multiply(first, quat.conjugate(pose[1:])))
    return clip.duration + POSE_SECONDS * float(np.linalg.norm(turn, axis=-1).mean())
