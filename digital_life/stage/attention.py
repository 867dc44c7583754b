"""Looking at somebody: the torso turns a little, the head more, the eyes the rest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from digital_life.face.gaze import angles_of, eye_rotations, lid_weights
from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import FPS
from digital_life.motion.series import wrap
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton

Array = NDArray[np.float64]

SPINE = [JOINT_INDEX[name] for name in ("spine1", "spine2", "spine3")]
CHEST, NECK, HEAD = (JOINT_INDEX[name] for name in ("spine3", "neck", "head"))
EYES = [JOINT_INDEX["left_eye"], JOINT_INDEX["right_eye"]]
NECK_SHARE = 0.4
HEAD_LIMIT = np.array([np.radians(50.0), np.radians(22.0)])
"""Farthest turn of neck and head together: yaw and pitch."""
TORSO_LIMIT = np.radians(28.0)
TORSO_ONSET = np.radians(22.0)
"""Targets farther to the side than this bring the torso along."""
BEHIND, BECOMES_SEEN = np.radians(120.0), np.radians(15.0)
"""Targets farther round than the first are not looked at; within the second of that they come to be."""
BUSY_HEAD = np.radians(28.0)
"""A clip that turns the head this far wants it for itself."""
_HALF_LIVES = np.array([0.30, 0.13, 0.13])
"""Seconds in which torso yaw, head yaw and head pitch halve their distance to the target."""
_HEAD_SHARE_OF_AVERSION = 0.45
_AHEAD = 2.5


def head_path(rotations: Array, pelvis: Array, skeleton: Skeleton) -> tuple[Array, Array]:
    """Where the eyes are [T, 3] and the direction of the chest [T] (radians)."""
    positions, world = forward_kinematics(rotations, pelvis - skeleton.rest_joints[0], skeleton)
    return positions[:, EYES].mean(axis=1), quat.heading(world[:, CHEST])


def look(
    rotations: Array, eyes: Array, chest: Array, targets: Array, *, aversion: Array, attention: Array, state: Array
) -> Array:
    """Turn torso, neck and head of ``rotations`` [T, 55, 4], in place, towards ``targets`` [T, 3]; the new state.

    ``eyes`` [T, 3] and ``chest`` [T] come from :func:`head_path`; ``aversion`` [T, 2] (yaw, pitch) looks past the
    target; ``attention`` [T] 0..1 says how much of the way is gone; ``state`` [2, 3] is where the springs were.
    """
    ray = targets - eyes
    yaw = wrap(np.arctan2(ray[:, 0], ray[:, 2]) - chest)
    pitch = np.arctan2(-ray[:, 1], np.hypot(ray[:, 0], ray[:, 2]))
    attention = attention * _patience(rotations) * np.clip((BEHIND - np.abs(yaw)) / BECOMES_SEEN, 0.0, 1.0)
    torso = np.sign(yaw) * np.clip((np.abs(yaw) - TORSO_ONSET) * 0.6, 0.0, TORSO_LIMIT) * attention
    head = np.stack([yaw * attention - torso, pitch * attention], axis=-1) * [0.92, 0.8]
    head = np.clip(head + _HEAD_SHARE_OF_AVERSION * aversion, -HEAD_LIMIT, HEAD_LIMIT)
    springs, state = _follow(np.concatenate([torso[:, None], head], axis=-1), state)
    for joint in SPINE:
        rotations[:, joint] = quat.multiply(quat.yaw(springs[:, 0] / 3), rotations[:, joint])
    for joint, share in ((NECK, NECK_SHARE), (HEAD, 1.0 - NECK_SHARE)):
        tilt = np.zeros((len(rotations), 3))
        tilt[:, 0] = share * springs[:, 2]
        turned = quat.multiply(quat.yaw(share * springs[:, 1]), quat.from_axis_angle(tilt))
        rotations[:, joint] = quat.normalize(quat.multiply(turned, rotations[:, joint]))
    return state


def move_eyes(
    rotations: Array,
    pelvis: Array,
    targets: Array,
    aversion: Array,
    attention: Array,
    skeleton: Skeleton,
    *,
    own: Array,
    seed: int,
) -> NDArray[np.float32]:
    """Set the eyes' joints of ``rotations``, in place, and return the ARKit weights [T, 52] of the lids that follow.

    ``own`` [T] 0..1 is how much the eyes go where those of the clip go.
    """
    positions, world = forward_kinematics(rotations, pelvis - skeleton.rest_joints[0], skeleton)
    local = quat.rotate(quat.conjugate(world[:, HEAD]), targets - positions[:, HEAD])
    sideways = np.abs(np.arctan2(local[:, 0], local[:, 2])) > np.radians(60.0)
    see = np.where(sideways, 0.0, attention)[:, None]
    ahead = np.array([0.0, 0.0, _AHEAD])
    local = see * local + (1.0 - see) * ahead
    rest = skeleton.rest_joints[EYES] - skeleton.rest_joints[HEAD]
    away = quat.multiply(quat.yaw(aversion[:, 0]), _pitch(aversion[:, 1]))
    eyes = eye_rotations(quat.rotate(away, local), rest, seed=seed)
    eyes = quat.slerp(eyes, rotations[:, EYES], np.broadcast_to(own[:, None], eyes.shape[:2]))
    rotations[:, EYES] = eyes
    return lid_weights(angles_of(quat.rotate(eyes, np.array([0.0, 0.0, 1.0]))))


def _patience(rotations: Array) -> Array:
    """1 where the body's own head is about straight, less where a clip has turned it away on purpose."""
    own = quat.multiply(rotations[:, NECK], rotations[:, HEAD])
    angle = np.linalg.norm(quat.to_axis_angle(own), axis=-1)
    return np.asarray(1.0 - 0.7 * np.clip(angle / BUSY_HEAD - 0.35, 0.0, 1.0))


def _pitch(angle: Array) -> Array:
    zero = np.zeros_like(angle)
    return quat.from_axis_angle(np.stack([angle, zero, zero], axis=-1))


def _follow(targets: Array, state: Array) -> tuple[Array, Array]:
    """Critically damped springs (exact step) that follow ``targets`` [T, 3] from ``state`` [2, 3] value and velocity."""
    damping = 2.0 * np.log(2.0) / _HALF_LIVES
    decay = np.exp(-damping / FPS)
    value, velocity = state.copy()
    out = np.empty_like(targets)
    for frame, target in enumerate(targets):
        offset = value - target
        push = velocity + damping * offset
        value = target + decay * (offset + push / FPS)
        velocity = decay * (velocity - damping * push / FPS)
        out[frame] = value
    return out, np.stack([value, velocity])
