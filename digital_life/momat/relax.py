"""Legs relaxed where they would accelerate too much: pelvis, feet in the air, heels and knees give way a little.

A knee near full stretch turns with the square root of what is left of the leg's length, so the smoothest paths of pelvis
and foot still make it jerk. Here all of them move together, by as little as it takes, until every joint is within its
limit: damped least squares (Levenberg-Marquardt) over the frames of a transition. Standing balls of feet stay in place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.feet import Build, FootTrack
from digital_life.momat.ground import ankles, balls
from digital_life.momat.inertia import LEGS, UPPER
from digital_life.motion import quaternion as quat
from digital_life.motion.ik import two_bone, unit
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import FPS

Array = NDArray[np.float64]

FIXED = 2
"""Frames at the beginning that were played already, and at the end where the motion's own legs go on."""
SIZES = np.array([0.05, 0.05, 0.05, *([0.05, 0.05, 0.05, 0.3, 0.4, 0.3] * 2)])
"""How far each variable of a frame may go, about: pelvis (m), and of each foot: place (m), pitch, the knee's
swivel and the bend of the toes (rad)."""
VARIABLES = len(SIZES)
WEIGHT = 0.02
"""What moving a variable by its size counts, where an acceleration of twice the limit counts 1."""
TARGET = 0.88
"""Share of its limit that a joint is brought under."""
REACH = 0.9982
"""Share of a leg's length that it may stretch."""
ROUNDS, ATTEMPTS, ENOUGH = 14, 6, 0.97
_STEP = 1e-6
_HEEL_OFF = 0.002


@dataclass(frozen=True)
class Relaxed:
    """The first frames of a body again: pelvis [N, 3], rotations [N, 55, 4], feet, and the worst share of a limit."""

    pelvis: Array
    rotations: Array
    feet: FootTrack
    worst: float


@dataclass(frozen=True)
class _Pose:
    """Legs in N frames: local rotations [..., N, 8, 4], places [..., N, 8, 3] in the order of ``LEGS``, and ``excess``
    [..., N, 8]: positive where a foot is out of reach, or lower under the floor than it was."""

    local: Array
    places: Array
    excess: Array


