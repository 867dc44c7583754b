"""``MotionStream``: clips one after the other as one movement of one body, without a jump and without sliding feet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import InputError
from digital_life.momat.clip import Clip, Posture
from digital_life.momat.feet import Build, FootTrack, knee_poles, solve_legs
from digital_life.momat.footing import follow, join_feet
from digital_life.momat.ground import ground_feet
from digital_life.momat.inertia import (
    ALLOWED,
    LEGS,
    MARGIN,
    SLOWEST,
    Limits,
    acceleration,
    allowance,
    carried,
    join_rotations,
    raised,
)
from digital_life.momat.posture_graph import PostureGraph, settled
from digital_life.momat.reach import follow_knees, leg_use, reach_feet, sink_to_stand
from digital_life.momat.relax import relax_legs
from digital_life.momat.relax_upper import relax_upper
from digital_life.momat.rooting import Placement, place_root
from digital_life.motion import quaternion as quat
from digital_life.motion.fit import fit_motion
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.skeleton import JOINT_INDEX, Skeleton, canonical_skeleton

Array = NDArray[np.float64]

FEET = [JOINT_INDEX["left_foot"], JOINT_INDEX["right_foot"]]
TEMPOS = (1.0, 1.2, 1.5, 1.9, 2.4)
"""Feet and pelvis take so many times as long as they must until the legs do not accelerate too much."""
SEAM_FRAMES = 40
RELAX_FRAMES, SHORTEST_RELAXED = 56, 8
"""Frames in which legs are relaxed, and the fewest for that."""
REACH_SECONDS = 0.5
"""Time in which the pelvis takes up the height that the legs need."""
STANDING_SECONDS = 0.8
"""Shortest time in which the pelvis goes to its place over standing feet: they have to step after it."""


@dataclass(frozen=True)
class Stretch:
    """Frames ``first`` to ``last`` (exclusive) of the stream are frames ``start`` to ``stop`` of ``clip``."""

    clip: str
    start: int
    stop: int
    first: int
    last: int
    seconds: float
    """Time in which the slowest joint took over from what was before; 0 for the first stretch."""

    def record(self) -> dict[str, Any]:
        """JSON for ``Motion.provenance``."""
        return {
            "clip": self.clip,
            "frames": [self.start, self.stop],
            "at": [self.first, self.last],
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True)
class _Body:
    """Frames in the world: ``pelvis`` [T, 3], ``rotations`` [T, 55, 4], feet, and the knees' directions [T, 2, 3]."""

    pelvis: Array
    rotations: Array
    feet: FootTrack

    def __len__(self) -> int:
        return len(self.pelvis)

    def tail(self) -> _Body:
        """The last two frames; one frame counts twice."""
        rows = [-2, -1] if len(self) > 1 else [-1, -1]
        feet = FootTrack(*(getattr(self.feet, name)[rows] for name in ("ankle", "rotation", "toes", "contacts")))
        return _Body(self.pelvis[rows], self.rotations[rows], feet)


