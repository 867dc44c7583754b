"""How well bodies walk: wanted paths, arrivals in furnished rooms, and sitting down.

The published figures (Story-to-Motion, arXiv 2311.07446) are mean distances of the root to the wanted trajectory on a
wave, a circle and a square; that paper gives neither their sizes nor its definition in full, so ours stand beside them
with theirs: the mean over all frames of the distance between root and the wanted place at that time.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.evaluate.benchmarks import Row
from digital_life.evaluate.measuring import PACK_VARIABLE, measuring_library
from digital_life.momat.feet import Build, Stance, sink_to_reach, solve_legs
from digital_life.momat.library import MotionLibrary
from digital_life.momat.locomotion import LocomotionController, Walked
from digital_life.momat.walking import RootPath, resampled, walk_root
from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.series import wrap
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton, canonical_skeleton
from digital_life.stage.actor import Actor
from digital_life.stage.cast import CastMember
from digital_life.stage.joining import join
from digital_life.stage.movement import Movement
from digital_life.stage.paths import distance_to, find_path, obstacles
from digital_life.stage.scene import Furniture, FurnitureKind, Place, Room
from digital_life.stage.spots import Spot, seat_spot
from digital_life.stage.timeline import Timeline
from digital_life.voice.silent import SilentVoice
from digital_life.voice.styles import VoiceStyle

Array = NDArray[np.float64]

WALKS = 100
SEATS = 50
HEIGHTS = (1.50, 1.95)
"""Metres between which the walkers' heights are drawn."""
CANONICAL_HEIGHT = 1.70
PUBLISHED = {"wave": 0.156, "circle": 0.249, "square": 0.151}
FEET = ("left_ankle", "left_foot", "right_ankle", "right_foot")
BODY = 22
"""Number of joints without face and fingers."""
TOO_CLOSE = 0.45
"""Metres between the pelvises of two people below which they collide."""


def locomotion() -> list[Row]:
    """All figures for the shipped library, and for the motion pack where one is measured."""
    shipped = MotionLibrary.default()
    rows = _of_library("shipped", shipped)
    if os.environ.get(PACK_VARIABLE):
        rows += _of_library("pack", measuring_library())
    return rows


def _of_library(name: str, library: MotionLibrary) -> list[Row]:
    rows = [*path_rows(library), *room_rows(library), *seat_rows(library)]
    return [(f"{name}: {label}", value, unit) for label, value, unit in rows]


def test_paths() -> dict[str, Array]:
    """Wave (8 m long, 1 m to each side), circle (radius 2 m) and square (3 m a side): points [N, 2], 2 cm apart."""
    t = np.linspace(0.0, 2.0 * np.pi, 400)
    return {
        "wave": resampled(np.stack([np.sin(t), 8.0 * t / (2.0 * np.pi)], axis=-1)),
        "circle": resampled(np.stack([2.0 - 2.0 * np.cos(t), 2.0 * np.sin(t)], axis=-1)),
        "square": resampled(np.array([[0.0, 0], [0, 3], [3, 3], [3, 0], [0, 0]])),
    }


def path_rows(library: MotionLibrary) -> list[Row]:
    """Trajectory errors on the three paths, beside the published ones."""
    controller, build = LocomotionController.of(library), Build(canonical_skeleton())
    rows: list[Row] = []
    for name, points in test_paths().items():
        first, last = points[3] - points[0], points[-1] - points[-4]
        heading, facing = (float(np.arctan2(*way)) for way in (first, last))
        wanted = walk_root(points, heading, facing)
        walked = controller.walk(wanted, Stance.at(points[0], heading, build), build)
        away = np.array([np.linalg.norm(points - place, axis=-1).min() for place in walked.root[:, :2]])
        rows += [
            (f"{name}: distance to the wanted place in time", _in_time(walked.root, wanted), "m"),
            (f"{name}: the same, published for Story-to-Motion", PUBLISHED[name], "m"),
            (f"{name}: distance to the path", float(away.mean()), "m"),
        ]
    return rows


def _in_time(root: Array, wanted: RootPath) -> float:
    """Mean distance (metres) of the root to the wanted place; a wanted body that has arrived waits."""
    places = wanted.position[np.minimum(np.arange(len(root)), len(wanted) - 1)]
    return float(np.linalg.norm(root[:, :2] - places, axis=-1).mean())


@dataclass(frozen=True)
class _Steps:
    """What feet did: skate (m/s of joints in contact, frame by frame), deepest penetration (m)."""

    skate: Array
    depth: float

    @staticmethod
    def of(motion: Motion, skeleton: Skeleton) -> _Steps:
        positions, _ = forward_kinematics(motion.rotations, motion.translation, skeleton)
        joints = [JOINT_INDEX[name] for name in FEET]
        feet, rest = positions[:, joints], skeleton.rest_joints[joints, 1] - skeleton.floor
        assert motion.contacts is not None
        touching = motion.contacts > 0.5
        speed = np.linalg.norm(np.diff(feet[..., [0, 2]], axis=0), axis=-1) * FPS
        return _Steps(speed[touching[1:] & touching[:-1]], float(np.maximum(rest - feet[..., 1], 0.0).max()))


