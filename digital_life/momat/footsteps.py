"""Footsteps under a moving body: planned so that a foot on the floor never slides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.feet import Build, FootTrack, Stance, print_beside
from digital_life.momat.walking import RootPath
from digital_life.motion.series import minimum_jerk, wrap

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Cadence:
    """``period`` frames from one footfall to the next, ``swing`` frames a foot is in the air; where the swing is
    longer than the period, both feet are (a run). ``height`` metres a long step is lifted, ``fold`` radians the foot is
    pitched in the middle of the swing.
    """

    period: int = 15
    swing: int = 12
    height: float = 0.08
    fold: float = 0.0


WALKING = Cadence()
TOE_OFF = np.radians(40.0)
HEEL_STRIKE = np.radians(-15.0)
LONG_STEP = 0.6
"""Metres the foot travels in a step that rolls fully."""
HEEL_RISE = 7
FLATTEN = 4
TOES_BACK = 8
"""Frames in which the toes of a lifted foot straighten."""
APART = 1.2
"""Half stances between the feet at least, from side to side."""
_SMALLEST_MOVE = 0.02
_SMALLEST_TURN = np.radians(4.0)


@dataclass(frozen=True)
class Step:
    """Foot ``side`` (0 left, 1 right) is in the air in frames ``lift`` to ``land`` and then stands on ``print``."""

    side: int
    lift: int
    land: int
    before: Array
    print: Array
    cadence: Cadence = WALKING

    @property
    def ahead(self) -> float:
        """Metres the foot goes in the direction it points to; negative for a step back."""
        move = self.print[:2] - self.before[:2]
        return float(move @ [np.sin(self.print[2]), np.cos(self.print[2])])

    @property
    def length(self) -> float:
        """Metres between the two prints."""
        return float(np.linalg.norm(self.print[:2] - self.before[:2]))


def plan_steps(root: RootPath, stance: Stance, build: Build, cadence: Cadence = WALKING) -> list[Step]:
    """Alternating steps from ``stance`` until both feet stand under the end of ``root``."""
    prints = [stance.prints[0], stance.prints[1]]
    side = _first_side(root)
    steps: list[Step] = []
    lift, idle = HEEL_RISE, 0
    while idle < 2:
        middle = lift + (cadence.swing + 2 * cadence.period) / 2
        place, yaw = root.at(middle)
        target = print_beside(place, yaw, side, build)
        move = float(np.linalg.norm(target[:2] - prints[side][:2]))
        twist = abs(float(wrap(target[2] - prints[side][2])))
        over = middle >= len(root) - 1
        if move > _SMALLEST_MOVE or twist > _SMALLEST_TURN:
            target = _uncrossed(target, yaw, side, prints[1 - side], build)
            target[2] = prints[side][2] + wrap(target[2] - prints[side][2])
            steps.append(Step(side, lift, lift + cadence.swing, prints[side], target, cadence))
            prints[side], idle = target, 0
            lift += cadence.period
        else:
            idle += 1
            lift += 0 if over else cadence.period
            idle = idle if over else 0
        side = 1 - side
    return steps


def _first_side(root: RootPath) -> int:
    """The foot that goes first: the one on the side to which the body turns, or moves without turning."""
    soon = min(20, len(root) - 1)
    turn = root.yaw[-1] - root.yaw[0] if root.speed.max() < 0.2 else wrap(root.yaw[soon] - root.yaw[0])
    x, z = root.position[-1] - root.position[0]
    cos, sin = np.cos(root.yaw[0]), np.sin(root.yaw[0])
    left, ahead = cos * x - sin * z, sin * x + cos * z
    aside = abs(float(turn)) < _SMALLEST_TURN and abs(left) > abs(ahead)
    return 0 if (left if aside else turn) > 0 else 1


def _uncrossed(target: Array, yaw: float, side: int, other: Array, build: Build) -> Array:
    """``target`` (x, z, yaw), moved aside where the foot would come down across the ``other`` one."""
    outwards = (1.0 if side == 0 else -1.0) * np.array([np.cos(yaw), -np.sin(yaw)])
    lacking = APART * build.half_stance - float((target[:2] - other[:2]) @ outwards)
    return np.array([*(target[:2] + max(lacking, 0.0) * outwards), target[2]])


def foot_track(steps: list[Step], stance: Stance, frames: int, build: Build) -> FootTrack:
    """Both feet for ``frames`` frames: flat, heel up, through the air, heel down, flat."""
    prints = np.repeat(stance.prints[None], frames, axis=0)
    pitch, lift, toes = (np.zeros((frames, 2)) for _ in range(3))
    air = np.zeros((frames, 2), dtype=bool)
    time = np.arange(frames, dtype=np.float64)
    for step in steps:
        share = min(1.0, step.length / LONG_STEP)
        rolled = float(np.clip(step.ahead / LONG_STEP, -0.35, 1.0))
        s = np.clip((time - step.lift) / (step.land - step.lift), 0.0, 1.0)
        going = step.before + minimum_jerk(s)[:, None] * (step.print - step.before)
        started = time >= step.lift
        prints[started, step.side] = going[started]
        flying = (s > 0.0) & (s < 1.0)
        lift[flying, step.side] = (0.035 + (step.cadence.height - 0.035) * share) * np.sin(
            np.pi * s[flying] ** 0.85
        ) ** 2
        air[flying, step.side] = True
        roll = rolled * _roll(time, step)
        pitch[:, step.side] += roll
        toes[:, step.side] -= np.maximum(roll, 0.0) * (
            1.0 - minimum_jerk(np.clip((time - step.lift) / TOES_BACK, 0.0, 1.0))
        )
    track = FootTrack.from_prints(prints, pitch, build)
    track.ankle[..., 1] += lift
    track.contacts[np.repeat(air, 2, axis=1)] = 0.0
    return FootTrack(track.ankle, track.rotation, toes, track.contacts)


def sway(steps: list[Step], stance: Stance, frames: int) -> Array:
    """[frames, 2] (x, z) from the middle between the feet towards the foot that carries, 0..1 of the way."""
    from scipy.ndimage import gaussian_filter1d

    prints = np.repeat(stance.prints[None, :, :2], frames, axis=0)
    weight = np.full((frames, 2), 0.5)
    for step in steps:
        prints[min(step.land, frames) :, step.side] = step.print[:2]
        weight[step.lift : step.land, step.side] = 0.0
        weight[step.lift : step.land, 1 - step.side] = 1.0
    carried = (prints * weight[..., None]).sum(axis=1) / np.maximum(weight.sum(axis=1, keepdims=True), 1e-6)
    pull = carried - prints.mean(axis=1)
    smooth: Array = gaussian_filter1d(pull, 4.0, axis=0, mode="constant")
    return smooth


def end_stance(steps: list[Step], stance: Stance) -> Stance:
    """Where the feet stand after ``steps``."""
    prints = stance.prints.copy()
    for step in steps:
        prints[step.side] = step.print
    return Stance(prints)


def gait_phase(steps: list[Step], frames: int) -> Array:
    """[frames] phase of the walk: whole numbers where the left heel lands, halves where the right one does."""
    if not steps:
        return np.zeros(frames)
    first = steps[0]
    return np.asarray((0.5 * first.side) + 0.5 * (np.arange(frames) - first.land) / first.cadence.period)


def _roll(time: Array, step: Step) -> Array:
    """Pitch that a full step gives its foot: heel up before the lift, toes up at the landing."""
    keys = [step.lift - HEEL_RISE, step.lift + 1, step.land, step.land + FLATTEN]
    up = minimum_jerk(np.clip((time - keys[0]) / (keys[1] - keys[0]), 0, 1))
    swing = minimum_jerk(np.clip((time - keys[1]) / (keys[2] - keys[1]), 0, 1))
    down = minimum_jerk(np.clip((time - keys[2]) / (keys[3] - keys[2]), 0, 1))
    folded = step.cadence.fold * np.sin(np.pi * np.clip((time - keys[1]) / (keys[2] - keys[1]), 0, 1)) ** 2
    return np.asarray(TOE_OFF * up * (1 - swing) + HEEL_STRIKE * swing * (1 - down) + folded)
