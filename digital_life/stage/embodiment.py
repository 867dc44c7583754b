"""From base movement to finished motion: gestures over it, seams closed, gaze, face, legs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.behaviour import Emotion
from digital_life.body.jaw import jaw_rotation
from digital_life.face.gaze import look_away
from digital_life.face.head import head_beats, listener_nods, neck_and_head
from digital_life.face.track import face_track
from digital_life.momat.feet import FootTrack, ahead_poles, knee_poles, sink_to_reach, solve_legs
from digital_life.momat.manner import Manner
from digital_life.momat.reach import reach_feet
from digital_life.motion import quaternion as quat
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import JOINT_INDEX
from digital_life.stage.actor import Actor
from digital_life.stage.attention import HEAD, NECK, head_path, look, move_eyes
from digital_life.stage.gestures import Event, overlay
from digital_life.stage.joining import Tail, join, limits_at
from digital_life.stage.timeline import Timeline
from digital_life.voice.speech import Speech

Array = NDArray[np.float64]

SINK_SECONDS = 0.3
"""Time in which the pelvis takes up the height that joined legs need."""
SWIVEL_SECONDS = 0.6
"""Time in which knees pass from one way of pointing to another after a performance."""
SEEN_BEFORE_ARRIVAL = 0.9
"""Seconds before the end of a walk at which the walker looks up at its partner."""
_WALKING_ATTENTION = 0.25
_AHEAD = 3.0
JAW = JOINT_INDEX["jaw"]


@dataclass
class Part:
    """What one actor does in one performance, before it is made into frames.

    ``speech`` begins ``speech_start`` seconds after the first frame and may be the partner's; ``speaking`` tells whose
    it is. ``walking`` frames at the start are spent on the way.
    """

    timeline: Timeline
    looks_at: Actor | None = None
    overlays: Sequence[Event] = ()
    speech: Speech | None = None
    speech_start: float = 0.0
    speaking: bool = False
    listening: bool = False
    walking: int = 0
    expression: str = ""
    emotion: Emotion = field(default_factory=Emotion)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    regard: Array | None = None
    """[T] share 0..1 of its attention that the body may spend on looking; None all of it."""
    absorbed: Array | None = None
    """[T] share 0..1 of its attention that what its hands do takes; its eyes then go where the clip has them."""


@dataclass
class _Body:
    """One actor's frames in the making."""

    rotations: Array
    pelvis: Array
    feet: FootTrack
    eyes: Array
    chest: Array


def embody(actors: Mapping[str, Actor], parts: Mapping[str, Part], hanging: Array, *, seed: int) -> dict[str, Motion]:
    """Motions of all ``parts`` (one length); the actors' tails, gaze and faces are moved on to the last frame."""
    bodies = {name: _body(actors[name], part, hanging) for name, part in parts.items()}
    heads = {name: body.eyes.copy() for name, body in bodies.items()}
    motions = {}
    for number, (name, part) in enumerate(parts.items()):
        target = heads.get(part.looks_at.name) if part.looks_at is not None else None
        motions[name] = _finish(actors[name], part, bodies[name], target, seed=seed * 16 + number)
    return motions


def _body(actor: Actor, part: Part, hanging: Array) -> _Body:
    tail, build = actor.tail, actor.build
    pelvis, rotations, feet = part.timeline.cut(build)
    played = [*part.timeline.played, *overlay(rotations, part.overlays, hanging)]
    rotations = Manner.of(actor.mood).held(rotations, seated=actor.seat is not None)
    pelvis, rotations = join(pelvis, rotations, played, tail, actor.member.skeleton)
    sunk = sink_to_reach(pelvis, rotations[:, 0], feet, build)
    pelvis = sunk if tail is None else pelvis + (sunk - pelvis) * _ramp(len(pelvis), SINK_SECONDS)
    stretched = np.full((len(pelvis), 2), np.inf)
    feet = reach_feet(pelvis, rotations[:, 0], feet, stretched, build, None if tail is None else tail.feet)
    own_legs = part.timeline.own_legs[:, None]
    if tail is not None:
        own_legs = own_legs + (tail.own_legs - own_legs[0]) * (1.0 - _ramp(len(pelvis), SWIVEL_SECONDS))
    poles = _knees(rotations, feet, own_legs)
    actor.tail = Tail.of(pelvis, rotations, feet, float(own_legs[-1, 0]), limits_at(played, len(pelvis) - 1))
    rotations = solve_legs(rotations, pelvis, feet, build, poles)
    eyes, chest = head_path(rotations, pelvis, actor.member.skeleton)
    return _Body(rotations, pelvis, feet, eyes, chest)


