"""Which clips a behaviour plays and when: the act that was asked for, and beats that fall on stressed words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.face.head import accents
from digital_life.momat.blend import smooth_seams
from digital_life.momat.clip import Clip
from digital_life.momat.search import Hit, MotionSearch
from digital_life.momat.wording import clauses
from digital_life.motion import quaternion as quat
from digital_life.motion.motion import FPS
from digital_life.motion.skeleton import JOINT_INDEX, JOINT_NAMES
from digital_life.stage.placing import clip_body
from digital_life.voice.speech import Speech

Array = NDArray[np.float64]

THRESHOLD = 0.48
"""Least score of a clip that is taken for what the words say."""
SECOND_THRESHOLD = 0.55
"""Least score of a second act: fragments of a sentence fit something too easily."""
ACTING_KINDS = frozenset({"gesture", "emotion", "talk", "idle"})
OTHER_POSTURE = 0.12
"""A clip for another posture that fits better by more than this is what was meant, and cannot be done."""
BACKGROUND_KINDS = frozenset({"talk", "idle"})
BACKGROUND_PENALTY = 0.08
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

    @property
    def end(self) -> int:
        """Frame of the performance after the last one."""
        return self.start + self.last - self.first


@dataclass(frozen=True)
class Choice:
    """Clips for the words of a behaviour, and what the record says about it."""

    hits: tuple[Hit, ...] = ()
    note: str = ""

    def provenance(self) -> dict[str, Any]:
        """JSON for ``Motion.provenance``."""
        acts = [
            {"clip": hit.clip.id, "score": round(hit.score, 3), "caption": hit.caption, "mirrored": hit.mirrored}
            for hit in self.hits
        ]
        return {"acts": acts} | ({"note": self.note} if self.note else {})


def choose_acts(search: MotionSearch, words: str, posture: str) -> Choice:
    """The clips that do what ``words`` say, one for each of the acts they name (two at most), in their order.

    No words give no clip; words that nothing in the library fits give none either, and the note says so.
    """
    if not words.strip():
        return Choice()
    parts = [part for part in clauses(words) if " " in part]
    whole = _best(search, words, posture)
    if len(parts) > 1:
        hits = [hit for part in parts if (hit := _best(search, part, posture)) and hit.score >= THRESHOLD]
        first = max(hits, key=lambda hit: hit.score, default=None)
        kept = [hit for hit in hits if hit is first or hit.score >= SECOND_THRESHOLD]
        different = tuple({hit.clip.id: hit for hit in kept}.values())[:2]
        if first is not None and (len(different) > 1 or whole is None or first.score >= whole.score):
            return Choice(different)
    anyhow = _best(search, words, None)
    if whole is not None and anyhow is not None and anyhow.score - whole.score > OTHER_POSTURE:
        note = f"'{words}' means {anyhow.clip.id}, which a {posture} body cannot do; it idles and talks instead"
        return Choice(note=note)
    if whole is not None and whole.score >= THRESHOLD:
        return Choice((whole,))
    nearest = f" (nearest: {whole.clip.id}, {whole.score:.2f})" if whole else ""
    return Choice(note=f"no clip of the library fits '{words}'{nearest}; the body idles and talks instead")


def _best(search: MotionSearch, words: str, posture: str | None) -> Hit | None:
    hits = search.search(words, k=12, posture=posture)
    fitting = [hit for hit in hits if hit.clip.kind in ACTING_KINDS and not hit.clip.changes_posture]
    return max(
        fitting, key=lambda hit: hit.score - BACKGROUND_PENALTY * (hit.clip.kind in BACKGROUND_KINDS), default=None
    )


@dataclass
class Planner:
    """Puts clips on the frames of one performance so that none overlaps another."""

    rng: np.random.Generator
    events: list[Event] = field(default_factory=list)

    def add_acts(self, hits: Sequence[Hit], earliest: int, stroke_at: int) -> None:
        """Play ``hits`` one after the other; the first one's stroke near ``stroke_at``, nothing before ``earliest``."""
        at = earliest
        for number, hit in enumerate(hits):
            clip = hit.clip
            length = min(len(clip.motion), round(LONGEST_POSE * FPS)) if clip.loopable else len(clip.motion)
            start = max(at, stroke_at - round(clip.stroke * FPS)) if number == 0 else at
            stop = length if clip.loopable else min(length, _relaxed(clip))
            self.events.append(Event(clip, start, 0, stop))
            at = self.events[-1].end + 3

    def add_beats(self, speech: Speech, start: int, beats: Sequence[Clip], *, earliest: int) -> None:
        """Fill the free time of ``speech`` (from frame ``start``) with ``beats``, strokes on its accents."""
        if not beats:
            return
        end = start + round(speech.duration * FPS)
        cursor, recent = max(earliest, start - round(0.3 * FPS)), ""
        for time, _ in accents(speech):
            pool = [clip for clip in beats if clip.id != recent] or list(beats)
            clip = pool[int(self.rng.integers(len(pool)))]
            begin, ready = start + round(time * FPS) - round(clip.stroke * FPS), round(_ready(clip) * FPS)
            event = Event(clip, max(begin, begin + ready - 6), max(0, ready - 6), _relaxed(clip))
            if event.start < cursor or end - event.start < round(1.0 * FPS):
                continue
            fitting = self._shortened(event, end + round(0.2 * FPS))
            if fitting is not None and all(fitting.end <= e.start or fitting.start >= e.end for e in self.events):
                self.events.append(fitting)
                cursor, recent = fitting.end + int(self.rng.integers(4, 30)), clip.id
        self.events.sort(key=lambda e: e.start)

    def _shortened(self, event: Event, end: int) -> Event | None:
        """``event`` cut at ``end`` and at the next one; None when its stroke would be lost."""
        following = [e.start for e in self.events if e.start > event.start]
        stop = min([end, event.end, *following])
        last = event.first + stop - event.start
        if last < round((event.clip.stroke + 0.35) * FPS):
            return None
        return Event(event.clip, event.start, event.first, last)


