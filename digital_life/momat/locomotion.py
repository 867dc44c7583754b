"""Motion matching along a path: from frame to frame of a library's walking clips, to a place and a direction."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from digital_life.assets import asset_dir
from digital_life.errors import InputError
from digital_life.momat.clip import AUTHORED, MADE
from digital_life.momat.feet import Build, FootTrack, Stance, sink_to_reach, solve_legs
from digital_life.momat.gait_file import gait_clips, gait_source
from digital_life.momat.library import MotionLibrary
from digital_life.momat.locomotion_table import (
    HORIZONS,
    POSE,
    RUNNING,
    WAY,
    LocomotionTable,
    is_usable,
    way_ahead,
)
from digital_life.momat.planting import (
    FootPrints,
    foot_prints,
    natural_stance,
    plant,
    settled_contacts,
    step_into,
    swings_in_reach,
    where_they_stood,
)
from digital_life.momat.table_cache import kept_table
from digital_life.momat.walking import LONGEST_WALK, SPEEDS, Gait, RootPath, held, walk_root
from digital_life.motion import quaternion as quat
from digital_life.motion.blend import smooth_seams, smooth_steps
from digital_life.motion.kinematics import forward_kinematics
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.series import wrap
from digital_life.motion.skeleton import JOINT_COUNT, JOINT_INDEX, Skeleton, canonical_skeleton

Array = NDArray[np.float64]
Single = NDArray[np.float32]
End = Literal["natural", "exact", "moving"]
"""How the feet are when a walk is over."""

SEARCH_EVERY = 6
"""Frames between two searches."""
BLEND_SECONDS = 0.35
MARGIN = 0.3
"""Share by which another frame must be cheaper than going on."""
NEAR = 12
"""Frames of the same clip around the present one that are not worth a jump."""
WARP_SPEED = 0.10
"""Share of its speed by which the root may be drawn towards the wanted place."""
NEARING = 0.15
"""The same share when the whole walk is known."""
WARP_TURN = np.radians(20.0)
"""Radians per second by which it may be turned towards the wanted direction."""
SETTLED_SPEED = 0.05
SETTLED_TURN = np.radians(4.0)
LONGEST_SETTLING = 2.5
"""Seconds after the wanted arrival in which a walk comes to its end."""
ENDING = 9
"""Frames in which what is left of a walk's movement dies away."""
VELOCITY_HALF_LIFE = 0.12
FASTER = 1.5
"""How many times faster than wanted a clip may be around the frame where it is entered."""
SLOWEST_LIMIT = 1.0


@dataclass(frozen=True)
class Walked:
    """n frames of a body that walked, on its own skeleton, before its legs are solved.

    ``pelvis`` [n, 3] metres, ``rotations`` [n, 55, 4], ``feet``, the ``stance`` at the end, ``root`` [n, 3] (x, z,
    heading) without sway, ``clips`` the ids of the clips it was made of, ``wanted`` the planned root path.
    """

    pelvis: Array
    rotations: Array
    feet: FootTrack
    stance: Stance
    root: Array
    clips: tuple[str, ...]
    wanted: RootPath

    def motion(self, build: Build) -> Motion:
        """The finished motion: legs that reach the planted feet."""
        pelvis = sink_to_reach(self.pelvis, self.rotations[:, 0], self.feet, build)
        rotations = solve_legs(self.rotations, pelvis, self.feet, build)
        return Motion(
            (pelvis - build.skeleton.rest_joints[0]).astype(np.float32),
            rotations.astype(np.float32),
            contacts=self.feet.contacts.astype(np.float32),
            provenance={"clips": list(self.clips), "method": "motion matching along a path"},
        )


