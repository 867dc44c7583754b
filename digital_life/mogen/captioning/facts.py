"""What can be seen of a motion without knowing what it means, as structured facts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from digital_life.mogen.captioning.arms import Gesture, gesture_of
from digital_life.mogen.captioning.heads import HeadMove, head_move
from digital_life.mogen.captioning.tracks import Array, Body, smoothed, swings
from digital_life.mogen.captioning.ways import Way, way_of
from digital_life.momat.clip import Posture
from digital_life.motion import quaternion as quat
from digital_life.motion.motion import FPS, Motion

BOW = 24.0
"""Degrees by which a trunk leans forward more than it did in a bow."""
JUMP = 0.10
"""Metres by which a pelvis rises over where it is when standing, in a jump."""
CROUCH = 0.14
"""Metres by which the pelvis of a standing body sinks in a crouch."""
SHRUG = 0.03
"""Metres by which both shoulders rise over the chest in a shrug."""
KICK = 0.45
"""Metres over the floor to which an ankle of a body that stands on the other foot rises in a kick."""


@dataclass(frozen=True)
class Facts:
    """``seconds``; posture at both ends; where the body goes; what hands, head, trunk and legs do.

    ``bow`` degrees of leaning forward (0 without a bow), ``jumps`` how often, ``kick`` the leg that is raised.
    """

    seconds: float
    posture: Posture
    posture_end: Posture
    way: Way | None = None
    gesture: Gesture | None = None
    head: HeadMove | None = None
    bow: float = 0.0
    jumps: int = 0
    crouches: bool = False
    shrugs: bool = False
    kick: Literal["left", "right", ""] = ""

    @property
    def changes_posture(self) -> bool:
        """Whether a body that stood sits or lies afterwards, or the other way round."""
        return self.posture != self.posture_end

    @property
    def still(self) -> bool:
        """Whether nothing of note is done."""
        return not (
            self.changes_posture or self.way or self.gesture or self.head
            or self.bow or self.jumps or self.crouches or self.shrugs or self.kick
        )  # fmt: skip

    def record(self) -> dict[str, Any]:
        """JSON; what is not done is left out."""
        return {name: value for name, value in asdict(self).items() if value not in (None, False, "", 0)}


def facts_of(motion: Motion) -> Facts:
    """Look at a motion on the canonical skeleton.

    Raises:
        InputError: the motion has no frames or another frame rate than 30.
    """
    body = Body.of(motion)
    begins, ends = body.postures
    way = way_of(body) if begins == ends else None
    going = way is not None and way.gait in ("walk", "run")
    running = way is not None and way.gait == "run"
    jumps = 0 if begins != "standing" or running else len(_jumps(body))
    gesture = gesture_of(body, going=going)
    bow = 0.0 if begins != ends or begins == "floor" or going else _bow(body)
    busy = bow > 0 or jumps > 0 or (gesture is not None and not gesture.held)
    return Facts(
        seconds=round(len(motion) / FPS, 2),
        posture=begins,
        posture_end=ends,
        way=way,
        gesture=gesture,
        head=None if way is not None else head_move(body, busy=busy),
        bow=bow,
        jumps=jumps,
        crouches=begins == ends == "standing" and not jumps and _sinks(body) > CROUCH,
        shrugs=not going and _hands_low(gesture) and _shoulder_rise(body) > SHRUG,
        kick="" if going or jumps or begins != "standing" else _kick(body),
    )


def _hands_low(gesture: Gesture | None) -> bool:
    """Whether hands that hang or show their palms let shoulders shrug; raised arms lift them anyway."""
    return gesture is None or (gesture.hand == "both" and gesture.height in ("low", "waist", "chest"))


def _jumps(body: Body) -> list[int]:
    height = smoothed(body.at("pelvis")[:, 1], 1.0)
    feet = np.min([body.at(f"{side}_{part}")[:, 1] for side in ("left", "right") for part in ("ankle", "foot")], axis=0)
    standing = body.skeleton.rest_joints[0, 1] - body.skeleton.floor
    high = np.where(feet - feet.min() > 0.06, height, np.minimum(height, standing))
    return [frame for frame in swings(high, JUMP) if high[frame] > standing + 0.04]


def _lean(body: Body) -> Array:
    """[T] degrees by which the trunk leans forward."""
    up = body.at("neck") - body.at("pelvis")
    local = quat.rotate(quat.yaw(-body.facing), up)
    return smoothed(np.degrees(np.arctan2(local[:, 2], local[:, 1])), 2.0)


def _bow(body: Body) -> float:
    lean = _lean(body)
    least = float(np.percentile(lean, 10))
    deepest = float(lean.max() - least)
    returns = float(lean.max() - lean[-1]) > 0.4 * deepest
    return round(deepest, 1) if deepest > BOW and returns else 0.0


def _sinks(body: Body) -> float:
    height = smoothed(body.at("pelvis")[:, 1], 2.0)
    return float(np.percentile(height, 90) - height.min())


def _shoulder_rise(body: Body) -> float:
    """Metres by which the lower of both shoulders rises over the middle of the chest."""
    over = [
        quat.rotate(quat.conjugate(body.turned("spine3")), body.at(f"{side}_shoulder") - body.at("spine3"))[:, 1]
        for side in ("left", "right")
    ]
    both = smoothed(np.min(over, axis=0), 2.0)
    return float(both.max() - np.percentile(both, 15))


def _kick(body: Body) -> Literal["left", "right", ""]:
    heights = {side: float(smoothed(body.at(f"{side}_ankle")[:, 1], 1.0).max()) for side in ("left", "right")}
    side = max(heights, key=lambda name: heights[name])
    if heights[side] < KICK or abs(heights["left"] - heights["right"]) < 0.2:
        return ""
    return "left" if side == "left" else "right"
