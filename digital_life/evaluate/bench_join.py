"""What the kinematic stage of matching is worth: how far bodies jump when a clip follows, with it and without it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.evaluate.benchmarks import Row
from digital_life.evaluate.measuring import measuring_library
from digital_life.momat.clip import Clip
from digital_life.momat.match import Matcher
from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import canonical_skeleton

Array = NDArray[np.float64]

JOINS = 300
WAYS = ("words alone", "words and pose")
_BODY = 22
"""Joints without face and fingers."""
_LONG_ENOUGH = 20
_ACTS = frozenset({"gesture", "emotion", "action", "talk", "dance", "locomotion", "idle"})
_GROUND = np.array([1.0, 0.0, 1.0])


@dataclass(frozen=True)
class Seam:
    """Mean over the joints of the body: places in metres, velocities in m/s, rotations in degrees."""

    place: float
    velocity: float
    rotation: float


def seam(now: Motion, then: Motion) -> Seam:
    """How far the last frame of ``now`` is from where the first frame of ``then`` comes from, both over the origin.

    The second frame of ``then`` tells its velocity; both motions need two frames.
    """
    before, after = _body(now.slice(len(now) - 2, len(now)), -1), _body(then.slice(0, 2), 0)
    place = float(np.linalg.norm(before[0] - after[0], axis=-1).mean())
    velocity = float(np.linalg.norm(before[1] - after[1], axis=-1).mean())
    turn = quat.to_axis_angle(quat.multiply(quat.conjugate(before[2]), after[2]))
    return Seam(place, velocity, float(np.degrees(np.linalg.norm(turn, axis=-1)).mean()))


def _body(two: Motion, frame: int) -> tuple[Array, Array, Array]:
    """Places and velocities [22, 3] in the ground frame of one of two frames, and local rotations [21, 4] but the root's."""
    positions, world = forward_kinematics(two.rotations, two.translation, canonical_skeleton())
    turn = quat.yaw(-quat.heading(world[frame, 0]))
    places = positions[frame, :_BODY] - positions[frame, 0] * _GROUND
    velocity = (positions[1, :_BODY] - positions[0, :_BODY]) * FPS
    return quat.rotate(turn, places), quat.rotate(turn, velocity), two.rotations[frame, 1:_BODY].astype(np.float64)


def join() -> list[Row]:
    """Seams of 300 bodies in the middle of something that are told to do something else, chosen by words alone and by both."""
    from rich.progress import track

    from digital_life.llm.embedding import shared_embedder
    from digital_life.momat.search import MotionSearch

    matcher = Matcher(MotionSearch(measuring_library(), shared_embedder()))
    clips = list(matcher.search.library)
    rng = np.random.default_rng(0)
    seams: dict[str, list[Seam]] = {name: [] for name in WAYS}
    scores: dict[str, list[float]] = {name: [] for name in WAYS}
    for number in track(range(JOINS), description="Joining motions", transient=True):
        current, posture, text = _situation(clips, rng)
        for name, pose in zip(WAYS, (None, current), strict=True):
            found = matcher.match(text, posture=posture, seed=number, pose=pose)
            if found.clip is not None:
                seams[name].append(seam(current, found.clip.motion.slice(found.start, found.clip.frames)))
                scores[name].append(found.semantic)
    result: list[Row] = [("joins", float(len(next(iter(seams.values())))), "")]
    for name, found_seams in seams.items():
        for measure, unit in (("place", "m"), ("velocity", "m/s"), ("rotation", "degrees")):
            values = [getattr(one, measure) for one in found_seams]
            result.append((f"{name}: {measure} of a joint jumps by, mean", float(np.mean(values)), unit))
        result.append((f"{name}: semantic score, mean", float(np.mean(scores[name])), ""))
    return result


def _situation(clips: list[Clip], rng: np.random.Generator) -> tuple[Motion, str, str]:
    """A body in the middle of a clip, its posture, and the words of an act for its posture."""
    playing = [clip for clip in clips if clip.frames > _LONG_ENOUGH and not clip.changes_posture]
    clip = playing[int(rng.integers(len(playing)))]
    frame = int(rng.integers(2, clip.frames))
    acts = [c for c in clips if c.kind in _ACTS and c.posture in (clip.posture, "any") and c.captions and c is not clip]
    act = acts[int(rng.integers(len(acts)))]
    motion = clip.motion.slice(frame - 2, frame)
    return motion, clip.posture, act.captions[int(rng.integers(len(act.captions)))]
