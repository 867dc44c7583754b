"""Which camera is on, and when: a wide shot to begin with, closer ones on whoever speaks, no jumps over the line."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from digital_life.motion.skeleton import JOINT_INDEX
from digital_life.render.blocking import RATE, Track
from digital_life.render.camera import UP, Camera, Vector, frame_points, level, unit
from digital_life.render.job import Subtitle
from digital_life.stage.scene import Room

Kind = Literal["wide", "two", "single", "over"]

MIN_SHOT = 3.0
_LONG_SHOT = 9.0
_WALK = 0.45
_SPARSE = RATE // 6
_OPENING = 4.0
_BEFORE_SPEECH = 0.25
_BODY = ("left_foot", "right_foot", "left_knee", "right_knee", "left_wrist", "right_wrist", "pelvis")
_UPPER = ("pelvis", "left_elbow", "right_elbow", "left_shoulder", "right_shoulder")
_BUST = ("spine3", "left_shoulder", "right_shoulder")


@dataclass(frozen=True)
class Cut:
    """A stretch of the scene with one kind of shot; ``speaker`` is whom a close shot shows, talking to ``partner``."""

    start: float
    end: float
    kind: Kind
    speaker: str = ""
    partner: str = ""


@dataclass(frozen=True)
class Shot:
    """A stretch of the scene seen by one camera that stands still."""

    start: float
    end: float
    camera: Camera


def plan_shots(tracks: dict[str, Track], room: Room, cuts: Sequence[Cut], *, aspect: float) -> list[Shot]:
    """The cameras of ``cuts``."""
    shots: list[Shot] = []
    side: Vector | None = None
    for cut in cuts:
        side = _side(tracks, room, cut, side)
        shots.append(Shot(cut.start, cut.end, _camera(tracks, cut, side, aspect)))
    return shots


def wide_cuts(takes: Sequence[float], duration: float) -> list[Cut]:
    """A wide shot from each of ``takes`` (seconds) to the next, the first one from the beginning."""
    starts = [0.0, *(at for at in sorted(takes) if 0.0 < at < duration)]
    return [Cut(start, end, "wide") for start, end in itertools.pairwise([*starts, duration])]


def plan_cuts(tracks: dict[str, Track], subtitles: Sequence[Subtitle], duration: float) -> list[Cut]:
    """The rhythm: no cut is shorter than ``MIN_SHOT``, and nobody walks out of a close shot."""
    turns = sorted(s for s in subtitles if s.speaker in tracks)
    marks = [(0.0, Cut(0, 0, "wide"))]
    close = 0
    for turn in turns:
        kind: Kind = "two"
        if turn.end - turn.start >= MIN_SHOT - 0.4:
            kind = ("single", "over", "single", "two")[close % 4]
            close += 1
        at = max(turn.start - _BEFORE_SPEECH, 0.0)
        if at >= min(_OPENING, duration / 3):
            marks.append((at, Cut(at, at, kind, turn.speaker, turn.to)))
    if turns and duration - turns[-1].end > MIN_SHOT:
        marks.append((turns[-1].end + 0.5, Cut(0, 0, "wide")))
    ends = [at for at, _ in marks[1:]] + [duration]
    cuts = [replace(cut, start=at, end=end) for (at, cut), end in zip(marks, ends, strict=True)]
    cuts = [part for cut in cuts for part in _split_long(cut)]
    return _merge_short([_follow_walk(tracks, cut) for cut in cuts if cut.end > cut.start])


def _split_long(cut: Cut) -> list[Cut]:
    if cut.end - cut.start <= _LONG_SHOT or cut.kind == "wide":
        return [cut]
    middle = cut.start + 0.55 * (cut.end - cut.start)
    other: Kind = "two" if cut.kind in ("single", "over") else "single"
    return [replace(cut, end=middle), replace(cut, start=middle, kind=other)]


def _follow_walk(tracks: dict[str, Track], cut: Cut) -> Cut:
    walking = max(track.travel(cut.start, cut.end) for track in tracks.values()) > _WALK
    return replace(cut, kind="wide") if walking else cut


def _merge_short(cuts: list[Cut]) -> list[Cut]:
    merged: list[Cut] = []
    for cut in cuts:
        before = merged[-1] if merged else None
        if before and (cut.end - cut.start < MIN_SHOT or before.end - before.start < MIN_SHOT or _alike(before, cut)):
            merged[-1] = replace(before, end=cut.end, kind=_common(before, cut))
        else:
            merged.append(cut)
    return merged


def _alike(a: Cut, b: Cut) -> bool:
    return a.kind == b.kind and (a.kind in ("wide", "two") or a.speaker == b.speaker)


def _common(a: Cut, b: Cut) -> Kind:
    if "wide" in (a.kind, b.kind):
        return "wide"
    return a.kind if a.kind == b.kind and a.speaker == b.speaker else "two"


def _side(tracks: dict[str, Track], room: Room, cut: Cut, before: Vector | None) -> Vector:
    """Horizontal unit normal of the line between speaker and partner (else the first two), on the camera's side of it."""
    talking = [name for name in tracks if name in (cut.speaker, cut.partner)]
    names = talking if len(talking) == 2 else list(tracks)
    facing = np.mean([t.facing[t.span(cut.start, cut.end)].mean(axis=0) for t in tracks.values()], axis=0)
    if len(names) < 2:
        return level(facing)
    first, second = (tracks[name].joints[tracks[name].span(cut.start, cut.end), 0].mean(axis=0) for name in names[:2])
    normal = level(np.cross(second - first, UP))
    seen = float(normal @ facing)
    middle = (first + second) / 2
    if before is not None and abs(seen) < 0.5:
        return normal if float(normal @ before) >= 0 else -normal
    return normal if 2 * seen + _openness(room, middle, normal) > 0 else -normal


