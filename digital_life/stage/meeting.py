"""How two actors come to stand for an interaction: who goes where, turns, stands up, or stays seated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.clip import Clip
from digital_life.momat.interactions.file import Interaction
from digital_life.momat.interactions.placement import relative_stance, stance_centre
from digital_life.momat.interactions.shape import BodyShape
from digital_life.motion.fit import fit_motion
from digital_life.motion.motion import FPS
from digital_life.motion.series import wrap
from digital_life.stage.actor import Actor
from digital_life.stage.movement import Movement
from digital_life.stage.paths import distance_to, obstacles
from digital_life.stage.scene import Room
from digital_life.stage.timeline import Timeline

Array = NDArray[np.float64]

NEAR_ENOUGH = 0.06
"""Metres and radians by which feet may be off before the actor takes a step."""
FACE_ON = np.radians(60.0)
"""Partners turned against each other by more than this face each other from wherever the active one comes."""
SEATED_REACH = 2.3
"""Arm lengths between two shoulders that hands of seated bodies still bridge."""
_CLEAR = 0.22
_KNEES = 0.34
"""Metres between the feet of somebody who stands and the legs of somebody who sits."""
_FARTHER = (1.0, 1.15, 1.3, 1.45)
"""How much farther away one may stand from a seated partner, whose knees and seat are in the way."""
_TRIED = np.radians([0.0, 20.0, -20.0, 40.0, -40.0, 65.0, -65.0, 95.0, -95.0, 130.0, -130.0, 180.0])


@dataclass(frozen=True)
class Ground:
    """Where both stand when they begin: feet (x, z) of the active one and both facings (radians)."""

    feet: Array
    facing: float
    partner_facing: float


def offsets(interaction: Interaction, clips: tuple[Clip, Clip], shapes: tuple[BodyShape, BodyShape]) -> Array:
    """(x, z) of the partner's feet at the beginning, seen from the active one's, which faces +Z; metres.

    What the roles walk before they meet is taken off.
    """
    start, stop = interaction.window
    place, turn = relative_stance(interaction.placement, *shapes)
    ways = []
    for clip, shape in zip(clips, shapes, strict=True):
        meeting = min(round((start + stop) / 2.0 * FPS), clip.frames - 1)
        motion = fit_motion(clip.motion, shape.skeleton)
        ways.append(stance_centre(motion, shape.skeleton, meeting) - stance_centre(motion, shape.skeleton, 0))
    return np.asarray(ways[0] + place - _turned(ways[1], turn))


def find_ground(room: Room, interaction: Interaction, active: Actor, passive: Actor, offset: Array) -> Ground | None:
    """Where the active one goes: as it comes, or round the partner to where there is space; None where there is none."""
    turn = float(np.radians(interaction.placement.turn))
    bearing = float(np.arctan2(offset[0], offset[1]))
    if abs(turn) > FACE_ON and passive.seat is None:
        first = active.direction_to(passive) - bearing
    else:
        first = passive.facing - turn
    for farther in (1.0,) if passive.seat is None else _FARTHER:
        for extra in _TRIED if passive.seat is None else _TRIED[:7]:
            facing = first + float(extra)
            feet = passive.position - _turned(offset * farther, facing)
            if _is_free(room, feet) and _beside_knees(feet, passive):
                other = passive.facing if passive.seat is not None else facing + turn
                return Ground(feet, float(wrap(facing)), float(wrap(other)))
    return None


def come_together(
    movement: Movement, ground: Ground, actors: tuple[Actor, Actor], timelines: tuple[Timeline, Timeline], clock: int
) -> int:
    """Let both go and turn to where they begin; the frame at which they are there."""
    active, passive = actors
    away = float(np.linalg.norm(ground.feet - active.stance.centre))
    turned = abs(float(wrap(ground.facing - active.facing)))
    if active.seat is not None or away > NEAR_ENOUGH or turned > NEAR_ENOUGH:
        movement.stand_at(active, timelines[0], ground.feet, ground.facing, [passive])
    if passive.seat is None and abs(float(wrap(ground.partner_facing - passive.facing))) > NEAR_ENOUGH:
        movement.idle(passive, timelines[1], max(8, len(timelines[0]) - 40), clock, listening=False)
        movement.turn(passive, timelines[1], ground.partner_facing)
    ready = max(len(timelines[0]), len(timelines[1])) + 4
    for actor, timeline in zip(actors, timelines, strict=True):
        movement.idle(actor, timeline, ready, clock, listening=False)
    return ready


def within_reach(actors: tuple[Actor, Actor], shapes: tuple[BodyShape, BodyShape]) -> bool:
    """Whether hands of two bodies that stay where they are can meet."""
    arm = (shapes[0].arm_length + shapes[1].arm_length) / 2.0
    return float(np.linalg.norm(actors[0].position - actors[1].position)) < SEATED_REACH * arm


def _beside_knees(feet: Array, passive: Actor) -> bool:
    """Whether feet are clear of the legs of a seated partner."""
    if passive.seat is None:
        return True
    hips, ankles = passive.seat[[0, 2]], passive.stance.centre
    share = np.linspace(0.3, 1.0, 6)[:, None]
    return bool(np.linalg.norm(hips + share * (ankles - hips) - feet, axis=-1).min() > _KNEES)


def _is_free(room: Room, feet: Array) -> bool:
    half = np.array(room.size) / 2.0 - _CLEAR
    inside = bool((np.abs(feet) <= half).all())
    return inside and all(float(distance_to(thing, feet)) > _CLEAR for thing in obstacles(room))


def _turned(vector: Array, angle: float) -> Array:
    """(x, z) turned by ``angle`` about +Y: +Z goes to (sin, cos)."""
    sine, cosine = np.sin(angle), np.cos(angle)
    return np.array([cosine * vector[0] + sine * vector[1], -sine * vector[0] + cosine * vector[1]])
