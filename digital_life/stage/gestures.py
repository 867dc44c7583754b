"""When the clips of a behaviour are played: the acts that were asked for, and beats that fall on stressed words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.face.head import accents
from digital_life.momat.clip import Clip
from digital_life.momat.deciding import Match
from digital_life.momat.entry import last_entry, natural_end
from digital_life.momat.manner import NEUTRAL, Manner
from digital_life.motion import quaternion as quat
from digital_life.motion.motion import FPS
from digital_life.motion.skeleton import JOINT_INDEX, JOINT_NAMES
from digital_life.stage.choosing import Chooser
from digital_life.stage.joining import Played
from digital_life.stage.placing import clip_body
from digital_life.voice.speech import Speech

Array = NDArray[np.float64]

LONGEST_POSE = 4.5
"""Seconds that a looping clip is held when it is asked for as an act."""
_BUSY_ARM = np.radians(18.0)
_TRUNK = [JOINT_INDEX[name] for name in ("spine1", "spine2", "spine3", "neck", "head")]
_ARMS = [
    np.array(
        [
            i
            for i, name in enumerate(JOINT_NAMES)
            if name.startswith(side)
            and any(part in name for part in ("collar", "shoulder", "elbow", "wrist", "index", "middle", "pinky", "ring", "thumb"))
        ]
    )
    for side in ("left_", "right_")
]  # fmt: skip


@dataclass(frozen=True)
class Event:
    """Frames ``first`` to ``last`` (exclusive) of a clip, played from ``start`` (a frame of the performance)."""

    clip: Clip
    start: int
    first: int
    last: int
    match: Match | None = None
    """Why this clip."""
    manner: Manner = NEUTRAL
    """How ``clip`` was made from the library's; frames are those of ``clip``."""

    @property
    def end(self) -> int:
        """Frame of the performance after the last one."""
        return self.start + self.last - self.first

    def record(self) -> dict[str, Any]:
        """JSON: what is played when, with which scores, and why."""
        played: dict[str, Any] = {"clip": self.clip.id, "at": self.start, "first": self.first, "last": self.last}
        if self.manner.changes_clips:
            played |= {"pace": self.manner.pace, "size": self.manner.size}
        if self.match is None:
            return played
        why = {name: round(getattr(self.match, name), 4) for name in ("score", "semantic", "kinematic")}
        return {**played, **why, "reason": self.match.reason}


@dataclass
class Planner:
    """Puts clips on the frames of one performance so that none overlaps another."""

    rng: np.random.Generator
    manner: Manner = NEUTRAL
    events: list[Event] = field(default_factory=list)

    def add_acts(self, matches: Sequence[Match], earliest: int, stroke_at: int) -> None:
        """Play ``matches`` one after the other; the first one's stroke near ``stroke_at``, nothing before ``earliest``."""
        at = earliest
        for number, match in enumerate(matches):
            clip = match.clip
            if clip is None:
                continue
            manner = replace(self.manner, size=1.0) if clip.layer == "upper" and not clip.loopable else NEUTRAL
            clip = manner.performed(clip)
            first, last = (round(frame / manner.pace) for frame in (match.start, match.stop))
            into = round(clip.stroke * FPS) - first
            start = max(at, stroke_at - into) if number == 0 else at
            stop = min(last, first + round(LONGEST_POSE * FPS)) if clip.loopable else min(last, clip.frames)
            self.events.append(Event(clip, start, first, stop, match, manner))
            at = self.events[-1].end + 3

    def add_beats(self, speech: Speech, start: int, beats: Sequence[Clip], chooser: Chooser, *, earliest: int) -> None:
        """Fill the free time of ``speech`` (from frame ``start``) with ``beats``, strokes on its accents."""
        if not beats:
            return
        end = start + round(speech.duration * FPS)
        cursor = max(earliest, start - round(0.3 * FPS))
        recent, pose = [*chooser.recent, *(event.clip.id for event in self.events)], chooser.pose
        for time, _ in accents(speech):
            pool = [clip for clip in beats if not recent or clip.id != recent[-1]] or list(beats)
            match = chooser.beat(pool, pose, recent, time)
            event = _beat(match, start + round(time * FPS), cursor, self.manner)
            if event is None or event.start < cursor or end - event.start < round(1.0 * FPS):
                continue
            fitting = self._shortened(event, end + round(0.2 * FPS))
            if fitting is not None and all(fitting.end <= e.start or fitting.start >= e.end for e in self.events):
                self.events.append(fitting)
                cursor = fitting.end + round(int(self.rng.integers(4, 30)) / self.manner.pace)
                pose = chooser.pose_after(match, round(fitting.last * self.manner.pace))
                recent.append(fitting.clip.id)
        self.events.sort(key=lambda e: e.start)

    def _shortened(self, event: Event, end: int) -> Event | None:
        """``event`` cut at ``end`` and at the next one; None when its stroke would be lost."""
        following = [e.start for e in self.events if e.start > event.start]
        stop = min([end, event.end, *following])
        last = event.first + stop - event.start
        if last < round((event.clip.stroke + 0.35) * FPS):
            return None
        return replace(event, last=last)


def _beat(match: Match, stroke_at: int, cursor: int, manner: Manner) -> Event | None:
    """A talking gesture whose stroke is at frame ``stroke_at``, entered at its best frame or as early as ``cursor`` lets."""
    if match.clip is None:
        return None
    clip = manner.performed(match.clip)
    begin = stroke_at - round(clip.stroke * FPS)
    first = min(max(round(match.start / manner.pace), cursor - begin), last_entry(clip))
    return Event(clip, begin + first, first, natural_end(clip), match, manner)


def overlay(rotations: Array, events: Sequence[Event], hanging: Array) -> list[Played]:
    """Lay the upper bodies of ``events`` over ``rotations`` [T, 55, 4], in place and with cuts; what is shown when.

    Arms that do something in a clip (more than ``hanging`` [55, 4], a pose of arms at rest) take its rotations; the
    trunk and the head add the clip's change since its start, so that a seated back stays where the seat has it.
    """
    played = []
    for event in events:
        start, end = event.start, min(event.end, len(rotations))
        if end - start < 2:
            continue
        body = clip_body(event.clip)
        source = body.rotations[event.first : event.first + end - start]
        joints = _busy_arms(source, hanging)
        frames = slice(start, end)
        rotations[frames, joints] = source[:, joints]
        change = quat.multiply(quat.conjugate(source[:1, _TRUNK]), source[:, _TRUNK])
        rotations[frames, _TRUNK] = quat.normalize(quat.multiply(rotations[frames, _TRUNK], change))
        played.append(Played(start, end, body.limits, over=True))
    return played


def _busy_arms(rotations: Array, hanging: Array) -> NDArray[np.intp]:
    """Joints of the arms that leave their rest in a clip."""
    joints: list[NDArray[np.intp]] = []
    for arm in _ARMS:
        turn = quat.to_axis_angle(quat.multiply(quat.conjugate(hanging[arm[:4]]), rotations[:, arm[:4]]))
        if np.linalg.norm(turn, axis=-1).max() > _BUSY_ARM:
            joints.append(arm)
    return np.concatenate(joints) if joints else np.array([], dtype=np.intp)