class LocomotionController:
    """Walks along paths with the frames of one table. The same call gives the same frames."""

    def __init__(self, table: LocomotionTable) -> None:
        self.table = table
        self._squares = np.einsum("ij,ij->i", table.features, table.features)
        self._standing = self._standing_pose()

    @staticmethod
    def of(library: MotionLibrary) -> LocomotionController:
        """The controller for a library (made once): over its captured walks where it has enough, else over our own gaits.

        Raises:
            AssetError: the installation has no gaits.
        """
        return _controller(library)

    def walk(self, wanted: RootPath, stance: Stance, build: Build, *, end: End = "natural") -> Walked:
        """Follow ``wanted`` on a body of ``build`` that stands on ``stance``.

        At the end the feet stand ``natural``-ly, ``exact``-ly as at ease at the last place, or are still ``moving``.
        """
        plan = np.concatenate([wanted.position / _scale(build), wanted.yaw[:, None]], axis=-1)
        arrive = end != "moving"
        root, rows, seams = self._follow(plan, arrive, self._allowed(wanted))
        root = _near(root, plan)
        if arrive:
            root = _led_to(root, plan[-1])
            seams[len(root)] = ENDING / FPS
            root, rows = held(root, len(root) + ENDING), np.append(rows, np.repeat(rows[-1:], ENDING))
            smooth_steps(root, {len(root) - ENDING: ENDING / FPS})
        pelvis, rotations = self._body(root, rows, seams)
        return self._planted(_Course(root, rows, pelvis, rotations), stance, build, wanted, end)

    def _standing_pose(self) -> Array:
        """[21] the pose features of somebody who stands: the mean over the table's still frames."""
        still = self.table.pace < np.quantile(self.table.pace, 0.02) + 0.02
        still &= self.table.contacts.all(axis=1)
        chosen = self.table.features[still] if still.any() else self.table.features
        return np.asarray(chosen[:, POSE].mean(axis=0), dtype=np.float64)

    def _allowed(self, wanted: RootPath) -> NDArray[np.bool_]:
        """[N] rows that may be entered: nobody runs who wants to walk."""
        fastest = max(SLOWEST_LIMIT, FASTER * float(wanted.speed.max()))
        allowed = self.table.entry & (self.table.pace < fastest)
        return allowed if allowed.any() else self.table.entry

    def _search(
        self, pose: Array, root: Array, plan: Array, time: int, allowed: NDArray[np.bool_]
    ) -> tuple[int, Single]:
        """The cheapest row to continue with from ``pose`` at ``root`` on the ``plan``, and the costs of all.

        A scan: over the 10,000 rows of the shipped gaits it takes a sixth of the time of a
        :class:`~digital_life.momat.nearest.BoundedIndex`; over the 90,000 of the motion pack an index would save 0.2 to
        0.5 ms of 1.1 five times a second, and takes half a second to make.
        """
        future = plan[np.minimum(time + np.array(HORIZONS), len(plan) - 1)]
        query = np.empty(self.table.features.shape[1], dtype=np.float32)
        query[POSE] = pose
        query[WAY] = way_ahead(root, future) * self.table.scale[WAY]
        costs: Single = self.table.features @ query
        costs *= -2.0
        costs += self._squares
        costs += query @ query
        enterable = np.flatnonzero(allowed)
        return int(enterable[costs[enterable].argmin()]), costs

    def _follow(
        self, plan: Array, arrive: bool, allowed: NDArray[np.bool_]
    ) -> tuple[Array, NDArray[np.intp], dict[int, float]]:
        """Roots [n, 3], rows [n] and seams (first new frame: blending seconds) of a walk along ``plan`` [m, 3]."""
        table = self.table
        root = plan[0].copy()
        row, _ = self._search(self._standing, root, plan, 0, allowed)
        roots, rows, seams = [root], [row], {}
        left_over, since = -table.velocity[row] if arrive else np.zeros(3), 0
        decay = 0.5 ** (1.0 / (VELOCITY_HALF_LIFE * FPS))
        limit = len(plan) + round(LONGEST_SETTLING * FPS) if arrive else len(plan)
        while len(roots) < limit:
            time, since = len(roots) - 1, since + 1
            ends = row + 1 >= table.stop[row]
            if since >= SEARCH_EVERY or ends:
                best, costs = self._search(table.features[row, POSE].astype(np.float64), root, plan, time, allowed)
                near = abs(best - row) < NEAR and table.stop[best] == table.stop[row]
                if ends or (not near and costs[best] < (1.0 - MARGIN) * costs[row]):
                    left_over = left_over + table.velocity[row] - table.velocity[best]
                    row, seams[len(roots)] = best, BLEND_SECONDS
                since = 0
            step = table.velocity[row] + left_over
            left_over = left_over * decay
            root = _stepped(root, _drawn(step, root, plan[min(time + 1, len(plan) - 1)]))
            row += 0 if row + 1 >= table.stop[row] else 1
            roots.append(root)
            rows.append(row)
            if arrive and time > len(plan) and self._settled(np.array(roots[-6:]), rows[-6:]):
                break
        return np.array(roots), np.array(rows), seams

    def _settled(self, roots: Array, rows: list[int]) -> bool:
        """Whether the body has come to stand."""
        moved = np.abs(np.diff(roots, axis=0)).max(axis=0) * FPS
        still = moved[:2].max() < SETTLED_SPEED and moved[2] < SETTLED_TURN
        return bool(still and self.table.contacts[rows].all())

    def _body(self, root: Array, rows: NDArray[np.intp], seams: dict[int, float]) -> tuple[Array, Array]:
        """Pelvis [n, 3] and rotations [n, 55, 4] at ``root``, jumps inertialised."""
        pelvis = self.table.pelvis[rows].copy()
        rotations = self.table.rotations[rows].astype(np.float64)
        smooth_steps(pelvis, seams)
        smooth_seams(rotations, seams, np.arange(JOINT_COUNT))
        turn = quat.yaw(root[:, 2])
        pelvis = quat.rotate(turn, pelvis)
        pelvis[:, [0, 2]] += root[:, :2]
        rotations[:, 0] = quat.normalize(quat.multiply(turn, rotations[:, 0]))
        return pelvis, rotations

    def _planted(self, course: _Course, stance: Stance, build: Build, wanted: RootPath, end: End) -> Walked:
        """``course`` on the skeleton of ``build``: scaled, its feet planted, on their marks at the end."""
        base, scale = canonical_skeleton(), _scale(build)
        positions, world = forward_kinematics(course.rotations, course.pelvis - base.rest_joints[0], base)
        ankles = [JOINT_INDEX["left_ankle"], JOINT_INDEX["right_ankle"]]
        prints = foot_prints(positions[:, ankles], world[:, ankles], Build(base))
        prints = FootPrints(prints.place * scale, prints.yaw, prints.pitch, prints.lift * scale)
        walking = np.full(len(prints), bool(wanted.speed.max() < RUNNING))
        contacts = settled_contacts(self.table.contacts[course.rows], prints, walking)
        contacts[:2] = True
        prints = where_they_stood(prints, contacts, stance)
        pelvis, rotations, root, goal = course.pelvis * scale, course.rotations, course.root * [scale, scale, 1.0], None
        if end != "moving":
            contacts[-2:] = True
            ease = Stance.at(wanted.position[-1], float(wanted.yaw[-1]), build)
            goal = ease if end == "exact" else natural_stance(prints, ease)
            prints, contacts = step_into(prints, contacts, goal)
            pelvis, rotations, root = (held(values, len(prints)) for values in (pelvis, rotations, root))
        feet = plant(prints, contacts, build, stance, goal)
        feet = swings_in_reach(feet, contacts, pelvis, rotations[:, 0], build)
        last = goal or Stance(np.concatenate([prints.place[-1], prints.yaw[-1, :, None]], axis=-1))
        return Walked(pelvis, rotations, feet, last, root, self.table.clips_of(course.rows), wanted)


