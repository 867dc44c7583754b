"""Trunk, head, arms and hands relaxed where they would accelerate too much.

The times of the joints (:mod:`digital_life.momat.inertia`) are chosen for each joint alone, before the pelvis has given
way to the legs. Where a joint is above its limit afterwards, the rotations of its chain give way together, by as little as
it takes: damped least squares (Levenberg-Marquardt) over the frames around. Pelvis and legs stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.inertia import CHAINS, LEGS, acceleration
from digital_life.motion import quaternion as quat
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import FPS
from digital_life.motion.skeleton import JOINT_INDEX, PARENTS, Skeleton

Array = NDArray[np.float64]
Joints = NDArray[np.intp]

FIXED = 2
"""Frames at the beginning that were played already, and at the end where the motion goes on."""
AROUND = 9
"""Frames before and after those above a limit that may change."""
TARGET, ENOUGH = 0.93, 0.99
"""Share of its limit that a joint is brought under, and the one that is good enough."""
SIZE, WEIGHT = 0.3, 0.02
"""Radians that a joint may turn, about; and what that counts, where an acceleration of twice the limit counts 1."""
ROUNDS, ATTEMPTS = 14, 6
_STEP = 1e-6
_FIRST_FINGER = JOINT_INDEX["left_index1"]
_KEPT = np.array([0, *LEGS])


def relax_upper(
    pelvis: Array, rotations: Array, allowed: tuple[Array, Array], skeleton: Skeleton, *, ends: bool
) -> Array:
    """Rotations [N, 55, 4] of a body, of which the first two frames were played already, whose joints accelerate less.

    ``pelvis`` [N, 3]; ``allowed`` is what each joint may do, rad/s^2 and m/s^2 [N - 2, 55] each. The last two frames stay
    as they are unless the motion ``ends`` there. What is within its limits comes back unchanged.
    """
    shares = [now / most for now, most in zip(acceleration(rotations, pelvis, skeleton), allowed, strict=True)]
    for share in shares:
        share[:, _KEPT] = 0.0
    joints = _giving_way(*(share.max(axis=0) for share in shares))
    above = np.flatnonzero(np.maximum(*shares).max(axis=1) > 1.0)
    if not len(joints):
        return rotations
    first = max(FIXED, int(above[0]) - AROUND)
    last = min(len(rotations) - (0 if ends else FIXED), int(above[-1]) + 3 + AROUND)
    return _Problem(pelvis, rotations, allowed, skeleton, joints, first, last).solve()


def _giving_way(angular: Array, linear: Array) -> Joints:
    """The joints to turn when joints [55] are above their limit: they themselves, or what carries them in the world."""
    carry = np.asarray(CHAINS[linear > 1.0].any(axis=0))
    carry[_FIRST_FINGER:] = False
    chosen = carry | (angular > 1.0)
    chosen[_KEPT] = False
    return np.flatnonzero(chosen)


@dataclass(frozen=True)
class _Problem:
    """Rotation vectors x [F, K, 3] in units of ``SIZE``, put before the local rotations of K ``joints`` in the frames
    from ``first`` to ``last`` (exclusive)."""

    pelvis: Array
    rotations: Array
    allowed: tuple[Array, Array]
    skeleton: Skeleton
    joints: Joints
    first: int
    last: int

    @property
    def rows(self) -> slice:
        """The accelerations in which these frames take part."""
        return slice(max(0, self.first - 2), min(len(self.rotations) - 2, self.last))

    def turned(self, x: Array) -> Array:
        """All rotations [N, 55, 4] with the corrections ``x``."""
        out = self.rotations.copy()
        frames = slice(self.first, self.last)
        out[frames, self.joints] = quat.multiply(quat.from_axis_angle(SIZE * x), out[frames, self.joints])
        return quat.normalize(out)

    def solve(self) -> Array:
        """The rotations, relaxed."""
        x, damping = np.zeros((self.last - self.first, len(self.joints), 3)), 0.1
        cost, worst = self._cost(x)
        for _ in range(ROUNDS):
            if worst <= ENOUGH:
                break
            normal, gradient, metric = self._normal(x)
            for _attempt in range(ATTEMPTS):
                tried = x + np.linalg.solve(normal + damping * metric, -gradient).reshape(x.shape)
                new, share = self._cost(tried)
                if new < cost:
                    break
                damping *= 6.0
            else:
                break
            x, cost, worst, damping = tried, new, share, max(damping / 6.0, 1e-5)
        return self.turned(x)

    def _cost(self, x: Array) -> tuple[float, float]:
        values = self._values(self.turned(x))
        shares = [np.linalg.norm(value, axis=-1) for value in values]
        over = sum(float((np.maximum(share - TARGET, 0.0) ** 2).sum()) for share in shares)
        return over + WEIGHT**2 * float((x**2).sum()), max(float(share.max()) for share in shares)

    def _values(self, rotations: Array) -> tuple[Array, Array]:
        """Accelerations as shares of what is allowed: of the joints' rotations [R, K, 3], of the moved places [R, M, 3]."""
        rows, moved = self.rows, self._moved
        part = slice(rows.start, rows.stop + 2)
        places, _ = forward_kinematics(rotations[part], self.pelvis[part] - self.skeleton.rest_joints[0], self.skeleton)
        angular = np.diff(_turns(rotations[part, self.joints]), axis=0) * FPS
        linear = np.diff(places[:, moved], 2, axis=0) * FPS**2
        most_angular, most_linear = self.allowed
        return (
            angular / most_angular[rows][:, self.joints, None],
            linear / most_linear[rows][:, moved, None],
        )

    @property
    def _moved(self) -> Joints:
        """Joints whose places change."""
        return np.flatnonzero(CHAINS[:, self.joints].any(axis=1))

    def _normal(self, x: Array) -> tuple[Array, Array, Array]:
        """J^T J and J^T r of what is above the target, and J^T J of all accelerations: the measure of a step."""
        rotations = self.turned(x)
        values, slopes = self._values(rotations), self._slopes(rotations)
        frames, width = len(x), 3 * len(self.joints)
        # two frames more at either end, for those that do not change
        size = (frames + 4) * width
        normal, metric, gradient = np.zeros((size, size)), np.zeros((size, size)), np.zeros(size)
        for value, slope in zip(values, slopes, strict=True):
            share = np.linalg.norm(value, axis=-1)
            over = np.maximum(share - TARGET, 0.0)
            outward = value / np.maximum(share, 1e-9)[..., None]
            for row in range(len(value)):
                at = (self.rows.start + row - self.first + 2) * width
                cols = slice(at, at + 3 * width)
                active = np.einsum("jc,jcv->jv", outward[row], slope[row])[over[row] > 0.0]
                every = slope[row].reshape(-1, 3 * width)
                normal[cols, cols] += active.T @ active
                gradient[cols] += active.T @ over[row][over[row] > 0.0]
                metric[cols, cols] += every.T @ every
        inner = slice(2 * width, (frames + 2) * width)
        own = WEIGHT**2 * np.eye(frames * width)
        return (
            normal[inner, inner] + own,
            gradient[inner] + WEIGHT**2 * x.ravel(),
            metric[inner, inner] + own,
        )

    def _slopes(self, rotations: Array) -> tuple[Array, Array]:
        """Derivatives of :meth:`_values` [R, ., 3, 3 * width] by the variables of the three frames that each depends on."""
        rows, moved, joints = self.rows, self._moved, self.joints
        part = slice(rows.start, rows.stop + 2)
        places, world = forward_kinematics(
            rotations[part], self.pelvis[part] - self.skeleton.rest_joints[0], self.skeleton
        )
        parents = np.array([PARENTS[joint] for joint in joints])
        axes = SIZE * quat.rotate(world[:, parents, None], np.eye(3))
        arms = places[:, moved, None] - places[:, None, joints]
        by_place = np.cross(axes[:, None], arms[..., None, :]) * CHAINS[moved][:, joints][None, ..., None, None]
        by_place = np.moveaxis(by_place, -1, 2).reshape(len(places), len(moved), 3, -1) * FPS**2
        linear = np.concatenate([by_place[:-2], -2.0 * by_place[1:-1], by_place[2:]], axis=-1)
        by_turn = self._turning(rotations[part, joints])
        first, second = by_turn
        angular = np.concatenate([-first[:-1], first[1:] - second[:-1], second[1:]], axis=-1) * FPS
        most_angular, most_linear = self.allowed
        return (
            angular / most_angular[rows][:, joints, None, None],
            linear / most_linear[rows][:, moved, None, None],
        )

    def _turning(self, local: Array) -> tuple[Array, Array]:
        """Derivatives [F - 1, K, 3, 3 K] of the turns between frames by the variables of the earlier and the later one."""
        count, base = len(self.joints), _turns(local)
        out = np.zeros((2, len(base), count, 3, count, 3))
        for axis in range(3):
            bump = quat.from_axis_angle(SIZE * _STEP * np.eye(3)[axis])
            bumped = quat.multiply(bump, local)
            own = np.arange(count)
            out[0][:, own, :, own, axis] = np.moveaxis((_turn(bumped[:-1], local[1:]) - base) / _STEP, 1, 0)
            out[1][:, own, :, own, axis] = np.moveaxis((_turn(local[:-1], bumped[1:]) - base) / _STEP, 1, 0)
        first, second = out.reshape(2, len(base), count, 3, -1)
        return first, second


def _turns(local: Array) -> Array:
    """Rotation vectors per second [F - 1, K, 3] from frame to frame of local rotations [F, K, 4]."""
    return _turn(local[:-1], local[1:])


def _turn(a: Array, b: Array) -> Array:
    return quat.to_axis_angle(quat.multiply(b, quat.conjugate(a))) * FPS