@dataclass(frozen=True)
class _Problem:
    build: Build
    pelvis: Array
    rotations: Array
    feet: FootTrack
    angular: Array
    """[N - 2, 8] rad/s^2 allowed."""
    linear: Array
    """[N - 2, 55] m/s^2 allowed."""
    free: NDArray[np.bool_]
    """[N, 15] variables that may move."""

    @cached_property
    def lowest(self) -> Array:
        """[N, 2, 2] how low heel and tip of the toes of both feet may come: the floor, or where they were under it."""
        heights = []
        for side in (0, 1):
            turned = self.feet.rotation[:, side]
            heel = self.feet.ankle[:, side] + quat.rotate(turned, self.build.heels[side])
            toes = quat.multiply(turned, quat.from_axis_angle(self._toes(side)))
            tip = balls(self.feet, self.build)[:, side] + quat.rotate(toes, self._toe_tip(side))
            heights.append(np.stack([heel[:, 1], tip[:, 1]], axis=-1))
        return np.minimum(np.stack(heights, axis=1), 0.0)

    def pose(self, x: Array) -> _Pose:
        """The legs for variables [..., N, 15]."""
        local, places, excess = [], [], []
        root = self.rotations[:, 0]
        for side in (0, 1):
            offset, pitch, swivel, bend = np.split(x[..., _of(side)], [3, 4, 5], axis=-1)
            limb = self.build.legs[side]
            ball, turned = self.foot(offset, pitch, side)
            ankle = ankles(ball, turned, self.build, side)
            hip = self.pelvis + x[..., :3] + quat.rotate(root, self.build.hips[side])
            pole = quat.rotate(quat.from_axis_angle(swivel * unit(ankle - hip)), self._aside(side))
            upper, lower = two_bone(limb, hip, ankle, pole)
            knee = hip + quat.rotate(upper, limb.upper)
            reached = knee + quat.rotate(lower, limb.lower)
            tip = reached + quat.rotate(turned, self.build.balls[side])
            toes = quat.from_axis_angle(self._toes(side) + (bend - pitch) * self._across(side))
            end = tip + quat.rotate(quat.multiply(turned, toes), self._toe_tip(side))
            local += [
                quat.multiply(quat.conjugate(root), upper),
                quat.multiply(quat.conjugate(upper), lower),
                quat.multiply(quat.conjugate(lower), turned),
                toes,
            ]
            places += [hip, knee, reached, tip]
            heel = ankle + quat.rotate(turned, self.build.heels[side])
            excess += [
                (np.linalg.norm(ankle - hip, axis=-1) - REACH * limb.length) / 0.004,
                (self.lowest[:, side, 0] - heel[..., 1]) / 0.005,
                (self.lowest[:, side, 1] - end[..., 1]) / 0.005,
                -(offset[..., 1] + 0.8 * np.maximum(self._height(side), 0.0)) / 0.005,
            ]
        shape = x.shape[:-1]
        return _Pose(
            np.stack([np.broadcast_to(q, (*shape, 4)) for q in local], axis=-2),
            np.stack(places, axis=-2),
            np.stack([np.broadcast_to(e, shape) for e in excess], axis=-1),
        )

    def _across(self, side: int) -> Array:
        yaw = self.build.rest_headings[side]
        return np.array([np.cos(yaw), 0.0, -np.sin(yaw)])

    def _toe_tip(self, side: int) -> Array:
        """From the ball to the underside of the tip."""
        yaw, length = self.build.rest_headings[side], self.build.toe_length
        return np.array([length * np.sin(yaw), -self.build.ball_height, length * np.cos(yaw)])

    def _toes(self, side: int) -> Array:
        return np.asarray(self.feet.toes[:, side, None] * self._across(side))

    def _height(self, side: int) -> Array:
        """[N] metres of a ball over its place on the floor."""
        return np.asarray(balls(self.feet, self.build)[:, side, 1] - self.build.ball_height)

    def foot(self, offset: Array, pitch: Array, side: int) -> tuple[Array, Array]:
        ball = balls(self.feet, self.build)[:, side] + offset
        turned = quat.multiply(self.feet.rotation[:, side], quat.from_axis_angle(pitch * self._across(side)))
        return np.asarray(ball), turned

    def _aside(self, side: int) -> Array:
        """[N, 3] in which directions the knees point."""
        limb, joint = self.build.legs[side], LEGS[4 * side]
        upper = quat.multiply(self.rotations[:, 0], self.rotations[:, joint])
        along = unit(limb.upper)
        hinge = quat.rotate(upper, unit(limb.hinge - along * float(along @ limb.hinge)))
        hip = self.pelvis + quat.rotate(self.rotations[:, 0], self.build.hips[side])
        return np.asarray(np.cross(unit(self.feet.ankle[:, side] - hip), hinge))


def relax_legs(
    pelvis: Array,
    rotations: Array,
    feet: FootTrack,
    allowed: tuple[Array, Array],
    build: Build,
    *,
    ends: bool,
) -> Relaxed:
    """Frames of a body, of which the first two were played already, with legs that accelerate less.

    ``pelvis`` [N, 3], ``rotations`` [N, 55, 4] and ``feet`` are changed where ``allowed`` asks for it: what each joint may
    do, rad/s^2 and m/s^2 [N - 2, 55] each. The last two frames stay as they are unless the motion ``ends`` there.
    """
    count = len(pelvis)
    free = np.ones((count, VARIABLES), dtype=bool)
    free[:FIXED] = False
    if not ends:
        free[-FIXED:] = False
    for side in (0, 1):
        free[:, _of(side)][:, :3] &= (feet.contacts[:, 1 + 2 * side] < 0.5)[:, None]
    problem = _Problem(build, pelvis, rotations, feet, allowed[0][:, LEGS], allowed[1], free)
    upper, _ = forward_kinematics(rotations, pelvis - build.skeleton.rest_joints[0], build.skeleton)
    solver = _Solver(problem, np.diff(upper[:, UPPER], 2, axis=0) * FPS**2)
    x, worst = solver.solve()
    return _applied(problem, x, worst)


