"""Where the characters stand, sit and walk, as far as the camera needs to know."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.quaternion import rotate
from digital_life.motion.skeleton import JOINT_INDEX
from digital_life.render.job import RenderJob, Timeline

Array = NDArray[np.float64]
RATE = 30
"""Samples a second, one for every frame of a motion."""
_SKULL = 0.2
_FACE = 0.08


@dataclass(frozen=True)
class Track:
    """One character sampled ``RATE`` times a second.

    ``joints`` [T, 55, 3] metres; ``crown`` [T, 3] top of the head, ``face`` [T, 3] between the eyes; ``facing`` and
    ``looking`` [T, 3] unit horizontal directions of the chest and of the head.
    """

    joints: Array
    crown: Array
    face: Array
    facing: Array
    looking: Array

    def at(self, time: float) -> Array:
        """Joints [55, 3] at ``time`` seconds."""
        joints: Array = self.joints[int(np.clip(round(time * RATE), 0, len(self.joints) - 1))]
        return joints

    def span(self, start: float, end: float) -> slice:
        """Samples from ``start`` to ``end`` seconds, one at least."""
        last = len(self.joints)
        first = int(np.clip(np.floor(start * RATE), 0, last - 1))
        return slice(first, max(first + 1, min(int(np.ceil(end * RATE)) + 1, last)))

    def travel(self, start: float, end: float) -> float:
        """How far the pelvis moves over the floor, metres (largest distance from where it was at the start)."""
        path = self.joints[self.span(start, end), 0][:, [0, 2]]
        return float(np.linalg.norm(path - path[0], axis=1).max())

    def part(self, names: tuple[str, ...], start: float, end: float) -> Array:
        """Positions [N, 3] of the named joints, and the crown, over a stretch of time."""
        when = self.span(start, end)
        joints = self.joints[when][:, [JOINT_INDEX[name] for name in names]].reshape(-1, 3)
        return np.concatenate([joints, self.crown[when]])


def blocking(job: RenderJob, timelines: dict[str, Timeline]) -> dict[str, Track]:
    """The track of every character of the job."""
    times = np.arange(0, job.duration + 1 / RATE, 1 / RATE)
    return {name: _track(job, name, timeline, times) for name, timeline in timelines.items()}


def _track(job: RenderJob, name: str, timeline: Timeline, times: Array) -> Track:
    poses = [timeline.at(float(time)) for time in times]
    rotations = np.stack([pose.rotations for pose in poses]).astype(np.float64)
    translation = np.stack([pose.translation for pose in poses]).astype(np.float64)
    joints, world = forward_kinematics(rotations, translation, job.characters[name].skeleton)
    head = world[:, JOINT_INDEX["head"]]
    crown = joints[:, JOINT_INDEX["head"]] + rotate(head, np.array([0.0, _SKULL, 0.02]))
    face = joints[:, JOINT_INDEX["head"]] + rotate(head, np.array([0.0, _FACE, 0.08]))
    return Track(joints, crown, face, _forward(world[:, JOINT_INDEX["spine3"]]), _forward(head))


def _forward(rotations: Array) -> Array:
    forward = rotate(rotations, np.array([0.0, 0.0, 1.0])) * np.array([1.0, 0.0, 1.0])
    return np.asarray(forward / np.maximum(np.linalg.norm(forward, axis=1, keepdims=True), 1e-6))