@dataclass(frozen=True)
class _Course:
    """A walk on the canonical skeleton before its feet are planted."""

    root: Array
    rows: NDArray[np.intp]
    pelvis: Array
    rotations: Array


def _scale(build: Build) -> float:
    """How much longer the legs are than those of the canonical skeleton."""
    return build.pelvis_height / Build(canonical_skeleton()).pelvis_height


ENOUGH = 180.0
"""Seconds of captured walking from which on a library needs no gaits made by rule."""


@lru_cache(maxsize=4)
def _controller(library: MotionLibrary) -> LocomotionController:
    captured = [clip for clip in library if clip.source not in (AUTHORED, MADE) and is_usable(clip)]
    if sum(clip.duration for clip in captured) < ENOUGH:
        folder = asset_dir("motion_db")
        return LocomotionController(kept_table(gait_source(folder), lambda: LocomotionTable.of(gait_clips(folder))))
    if not library.key:
        return LocomotionController(LocomotionTable.of(captured))
    return LocomotionController(kept_table(library.key.encode(), lambda: LocomotionTable.of(captured)))


def _drawn(step: Array, root: Array, wanted: Array) -> Array:
    """``step`` (left, ahead, turn) with the limited correction towards the ``wanted`` root."""
    speed = float(np.linalg.norm(step[:2]))
    error = wanted[:2] - root[:2]
    distance = float(np.linalg.norm(error))
    pull = error * min(1.0, WARP_SPEED * speed / max(distance, 1e-9))
    cos, sin = np.cos(root[2]), np.sin(root[2])
    turn = float(np.clip(0.1 * wrap(wanted[2] - root[2]), -WARP_TURN / FPS, WARP_TURN / FPS))
    turn *= min(1.0, speed * FPS / 0.3 + abs(step[2]) * FPS / 0.5)
    drawn: Array = step + np.array([cos * pull[0] - sin * pull[1], sin * pull[0] + cos * pull[1], turn])
    return drawn


