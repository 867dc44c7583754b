"""Feet on the floor: where each foot is in every frame, and the legs that reach there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from digital_life.motion import quaternion as quat
from digital_life.motion.feet import rest_heading, sole
from digital_life.motion.ik import Limb, limb, two_bone
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton

Array = NDArray[np.float64]

SIDES = ("left", "right")
STRETCH = 0.996
"""Share of a leg's length that a standing pose may use; the pelvis sinks rather than lock a knee."""
TOES = 0.5
"""Length of the toes as a share of the distance from the ankle to the ball."""
SINK_WINDOW, SINK_SIGMA = 5, 1.6
"""Frames over which the pelvis prepares for a long stride, and those that smooth its way down."""
FLAT = 0.004
"""Radians of pitch below which a foot counts as flat."""
FORWARD = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True)
class Build:
    """Measures of one skeleton that legs and feet need, in metres."""

    skeleton: Skeleton

    @cached_property
    def legs(self) -> tuple[Limb, Limb]:
        """Left and right leg."""
        return limb(self.skeleton, "left", "leg"), limb(self.skeleton, "right", "leg")

    @cached_property
    def hips(self) -> Array:
        """[2, 3] from the pelvis to the hip joints."""
        rest = self.skeleton.rest_joints
        return np.stack([rest[JOINT_INDEX[f"{side}_hip"]] - rest[0] for side in SIDES])

    @cached_property
    def ankle_height(self) -> float:
        """Height of the ankles of a flat foot over the floor."""
        rest = self.skeleton.rest_joints
        return float(np.mean([rest[JOINT_INDEX[f"{side}_ankle"], 1] for side in SIDES]) - self.skeleton.floor)

    @cached_property
    def half_stance(self) -> float:
        """Half the distance between the ankles when standing at ease: hips above feet."""
        return float(abs(self.hips[:, 0]).mean() * 1.05)

    @cached_property
    def pelvis_height(self) -> float:
        """Height of the pelvis joint when standing upright."""
        return float(self.skeleton.rest_joints[0, 1] - self.skeleton.floor)

    @cached_property
    def ball_ahead(self) -> float:
        """Distance from the ankle forward to the ball of the foot."""
        return float(sole(self.skeleton, "left").ball[2])

    @cached_property
    def ball_height(self) -> float:
        """Height of the ball joint of a flat foot over the floor; the toes bend about it when the heel rises."""
        rest = self.skeleton.rest_joints
        return float(np.mean([rest[JOINT_INDEX[f"{side}_foot"], 1] for side in SIDES]) - self.skeleton.floor)

    @cached_property
    def heel_behind(self) -> float:
        """Distance from the ankle back to the heel."""
        return float(-sole(self.skeleton, "left").heel[2])

    @cached_property
    def balls(self) -> Array:
        """[2, 3] from the ankles to the balls of the feet at rest."""
        rest = self.skeleton.rest_joints
        return np.stack([rest[JOINT_INDEX[f"{side}_foot"]] - rest[JOINT_INDEX[f"{side}_ankle"]] for side in SIDES])

    @cached_property
    def heels(self) -> Array:
        """[2, 3] from the ankles to the heels on the floor at rest."""
        return quat.rotate(quat.yaw(self.rest_headings), np.stack([sole(self.skeleton, side).heel for side in SIDES]))

    @cached_property
    def toe_length(self) -> float:
        """Distance from the ball of the foot to the tip of the toes."""
        return TOES * self.ball_ahead

    @cached_property
    def rest_headings(self) -> Array:
        """[2] directions (radians) in which the feet of the rest pose point."""
        return np.array([rest_heading(self.skeleton, side) for side in SIDES])

    def ankle_offset(self, pitch: Array) -> Array:
        """[..., 2] how far forward and how high the ankle is over a flat foot's print when the foot is pitched.

        Positive ``pitch`` (radians) raises the heel about the ball of the foot, negative raises the toes about the heel.
        """
        forward_of = np.where(pitch > 0, self.ball_ahead, -self.heel_behind)
        above = np.where(pitch > 0, self.ball_height, 0.0)
        cos, sin = np.cos(pitch), np.sin(pitch)
        rise = self.ankle_height - above
        forward = forward_of + rise * sin - forward_of * cos
        height = above + rise * cos + forward_of * sin
        return np.stack([forward, height], axis=-1)


