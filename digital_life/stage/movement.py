"""The base movement of an actor: idling, walking to a place, turning, sitting down, standing up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from digital_life.errors import AssetError
from digital_life.momat.clip import Clip
from digital_life.momat.library import MotionLibrary
from digital_life.momat.locomotion import End, LocomotionController
from digital_life.motion.series import wrap
from digital_life.stage.actor import Actor
from digital_life.stage.gestures import Event
from digital_life.stage.locomotion import go
from digital_life.stage.paths import find_path
from digital_life.stage.placing import clip_body, seat_change, seated_segment, standing_segment
from digital_life.stage.resting import Resting, fidgets, idle_loops
from digital_life.stage.scene import Room
from digital_life.stage.spots import Spot
from digital_life.stage.stepping import acting_segment, at_rest, blocked, landing, stance_after, uses_legs
from digital_life.stage.timeline import Segment, Timeline

Array = NDArray[np.float64]

TURN_FROM = np.radians(30.0)
"""A partner farther to the side than this makes a standing body turn on its feet."""
LANDING_FRAMES = 90
"""Frames after an act of the whole body in which its feet come to stand at ease, at most."""


class Movement:
    """Makes segments from the clips of a library; ``seed`` decides which of several idles is played when."""

    def __init__(self, room: Room, library: MotionLibrary, seed: int) -> None:
        self.room = room
        self.idles = {posture: idle_loops(library, posture) for posture in ("standing", "seated")}
        self.resting = Resting(self.idles, {posture: fidgets(library, posture) for posture in self.idles}, seed)
        self.library = library
        self.sit_down = _change(library, "seated")
        self.stand_up = _change(library, "standing")
        self.hanging: Array = clip_body(self.idles["standing"][False][0]).rotations[0]
        """[55, 4] a body at ease whose arms hang."""

    def idle(
        self, actor: Actor, timeline: Timeline, until: int, clock: int, *, listening: bool, leisure: bool = False
    ) -> None:
        """Idle until frame ``until`` of the performance, which began at frame ``clock`` of the scene."""
        while len(timeline) < until:
            now, at = clock + len(timeline), len(timeline)
            clip, rest = self.resting.at(actor, timeline, now, listening=listening, leisure=leisure)
            count = min(rest.left, until - at)
            frames = (rest.frame + np.arange(count)) % clip.frames
            timeline.append(self._still(actor, clip, frames))
            played = {"clip": clip.id, "at": at, "first": rest.frame, "frames": count, "reason": rest.reason}
            timeline.idles.append(played)
            after = (rest.frame + count) % clip.frames
            actor.rest = replace(rest, frame=after, left=rest.left - count, due=now + count)

    def _still(self, actor: Actor, clip: Clip, frames: NDArray[np.intp]) -> Segment:
        chosen: Sequence[int] = [int(frame) for frame in frames]
        if actor.seat is not None:
            return seated_segment(clip, chosen, actor.seat, actor.facing, actor.stance, actor.build)
        return standing_segment(clip, chosen, actor.stance, actor.build)

    def play(self, actor: Actor, timeline: Timeline, event: Event, others: Sequence[Actor]) -> str:
        """Play a standing event as whole-body movement; where it would run into something, over feet that stay.

        What is in the way comes back, for the record; "" where nothing is.
        """
        clip, trouble = event.clip, ""
        if uses_legs(clip):
            segment = acting_segment(clip, event.first, event.last, actor.stance, actor.build)
            trouble = blocked(segment, self.room, [other.position for other in others])
            if not trouble:
                timeline.append(segment)
                actor.stance = stance_after(segment, actor.build)
                actor.facing = actor.stance.facing
                if at_rest(segment, actor.stance, actor.build):
                    return ""
                frames = np.arange(LANDING_FRAMES) % self.idles["standing"][False][0].frames
                still = self._still(actor, self.idles["standing"][False][0], frames)
                landed, actor.stance = landing(segment, still, actor.build)
                timeline.append(landed)
                return ""
        frames = np.arange(event.first, event.last)
        timeline.append(standing_segment(clip, [int(f) for f in frames], actor.stance, actor.build))
        return f"{clip.id} moves the feet, and {trouble} is in the way; played on the spot" if trouble else ""

    def turn(self, actor: Actor, timeline: Timeline, facing: float) -> None:
        """Turn a standing body on the spot to ``facing``, with steps."""
        self._go(actor, timeline, np.stack([actor.stance.centre] * 2), facing)

    def go(self, actor: Actor, timeline: Timeline, spot: Spot, facing: float, others: Sequence[Actor]) -> None:
        """Walk to ``spot`` (standing up before and sitting down after where it takes that), to arrive at ``facing``."""
        self.rise(actor, timeline)
        path = find_path(self.room, actor.stance.centre, spot.feet, [other.position for other in others])
        if spot.seat is None:
            self._go(actor, timeline, path, facing)
        else:
            self._go(actor, timeline, path, spot.facing, "exact")
            self._sit(actor, timeline, spot)

    def stand_at(self, actor: Actor, timeline: Timeline, feet: Array, facing: float, others: Sequence[Actor]) -> None:
        """Go (standing up before) to stand exactly at ``feet`` (x, z) in the direction ``facing``."""
        self.rise(actor, timeline)
        path = find_path(self.room, actor.stance.centre, feet, [other.position for other in others])
        self._go(actor, timeline, path, facing, "exact")

    def rise(self, actor: Actor, timeline: Timeline) -> None:
        """Stand up; nothing where the actor stands already."""
        if actor.seat is None:
            return
        segment = seat_change(self.stand_up, actor.seat, actor.stance, actor.facing, actor.build, down=False)
        timeline.append(segment)
        actor.seat, actor.posture = None, "standing"

    def _sit(self, actor: Actor, timeline: Timeline, spot: Spot) -> None:
        assert spot.seat is not None
        timeline.append(seat_change(self.sit_down, spot.seat, actor.stance, spot.facing, actor.build, down=True))
        actor.seat, actor.posture, actor.facing = spot.seat, "seated", spot.facing

    def _go(self, actor: Actor, timeline: Timeline, points: Array, facing: float, end: End = "natural") -> None:
        controller = LocomotionController.of(self.library)
        segment, actor.stance = go(controller, points, (actor.facing, facing), actor.stance, actor.build, end)
        actor.facing = facing
        timeline.append(segment)

    def wants_turn(self, actor: Actor, facing: float) -> bool:
        """Whether a standing ``actor`` has to move its feet to face that direction."""
        return actor.seat is None and abs(float(wrap(facing - actor.facing))) > TURN_FROM


def _change(library: MotionLibrary, to: str) -> Clip:
    clips = [clip for clip in library if clip.changes_posture and clip.posture_end == to]
    if not clips:
        raise AssetError(f"the motion library has no clip that ends {to}", "add one with 'posture_end'")
    return clips[0]