def _stepped(root: Array, step: Array) -> Array:
    """``root`` (x, z, heading) moved by ``step`` (left, ahead, turn)."""
    cos, sin = np.cos(root[2]), np.sin(root[2])
    moved: Array = root + np.array([cos * step[0] + sin * step[1], -sin * step[0] + cos * step[1], step[2]])
    return moved


def _near(root: Array, plan: Array) -> Array:
    """``root`` drawn towards the ``plan``, at most by a share of its speed: what clips cut off corners comes back."""
    from scipy.ndimage import gaussian_filter1d

    places = plan[np.minimum(np.arange(len(root)), len(plan) - 1), :2]
    missing = gaussian_filter1d(places - root[:, :2], 6.0, axis=0, mode="nearest")
    most = NEARING * np.linalg.norm(np.diff(root[:, :2], axis=0, prepend=root[:1, :2]), axis=-1)
    drawn = np.zeros_like(missing)
    for frame in range(1, len(root)):
        step = missing[frame] - drawn[frame - 1]
        drawn[frame] = drawn[frame - 1] + step * min(1.0, most[frame] / max(float(np.linalg.norm(step)), 1e-9))
    out = root.copy()
    out[:, :2] += gaussian_filter1d(drawn, 4.0, axis=0, mode="nearest")
    return out


def _led_to(root: Array, goal: Array) -> Array:
    """Spread what is missing to ``goal`` over the whole walk, most where it moves most."""
    moved = np.abs(np.diff(root, axis=0, prepend=root[:1]))
    going = np.cumsum(np.linalg.norm(moved[:, :2], axis=-1) + 0.1 * moved[:, 2] + 1e-4)
    turning = np.cumsum(moved[:, 2] + 0.3 * np.linalg.norm(moved[:, :2], axis=-1) + 1e-4)
    missing = goal - root[-1]
    missing[2] = wrap(missing[2])
    shares = np.stack([going / going[-1], going / going[-1], turning / turning[-1]], axis=-1)
    return np.asarray(root + shares * missing)


def follow_path(
    points: Array,
    *,
    start_heading: float,
    end_facing: float,
    gait: Gait = "walk",
    library: MotionLibrary | LocomotionController,
    skeleton: Skeleton | None = None,
    stance: Stance | None = None,
) -> Motion:
    """Walk along ``points`` [N, 2] (x, z in metres) from standing to standing.

    Angles in radians about +Y, 0 faces +Z. A path of one place is a turn on the spot. ``library`` may be a
    controller that was made before; ``stance`` says where the feet are (default: at ease under the first point).

    Raises:
        InputError: no points, points that are no finite numbers, a path too long for one walk, or an unknown gait.
        AssetError: the library has no walking clips.
    """
    path = _checked_path(points, gait)
    for name, angle in (("start_heading", start_heading), ("end_facing", end_facing)):
        if not np.isfinite(angle):
            raise InputError(f"{name} is {angle}", "give an angle in radians; 0 faces +Z")
    controller = library if isinstance(library, LocomotionController) else LocomotionController.of(library)
    build = Build(skeleton or canonical_skeleton())
    path = np.repeat(path, 2, axis=0) if len(path) == 1 else path
    stance = stance or Stance.at(path[0], start_heading, build)
    wanted = walk_root(path, start_heading, end_facing, gait=gait)
    return controller.walk(wanted, stance, build).motion(build)


def _checked_path(points: Array, gait: str) -> Array:
    if gait not in SPEEDS:
        raise InputError(f"unknown gait '{gait}'", f"take one of: {', '.join(SPEEDS)}")
    path = np.atleast_2d(np.asarray(points, dtype=np.float64))
    if path.ndim != 2 or path.shape[1] != 2 or not len(path):
        raise InputError(f"a path of shape {path.shape} cannot be walked", "give points [N, 2] in metres")
    if not np.isfinite(path).all():
        raise InputError("the path holds points that are not finite", "give points [N, 2] in metres")
    length = float(np.linalg.norm(np.diff(path, axis=0), axis=-1).sum())
    most = 0.5 * LONGEST_WALK * SPEEDS[gait]
    if length > most:
        raise InputError(f"a path of {length:.0f} metres is too long for one walk", f"walk {most:.0f} metres at a time")
    return path
