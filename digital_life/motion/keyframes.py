"""Compile keyframe files to ``Motion``: hand-authored clips on the canonical skeleton, 30 frames per second.

The way of a clip: its file is checked (``clip_file``), spread into one track per body part (``score``), hand targets are
solved to arm rotations at their keys (``arms``), every track is followed by its body part with its own lag and spring
(``tracks``), breathing and swaying are added (``life``), and the legs are solved so that the feet stay where they
stand (``feet``, ``legs``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.arm_tracks import arm_tracks, set_arms
from digital_life.motion.clip_file import ClipFile, Kind, Root, Step, read_clip_file
from digital_life.motion.feet import FootPath, foot_path, home, sole
from digital_life.motion.legs import pose_legs
from digital_life.motion.life import Swaying, enliven, sway_pelvis
from digital_life.motion.mirror import mirror
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.poses import Foot, base_poses
from digital_life.motion.score import SIDES, read_score, trunk_values
from digital_life.motion.skeleton import Skeleton, canonical_skeleton
from digital_life.motion.torso import pose_trunk
from digital_life.motion.tracks import Follow, perform

Array = NDArray[np.float64]

FOLLOW: dict[str, Follow] = {
    "root": Follow(0.0, 4.0, 1.0),
    "height": Follow(0.0, 4.0, 1.0),
    "weight": Follow(-0.05, 3.0, 1.0),
    "pelvis": Follow(-0.05, 4.0, 1.0),
    "torso": Follow(-0.02, 4.5, 0.9),
    "head": Follow(0.0, 5.0, 0.8),
    "eyes": Follow(-0.10, 9.0, 1.0),
    "girdle": Follow(-0.01, 5.5, 0.9),
    "lift": Follow(0.0, 5.5, 0.9),
    "shoulder": Follow(0.0, 6.0, 0.85),
    "elbow": Follow(0.025, 5.5, 0.75),
    "wrist": Follow(0.055, 5.0, 0.62),
    "fingers": Follow(0.06, 5.5, 0.75),
}
"""Hips lead, hands drag, fingers come last; lags in seconds, springs in hertz."""


@dataclass(frozen=True)
class CompiledClip:
    """A clip ready for the stage.

    ``posture`` is what the clip starts in (``any``: an upper-body gesture that also fits a seated body), ``posture_end``
    what it ends in. ``sync`` holds seconds of a gesture's ready, stroke_start, stroke, stroke_end and relax. ``layer``
    is ``upper`` where the legs matter so little that the clip may be laid over another lower body.
    """

    id: str
    captions: tuple[str, ...]
    captions_zh: tuple[str, ...]
    tags: tuple[str, ...]
    kind: Kind
    posture: Literal["standing", "seated", "any"]
    posture_end: Literal["standing", "seated", "any"]
    loop: bool
    sync: Mapping[str, float]
    layer: Literal["full", "upper"]
    motion: Motion


def compile_clip(path: Path) -> CompiledClip:
    """Read a keyframe file and compile it on the canonical skeleton.

    Raises:
        InputError: the file is missing or wrong; the message names every mistake with its line.
    """
    clip = read_clip_file(path)
    moves = clip if clip.mirror_of is None else read_clip_file(_mirrored_path(path, clip))
    motion = compile_motion(moves, canonical_skeleton())
    return CompiledClip(
        id=clip.id,
        captions=tuple(clip.captions),
        captions_zh=tuple(clip.captions_zh),
        tags=tuple(clip.tags),
        kind=clip.kind,
        posture=clip.posture,
        posture_end=clip.posture_end or clip.posture,
        loop=moves.loop,
        sync={str(name): time for name, time in moves.sync.items()},
        layer="upper" if clip.posture == "any" else "full",
        motion=motion if moves is clip else replace(mirror(motion), provenance=_provenance(clip)),
    )


def _mirrored_path(path: Path, clip: ClipFile) -> Path:
    return path.with_name(f"{clip.mirror_of}{path.suffix}")


def _provenance(clip: ClipFile) -> dict[str, object]:
    return {"clips": [clip.id], "source": "keyframes"}


def clip_fingerprint(path: Path) -> str:
    """SHA-256 of everything a compiled clip depends on: its file, hand shapes, base poses, skeleton and this compiler."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    clip = read_clip_file(path)
    own = [path, _mirrored_path(path, clip)] if clip.mirror_of else [path]
    for source in [*own, *sorted(here.glob("data/*")), *sorted(here.glob("*.py"))]:
        digest.update(source.read_bytes())
    return digest.hexdigest()


def compile_motion(clip: ClipFile, skeleton: Skeleton) -> Motion:
    """The motion of a checked clip on a skeleton."""
    score = read_score(clip, skeleton)
    times = np.arange(round(clip.duration * FPS)) / FPS
    tracks = {**score.tracks, **arm_tracks(clip, score, skeleton)}
    values = {name: perform(track, _follow(name), times, clip.overlap) for name, track in tracks.items()}
    rotations, translation = pose_trunk(trunk_values(values), skeleton)
    set_arms(rotations, values)
    swaying = Swaying(clip, times)
    enliven(rotations, clip, times, swaying)
    feet = {side: _foot(clip, side, times, score.advance, skeleton) for side in SIDES}
    translation = translation + sway_pelvis(clip, swaying)
    translation = pose_legs(rotations, translation, feet, skeleton)
    contacts = np.concatenate([feet[side].planted for side in SIDES], axis=1)
    return Motion(
        translation.astype(np.float32),
        quat.normalize(rotations).astype(np.float32),
        contacts=contacts.astype(np.float32),
        provenance=_provenance(clip),
    )


def _follow(name: str) -> Follow:
    return FOLLOW[name.removeprefix("left_").removeprefix("right_")]


def _foot(clip: ClipFile, side: str, times: Array, advance: Array, skeleton: Skeleton) -> FootPath:
    foot = getattr(base_poses()[clip.base], f"{side}_foot")
    steps = sorted((step for step in clip.steps if step.foot == side), key=lambda step: step.lift)
    if clip.loop:
        steps = [_shifted(step, cycle, clip.duration, advance * 100.0) for cycle in (-2, -1, 0, 1, 2) for step in steps]
    prints = [(step, home(_placed(foot, step), side, step.stance, skeleton)) for step in steps]
    return foot_path(home(foot, side, Root(), skeleton), prints, clip.hops, times, sole(skeleton, side))


def _placed(foot: Foot, step: Step) -> Foot:
    return foot if step.out is None else foot.model_copy(update={"out": step.out})


def _shifted(step: Step, cycle: int, period: float, advance: Array) -> Step:
    stance = Root.model_construct(
        left=step.stance.left + cycle * advance[0],
        forward=step.stance.forward + cycle * advance[1],
        turn=step.stance.turn,
    )
    update = {"lift": step.lift + cycle * period, "land": step.land + cycle * period, "stance": stance}
    return step.model_copy(update=update)
