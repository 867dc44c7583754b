"""When the clips of a behaviour are played: the acts that were asked for, and beats that fall on stressed words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.face.head import accents
from digital_life.momat.clip import Clip
from digital_life.momat.deciding import Match
from digital_life.momat.entry import last_entry, natural_end
from digital_life.momat.manner import NEUTRAL, Manner
from digital_life.momat.retiming import Phases, Retiming, missed, retimed
from digital_life.motion import quaternion as quat
from digital_life.motion.body_parts import ARMS, TRUNK, trunk_after
from digital_life.motion.motion import FPS
from digital_life.motion.series import minimum_jerk
from digital_life.motion.skeleton import JOINT_INDEX
from digital_life.stage.choosing import Chooser
from digital_life.stage.joining import Played
from digital_life.stage.placing import clip_body
from digital_life.voice.speech import Speech

Array = NDArray[np.float64]

REST_AFTER = 0.25
"""Seconds after the last word in which hands that talked are at rest."""
HOLD = 2
"""Frames for which hands are still before a gesture is left at a stop."""
BACK_TO_REST = 0.6
"""Seconds that hands take to rest when a gesture is left where they stop."""
LONGEST_POSE = 4.5
"""Seconds that a looping clip is held when it is asked for as an act."""
HANDWORK = "everyday"
"""Tag of acts whose hands the eyes follow: reading, writing, cooking ..."""
ABSORBED = 0.9
"""Share of the attention that such an act takes."""
_BUSY_ARM = np.radians(18.0)
_EYES = [JOINT_INDEX["left_eye"], JOINT_INDEX["right_eye"]]


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
    retiming: Retiming | None = None
    """How the time in ``clip`` was changed after that."""

    @property
    def stroke(self) -> float:
        """Frame of the performance (not rounded) in which the gesture says what it says."""
        return self.start + self.clip.stroke * FPS - self.first

    @property
    def end(self) -> int:
        """Frame of the performance after the last one."""
        return self.start + self.last - self.first

    def source(self, frame: int) -> int:
        """The frame before the time in the clip was changed that ``frame`` of it shows."""
        return frame if self.retiming is None else round(self.retiming.source(frame))

    def record(self) -> dict[str, Any]:
        """JSON: what is played when, with which scores, and why; frames as they were before their time was changed."""
        first, last = self.source(self.first), self.source(self.last)
        relax = self.stroke + (self.clip.sync.get("relax", self.clip.duration) - self.clip.stroke) * FPS
        played: dict[str, Any] = {"clip": self.clip.id, "at": self.start, "first": first, "last": last}
        played |= {"frames": self.last - self.first, "stroke": round(self.stroke, 2), "relax": round(relax, 2)}
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

    def add_beats(
        self,
        speech: Speech,
        start: int,
        beats: Sequence[Clip],
        phases: Mapping[str, Phases],
        chooser: Chooser,
        *,
        earliest: int,
    ) -> None:
        """Fill the free time of ``speech`` (from frame ``start``) with ``beats``, strokes on its accents.

        ``phases`` of the beats, by id, say where their hands stop: later stops go to accents too, and after the last word
        hands come to rest.
        """
        acts, made = list(self.events), {clip.id: self._paced(clip, phases[clip.id]) for clip in beats}
        said = speech.words[-1].end if speech.words else speech.duration
        loud = [start + time * FPS for time, _ in accents(speech)]
        cursor = max(earliest, start - round(0.3 * FPS))
        recent, pose = [*chooser.recent, *(event.clip.id for event in acts)], chooser.pose
        for stroke in loud:
            next_act = min((act.start for act in acts if act.start > stroke), default=None)
            slot = _Slot(stroke, cursor, start + (said + REST_AFTER) * FPS, next_act, loud)
            pool = slot.fitting([clip for clip in beats if not recent or clip.id != recent[-1]] or beats, made)
            if not pool:
                continue
            match = chooser.beat(pool, pose, recent, (stroke - start) / FPS)
            event = slot.event(match, made, self.manner)
            if event is None or any(event.start < act.end and act.start < event.end for act in acts):
                continue
            self._give_way(event.start)
            self.events.append(event)
            gap = round(int(self.rng.integers(4, 30)) / self.manner.pace)
            cursor = min(event.end, event.start + natural_end(event.clip) - event.first) + gap
            pose = chooser.pose_after(match, round(event.source(event.last) * self.manner.pace))
            recent.append(event.clip.id)
        self.events.sort(key=lambda e: e.start)

    def _paced(self, clip: Clip, phases: Phases) -> Phases:
        return phases.paced(self.manner.pace, self.manner.performed(clip).frames)

    def _give_way(self, start: int) -> None:
        """Let the next gesture begin at ``start``, while the hands of the one before are on their way to rest."""
        if self.events and self.events[-1].start < start < self.events[-1].end:
            before = self.events[-1]
            self.events[-1] = replace(before, last=before.first + start - before.start)


@dataclass(frozen=True)
class _Slot:
    """Free time around one accent. All are frames of the performance."""

    stroke: float
    earliest: int
    rest: float
    """When hands should be at rest."""
    act: int | None
    """When something else begins."""
    accents: Sequence[float]

    def fitting(self, clips: Sequence[Clip], phases: Mapping[str, Phases]) -> Sequence[Clip]:
        """Gestures that can be played whole; where there is none, those that can be left at one of their stops.

        Only those with the fewest strokes off the accents.
        """
        whole = [clip for clip in clips if self._whole(phases[clip.id]) is not None]
        possible = whole or [clip for clip in clips if self._part(phases[clip.id]) is not None]
        off = {clip.id: self._missed(phases[clip.id]) for clip in possible}
        return [clip for clip in possible if off[clip.id] == min(off.values())]

    def _missed(self, phases: Phases) -> int:
        end, deadline = self._whole(phases) or self._part(phases) or (phases.kept[1], 0.0)
        return missed(phases, self._accents, end, deadline)

    @property
    def _accents(self) -> list[float]:
        """Frames from the stroke on."""
        return [accent - self.stroke for accent in self.accents]

    def event(self, match: Match, phases: Mapping[str, Phases], manner: Manner) -> Event | None:
        """A talking gesture whose stroke is on the accent; entered at its best frame or as early as there is time."""
        if match.clip is None:
            return None
        own = phases[match.clip.id]
        end, deadline = self._whole(own) or self._part(own) or (own.kept[1], 0.0)
        timing = retimed(own, self._accents, end, deadline)
        begin = int(np.floor(self.stroke - timing.at(own.stroke)))
        timing = timing.after(self.stroke - timing.at(own.stroke) - begin)
        clip = timing.performed(manner.performed(match.clip))
        first = max(round(timing.at(match.start / manner.pace)), self.earliest - begin, 0)
        if first > last_entry(clip):
            return None
        return Event(clip, begin + first, first, min(round(timing.at(end)) + 1, clip.frames), match, manner, timing)

    def _whole(self, phases: Phases) -> tuple[int, float] | None:
        """Where to leave a gesture that is played whole, and until when; None where there is no time for it."""
        end, until = (phases.rest, self.rest) if self.act is None else (phases.leave, min(self.rest, self.act))
        return (end, until - self.stroke) if phases.least(end) <= until - self.stroke else None

    def _part(self, phases: Phases) -> tuple[int, float] | None:
        """The last stop at which to leave a gesture that is too long, and until when; None where there is none."""
        until = (self.rest if self.act is None else min(self.rest, self.act)) - BACK_TO_REST * FPS - self.stroke
        held = [frame + HOLD for frame in (phases.kept[1], *phases.after)]
        in_time = [frame for frame in held if phases.least(frame) <= until]
        return (in_time[-1], until) if in_time else None


def overlay(rotations: Array, events: Sequence[Event], hanging: Array) -> list[Played]:
    """Lay the upper bodies of ``events`` over ``rotations`` [T, 55, 4], in place and with cuts; what is shown when.

    Arms that do something in a clip (more than ``hanging`` [55, 4], a pose of arms at rest) take its rotations; the
    trunk and the head add the clip's change since its start, so that a seated back stays where the seat has it. Eyes look
    as in the clip.
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
        rotations[frames, TRUNK] = trunk_after(rotations[frames, TRUNK], source)
        rotations[frames, _EYES] = source[:, _EYES]
        played.append(Played(start, end, body.limits, over=True))
    return played


def absorbed(events: Sequence[Event], frames: int) -> Array:
    """[frames] share of the attention that the hands' work takes from whoever is looked at, rising and falling softly."""
    share = np.zeros(frames)
    for event in events:
        if HANDWORK in event.clip.tags:
            away = np.minimum(np.arange(frames) - event.start, event.end - np.arange(frames)) / (0.5 * FPS)
            share = np.maximum(share, ABSORBED * minimum_jerk(np.clip(away, 0.0, 1.0)))
    return share


def _busy_arms(rotations: Array, hanging: Array) -> NDArray[np.intp]:
    """Joints of the arms that leave their rest in a clip."""
    joints: list[NDArray[np.intp]] = []
    for arm in ARMS:
        turn = quat.to_axis_angle(quat.multiply(quat.conjugate(hanging[arm[:4]]), rotations[:, arm[:4]]))
        if np.linalg.norm(turn, axis=-1).max() > _BUSY_ARM:
            joints.append(arm)
    return np.concatenate(joints) if joints else np.array([], dtype=np.intp)