def _ready(clip: Clip) -> float:
    return clip.sync.get("ready", 0.0)


def _relaxed(clip: Clip) -> int:
    """Frame after which a gesture may give way: a little after it begins to relax."""
    if "relax" not in clip.sync:
        return len(clip.motion)
    return min(len(clip.motion), round((clip.sync["relax"] + 0.35) * FPS))


def overlay(rotations: Array, events: Sequence[Event], hanging: Array) -> None:
    """Lay the upper bodies of ``events`` over ``rotations`` [T, 55, 4], in place.

    Arms that do something in a clip (more than ``hanging`` [55, 4], a pose of arms at rest) take its rotations; the
    trunk and the head add the clip's change since its start, so that a seated back stays where the seat has it.
    """
    for event in events:
        start, end = event.start, min(event.end, len(rotations))
        if end - start < 2:
            continue
        source = clip_body(event.clip).rotations[event.first : event.first + end - start]
        joints = _busy_arms(source, hanging)
        frames = slice(start, end)
        rotations[frames, joints] = source[:, joints]
        change = quat.multiply(quat.conjugate(source[:1, _TRUNK]), source[:, _TRUNK])
        rotations[frames, _TRUNK] = quat.normalize(quat.multiply(rotations[frames, _TRUNK], change))
        touched = np.concatenate([joints, _TRUNK])
        smooth_seams(rotations, {start: 0.4, end: 0.55}, touched)


def _busy_arms(rotations: Array, hanging: Array) -> NDArray[np.intp]:
    """Joints of the arms that leave their rest in a clip."""
    joints: list[NDArray[np.intp]] = []
    for arm in _ARMS:
        turn = quat.to_axis_angle(quat.multiply(quat.conjugate(hanging[arm[:4]]), rotations[:, arm[:4]]))
        if np.linalg.norm(turn, axis=-1).max() > _BUSY_ARM:
            joints.append(arm)
    return np.concatenate(joints) if joints else np.array([], dtype=np.intp)