def room_rows(library: MotionLibrary, walks: int = WALKS) -> list[Row]:
    """Arrivals, skate, penetration and collisions over random walks around furniture and people."""
    controller = LocomotionController.of(library)
    places, turns, skate, depth = [], [], [], 0.0
    furniture = people = 0
    seconds = spent = 0.0
    for walk in random_walks(walks, seed=5):
        build = Build(_person(walk.height))
        start = time.perf_counter()
        path = find_path(walk.room, walk.start, walk.goal, walk.others)
        wanted = walk_root(path, walk.heading, walk.facing)
        walked = controller.walk(wanted, Stance.at(walk.start, walk.heading, build), build)
        motion = walked.motion(build)
        spent += time.perf_counter() - start
        seconds += motion.duration
        off, turn = arrival(walked, walk.goal, walk.facing)
        places.append(off)
        turns.append(turn)
        steps = _Steps.of(motion, build.skeleton)
        skate.append(steps.skate)
        depth = max(depth, steps.depth)
        furniture += _hits_furniture(motion, build.skeleton, walk.room)
        people += _hits_people(walked, walk.others)
    speeds = np.concatenate(skate)
    return [
        (f"{walks} room walks: place error, mean", 100 * float(np.mean(places)), "cm"),
        (f"{walks} room walks: place error, largest", 100 * float(np.max(places)), "cm"),
        (f"{walks} room walks: direction error, mean", float(np.degrees(np.mean(turns))), "deg"),
        (f"{walks} room walks: direction error, largest", float(np.degrees(np.max(turns))), "deg"),
        ("skate of feet in contact, mean", 100 * float(speeds.mean()), "cm/s"),
        ("skate of feet in contact, 99.9 %", 100 * float(np.quantile(speeds, 0.999)), "cm/s"),
        ("deepest penetration of the floor", 100 * depth, "cm"),
        ("walks that touch furniture", float(furniture), f"of {walks}"),
        ("walks that come too close to people", float(people), f"of {walks}"),
        ("time per second of motion", 1000 * spent / seconds, "ms"),
    ]


def arrival(walked: Walked, goal: Array, facing: float) -> tuple[float, float]:
    """How far the middle of the feet is from ``goal`` (metres), and feet or pelvis, whichever is farther off, from the
    direction ``facing`` (radians).
    """
    off = float(np.linalg.norm(walked.stance.centre - goal))
    directions = (walked.stance.facing, float(quat.heading(walked.rotations[-1, 0])))
    return off, max(abs(float(wrap(direction - facing))) for direction in directions)


@dataclass(frozen=True)
class RoomWalk:
    """A walk through a furnished room with people who stand in it."""

    room: Room
    start: Array
    goal: Array
    heading: float
    facing: float
    others: Sequence[Array]
    height: float


def random_walks(count: int, *, seed: int) -> Iterator[RoomWalk]:
    """Rooms with up to five pieces of furniture and two people; start and goal are free and at least 1.5 m apart."""
    rng = np.random.default_rng(seed)
    made = 0
    while made < count:
        size = (float(rng.uniform(5.0, 7.5)), float(rng.uniform(4.0, 6.0)))
        room = Room(size=size, places=(Place(name="middle", position=(0.0, 0.0)),), furniture=_furnished(rng, size))
        spots: list[Array] = []
        for point in rng.uniform(-0.5, 0.5, (200, 2)) * (np.array(size) - 0.9):
            clear = all(float(distance_to(thing, point)) > 0.4 for thing in obstacles(room))
            if clear and all(float(np.linalg.norm(point - other)) > 1.5 for other in spots):
                spots.append(point)
        heading, facing = rng.uniform(-np.pi, np.pi, 2)
        height = float(rng.uniform(*HEIGHTS))
        if len(spots) >= 4 and _has_way(room, spots[0], spots[1], spots[2:4]):
            made += 1
            yield RoomWalk(room, spots[0], spots[1], float(heading), float(facing), spots[2:4], height)


def _has_way(room: Room, start: Array, goal: Array, others: Sequence[Array]) -> bool:
    """Whether furniture leaves a way; where it does not, paths cross it."""
    path = find_path(room, start, goal, others)
    return all(float(distance_to(thing, path).min()) > 0.0 for thing in obstacles(room))


_KINDS: tuple[FurnitureKind, ...] = ("sofa", "table", "chair", "bookshelf", "plant", "desk")


