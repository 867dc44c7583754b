"""One continuous body from movement with cuts: every joint takes over as fast as the clips that meet there allow."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.feet import FootTrack
from digital_life.momat.inertia import Limits, carried, join_rotations, raised
from digital_life.motion.skeleton import Skeleton

Array = NDArray[np.float64]

STANDING_SECONDS = 0.8
"""Shortest time in which the pelvis goes to its place in a new movement: feet stay where they stand."""


@dataclass(frozen=True)
class Played:
    """Frames ``first`` to ``last`` (exclusive) of a performance show a clip whose joints do ``limits``.

    A gesture ``over`` the body leaves the pelvis where it is.
    """

    first: int
    last: int
    limits: Limits
    over: bool = False


@dataclass(frozen=True)
class Tail:
    """The last two frames of a body, which the next one goes on from.

    ``pelvis`` [2, 3] metres, ``rotations`` [2, 55, 4] before gaze turns the head, ``feet``, ``own_legs`` how much the
    knees follow the hips of their clip (0..1), ``limits`` of what was played.
    """

    pelvis: Array
    rotations: Array
    feet: FootTrack
    own_legs: float
    limits: Limits

    @staticmethod
    def of(pelvis: Array, rotations: Array, feet: FootTrack, own_legs: float, limits: Limits) -> Tail:
        """The end of T frames; one frame counts twice."""
        rows = [-2, -1] if len(pelvis) > 1 else [-1, -1]
        last = FootTrack(feet.ankle[rows], feet.rotation[rows], feet.toes[rows], feet.contacts[rows])
        return Tail(pelvis[rows], rotations[rows], last, own_legs, limits)

    def state(self) -> dict[str, Any]:
        """Everything as JSON."""
        feet = {name: getattr(self.feet, name).tolist() for name in ("ankle", "rotation", "toes", "contacts")}
        limits = {"angular": self.limits.angular.tolist(), "linear": self.limits.linear.tolist()}
        body = {"pelvis": self.pelvis.tolist(), "rotations": self.rotations.tolist(), "own_legs": self.own_legs}
        return body | {"feet": feet, "limits": limits}

    @staticmethod
    def restored(state: Mapping[str, Any]) -> Tail:
        """The tail whose :meth:`state` was taken."""
        pelvis, rotations = (np.array(state[name], dtype=np.float64) for name in ("pelvis", "rotations"))
        feet, limits = (
            {name: np.array(values, dtype=np.float64) for name, values in state[part].items()}
            for part in ("feet", "limits")
        )
        return Tail(pelvis, rotations, FootTrack(**feet), float(state["own_legs"]), Limits(**limits))


def join(
    pelvis: Array, rotations: Array, played: Sequence[Played], tail: Tail | None, skeleton: Skeleton
) -> tuple[Array, Array]:
    """``pelvis`` [T, 3] and ``rotations`` [T, 55, 4] without cuts, continued from ``tail`` where there is one.

    ``played`` tells where other clips begin and end. At each of these cuts all joints are inertialised anew
    (:func:`digital_life.momat.inertia.join_rotations`), so that what is left of one join is part of the next.
    """
    frames = len(pelvis)
    ends = (frame for part in played for frame in (part.first, part.last))
    cuts = sorted({0, *ends} & set(range(frames)))
    moved = {part.first for part in played if not part.over}
    before = (pelvis[[0, 0]], rotations[[0, 0]]) if tail is None else (tail.pelvis, tail.rotations)
    pelvis, rotations = (np.concatenate(pair) for pair in zip(before, (pelvis, rotations), strict=True))
    left = tail.limits if tail is not None else None
    for first, last in itertools.pairwise([*cuts, frames]):
        entered = limits_at(played, first)
        if left is not None:
            limits, old, new = left.either(entered), slice(first, first + 2), slice(first + 2, last + 2)
            if first in moved:
                pelvis[first + 2 :] = _continued(pelvis[first + 2 :], pelvis[old], float(limits.linear[0]))
            rotations[new], _ = join_rotations(
                rotations[new], pelvis[new], rotations[old], pelvis[old], limits, skeleton
            )
        left = entered
    return pelvis[2:], rotations[2:]


def limits_at(played: Sequence[Played], frame: int) -> Limits:
    """The largest limits of all clips that ``frame`` shows."""
    limits = Limits.least()
    for part in played:
        if part.first <= frame < part.last:
            limits = limits.either(part.limits)
    return limits


def _continued(pelvis: Array, before: Array, limit: float) -> Array:
    """The pelvis path [T, 3] from its last two places on."""
    joined = carried(pelvis, before, limit, STANDING_SECONDS)
    joined[:, 1] = raised(pelvis[:, 1], before[:, 1], limit)
    return joined
