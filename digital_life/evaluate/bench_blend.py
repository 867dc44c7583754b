"""Random transitions between clips: joined by the motion stream, cross-faded, and cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from digital_life.evaluate.benchmarks import Row
from digital_life.evaluate.measuring import measuring_library
from digital_life.evaluate.seams import FINGERS, LEGS, SHORTEST_WINDOW, Seam, Smoothness, measure_seams
from digital_life.momat.clip import Clip
from digital_life.momat.feet import Build
from digital_life.momat.ground import ground_feet
from digital_life.momat.library import MotionLibrary
from digital_life.momat.posture_graph import PostureGraph, settled
from digital_life.momat.rooting import Placement, twist
from digital_life.momat.stream import MotionStream
from digital_life.motion import quaternion as quat
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import Skeleton, canonical_skeleton

Array = NDArray[np.float64]

COUNT = 500
POSTURE_CHANGES = 0.06
"""Share of the transitions that go from standing to seated or back."""
BEFORE, AFTER = 60, 75
"""Frames played of the clip that is left and of the one that is entered."""
FADE = 0.3
"""Seconds of the linear cross-fade."""
SKATE, DEPTH = 0.02, 0.01


@dataclass(frozen=True)
class Transition:
    """Leave ``old`` before frame ``leave`` and enter ``new`` at frame ``enter``."""

    old: Clip
    leave: int
    new: Clip
    enter: int


@dataclass(frozen=True)
class Passage:
    """A movement over one transition, with its seams."""

    motion: Motion
    seams: list[Seam]


def blend(count: int = COUNT) -> list[Row]:
    """Smoothness, skating and depth under the floor over ``count`` random transitions of the measured library."""
    library = measuring_library()
    transitions = random_transitions(library, count, seed=7)
    rows: list[Row] = [("transitions", float(len(transitions)), "")]
    skeleton, graph = canonical_skeleton(), PostureGraph(library)
    methods: dict[str, Callable[[Transition], Passage]] = {
        "stream": lambda transition: streamed(transition, skeleton, graph),
        "cross-fade": lambda transition: faded(transition, skeleton, round(FADE * FPS)),
        "cut": lambda transition: faded(transition, skeleton, 0),
    }
    for name, method in methods.items():
        rows += _rows(name, list(measured(transitions, method, skeleton, name)))
    return rows


def random_transitions(library: MotionLibrary, count: int, *, seed: int) -> list[Transition]:
    """From a random frame of a random clip to a random frame of another one of its posture, now and then of another."""
    rng = np.random.default_rng(seed)
    clips = [clip for clip in library if clip.frames >= 45 and not clip.changes_posture]
    postures = {settled(clip.posture) for clip in clips}
    pools = {posture: [clip for clip in clips if settled(clip.posture) == posture] for posture in postures}
    transitions: list[Transition] = []
    while len(transitions) < count:
        old = clips[int(rng.integers(len(clips)))]
        posture = settled(old.posture)
        if rng.random() < POSTURE_CHANGES:
            posture = "seated" if posture == "standing" else "standing"
        pool = pools[posture] if settled(old.posture) != "floor" else pools["floor"]
        new = pool[int(rng.integers(len(pool)))]
        if new.id != old.id:
            leave, enter = int(rng.integers(15, old.frames)), int(rng.integers(0, new.frames - 30))
            transitions.append(Transition(old, leave, new, enter))
    return transitions


def measured(
    transitions: Sequence[Transition],
    method: Callable[[Transition], Passage],
    skeleton: Skeleton,
    name: str,
) -> Iterator[Smoothness]:
    """The smoothness of each transition made by ``method``."""
    from rich.progress import track

    for transition in track(transitions, description=f"Joining clips: {name}", transient=True):
        passage = method(transition)
        yield measure_seams(passage.motion, passage.seams, skeleton)


def streamed(transition: Transition, skeleton: Skeleton, graph: PostureGraph) -> Passage:
    """The transition as the motion stream makes it, through sitting down or standing up where it takes that."""
    stream = MotionStream(skeleton, graph)
    first = max(0, transition.leave - BEFORE)
    stream.play_clip(transition.old, first, transition.leave)
    stream.play_clip(transition.new, transition.enter, min(transition.new.frames, transition.enter + AFTER))
    motions = {clip.id: clip.motion for clip in (transition.old, transition.new, *graph.connectors)}
    seams = [
        Seam(
            after.first,
            motions[before.clip],
            motions[after.clip],
            after.start,
            max(SHORTEST_WINDOW, round(after.seconds * FPS) + 2),
        )
        for before, after in zip(stream.stretches, stream.stretches[1:], strict=False)
    ]
    return Passage(stream.motion(), seams)


def faded(transition: Transition, skeleton: Skeleton, frames: int) -> Passage:
    """The transition as a cut to the new clip, put where the body is, cross-faded over ``frames`` frames."""
    build, old, new = Build(skeleton), transition.old.motion, transition.new.motion
    first, last = max(0, transition.leave - BEFORE), min(len(new), transition.enter + AFTER)
    rest = skeleton.rest_joints[0]
    pelvis, rotations = old.translation.astype(np.float64) + rest, old.rotations.astype(np.float64)
    leave, enter = transition.leave, transition.enter
    after = new.slice(enter, last)
    placement = Placement.at(
        after.translation[0] + rest,
        after.rotations[0, 0].astype(np.float64),
        pelvis[leave - 1, [0, 2]],
        float(twist(rotations[leave - 1, 0])),
    )
    moved, turned = placement.moved(after.translation + rest), after.rotations.astype(np.float64)
    turned[:, 0] = placement.turned(turned[:, 0])
    for frame in range(min(frames, len(after))):
        share, left = (frame + 1) / (frames + 1), min(leave + frame, len(old) - 1)
        moved[frame] = pelvis[left] + share * (moved[frame] - pelvis[left])
        turned[frame] = quat.slerp(rotations[left], turned[frame], np.full(len(turned[frame]), share))
    contacts = [ground_feet(motion, build).contacts for motion in (old, new)]
    motion = Motion(
        (np.concatenate([pelvis[first:leave], moved]) - rest).astype(np.float32),
        np.concatenate([rotations[first:leave], turned]).astype(np.float32),
        contacts=np.concatenate([contacts[0][first:leave], contacts[1][enter:last]]).astype(np.float32),
    )
    return Passage(replace(motion, provenance={}), [Seam(leave - first, old, new, enter)])


def _rows(name: str, results: Sequence[Smoothness]) -> list[Row]:
    """Distributions; a share of 1 is the limit: 1.5 times the clips' own 99th percentile."""
    rows: list[Row] = []
    values = {
        "angular acceleration, worst joint": [result.angular.max() for result in results],
        "linear acceleration, worst joint": [result.linear.max() for result in results],
        "acceleration at the seam frames, worst joint": [
            max(result.angular_at.max(), result.linear_at.max()) for result in results
        ],
        "worst of legs": [max(result.angular[LEGS].max(), result.linear[LEGS].max()) for result in results],
        "worst of fingers": [max(result.angular[FINGERS].max(), result.linear[FINGERS].max()) for result in results],
    }
    for label, column in values.items():
        rows += _distribution(f"{name}: {label}", np.array(column), 1.0, "x limit", 1.0)
    joints = np.array([np.maximum(result.angular, result.linear) for result in results])
    rows.append((f"{name}: joints within the limit", 100.0 * float((joints <= 1.0).mean()), "%"))
    rows += _distribution(f"{name}: skating", np.array([result.skate for result in results]), SKATE, "cm/s", 100.0)
    rows += _distribution(
        f"{name}: under the floor", np.array([result.depth for result in results]), DEPTH, "cm", 100.0
    )
    return rows


def _distribution(label: str, values: Array, limit: float, unit: str, scale: float) -> list[Row]:
    return [
        (f"{label}, median", scale * float(np.median(values)), unit),
        (f"{label}, 95th percentile", scale * float(np.percentile(values, 95.0)), unit),
        (f"{label}, largest", scale * float(values.max()), unit),
        (f"{label}, transitions within", 100.0 * float((values <= limit).mean()), "%"),
    ]
