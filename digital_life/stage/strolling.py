"""Two who walk side by side on stage: along parallel lanes to the place of the behaviour, or a few metres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.interactions.file import Interaction
from digital_life.momat.interactions.timing import Response
from digital_life.momat.locomotion import LocomotionController
from digital_life.momat.walking import STEP
from digital_life.motion.motion import FPS, Motion
from digital_life.stage.actor import Actor
from digital_life.stage.gestures import Event
from digital_life.stage.locomotion import go
from digital_life.stage.movement import Movement
from digital_life.stage.paths import NARROW, PERSONAL, WALL, distance_to, obstacles
from digital_life.stage.scene import Room
from digital_life.stage.timeline import Timeline

Array = NDArray[np.float64]

LONGEST, SHORTEST = 3.6, 1.0
"""Metres of a stroll without a place to go to, and below which it is none."""
_STARTS = 0.4
"""Metres between the places at which a stroll may begin."""
_HEADINGS = np.arange(24) * np.pi / 12.0
_SAMPLES = 0.1
_FAR_START, _FAR_END = 0.35, 1.5
"""What a metre costs between the partner and the start, and between the end and the place, in metres of way."""
_SIDE_GLANCES = 0.35
"""How much walkers look at each other."""


@dataclass(frozen=True)
class Lanes:
    """Where the active one and its partner begin and end, [2, 2] each (x, z), and the direction of both (radians)."""

    starts: Array
    ends: Array
    heading: float


@dataclass(frozen=True)
class Stroll:
    """A walk side by side in frames ``start`` to ``stop`` of the performance."""

    interaction: Interaction
    said: str
    actors: tuple[Actor, Actor]
    response: Response
    start: int
    stop: int

    def overlays(self, name: str) -> tuple[Event, ...]:
        """Nothing is laid over walkers."""
        return ()

    def regard(self, name: str, frames: int) -> Array | None:
        """[frames] how much an actor looks at the other one: now and then while they walk."""
        if name not in [actor.name for actor in self.actors]:
            return None
        away = np.minimum(np.arange(frames) - self.start, self.stop - np.arange(frames)) / (0.4 * FPS)
        return np.asarray(1.0 - (1.0 - _SIDE_GLANCES) * np.clip(away, 0.0, 1.0))

    def finish(self, motions: dict[str, Motion]) -> dict[str, Motion]:
        """The motions with what was done, and how even the walk was, in their provenance."""
        middles = [
            (m.translation + actor.member.skeleton.rest_joints[0])[self.start : self.stop, [0, 2]]
            for actor, m in ((actor, motions[actor.name]) for actor in self.actors)
        ]
        apart = np.linalg.norm(middles[0] - middles[1], axis=-1)
        for actor, partner, role in zip(self.actors, self.actors[::-1], ("active", "passive"), strict=True):
            record = {
                "id": self.interaction.id,
                "said": self.said,
                "role": role,
                "partner": partner.name,
                "response": self.response,
                "frames": [self.start, self.stop],
                "way_m": round(float(np.linalg.norm(middles[0][-1] - middles[0][0])), 2),
                "apart_m": [round(float(apart.min()), 2), round(float(apart.max()), 2)],
                "contacts": [],
            }
            whole = motions[actor.name]
            motions[actor.name] = replace(whole, provenance={**whole.provenance, "interaction": record})
        return motions


def stroll(
    movement: Movement,
    lanes: Lanes,
    actors: tuple[Actor, Actor],
    timelines: Mapping[str, Timeline],
    clock: int,
    wait: int,
) -> tuple[int, int]:
    """Let both go to the beginning of their lanes, wait ``wait`` frames more and walk; the frames of the walk."""
    active, passive = actors
    lines = (timelines[active.name], timelines[passive.name])
    others: tuple[list[Actor], list[Actor]] = ([passive], [])
    for number in (1, 0):
        actor = actors[number]
        away = np.linalg.norm(lanes.starts[number] - actor.stance.centre)
        turned = abs(np.angle(np.exp(1j * (lanes.heading - actor.facing))))
        if actor.seat is not None or away > 0.05 or turned > 0.05:
            movement.stand_at(actor, lines[number], lanes.starts[number], lanes.heading, others[number])
    start = max(len(line) for line in lines) + 4 + wait
    controller = LocomotionController.of(movement.library)
    for actor, line, end in zip(actors, lines, lanes.ends, strict=True):
        movement.idle(actor, line, start, clock, listening=False)
        way = np.linspace(actor.stance.centre, end, max(2, round(_length(lanes) / STEP)))
        segment, actor.stance = go(controller, way, (actor.facing, lanes.heading), actor.stance, actor.build, "natural")
        actor.facing = lanes.heading
        line.append(segment)
    return start, max(len(line) for line in lines)


def find_lanes(
    room: Room, offset: Array, active: Actor, passive: Actor, others: Sequence[Actor], goal: Array | None
) -> Lanes | None:
    """The best free pair of lanes; None where there are not even short ones.

    ``offset`` (x, z) is where the partner walks, seen from the active one who faces +Z. With a ``goal`` (x, z) the walk
    ends near it, otherwise it begins near the partner and is as long as there is space.
    """
    half = np.array(room.size) / 2.0 - WALL
    grid = np.stack(np.meshgrid(*(np.arange(-h, h, _STARTS) for h in half), indexing="ij"), axis=-1).reshape(-1, 2)
    places = np.concatenate([passive.position[None], grid])
    ways = np.stack([np.sin(_HEADINGS), np.cos(_HEADINGS)], axis=-1)
    shift = np.stack(
        [np.array([w[1] * offset[0] + w[0] * offset[1], w[1] * offset[1] - w[0] * offset[0]]) for w in ways]
    )
    steps = np.arange(0.0, LONGEST + _SAMPLES / 2.0, _SAMPLES)
    second = places[:, None, None] + ways[None, :, None] * steps[:, None]
    first = second - shift[None, :, None]
    free = np.cumprod(_free(room, first, others) & _free(room, second, others), axis=-1).astype(bool)
    value = np.broadcast_to(steps, free.shape) - _FAR_START * _away(places, passive.position)[:, None, None]
    value = value - _FAR_START * _away(first[:, :, 0], active.position)[..., None]
    if goal is not None:
        value = value - steps - _FAR_END * _away((first + second) / 2.0, goal)
    value = np.where(free & (steps >= SHORTEST), value, -np.inf)
    place, way, step = np.unravel_index(int(np.argmax(value)), value.shape)
    if not np.isfinite(value[place, way, step]):
        return None
    rows = (first[place, way], second[place, way])
    return Lanes(np.stack([row[0] for row in rows]), np.stack([row[step] for row in rows]), float(_HEADINGS[way]))


def _free(room: Room, points: Array, others: Sequence[Actor]) -> NDArray[np.bool_]:
    """Whether somebody may walk at each of the points [..., 2]."""
    free = (np.abs(points) <= np.array(room.size) / 2.0 - WALL).all(axis=-1)
    for thing in obstacles(room):
        free &= distance_to(thing, points) > NARROW
    for other in others:
        free &= _away(points, other.position) > PERSONAL
    return np.asarray(free)


def _away(points: Array, place: Array) -> Array:
    return np.asarray(np.linalg.norm(points - place, axis=-1))


def _length(lanes: Lanes) -> float:
    return float(np.linalg.norm(lanes.ends[0] - lanes.starts[0]))
