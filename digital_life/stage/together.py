"""Two people on stage: an act that means an interaction is done by both, and their bodies are made to meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.momat.clip import Clip
from digital_life.momat.interactions.file import Interaction
from digital_life.momat.interactions.held import chosen_props, hold
from digital_life.momat.interactions.library import load_interactions
from digital_life.momat.interactions.mention import mentioned
from digital_life.momat.interactions.placement import relative_stance
from digital_life.momat.interactions.report import Report
from digital_life.momat.interactions.roles import ROLES, refusal, role_clip
from digital_life.momat.interactions.shape import BodyShape, shape_of_skeleton
from digital_life.momat.interactions.solve import contacts_between, handover, props_of
from digital_life.momat.interactions.task import Task
from digital_life.momat.interactions.timing import Response, Timing, delay_of, plan
from digital_life.momat.library import MotionLibrary
from digital_life.motion.motion import FPS, Motion
from digital_life.motion.resample import sample
from digital_life.stage.actor import Actor
from digital_life.stage.eye_contact import aim_again
from digital_life.stage.gestures import Event
from digital_life.stage.meeting import come_together, find_ground, offsets, within_reach
from digital_life.stage.movement import Movement
from digital_life.stage.placing import standing_segment
from digital_life.stage.scene import Room
from digital_life.stage.stepping import acting_segment, stance_after, uses_legs
from digital_life.stage.strolling import Stroll, find_lanes, stroll
from digital_life.stage.timeline import Timeline

Array = NDArray[np.float64]

AROUND = 6
"""Frames before and after the roles in which bodies may begin to give way."""
_AWAY_LOOKS = frozenset({"own", "partner_side"})
_LOOK_FRAMES = 9


@dataclass(frozen=True)
class Encounter:
    """An interaction as it will be played: frames ``start`` to ``stop`` of the performance."""

    interaction: Interaction
    said: str
    actors: tuple[Actor, Actor]
    shapes: tuple[BodyShape, BodyShape]
    clips: tuple[Clip, Clip]
    timing: Timing
    response: Response
    start: int

    @property
    def stop(self) -> int:
        """Frame after the last one."""
        return self.start + len(self.timing)

    def overlays(self, name: str) -> tuple[Event, ...]:
        """What is laid over a seated actor: its role; nothing for a standing one."""
        for actor, clip in zip(self.actors, self.clips, strict=True):
            if actor.name == name and actor.seat is not None:
                return (Event(clip, self.start, 0, clip.frames),)
        return ()

    def regard(self, name: str, frames: int) -> Array | None:
        """[frames] how much an actor may look about: not at all in roles that look past each other."""
        for actor, role in zip(self.actors, ROLES, strict=True):
            if actor.name == name and self.interaction.role(role).gaze in _AWAY_LOOKS and self.timing.refusal is None:
                first, last = (self.start + round(second * FPS) for second in self.interaction.window)
                away = np.minimum(np.arange(frames) - first + 2 * _LOOK_FRAMES, last + _LOOK_FRAMES - np.arange(frames))
                return np.asarray(1.0 - np.clip(away / _LOOK_FRAMES, 0.0, 1.0))
        return None


class Together:
    """Finds, prepares and finishes what two actors do with each other."""

    def __init__(self, room: Room, library: MotionLibrary, movement: Movement) -> None:
        self.room = room
        self.library = library
        self.movement = movement
        self.interactions = load_interactions()

    def arrange(
        self,
        words: str,
        active: Actor,
        passive: Actor | None,
        timelines: Mapping[str, Timeline],
        clock: int,
        response: Response,
        notes: list[str],
        others: Sequence[Actor] = (),
        goal: Array | None = None,
    ) -> Encounter | Stroll | None:
        """Let both come together and play their roles, where ``words`` mean an interaction; None where they do not, or
        where it cannot be done (``notes`` then says why). Who walks together goes to ``goal`` (x, z) if there is one.
        """
        found = self.meant(words, passive)
        if found is None or passive is None:
            return None
        interaction, said = chosen_props(found[0], words), found[1]
        shapes = (shape_of(active), shape_of(passive))
        if interaction.walking:
            ways = self._walk(interaction, (active, passive), shapes, timelines, clock, response, notes, others, goal)
            return Stroll(interaction, said, (active, passive), response, *ways) if ways else None
        timing = plan(interaction, response)
        clips = self._clips(interaction, timing)
        start = self._bring(interaction, (active, passive), shapes, timelines, clock, notes)
        if start is None:
            return None
        encounter = Encounter(interaction, said, (active, passive), shapes, clips, timing, response, start)
        for actor, clip in zip(encounter.actors, clips, strict=True):
            _play(actor, clip, timelines[actor.name])
        return encounter

    def meant(self, words: str, passive: Actor | None) -> tuple[Interaction, str] | None:
        """The interaction that ``words`` mean, and the part that says so."""
        return mentioned(words, self.interactions, (passive.name,)) if passive is not None else None

    def _walk(
        self,
        interaction: Interaction,
        actors: tuple[Actor, Actor],
        shapes: tuple[BodyShape, BodyShape],
        timelines: Mapping[str, Timeline],
        clock: int,
        response: Response,
        notes: list[str],
        others: Sequence[Actor],
        goal: Array | None,
    ) -> tuple[int, int] | None:
        """The frames of a walk side by side; None where the partner refuses or there is no space."""
        active, passive = actors
        wait = round(delay_of(response) * FPS)
        if response == "refuse":
            notes.append(f"{passive.name} does not come along; {active.name} goes alone")
            return None
        offset, _ = relative_stance(interaction.placement, *shapes)
        lanes = find_lanes(self.room, offset, active, passive, others, goal)
        if lanes is None:
            notes.append(f"there is no space for {active.name} and {passive.name} to walk side by side; done alone")
            return None
        return stroll(self.movement, lanes, actors, timelines, clock, wait)

    def _clips(self, interaction: Interaction, timing: Timing) -> tuple[Clip, Clip]:
        """Both roles in the time of the response."""
        clips = []
        for name, frames in zip(ROLES, (timing.active, timing.passive), strict=True):
            clip = role_clip(interaction, name, self.library)
            motion = sample(clip.motion, frames)
            if name == "passive" and timing.refusal is not None:
                declining = np.maximum(np.arange(len(timing)) - timing.refusal, 0)
                motion = sample(refusal(), declining.astype(np.float64))
            clips.append(_playing(clip, motion))
        return clips[0], clips[1]

    def _bring(
        self,
        interaction: Interaction,
        actors: tuple[Actor, Actor],
        shapes: tuple[BodyShape, BodyShape],
        timelines: Mapping[str, Timeline],
        clock: int,
        notes: list[str],
    ) -> int | None:
        """The frame at which both are where the interaction begins; None where there is no space."""
        active, passive = actors
        lines = (timelines[active.name], timelines[passive.name])
        if not interaction.seated:
            for actor, line in zip(actors, lines, strict=True):
                if actor.seat is not None:
                    notes.append(
                        f"{actor.name} stands up for it: a seated body cannot {interaction.id.replace('_', ' ')}"
                    )
                    self.movement.rise(actor, line)
        elif active.seat is not None and within_reach(actors, shapes):
            ready = max(len(line) for line in lines) + 4
            for actor, line in zip(actors, lines, strict=True):
                self.movement.idle(actor, line, ready, clock, listening=False)
            return ready
        plain = (role_clip(interaction, "active", self.library), role_clip(interaction, "passive", self.library))
        ground = find_ground(self.room, interaction, active, passive, offsets(interaction, plain, shapes))
        if ground is None and passive.seat is not None:
            notes.append(f"{passive.name} stands up for it: there is no space before the seat")
            self.movement.rise(passive, lines[1])
            ground = find_ground(self.room, interaction, active, passive, offsets(interaction, plain, shapes))
        if ground is None:
            notes.append(f"there is no space beside {passive.name} to {interaction.id.replace('_', ' ')}; done alone")
            return None
        return come_together(self.movement, ground, actors, lines, clock)

    def finish(self, encounter: Encounter | Stroll, motions: dict[str, Motion]) -> dict[str, Motion]:
        """The motions of the performance with both bodies made to meet, and what was reached in their provenance."""
        if isinstance(encounter, Stroll):
            return encounter.finish(motions)
        from digital_life.momat.interactions.meet import meet

        names = [actor.name for actor in encounter.actors]
        first, last = encounter.start - AROUND, min(encounter.stop + AROUND, len(motions[names[0]]))
        first = max(first, 0)
        contacts = contacts_between(encounter.timing.contacts, encounter.shapes)
        shift = (encounter.start - first) / FPS
        task = Task(
            encounter.shapes,
            (motions[names[0]].slice(first, last), motions[names[1]].slice(first, last)),
            [c.model_copy(update={"start": c.start + shift, "stop": c.stop + shift}) for c in contacts],
            props=props_of(encounter.interaction),
            seated=(encounter.actors[0].seat is not None, encounter.actors[1].seat is not None),
        )
        solved, report = meet(task)
        solved = aim_again(task.bases, solved, (encounter.shapes[0].skeleton, encounter.shapes[1].skeleton))
        for name, part in zip(names, solved, strict=True):
            motions[name] = _inserted(motions[name], part, first)
        given = handover(report.windows)
        things = hold(
            task.props,
            encounter.shapes,
            (motions[names[0]], motions[names[1]]),
            None if given is None else given + first / FPS,
        )
        for name, role, held in zip(names, ROLES, things, strict=True):
            record = {"interaction": _record(encounter, role, report, first), "props": [one.record() for one in held]}
            motions[name] = replace(motions[name], provenance={**motions[name].provenance, **record})
        return motions


def shape_of(actor: Actor) -> BodyShape:
    """What others can touch of an actor."""
    return actor.member.shape or shape_of_skeleton(actor.member.skeleton)


def _playing(clip: Clip, motion: Motion) -> Clip:
    return replace(clip, frames=len(motion), load=lambda: motion)


def _play(actor: Actor, clip: Clip, timeline: Timeline) -> None:
    """A standing actor's role as movement of the whole body; a seated one's is laid over it later."""
    if actor.seat is not None:
        return
    if uses_legs(replace(clip, posture="standing")):
        segment = acting_segment(clip, 0, clip.frames, actor.stance, actor.build)
        actor.stance = stance_after(segment, actor.build)
        actor.facing = actor.stance.facing
    else:
        segment = standing_segment(clip, list(range(clip.frames)), actor.stance, actor.build)
    timeline.append(segment)


def _inserted(motion: Motion, part: Motion, first: int) -> Motion:
    rotations, translation = motion.rotations.copy(), motion.translation.copy()
    rotations[first : first + len(part)] = part.rotations
    translation[first : first + len(part)] = part.translation
    face = motion.face
    if face is not None and part.face is not None:
        face = face.copy()
        face[first : first + len(part)] = part.face
    return replace(motion, rotations=rotations, translation=translation, face=face)


def _record(encounter: Encounter, role: str, report: Report, first: int) -> dict[str, Any]:
    """JSON: which interaction, in which role, when the bodies touched, and how exactly."""
    summary = report.summary()
    for contact in summary["contacts"]:
        for end in ("from", "to"):
            contact[end] = round(contact[end] + first / FPS, 2)
    partner = encounter.actors[1 if role == "active" else 0].name
    return {
        "id": encounter.interaction.id,
        "said": encounter.said,
        "role": role,
        "partner": partner,
        "response": encounter.response,
        "frames": [encounter.start, encounter.stop],
        **summary,
    }