def _furnished(rng: np.random.Generator, size: tuple[float, float]) -> tuple[Furniture, ...]:
    things: list[Furniture] = []
    for place in rng.uniform(-0.5, 0.5, (40, 2)) * (np.array(size) - 1.2):
        if len(things) < 5 and all(float(np.linalg.norm(place - np.array(other.position))) > 1.9 for other in things):
            kind, quarter = _KINDS[rng.integers(len(_KINDS))], float(rng.integers(4) * 90)
            things.append(Furniture(kind=kind, position=(float(place[0]), float(place[1])), facing=quarter))
    return tuple(things)


def _person(height: float) -> Skeleton:
    """The canonical skeleton at another height (metres)."""
    base, factor = canonical_skeleton(), height / CANONICAL_HEIGHT
    return Skeleton(base.rest_joints * factor, base.floor * factor)


def _hits_furniture(motion: Motion, skeleton: Skeleton, room: Room) -> bool:
    """Whether a joint of the body is ever inside a piece of furniture."""
    positions, _ = forward_kinematics(motion.rotations, motion.translation, skeleton)
    joints = positions[:, :BODY].reshape(-1, 3)
    return any(
        bool(((distance_to(thing, joints[:, [0, 2]]) <= 0.0) & (joints[:, 1] < thing.dimensions[1])).any())
        for thing in obstacles(room)
    )


def _hits_people(walked: Walked, others: Sequence[Array]) -> bool:
    return any(bool((np.linalg.norm(walked.root[:, :2] - other, axis=-1) < TOO_CLOSE).any()) for other in others)


def seat_rows(library: MotionLibrary, seats: int = SEATS) -> list[Row]:
    """Approach, sit down and stand up on seats of 0.35 to 0.60 m by people of 1.50 to 1.95 m."""
    rng = np.random.default_rng(8)
    pelvis, skate, depth = [], [], 0.0
    for _ in range(seats):
        sat = sit_somewhere(
            library,
            height=float(rng.uniform(*HEIGHTS)),
            seat_height=float(rng.uniform(0.35, 0.60)),
            start=rng.uniform([-2.0, 0.9], [2.0, 2.0]),
            heading=float(rng.uniform(-np.pi, np.pi)),
        )
        pelvis.append(sat.off)
        steps = _Steps.of(sat.motion, sat.skeleton)
        skate.append(steps.skate)
        depth = max(depth, steps.depth)
    speeds = np.concatenate(skate)
    return [
        (f"{seats} seats: pelvis to seat, mean", 100 * float(np.mean(pelvis)), "cm"),
        (f"{seats} seats: pelvis to seat, largest", 100 * float(np.max(pelvis)), "cm"),
        ("sitting and standing up: skate in contact, mean", 100 * float(speeds.mean()), "cm/s"),
        ("sitting and standing up: skate in contact, 99.9 %", 100 * float(np.quantile(speeds, 0.999)), "cm/s"),
        ("sitting and standing up: deepest penetration", 100 * depth, "cm"),
    ]


@dataclass(frozen=True)
class Sat:
    """Somebody who walked to a seat, sat down and stood up again: ``off`` metres between pelvis and seat when seated."""

    motion: Motion
    skeleton: Skeleton
    off: float
    seated: int
    spot: Spot


def sit_somewhere(library: MotionLibrary, *, height: float, seat_height: float, start: Array, heading: float) -> Sat:
    """Walk from ``start`` to a chair in the middle of a room, sit for a second, stand up."""
    place = Place(name="chair", posture="seated", position=(0.0, 0.0), seat_height=seat_height, capacity=1)
    room = Room(places=(place,), furniture=(Furniture(kind="chair", position=(0.0, 0.0)),))
    skeleton = _person(height)
    member = CastMember("Ada", skeleton, SilentVoice("Ada", VoiceStyle()), "chair")
    actor = Actor(member, "", None, Stance.at(start, heading, Build(skeleton)), heading)
    movement, timeline = Movement(room, library, 0), Timeline()
    spot = seat_spot(room, place, 0, actor.build)
    movement.go(actor, timeline, spot, spot.facing, [])
    movement.idle(actor, timeline, len(timeline) + FPS, 0, listening=False)
    seated = len(timeline) - 1
    movement.rise(actor, timeline)
    motion = _finished(timeline, actor.build)
    assert spot.seat is not None
    pelvis = motion.translation[seated] + skeleton.rest_joints[0]
    return Sat(motion, skeleton, float(np.linalg.norm(pelvis - spot.seat)), seated, spot)


def _finished(timeline: Timeline, build: Build) -> Motion:
    pelvis, rotations, feet = timeline.cut(build)
    pelvis, rotations = join(pelvis, rotations, timeline.played, None, build.skeleton)
    pelvis = sink_to_reach(pelvis, rotations[:, 0], feet, build)
    rotations = solve_legs(rotations, pelvis, feet, build)
    return Motion(
        (pelvis - build.skeleton.rest_joints[0]).astype(np.float32),
        rotations.astype(np.float32),
        contacts=feet.contacts.astype(np.float32),
    )