@dataclass
class MotionStream:
    """A body of one ``skeleton`` that plays whatever motion comes next from where it is.

    It begins over the origin facing +Z. Frames that were appended never change, so they may be shown at once. With a
    ``graph`` :meth:`play_clip` finds the clips between two postures by itself.
    """

    skeleton: Skeleton = field(default_factory=canonical_skeleton)
    graph: PostureGraph | None = None

    def __post_init__(self) -> None:
        self.build = Build(self.skeleton)
        self.stretches: list[Stretch] = []
        self._bodies: list[_Body] = []
        self._own: Limits | None = None
        self.posture: Posture = "any"
        """Posture of the last frame; "any" before the first one."""

    def __len__(self) -> int:
        return sum(len(body) for body in self._bodies)

    def play(
        self,
        motion: Motion,
        start: int = 0,
        stop: int | None = None,
        *,
        seconds: float | None = None,
        posture: Posture = "any",
        posture_end: Posture | None = None,
        at: tuple[Array, float] | None = None,
        fitted: bool = False,
    ) -> None:
        """Append frames ``start`` to ``stop`` (exclusive; default: all) of ``motion``, joined to what was played before.

        The motion, on the canonical skeleton (or ``fitted`` to the stream's own already), is put where the body is: the
        same heading, the same feet, and carried on by the body's speed. Every joint, the fingers too, takes as long as
        its acceleration asks for (:mod:`digital_life.momat.inertia`), ``seconds`` at most. ``at`` puts the first frame at
        (x, z) and a heading in radians instead. A ``posture`` of "seated" before and after keeps the height of the seat;
        ``posture_end`` is that of the last frame if it differs.

        Raises:
            InputError: the motion has no such frames, or ``seconds`` is no time.
        """
        if seconds is not None and not (np.isfinite(seconds) and seconds >= 0.0):
            raise InputError(
                f"seconds={seconds} is no time for joining",
                "give 0 or more seconds, or None for the shortest that is smooth",
            )
        stop = len(motion) if stop is None else stop
        if not 0 <= start < stop <= len(motion):
            raise InputError(
                f"frames {start}:{stop} of a motion of {len(motion)} frames", "play frames that the motion has"
            )
        same = np.array_equal(self.skeleton.rest_joints, canonical_skeleton().rest_joints)
        motion = motion if fitted or same else fit_motion(motion, self.skeleton)
        rotations = motion.rotations.astype(np.float64)
        feet = ground_feet(motion, self.build)
        own = Limits.of(rotations, motion.translation.astype(np.float64), self.skeleton)
        pelvis = motion.translation.astype(np.float64) + self.skeleton.rest_joints[0]
        body = _Body(pelvis[start:stop], rotations[start:stop], feet.slice(start, stop))
        length = 0.0
        if not self._bodies:
            body = self._first(body, at)
        else:
            seated = posture == self.posture == "seated"
            body, length = self._joined(body, own, SLOWEST if seconds is None else seconds, seated, at)
        first = len(self)
        self._bodies.append(body)
        self._own, self.posture = own, posture_end or posture
        clips = motion.provenance.get("clips") or [""]
        self.stretches.append(Stretch(str(clips[0]), start, stop, first, len(self), length))

    def play_clip(self, clip: Clip, start: int = 0, stop: int | None = None, *, seconds: float | None = None) -> None:
        """Append frames of ``clip``, after the clips that bring the body into its posture.

        Raises:
            InputError: the clip has no such frames, ``seconds`` is no time, or the stream would change posture and has
                no graph.
            AssetError: the graph has no clips from the one posture to the other.
        """
        wanted = settled(clip.posture)
        if self._bodies and wanted != settled(self.posture):
            if self.graph is None:
                raise InputError(
                    f"'{clip.id}' needs a {wanted} body, and this one is {settled(self.posture)}",
                    "give the motion stream a PostureGraph of the library",
                )
            pose = self._bodies[-1].rotations[-1]
            for connector in self.graph.path(self.posture, wanted, pose=pose):
                self._append(connector, 0, connector.frames, seconds)
        self._append(clip, start, clip.frames if stop is None else stop, seconds)

    def _append(self, clip: Clip, start: int, stop: int, seconds: float | None) -> None:
        motion = replace(clip.motion, provenance={**clip.motion.provenance, "clips": [clip.id]})
        ends = clip.posture_end if clip.changes_posture and stop == clip.frames else clip.posture
        self.play(motion, start, stop, seconds=seconds, posture=settled(clip.posture), posture_end=settled(ends))

    def motion(self) -> Motion:
        """Everything that was played, with contact labels; ``provenance["stretches"]`` lists clips and frames.

        Raises:
            InputError: nothing was played.
        """
        if not self._bodies:
            raise InputError("the motion stream is empty", "play a motion first")
        pelvis = np.concatenate([body.pelvis for body in self._bodies])
        rotations = np.concatenate([body.rotations for body in self._bodies])
        contacts = np.concatenate([body.feet.contacts for body in self._bodies])
        clips = list(dict.fromkeys(stretch.clip for stretch in self.stretches if stretch.clip))
        provenance: Mapping[str, Any] = {
            "clips": clips,
            "stretches": [stretch.record() for stretch in self.stretches],
        }
        return Motion(
            (pelvis - self.skeleton.rest_joints[0]).astype(np.float32),
            quat.normalize(rotations).astype(np.float32),
            contacts=contacts.astype(np.float32),
            provenance=provenance,
        )

    def _first(self, body: _Body, at: tuple[Array, float] | None) -> _Body:
        place = (np.zeros(2), 0.0) if at is None else at
        placement = Placement.at(body.pelvis[0], body.rotations[0, 0], *place)
        body = _placed(body, placement)
        return self._grounded(body, body.pelvis, body.rotations, body.feet)

    def _joined(
        self, body: _Body, own: Limits, longest: float, seated: bool, at: tuple[Array, float] | None
    ) -> tuple[_Body, float]:
        """``body`` put where the last one ended and continued from it, and the seconds that took."""
        assert self._own is not None
        tail = self._bodies[-1].tail()
        limits = own.either(self._own)
        if at is None:
            placement = place_root(
                tail.pelvis, tail.rotations[:, 0], tail.feet, body.pelvis, body.rotations[:, 0], body.feet,
                limit=float(limits.linear[0]), seated=seated,
            )  # fmt: skip
        else:
            placement = Placement.at(body.pelvis[0], body.rotations[0, 0], *at)
        body = _placed(body, placement)
        best, least, taken = body, np.inf, 0.0
        for slower in TEMPOS:
            joined, seconds = self._tried(body, tail, limits, longest, slower)
            over = self._excess(tail, joined, body, limits)
            if over < least:
                best, least, taken = joined, over, seconds
            if over <= 1.0:
                break
        return self._relaxed(tail, best, body, limits), taken

    def _relaxed(self, tail: _Body, joined: _Body, body: _Body, limits: Limits) -> _Body:
        """``joined`` with legs and chains of joints that give way where they accelerate too much."""
        frames = min(len(body), RELAX_FRAMES)
        if frames < SHORTEST_RELAXED:
            return joined
        allowed, ends = self._allowed(body, frames, limits), frames == len(body)
        legs = relax_legs(
            np.concatenate([tail.pelvis, joined.pelvis[:frames]]),
            np.concatenate([tail.rotations, joined.rotations[:frames]]),
            FootTrack.join([tail.feet, joined.feet.slice(0, frames)]),
            allowed,
            self.build,
            ends=ends,
        )
        rotations = relax_upper(legs.pelvis, legs.rotations, allowed, self.skeleton, ends=ends)
        feet = FootTrack.join([legs.feet.slice(2, frames + 2), joined.feet.slice(frames, len(body))])
        return _Body(
            np.concatenate([legs.pelvis[2:], joined.pelvis[frames:]]),
            np.concatenate([rotations[2:], joined.rotations[frames:]]),
            feet,
        )

    def _allowed(self, body: _Body, frames: int, limits: Limits) -> tuple[Array, Array]:
        """rad/s^2 and m/s^2 [frames, 55] that joints may accelerate from the last two frames on."""
        allowed = []
        own = acceleration(body.rotations[:frames], body.pelvis[:frames], self.skeleton)
        for limit, alone in zip((limits.angular, limits.linear), own, strict=True):
            near = allowance(alone)
            near[0], near[1] = 0.0, alone[0]
            allowed.append(np.maximum(ALLOWED * limit, near))
        return allowed[0], allowed[1]

    def _tried(self, body: _Body, tail: _Body, limits: Limits, longest: float, slower: float) -> tuple[_Body, float]:
        """``body`` continued from ``tail`` with a pelvis and feet that take ``slower`` times as long as they must."""
        pace = float(limits.linear[0]) / slower**2
        stands = min(tail.feet.contacts[-1, [1, 3]].min(), body.feet.contacts[0, [1, 3]].min()) > 0.5
        least = min(longest, STANDING_SECONDS if stands else 0.0)
        pelvis = carried(body.pelvis, tail.pelvis, pace, least)
        hips = pelvis[:, None] + quat.rotate(body.rotations[:, :1], self.build.hips)
        aside = (pelvis - body.pelvis) * [1.0, 0.0, 1.0]
        following = follow(body.feet, aside, self.build)
        feet, settled = join_feet(tail.feet, following, hips, float(limits.linear[FEET].max()), self.build, slower)
        pelvis = carried(body.pelvis, tail.pelvis, pace, max(least, min(longest, 0.8 * settled / FPS)))
        pelvis[:, 1] = body.pelvis[:, 1]
        pelvis = sink_to_stand(pelvis, body.rotations[:, 0], feet, self.build)
        pelvis[:, 1] = raised(pelvis[:, 1], tail.pelvis[:, 1], pace)
        rotations, taken = join_rotations(
            body.rotations, pelvis, tail.rotations, tail.pelvis, limits, self.skeleton, longest
        )
        return self._grounded(body, pelvis, rotations, feet, tail), float(taken.max())

    def _excess(self, tail: _Body, joined: _Body, body: _Body, limits: Limits) -> float:
        """The largest acceleration of a leg's joint near the seam, as a share of what is allowed there."""
        frames = min(len(body), SEAM_FRAMES)
        rotations = np.concatenate([tail.rotations, joined.rotations[:frames]])
        path = np.concatenate([tail.pelvis, joined.pelvis[:frames]])
        own = acceleration(body.rotations[:frames], body.pelvis[:frames], self.skeleton)
        new = acceleration(rotations, path, self.skeleton)
        return max(
            float((now / np.maximum(MARGIN * limit, allowance(alone)))[:, LEGS].max())
            for now, alone, limit in zip(new, own, (limits.angular, limits.linear), strict=True)
        )

    def _grounded(
        self, body: _Body, pelvis: Array, rotations: Array, feet: FootTrack, tail: _Body | None = None
    ) -> _Body:
        """The pelvis lowered where a leg would be too short, and the legs brought to the feet."""
        sunk = sink_to_stand(pelvis, rotations[:, 0], feet, self.build)
        own = leg_use(body.pelvis, body.rotations[:, 0], body.feet, self.build)
        if tail is None:
            pelvis = sunk
        else:
            share = _ramp(len(pelvis))
            pelvis = pelvis + (sunk - pelvis) * share
            before = leg_use(tail.pelvis, tail.rotations[:, 0], tail.feet, self.build)[-1]
            own = own + np.maximum(before - own, 0.0) * (1.0 - share)
        feet = reach_feet(pelvis, rotations[:, 0], feet, own, self.build, None if tail is None else tail.feet)
        knees = None if tail is None else np.stack([knee_poles(tail.rotations), self._legs(tail)], axis=2)
        now = _Body(pelvis, rotations, feet)
        poles = follow_knees(knee_poles(body.rotations), self._legs(body), self._legs(now), knees)
        return _Body(pelvis, solve_legs(rotations, pelvis, feet, self.build, poles), feet)

    def _legs(self, body: _Body) -> Array:
        """[T, 2, 3] from hips to ankles."""
        hips = body.pelvis[:, None] + quat.rotate(body.rotations[:, :1], self.build.hips)
        return np.asarray(body.feet.ankle - hips)


def _placed(body: _Body, placement: Placement) -> _Body:
    rotations = body.rotations.copy()
    rotations[:, 0] = placement.turned(rotations[:, 0])
    feet = FootTrack(
        placement.moved(body.feet.ankle), placement.turned(body.feet.rotation), body.feet.toes, body.feet.contacts
    )
    pelvis = placement.moved(body.pelvis) + np.array([0.0, placement.height, 0.0])
    return _Body(pelvis, rotations, feet)


def _ramp(frames: int) -> Array:
    """[frames, 1] from 0 at a seam to 1."""
    s = np.clip(np.arange(frames)[:, None] / (REACH_SECONDS * FPS), 0.0, 1.0)
    return np.asarray(s * s * (3.0 - 2.0 * s))
