"""How a feeling shows in the body: pace and size of gestures, and the way the trunk, the head and the arms are held.

Aroused people move more and faster, people in command hold themselves upright and open and take more space, the dejected
let head and chest sink (Wallbott 1998, "Bodily expression of emotion"; Castillo and Neff 2019, "What do we express without
knowing? Emotion in gesture"; the affective features of Text2Gestures, Bhattacharya et al. 2021). A neutral feeling changes
no clip, and leaves the middle ones of the gestures to choose from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from digital_life.behaviour import Emotion
from digital_life.momat.clip import Clip
from digital_life.momat.gesture_size import resized
from digital_life.motion import quaternion as quat
from digital_life.motion.motion import Motion
from digital_life.motion.resample import stretch
from digital_life.motion.series import minimum_jerk
from digital_life.motion.skeleton import JOINT_INDEX

Array = NDArray[np.float64]

_MIDDLE, _REACH = 5.0, 4.0
_STEP = 0.05
"""Pace and size come in steps of this, so that slight feelings leave clips as they are."""
_CHOICE = 3
"""Gestures that are left to choose from, at least."""
_WIDE, _NARROW = 0.6, 0.25
"""Share of all gestures from which one is chosen where nothing is felt, and where most is."""
_SPINE = {"spine1": 0.25, "spine2": 0.35, "spine3": 0.4}
_NECK_SHARE = 0.4
_SEATED_BACK = 0.35
"""How far a seated back goes backwards, as a share of a standing one: there is something behind it."""
_STRAIGHT, _BENT = np.radians(28.0), np.radians(50.0)
"""Arms whose elbow is straighter than the first hang free and may stand off; from the second on they do something."""


@dataclass(frozen=True)
class Manner:
    """What a feeling makes of a body. Angles are radians; all neutral by default."""

    pace: float = 1.0
    """Factor on the speed of gestures."""
    size: float = 1.0
    """Factor on how far hands leave their rest."""
    vigour: float = 0.0
    """Which gestures are made: from the quietest (-1) to the most vigorous (1)."""
    slump: float = 0.0
    """The chest bends forward by this; negative is upright."""
    chin: float = 0.0
    """The face is raised by this in the world; negative is bowed."""
    round: float = 0.0
    """The shoulders of hanging arms come forward by this; negative opens the chest."""
    spread: float = 0.0
    """Hanging arms stand off from the trunk by this."""

    @staticmethod
    def of(emotion: Emotion) -> Manner:
        """The manner of pleasure, arousal and dominance."""
        p, a, d = ((value - _MIDDLE) / _REACH for value in (emotion.pleasure, emotion.arousal, emotion.dominance))
        degrees = np.radians(1.0)
        return Manner(
            pace=_stepped(float(np.exp(0.26 * a + 0.05 * d))),
            size=_stepped(float(np.exp(0.20 * a + 0.14 * d))),
            vigour=float(np.clip(0.8 * a + 0.5 * d, -1.0, 1.0)),
            slump=degrees * (-7.0 * d - 3.5 * p),
            chin=degrees * (7.0 * d + 4.0 * p),
            round=degrees * (-9.0 * d - 4.0 * p),
            spread=degrees * max(0.0, 4.0 * d + 2.0 * a),
        )

    @property
    def changes_clips(self) -> bool:
        """Whether gestures are played otherwise than the library has them."""
        return self.pace != 1.0 or self.size != 1.0

    def fitting(self, clips: Sequence[Clip], vigour: Mapping[str, float]) -> Sequence[Clip]:
        """Those of several talking gestures that go with this manner: quiet ones for the quiet, and so on.

        ``vigour`` is :func:`~digital_life.momat.vigour.vigour_of` the clips, by id.
        """
        if len(clips) < 2 * _CHOICE:
            return clips
        ordered = sorted(clips, key=lambda clip: (vigour[clip.id], clip.id))
        kept = max(_CHOICE, round(len(clips) * (_WIDE + (_NARROW - _WIDE) * abs(self.vigour))))
        first = round((self.vigour + 1.0) / 2.0 * (len(clips) - kept))
        return ordered[first : first + kept]

    def performed(self, clip: Clip) -> Clip:
        """``clip`` at this pace and in this size, its times moved with its frames, which are made when they are read."""
        if not self.changes_clips:
            return clip
        frames = max(2, round((clip.frames - 1) / self.pace) + 1)
        slower = (frames - 1) / max(1, clip.frames - 1)

        @cache
        def load() -> Motion:
            motion = stretch(clip.motion, frames)
            return replace(motion, rotations=resized(motion.rotations, self.size).astype(np.float32))

        sync = {name: seconds * slower for name, seconds in clip.sync.items()}
        return replace(clip, frames=frames, load=load, sync=sync)

    def held(self, rotations: Array, *, seated: bool) -> Array:
        """Local ``rotations`` [T, 55, 4] of a body that holds itself in this manner."""
        if self == replace(NEUTRAL, pace=self.pace, size=self.size, vigour=self.vigour):
            return rotations
        out = rotations.copy()
        slump = max(self.slump, _SEATED_BACK * self.slump) if seated else self.slump
        for name, share in _SPINE.items():
            _turn(out, name, 0, share * slump)
        # What the chest takes along is given back, so that the face is raised by just as much as is asked.
        for name, share in (("neck", _NECK_SHARE), ("head", 1.0 - _NECK_SHARE)):
            _turn(out, name, 0, -share * (self.chin + slump))
        for side, sign in (("left", 1.0), ("right", -1.0)):
            # A hand that does something, on the heart or in the other one, stays where it is.
            hanging = sign * _hanging(rotations, side)
            _turn(out, f"{side}_collar", 1, -self.round * hanging)
            _turn(out, f"{side}_shoulder", 1, self.round * hanging)  # else the hand swings into the thigh
            _turn(out, f"{side}_shoulder", 2, self.spread * hanging)
        return quat.normalize(out)


NEUTRAL = Manner()


def _turn(rotations: Array, joint: str, axis: int, angle: Array | float) -> None:
    """Turn a joint in its parent's frame, in place."""
    vector = np.zeros((*np.shape(angle), 3))
    vector[..., axis] = angle
    at = JOINT_INDEX[joint]
    rotations[:, at] = quat.multiply(quat.from_axis_angle(vector), rotations[:, at])


def _hanging(rotations: Array, side: str) -> Array:
    """[T] 1 where an arm is straight, 0 where it is bent to do something."""
    bend = np.linalg.norm(quat.to_axis_angle(rotations[:, JOINT_INDEX[f"{side}_elbow"]]), axis=-1)
    return minimum_jerk(np.clip((_BENT - bend) / (_BENT - _STRAIGHT), 0.0, 1.0))


def _stepped(value: float) -> float:
    return round(round(value / _STEP) * _STEP, 4)