@dataclass(frozen=True)
class Stance:
    """Two flat feet on the floor: ``prints`` [2, 3] = x, z of the ankle and direction (radians) of left and right."""

    prints: Array

    @property
    def centre(self) -> Array:
        """(x, z) between the ankles."""
        return np.asarray(self.prints[:, :2].mean(axis=0))

    @property
    def facing(self) -> float:
        """Mean direction of the feet, radians."""
        yaw = self.prints[:, 2]
        return float(np.arctan2(np.sin(yaw).sum(), np.cos(yaw).sum()))

    @staticmethod
    def at(centre: Array, facing: float, build: Build) -> Stance:
        """Standing at ease at ``centre`` (x, z)."""
        return Stance(np.stack([print_beside(centre, facing, side, build) for side in (0, 1)]))


TOES_OUT = np.radians(7.0)


def print_beside(root: Array, yaw: float, side: int, build: Build) -> Array:
    """Footprint (x, z, yaw) of the left (0) or right (1) foot of somebody whose middle is at ``root`` (x, z)."""
    sign = 1.0 if side == 0 else -1.0
    left = np.array([np.cos(yaw), -np.sin(yaw)])
    return np.array([*(root[:2] + sign * build.half_stance * left), yaw + sign * TOES_OUT])


@dataclass(frozen=True)
class FootTrack:
    """Both feet in T frames.

    ``ankle`` [T, 2, 3] world metres, ``rotation`` [T, 2, 4] world, ``toes`` [T, 2] radians (bend of the ball joint
    across the foot), ``contacts`` [T, 4] heel and ball of left and right.
    """

    ankle: Array
    rotation: Array
    toes: Array
    contacts: Array

    def __len__(self) -> int:
        return len(self.ankle)

    @staticmethod
    def planted(stance: Stance, frames: int, build: Build) -> FootTrack:
        """Feet that stand still."""
        return FootTrack.from_prints(np.repeat(stance.prints[None], frames, axis=0), np.zeros((frames, 2)), build)

    @staticmethod
    def from_prints(prints: Array, pitch: Array, build: Build) -> FootTrack:
        """Feet on the floor: ``prints`` [T, 2, 3] (x, z, yaw of the flat foot), pitched about ball or heel [T, 2]."""
        offset = build.ankle_offset(pitch)
        yaw = prints[..., 2]
        ankle = np.stack(
            [
                prints[..., 0] + np.sin(yaw) * offset[..., 0],
                offset[..., 1],
                prints[..., 1] + np.cos(yaw) * offset[..., 0],
            ],
            axis=-1,
        )
        tilt = np.stack([pitch, np.zeros_like(pitch), np.zeros_like(pitch)], axis=-1)
        tilted = quat.multiply(quat.from_axis_angle(tilt), quat.yaw(-build.rest_headings))
        rotation = quat.multiply(quat.yaw(yaw), tilted)
        heel, ball = np.abs(pitch) < FLAT, pitch > -FLAT
        contacts = np.stack([heel, ball], axis=-1).reshape(len(prints), 4).astype(np.float64)
        return FootTrack(ankle, rotation, -np.maximum(pitch, 0.0), contacts)

    @staticmethod
    def join(tracks: list[FootTrack]) -> FootTrack:
        """One after the other."""
        return FootTrack(
            np.concatenate([t.ankle for t in tracks]),
            np.concatenate([t.rotation for t in tracks]),
            np.concatenate([t.toes for t in tracks]),
            np.concatenate([t.contacts for t in tracks]),
        )

    def slice(self, start: int, stop: int) -> FootTrack:
        """Frames ``start`` to ``stop`` (exclusive)."""
        return replace(
            self,
            ankle=self.ankle[start:stop],
            rotation=self.rotation[start:stop],
            toes=self.toes[start:stop],
            contacts=self.contacts[start:stop],
        )