def _openness(room: Room, middle: Vector, normal: Vector) -> float:
    """How much freer the view from the side of ``normal`` is than from the other: floor in metres, less furniture."""
    free = -2 * float(normal @ middle)
    for piece in room.furniture:
        if piece.dimensions[1] > 0.3 and piece.kind != "window":
            offset = np.array([piece.position[0], 0.0, piece.position[1]]) - middle
            free -= 0.6 * float(np.sign(normal @ offset)) * float(abs(unit(offset) @ normal))
    return 0.5 * free


def _camera(tracks: dict[str, Track], cut: Cut, side: Vector, aspect: float) -> Camera:
    if cut.kind in ("single", "over") and cut.speaker in tracks:
        return _close(tracks, cut, side, aspect)
    joints = _BODY if cut.kind == "wide" else _UPPER
    points = np.concatenate([track.part(joints, cut.start, cut.end) for track in tracks.values()])
    if cut.kind == "wide":
        towards = _turned(side, np.radians(14))
        return frame_points(points, towards, yfov=0.62, aspect=aspect, elevation=0.16, fill=0.78)
    return frame_points(points, _turned(side, np.radians(-8)), yfov=0.5, aspect=aspect, elevation=0.06, fill=0.74)


def _close(tracks: dict[str, Track], cut: Cut, side: Vector, aspect: float) -> Camera:
    track = tracks[cut.speaker]
    when = track.span(cut.start, cut.end)
    facing = level(track.looking[when].mean(axis=0))
    others = {name: other for name, other in tracks.items() if name != cut.speaker}
    partner = others.get(cut.partner) or next(iter(others.values()), None)
    points = track.part(_BUST, cut.start, cut.end)
    if partner is not None:
        gap = partner.face[partner.span(cut.start, cut.end)].mean(axis=0) - track.face[when].mean(axis=0)
        reach, ahead = float(np.linalg.norm(gap)), level(gap)
        if cut.kind == "over" and 0.9 < reach < 2.6 and float(ahead @ facing) > 0.6:
            towards = unit(ahead * np.cos(0.42) + side * np.sin(0.42))
            return frame_points(
                points, towards, yfov=0.46, aspect=aspect, elevation=0.05, fill=0.62, nearest=reach + 0.85
            )
        points = points + 0.1 * ahead
    towards = unit(facing * np.cos(0.6) + side * np.sin(0.6))
    return frame_points(points, towards, yfov=0.46, aspect=aspect, elevation=0.03, fill=0.62, nearest=1.3)


def _turned(direction: Vector, angle: float) -> Vector:
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([cosine * direction[0] + sine * direction[2], 0, cosine * direction[2] - sine * direction[0]])


def shot_at(shots: Sequence[Shot], time: float) -> Shot:
    """The shot that is on at ``time`` seconds."""
    return next((shot for shot in shots if time < shot.end), shots[-1])


def heads(tracks: dict[str, Track], shot: Shot) -> Vector:
    """Faces and pelvises [N, 3], six times a second, that must not be hidden in the shot."""
    pelvis = JOINT_INDEX["pelvis"]
    parts = []
    for track in tracks.values():
        when = track.span(shot.start, shot.end)
        parts += [track.face[when][::_SPARSE], track.joints[when, pelvis][::_SPARSE]]
    return np.concatenate(parts)
