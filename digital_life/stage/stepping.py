"""Clips that act with the whole body: their own legs, feet that stand and step, and the floor that they need."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.clip import Clip
from digital_life.momat.feet import Build, FootTrack, Stance
from digital_life.momat.footing import join_feet
from digital_life.momat.ground import balls, foot_pitch, ground_feet
from digital_life.momat.reach import leg_use, reach_feet, sink_to_stand
from digital_life.momat.rooting import Placement
from digital_life.motion import quaternion as quat
from digital_life.motion.fit import fit_motion
from digital_life.motion.series import wrap
from digital_life.motion.skeleton import canonical_skeleton
from digital_life.stage.paths import distance_to, obstacles
from digital_life.stage.placing import clip_body
from digital_life.stage.scene import Room
from digital_life.stage.timeline import Segment

Array = NDArray[np.float64]

RAISED_HEEL = np.radians(25.0)
"""A foot that tips this far belongs to a movement of the whole body: kneeling, crouching, rising on the toes."""
FOOT_ACCELERATION = 20.0
"""m/s^2 that a foot may take to join the clip, or to stand again after it."""
WIDE, TWISTED = 0.3, np.radians(50.0)
"""Feet farther than this from standing at ease step back to that after the clip."""
LANDING_SLOWER = 1.3
"""How much longer than they must feet take to stand again."""
SHOULDERS = 0.3
"""Metres that a moving body keeps from furniture and walls."""
ARM = 0.7
"""Metres that the middle of a moving body keeps from other people."""


def uses_legs(clip: Clip) -> bool:
    """Whether the clip acts with its feet, so that it cannot be played over planted ones."""
    body = clip_body(clip)
    if clip.posture != "standing" or clip.changes_posture:
        return False
    build = Build(canonical_skeleton())
    tipped = max(float(np.abs(foot_pitch(body.soles[:, side], side, build)).max()) for side in (0, 1))
    return body.steps or tipped > RAISED_HEEL


def acting_segment(clip: Clip, first: int, last: int, stance: Stance, build: Build) -> Segment:
    """Frames ``first`` to ``last`` (exclusive) of ``clip`` with its own legs, from feet that stand at ``stance``.

    The middle between the feet and their direction are those of the stance; a foot that stands goes on standing until
    the clip lifts it.
    """
    fitted = fit_motion(clip.motion, build.skeleton)
    feet = ground_feet(fitted, build).slice(first, last)
    pelvis = fitted.translation[first:last].astype(np.float64) + build.skeleton.rest_joints[0]
    rotations = fitted.rotations[first:last].astype(np.float64)
    start = _stance(feet, 0, build)
    placement = Placement(stance.facing - start.facing, start.centre, stance.centre)
    pelvis = placement.moved(pelvis)
    rotations[:, 0] = placement.turned(rotations[:, 0])
    feet = FootTrack(placement.moved(feet.ankle), placement.turned(feet.rotation), feet.toes, feet.contacts)
    own = leg_use(pelvis, rotations[:, 0], feet, build)
    hips = pelvis[:, None] + quat.rotate(rotations[:, :1], build.hips)
    joined, _ = join_feet(FootTrack.planted(stance, 2, build), feet, hips, FOOT_ACCELERATION, build)
    pelvis = sink_to_stand(pelvis, rotations[:, 0], joined, build)
    reached = reach_feet(pelvis, rotations[:, 0], joined, own, build)
    return Segment(pelvis, rotations, reached, clip_body(clip).limits, own_legs=True)


def stance_after(segment: Segment, build: Build) -> Stance:
    """Where the feet go to stand after an acting segment: where they are, or at ease when they are far from that."""
    last = _stance(segment.feet, -1, build)
    ease = Stance.at(last.centre, last.facing, build)
    away = np.linalg.norm(last.prints[:, :2] - ease.prints[:, :2], axis=-1).max()
    turned = np.abs(wrap(last.prints[:, 2] - ease.prints[:, 2])).max()
    return ease if away > WIDE or turned > TWISTED else last


def at_rest(segment: Segment, stance: Stance, build: Build) -> bool:
    """Whether the feet stand flat on ``stance`` when the segment ends."""
    last = _stance(segment.feet, -1, build)
    return bool((segment.feet.contacts[-1] > 0.5).all() and np.abs(last.prints - stance.prints).max() < 1e-3)


def landing(segment: Segment, still: Segment, build: Build) -> tuple[Segment, Stance]:
    """``still``, a body at ease on its stance, with feet that come there from the end of ``segment``; where they stand.

    Only as many frames of ``still`` are kept as the feet take.
    """
    hips = still.pelvis[:, None] + quat.rotate(still.rotations[:, :1], build.hips)
    feet, settled = join_feet(
        segment.feet.slice(len(segment) - 2, len(segment)), still.feet, hips, FOOT_ACCELERATION, build, LANDING_SLOWER
    )
    frames = min(len(still), settled + 3)
    landed = Segment(still.pelvis[:frames], still.rotations[:frames], feet.slice(0, frames), still.limits)
    return landed, _stance(landed.feet, -1, build)


def blocked(segment: Segment, room: Room, others: Sequence[Array]) -> str:
    """What an acting segment would run into, for the record; "" where its way is free.

    A clip that ends closer to something than it began is the trouble; one that stays as close as it was is not.
    """
    path = segment.pelvis[:, [0, 2]]
    near_wall = np.array(room.size) / 2 - np.abs(path)
    if _comes_nearer(near_wall.min(axis=1), SHOULDERS):
        return "the wall"
    for thing in obstacles(room):
        if _comes_nearer(distance_to(thing, path), SHOULDERS):
            return f"the {thing.kind}"
    for place in others:
        if _comes_nearer(np.linalg.norm(path - place, axis=-1), ARM):
            return "somebody"
    return ""


def _comes_nearer(distance: Array, least: float) -> bool:
    return bool(distance.min() < min(least, float(distance[0]) - 0.05))


def _stance(feet: FootTrack, frame: int, build: Build) -> Stance:
    """The flat prints under both feet of one frame."""
    ball, heading = balls(feet, build)[frame], quat.heading(feet.rotation[frame])
    flat = ball - quat.rotate(quat.yaw(heading), build.balls)
    return Stance(np.column_stack([flat[:, [0, 2]], heading + build.rest_headings]))