def _applied(problem: _Problem, x: Array, worst: float) -> Relaxed:
    pose, rotations, feet = problem.pose(x), problem.rotations.copy(), problem.feet
    rotations[FIXED:, LEGS] = pose.local[FIXED:]
    ankle, rotation, toes, contacts = (value.copy() for value in (feet.ankle, feet.rotation, feet.toes, feet.contacts))
    for side in (0, 1):
        offset, pitch, _, bend = np.split(x[:, _of(side)], [3, 4, 5], axis=-1)
        ball, turned = problem.foot(offset, pitch, side)
        ankle[FIXED:, side] = ankles(ball, turned, problem.build, side)[FIXED:]
        rotation[FIXED:, side] = turned[FIXED:]
        toes[:, side] += (bend - pitch)[:, 0]
        contacts[np.abs(pitch[:, 0]) > _HEEL_OFF, 2 * side] = 0.0
    return Relaxed(
        problem.pelvis + x[:, :3],
        quat.normalize(rotations),
        replace(feet, ankle=ankle, rotation=rotation, toes=toes, contacts=contacts),
        worst,
    )


@dataclass
class _Solver:
    """Levenberg-Marquardt over the variables of all frames; residuals are what is above a limit."""

    problem: _Problem
    upper: Array
    """[N - 2, ., 3] m/s^2 of the joints above the legs, which follow the pelvis."""

    def solve(self) -> tuple[Array, float]:
        """The variables [N, 15] and the worst share of a limit."""
        free = self.problem.free
        x, damping = np.zeros(free.shape), 0.3
        cost, worst = self._cost(x)
        for _ in range(ROUNDS):
            if worst <= ENOUGH:
                break
            normal, gradient, metric = self._normal(x)
            for _attempt in range(ATTEMPTS):
                step = np.zeros(free.shape)
                step[free] = np.linalg.solve(normal + damping * metric, -gradient)
                tried = x + step * SIZES
                new, share = self._cost(tried)
                if new < cost:
                    break
                damping *= 6.0
            else:
                break
            small = cost - new < 0.02 * cost
            x, cost, worst, damping = tried, new, share, max(damping / 6.0, 1e-5)
            if small:
                break
        return x, worst

    def _cost(self, x: Array) -> tuple[float, float]:
        pose = self.problem.pose(x)
        shares = self._shares(pose, x)
        over = sum(float((np.maximum(share - TARGET, 0.0) ** 2).sum()) for share in shares)
        cost = over + float((np.maximum(pose.excess, 0.0) ** 2).sum()) + WEIGHT**2 * float(((x / SIZES) ** 2).sum())
        return cost, max(float(share.max()) for share in shares)

    def _shares(self, pose: _Pose, x: Array) -> list[Array]:
        """Accelerations as shares of what is allowed: rotations of legs, places of legs, places of the rest."""
        angular, linear, upper = self._accelerations(pose, x)
        return [
            np.linalg.norm(angular, axis=-1) / self.problem.angular,
            np.linalg.norm(linear, axis=-1) / self.problem.linear[:, LEGS],
            np.linalg.norm(upper, axis=-1) / self.problem.linear[:, UPPER],
        ]

    def _accelerations(self, pose: _Pose, x: Array) -> tuple[Array, Array, Array]:
        turns = _turns(pose.local[:-1], pose.local[1:])
        linear = np.diff(pose.places, 2, axis=0) * FPS**2
        moved = np.diff(x[:, :3], 2, axis=0)[:, None] * FPS**2
        return np.diff(turns, axis=0) * FPS, linear, self.upper + moved

    def _normal(self, x: Array) -> tuple[Array, Array, Array]:
        """J^T J and J^T r over the free variables, in units of their :data:`SIZES`; and the same of all accelerations,
        those within their limits too: the measure of how far a step may go."""
        base = self.problem.pose(x)
        bumped = self.problem.pose(x[None] + np.eye(VARIABLES)[:, None, :] * SIZES * _STEP)
        count = len(x)
        sums = _Sums(
            np.zeros((count, VARIABLES, count, VARIABLES)),
            np.zeros((count, VARIABLES)),
            np.zeros((count, VARIABLES, count, VARIABLES)),
        )
        limits = (self.problem.angular, self.problem.linear[:, LEGS], self.problem.linear[:, UPPER])
        for value, parts, limit in zip(
            self._accelerations(base, x), self._derivatives(base, bumped), limits, strict=True
        ):
            rows = np.concatenate(parts)  # [3 * VARIABLES, N - 2, joints, 3]
            rows = np.broadcast_to(rows, (*rows.shape[:2], *value.shape[1:])) / limit[..., None]
            share = np.linalg.norm(value, axis=-1) / limit
            outward = value / limit[..., None] / np.maximum(share, 1e-9)[..., None]
            over = np.maximum(share - TARGET, 0.0)
            active = np.einsum("vfjc,fjc->fvj", rows, outward) * (over > 0.0)[:, None]
            sums.add(active, over, rows.transpose(1, 0, 2, 3).reshape(count - 2, 3 * VARIABLES, -1))
        slopes = np.moveaxis(bumped.excess - base.excess, 0, 1) / _STEP
        over, near = np.maximum(base.excess, 0.0), 1.0 / (1.0 + np.maximum(-base.excess, 0.0))
        sums.add(slopes * (over > 0.0)[:, None], over, slopes * near[:, None])
        free = self.problem.free
        normal, metric = (m[free][:, free] for m in (sums.normal, sums.metric))
        own = WEIGHT**2 * np.eye(len(normal))
        return normal + own, sums.gradient[free] + WEIGHT**2 * (x / SIZES)[free], metric + own

    def _derivatives(self, base: _Pose, bumped: _Pose) -> list[list[Array]]:
        """Of the accelerations, each [15, N - 2, ., 3], for the variables of the frame before, at and after their own."""
        turns = _turns(base.local[:-1], base.local[1:])
        first = (_turns(bumped.local[:, :-1], base.local[1:]) - turns) / _STEP * FPS
        second = (_turns(base.local[:-1], bumped.local[:, 1:]) - turns) / _STEP * FPS
        place = (bumped.places - base.places) / _STEP * FPS**2
        pelvis = np.zeros((VARIABLES, len(self.problem.pelvis), 1, 3))
        pelvis[[0, 1, 2], :, 0, [0, 1, 2]] = SIZES[:3, None] * FPS**2
        turning = [-first[:, :-1], first[:, 1:] - second[:, :-1], second[:, 1:]]
        return [turning, *([d[:, :-2], -2.0 * d[:, 1:-1], d[:, 2:]] for d in (place, pelvis))]


@dataclass(frozen=True)
class _Sums:
    """Sums of products of rows, over [N, 15] variables."""

    normal: Array
    gradient: Array
    metric: Array

    def add(self, active: Array, values: Array, rows: Array) -> None:
        """Rows [F, 15 * k, .] that depend on k frames from their own on: ``active`` ones with ``values``, and all."""
        reach = active.shape[1] // VARIABLES
        for frame in range(len(active)):
            at = slice(frame, frame + reach)
            shape = (reach, VARIABLES, reach, VARIABLES)
            self.normal[at, :, at] += (active[frame] @ active[frame].T).reshape(shape)
            self.metric[at, :, at] += (rows[frame] @ rows[frame].T).reshape(shape)
            self.gradient[at] += (active[frame] @ values[frame]).reshape(reach, VARIABLES)


def _of(side: int) -> slice:
    """The variables of a foot."""
    return slice(3 + 6 * side, 9 + 6 * side)


def _turns(a: Array, b: Array) -> Array:
    """Rotation vectors per second from rotations ``a`` to ``b``, one frame later."""
    return quat.to_axis_angle(quat.multiply(b, quat.conjugate(a))) * FPS