def _knees(rotations: Array, feet: FootTrack, own_legs: Array) -> Array:
    """[T, 2, 3] where knees point: as their own hips say for a share [T, 1] of ``own_legs``, else ahead."""
    share = own_legs[..., None]
    return np.asarray((1.0 - share) * ahead_poles(rotations, feet) + share * knee_poles(rotations))


def _ramp(frames: int, seconds: float) -> Array:
    """[frames, 1] from 0 at a seam to 1."""
    s = np.clip(np.arange(frames)[:, None] / (seconds * FPS), 0.0, 1.0)
    return np.asarray(s * s * (3.0 - 2.0 * s))


def _finish(actor: Actor, part: Part, body: _Body, partner: Array | None, *, seed: int) -> Motion:
    frames = len(body.pelvis)
    rotations, skeleton = body.rotations, actor.member.skeleton
    ahead = body.eyes + _AHEAD * np.stack([np.sin(body.chest), np.zeros(frames), np.cos(body.chest)], axis=-1)
    targets = ahead if partner is None else partner
    aversion = look_away(frames, seed=seed, speaking=part.speaking)
    absorbed = np.zeros(frames) if part.absorbed is None else part.absorbed[:frames]
    attention = _attention(frames, part.walking) * (1.0 if part.regard is None else part.regard[:frames])
    attention, aversion = attention * (1.0 - absorbed), aversion * (1.0 - absorbed)[:, None]
    actor.gaze = look(
        rotations, body.eyes, body.chest, targets, aversion=aversion, attention=attention, state=actor.gaze
    )
    rotations[:, [NECK, HEAD]] = quat.multiply(rotations[:, [NECK, HEAD]], _small_head(part, frames, seed))
    lids = move_eyes(rotations, body.pelvis, targets, aversion, attention, skeleton, own=absorbed, seed=seed)
    face = face_track(
        part.speech,
        part.speech_start,
        frames,
        emotion=part.emotion,
        expression=part.expression,
        seed=seed,
        listening=not part.speaking,
        previous=actor.face,
    )
    actor.face = face[-1]
    face = np.clip(face + lids, 0.0, 1.0)
    rotations[:, JAW] = quat.from_axis_angle(jaw_rotation(face, actor.member.jaw_open))
    return Motion(
        (body.pelvis - skeleton.rest_joints[0]).astype(np.float32),
        quat.normalize(rotations).astype(np.float32),
        face=face.astype(np.float32),
        contacts=body.feet.contacts.astype(np.float32),
        provenance=dict(part.provenance),
    )


def _attention(frames: int, walking: int) -> Array:
    """[frames] how much the partner is looked at: little on the way, fully from shortly before the arrival."""
    start = walking - round(SEEN_BEFORE_ARRIVAL * FPS)
    rise = np.clip((np.arange(frames) - start) / (0.4 * FPS), 0.0, 1.0) if start > 0 else np.ones(frames)
    return np.asarray(_WALKING_ATTENTION + (1.0 - _WALKING_ATTENTION) * rise)


def _small_head(part: Part, frames: int, seed: int) -> Array:
    """[frames, 2, 4] rotations of neck and head that go with speaking and listening."""
    if part.speech is None:
        return np.broadcast_to(quat.IDENTITY, (frames, 2, 4))
    make = head_beats if part.speaking else listener_nods
    return neck_and_head(make(part.speech, part.speech_start, frames, seed=seed))