def sink_to_reach(pelvis: Array, rotation: Array, feet: FootTrack, build: Build) -> Array:
    """The pelvis path [T, 3], lowered smoothly where a leg would be too short for its foot."""
    left, right = (too_high(pelvis, rotation, feet, side, build) for side in (0, 1))
    return lowered(pelvis, np.maximum(left, right), SINK_WINDOW, SINK_SIGMA)


def too_high(pelvis: Array, rotation: Array, feet: FootTrack, side: int, build: Build) -> Array:
    """[T] metres by which the hip is too high for its foot."""
    hip = pelvis + quat.rotate(rotation, build.hips[side])
    reach = STRETCH * build.legs[side].length
    across = np.linalg.norm((hip - feet.ankle[:, side])[:, [0, 2]], axis=-1)
    allowed = feet.ankle[:, side, 1] + np.sqrt(np.maximum(reach**2 - across**2, 0.01))
    return np.asarray(np.maximum(hip[:, 1] - allowed, 0.0))


def lowered(pelvis: Array, need: Array, window: int, sigma: float) -> Array:
    """``pelvis`` [T, 3] lowered by at least about ``need`` [T]: a maximum over ``window`` frames, smoothed by ``sigma``."""
    from scipy.ndimage import gaussian_filter1d, maximum_filter1d

    out = pelvis.copy()
    out[:, 1] -= gaussian_filter1d(maximum_filter1d(need, window, mode="nearest"), sigma, mode="nearest")
    return out


def knee_poles(rotations: Array) -> Array:
    """[T, 2, 3] world directions in which the knees of a pose [T, 55, 4] point, as its hips have them."""
    hips = rotations[:, [JOINT_INDEX[f"{side}_hip"] for side in SIDES]]
    return quat.rotate(quat.multiply(rotations[:, :1], hips), FORWARD)


def ahead_poles(rotations: Array, feet: FootTrack) -> Array:
    """[T, 2, 3] directions for the knees between those of the pelvis and of each foot."""
    return quat.rotate(rotations[:, :1], FORWARD) + quat.rotate(feet.rotation, FORWARD)


def solve_legs(rotations: Array, pelvis: Array, feet: FootTrack, build: Build, poles: Array | None = None) -> Array:
    """``rotations`` [T, 55, 4] with hips, knees, ankles and toes that bring both feet to ``feet``.

    The knees point to ``poles`` [T, 2, 3] (:func:`knee_poles` of a clip's own legs), by default between the directions of
    pelvis and foot.
    """
    out = rotations.copy()
    root = rotations[:, 0]
    poles = ahead_poles(rotations, feet) if poles is None else poles
    for side, name in enumerate(SIDES):
        hip, knee, ankle, toe = (JOINT_INDEX[f"{name}_{part}"] for part in ("hip", "knee", "ankle", "foot"))
        origin = pelvis + quat.rotate(root, build.hips[side])
        upper, lower = two_bone(build.legs[side], origin, feet.ankle[:, side], poles[:, side])
        out[:, hip] = quat.multiply(quat.conjugate(root), upper)
        out[:, knee] = quat.multiply(quat.conjugate(upper), lower)
        out[:, ankle] = quat.multiply(quat.conjugate(lower), feet.rotation[:, side])
        yaw = build.rest_headings[side]
        out[:, toe] = quat.from_axis_angle(feet.toes[:, side, None] * np.array([np.cos(yaw), 0.0, -np.sin(yaw)]))
    return quat.normalize(out)
