"""What hands do: which one acts, where it goes, how fast and how often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from digital_life.mogen.captioning.tracks import Array, Body, smoothed, swings
from digital_life.momat.clip import Hand
from digital_life.motion import quaternion as quat
from digital_life.motion.landmarks import landmark
from digital_life.motion.motion import FPS
from digital_life.motion.skeleton import JOINT_INDEX

Side = Literal["left", "right"]
Height = Literal["head", "shoulder", "chest", "waist", "low"]

SIDES: tuple[Side, Side] = ("left", "right")
ACTS = 0.1
"""Metres that a wrist leaves its place at rest by at least when the hand acts."""
ACTS_LOW = 0.25
"""The same for a hand that stays beside the thigh."""
ALONE = 0.45
"""A hand acts alone where the other one leaves its place by less than this share of the way."""
NEAR = 0.13
"""Metres from a place on the body to the palm that touches it."""
TOGETHER = 0.14
"""Metres between wrists or palms of hands that touch."""
CROSSED = 0.2
"""Metres from both palms to the other elbow of folded arms."""
WAVING = 0.035
"""Metres from side to side of fingertips that repeat their movement."""
ARRIVAL = 3
"""Frames at both ends of a stroke in which the hand still comes or goes already."""
REPEATS_WITHIN = (0.15, 1.4)
"""Seconds from one repetition to the next, at least and at most."""
CARRIED = 0.2
"""Metres over the belly at which a hand of a walking body does something of its own."""
PALM = 0.09
"""Metres from the wrist to the palm."""
_TOUCHED: dict[str, tuple[str, ...]] = {
    "face": ("mouth", "cheek", "eye", "forehead"),
    "chin": ("chin",),
    "head": ("temple", "crown", "nape", "ear"),
    "chest": ("heart", "chest", "other_chest"),
    "hips": ("waist",),
    "belly": ("belly",),
}
"""What is said of a palm that is near the landmarks of :mod:`digital_life.motion.landmarks`."""


@dataclass(frozen=True)
class Gesture:
    """``place`` is what the hand touches or where it is stretched to; ``times`` how often a movement is repeated,
    ``rate`` per second; ``speed`` m/s at its fastest; ``held`` whether the hand is there from the beginning."""

    hand: Hand
    place: str
    height: Height
    times: int
    rate: float
    speed: float
    held: bool = False

    @property
    def pace(self) -> Literal["slow", "quick", ""]:
        """Whether the hands are slower or quicker than usual."""
        return "slow" if self.speed < 0.7 else "quick" if self.speed > 3.2 else ""

    @property
    def in_the_air(self) -> bool:
        """Whether the hand touches nothing."""
        return self.place in ("", "aside", "overhead", "forward", "across")

    @property
    def waves(self) -> bool:
        """Whether a raised hand goes to and fro in the air."""
        raised = self.height in ("shoulder", "head") and self.place != "forward"
        return self.times > 1 and raised and self.in_the_air


def gesture_of(body: Body, *, going: bool) -> Gesture | None:
    """What the hands do, None where they do nothing; arms that swing as the body goes do nothing."""
    arms = {side: _Arm.of(body, side) for side in SIDES}
    far = {side: arm.excursion for side, arm in arms.items()}
    if going:
        far = {side: way if arms[side].usual > CARRIED else 0.0 for side, way in far.items()}
    most = max(far.values())
    if most < ACTS or (most < ACTS_LOW and max(arm.highest for arm in arms.values()) < -0.12):
        return None if going else _held(body, arms)
    side: Side = "left" if far["left"] > far["right"] else "right"
    hand: Hand = "both" if min(far.values()) > ALONE * most else side
    return _gesture(body, arms, hand, side)


def _held(body: Body, arms: dict[Side, _Arm]) -> Gesture | None:
    """Hands that rest somewhere else than beside the body: folded arms, a hand on the hip."""
    if body.postures[0] != "standing":
        return None
    raised: list[Side] = [side for side in SIDES if arms[side].local[:, 1].mean() > 0.02]
    if not raised:
        return None
    hand: Hand = "both" if len(raised) == 2 else raised[0]
    found = _gesture(body, arms, hand, raised[0])
    return Gesture(found.hand, found.place, found.height, 1, 0.0, found.speed, held=True)


def _gesture(body: Body, arms: dict[Side, _Arm], hand: Hand, side: Side) -> Gesture:
    arm = arms[side]
    frame = arm.stroke
    times, rate = arm.repeats()
    place = _together(body, arms, frame) if hand == "both" else ""
    place = place or _touched(body, side, frame) or _reached(body, side, frame)
    return Gesture(hand, place, _height(body, side, frame), times, round(rate, 2), round(arm.speed, 2))


@dataclass(frozen=True)
class _Arm:
    """``local`` [T, 3] the wrist seen from the belly, ``tip`` [T, 3] the middle finger's last joint; ``away`` [T] metres
    of the wrist from its rest."""

    local: Array
    tip: Array
    away: Array

    @staticmethod
    def of(body: Body, side: Side) -> _Arm:
        local, tip = (body.seen(f"{side}_{part}", "spine1") for part in ("wrist", "middle3"))
        local[:, 1] -= body.at("spine1")[:, 1]
        return _Arm(local, tip, np.linalg.norm(local - _calm(local), axis=1))

    @property
    def excursion(self) -> float:
        """Metres."""
        return float(self.away.max())

    @property
    def highest(self) -> float:
        """Metres over the belly."""
        return float(np.percentile(self.local[:, 1], 90))

    @property
    def usual(self) -> float:
        """Metres over the belly for half of the time."""
        return float(np.median(self.local[:, 1]))

    @property
    def stroke(self) -> int:
        """The frame in the middle of the time for which the hand is farthest away."""
        return int(np.median(np.flatnonzero(self.away >= 0.85 * self.away.max())))

    @property
    def speed(self) -> float:
        """Metres per second."""
        return float(np.linalg.norm(np.diff(self.local, axis=0), axis=1).max(initial=0.0) * FPS)

    def repeats(self) -> tuple[int, float]:
        """How often the hand repeats its movement where it is away, and how often in a second; (1, 0) for once."""
        there = np.flatnonzero(self.away > 0.7 * self.away.max())
        part = self.tip[there[0] + ARRIVAL : there[-1] + 1 - ARRIVAL]
        if len(part) < 8:
            return 1, 0.0
        centred = part - smoothed(part, 0.4 * FPS)
        along = centred @ np.linalg.svd(centred, full_matrices=False)[2][0]
        turns = swings(along, max(WAVING, 0.3 * float(np.ptp(along))))
        if len(turns) < 2:
            return 1, 0.0
        period = float(np.median(np.diff(turns))) / FPS
        if not REPEATS_WITHIN[0] <= period <= REPEATS_WITHIN[1]:
            return 1, 0.0
        return len(turns), 1.0 / period


def _calm(local: Array) -> Array:
    """Where a wrist rests: at the beginning or at the end, whichever is lower."""
    ends = [local[: max(1, len(local) // 12)].mean(axis=0), local[-max(1, len(local) // 12) :].mean(axis=0)]
    return np.asarray(min(ends, key=lambda place: float(place[1])))


def _palm(body: Body, side: Side, frame: int) -> Array:
    wrist, knuckle = (body.positions[frame, JOINT_INDEX[f"{side}_{name}"]] for name in ("wrist", "middle1"))
    along = knuckle - wrist
    return np.asarray(wrist + PALM * along / max(float(np.linalg.norm(along)), 1e-6))


def _together(body: Body, arms: dict[Side, _Arm], frame: int) -> str:
    """Whether both hands meet while both are away from their rest, or lie on the other arm."""
    elbows = [body.positions[frame, JOINT_INDEX[f"{side}_elbow"]] for side in SIDES]
    crossed = [float(np.linalg.norm(_palm(body, side, frame) - elbows[1 - n])) for n, side in enumerate(SIDES)]
    if max(crossed) < CROSSED:
        return "crossed"
    there = np.flatnonzero(np.min([arm.away / max(arm.excursion, 1e-6) for arm in arms.values()], axis=0) > 0.6)
    frames = [int(number) for number in there[:: max(1, len(there) // 20)]] or [frame]
    return "together" if min(_apart(body, number) for number in frames) < TOGETHER else ""


def _apart(body: Body, frame: int) -> float:
    """Metres between the palms or the wrists, whichever are nearer."""
    wrists = [body.positions[frame, JOINT_INDEX[f"{side}_wrist"]] for side in SIDES]
    palms = [_palm(body, side, frame) for side in SIDES]
    return min(float(np.linalg.norm(one - other)) for one, other in (wrists, palms))


def _touched(body: Body, side: Side, frame: int) -> str:
    """The place on the body that the palm is nearest to, "" where it is near none."""
    palm = _palm(body, side, frame)
    distance = {
        said: min(
            float(np.linalg.norm(palm - landmark(name, side, body.positions[frame], body.world[frame], body.skeleton)))
            for name in names
        )
        for said, names in _TOUCHED.items()
    }
    nearest = min(distance, key=lambda name: distance[name])
    return nearest if distance[nearest] < NEAR else ""


def _reached(body: Body, side: Side, frame: int) -> str:
    """Where a hand that touches nothing is: overhead, forward, aside, across, or "" near the body."""
    shoulder, wrist = (body.positions[frame, JOINT_INDEX[f"{side}_{name}"]] for name in ("shoulder", "wrist"))
    local = quat.rotate(quat.yaw(-body.facing[frame]), wrist - shoulder)
    out = local[0] if side == "left" else -local[0]
    arm = float(np.linalg.norm(wrist - shoulder))
    if wrist[1] > body.positions[frame, JOINT_INDEX["head"], 1] + 0.12:
        return "overhead"
    if local[1] < -0.33 or arm < 0.3:
        return ""
    if out < -0.22:
        return "across"
    if local[2] > 0.36 and local[2] > abs(out):
        return "forward"
    return "aside" if out > 0.26 else ""


def _height(body: Body, side: Side, frame: int) -> Height:
    hand = _palm(body, side, frame)[1]
    marks: tuple[tuple[Height, float], ...] = (
        ("head", body.positions[frame, JOINT_INDEX["neck"], 1] + 0.06),
        ("shoulder", body.positions[frame, JOINT_INDEX[f"{side}_shoulder"], 1] - 0.08),
        ("chest", body.positions[frame, JOINT_INDEX["spine2"], 1]),
        ("waist", body.positions[frame, JOINT_INDEX["pelvis"], 1] - 0.02),
    )
    return next((name for name, height in marks if hand > height), "low")
