"""Who stands or sits where: free spots of places, and seats."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.feet import Build
from digital_life.motion.skeleton import JOINT_INDEX
from digital_life.stage.actor import Actor
from digital_life.stage.paths import distance_to, obstacles
from digital_life.stage.scene import Place, Room

Array = NDArray[np.float64]

CLOSEST = 0.8
"""Metres below which two people do not choose to stand."""
TALKING_DISTANCE = 1.05
SEAT_TO_PELVIS = 0.13
"""Metres from the top of a seat to the pelvis joint of somebody who sits on it."""
CALF = 0.07
"""Metres the shins stay before the front edge of a seat."""
_SEATS = frozenset({"sofa", "chair"})


@dataclass(frozen=True)
class Spot:
    """One character's position at a place: ``feet`` (x, z) where it stands, ``seat`` [3] its pelvis when it sits."""

    index: int | None
    feet: Array
    facing: float
    seat: Array | None = None


def seat_spot(room: Room, place: Place, index: int, build: Build) -> Spot:
    """The ``index``-th seat of a place: pelvis over the seat, feet before it, calves clear of its front edge."""
    facing = math.radians(place.heading(index))
    forward = np.array([math.sin(facing), math.cos(facing)])
    middle = np.array(place.spot(index))
    thigh = _thigh_reach(build, place.seat_height)
    ahead = 0.0
    for thing in room.furniture:
        if thing.kind in _SEATS and float(distance_to(thing, middle)) == 0.0:
            edge = thing.dimensions[2] / 2 - float((middle - np.array(thing.position)) @ forward)
            ahead = float(np.clip(edge + CALF - thigh, -0.05, 0.12))
    pelvis = middle + ahead * forward
    seat = np.array([pelvis[0], place.seat_height + SEAT_TO_PELVIS, pelvis[1]])
    return Spot(index, pelvis + thigh * forward, facing, seat)


def _thigh_reach(build: Build, seat_height: float) -> float:
    """How far before the pelvis the ankles are when the shins are upright."""
    rest = build.skeleton.rest_joints
    thigh, shin = (float(np.linalg.norm(bone)) for bone in (build.legs[0].upper, build.legs[0].lower))
    hip = seat_height + SEAT_TO_PELVIS - float(rest[0, 1] - rest[JOINT_INDEX["left_hip"], 1])
    drop = float(np.clip(hip - build.ankle_height - shin, -0.8 * thigh, 0.8 * thigh))
    return math.sqrt(thigh * thigh - drop * drop) - 0.01


def standing_spot(place: Place, index: int) -> Spot:
    """The ``index``-th standing position of a place."""
    return Spot(index, np.array(place.spot(index)), math.radians(place.heading(index)))


def choose_spot(room: Room, place: Place, actor: Actor, others: Sequence[Actor]) -> Spot | None:
    """A free spot of ``place`` for ``actor``: clear of everybody else, the nearest one to where it is.

    Where all are taken the actor stands beside somebody who is there; None where there is no space for that either.
    """
    taken = {other.spot for other in others if other.place == place.name}
    spots = [
        seat_spot(room, place, index, actor.build) if place.posture == "seated" else standing_spot(place, index)
        for index in range(place.capacity)
        if index not in taken
    ]
    free = [spot for spot in spots if spot.seat is not None or _clear(spot.feet, others)]
    if free:
        return min(free, key=lambda spot: float(np.linalg.norm(spot.feet - actor.position)))
    hosts = [other for other in others if other.place == place.name]
    return _beside(room, hosts[0] if hosts else None, place, actor, others)


def _clear(point: Array, others: Sequence[Actor]) -> bool:
    return all(float(np.linalg.norm(point - other.position)) >= CLOSEST for other in others)


def _beside(room: Room, host: Actor | None, place: Place, actor: Actor, others: Sequence[Actor]) -> Spot | None:
    centre = host.position if host is not None else np.array(place.position)
    half = np.array(room.size) / 2 - 0.3
    angles = np.linspace(-np.pi, np.pi, 24, endpoint=False)
    points = centre + TALKING_DISTANCE * np.stack([np.sin(angles), np.cos(angles)], axis=-1)
    fitting = [
        point
        for point in points
        if (np.abs(point) <= half).all()
        and all(float(distance_to(thing, point)) > 0.25 for thing in obstacles(room))
        and _clear(point, others)
    ]
    if not fitting:
        return None
    front = centre + TALKING_DISTANCE * np.array(
        [math.sin(math.radians(place.facing)), math.cos(math.radians(place.facing))]
    )
    best = min(fitting, key=lambda p: float(np.linalg.norm(p - actor.position) + np.linalg.norm(p - front)))
    return Spot(None, best, float(np.arctan2(*(centre - best))))
