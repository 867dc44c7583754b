"""The stage: behaviours in, performances of everybody out, all on one clock and without a seam."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.behaviour import Behaviour
from digital_life.errors import InputError
from digital_life.momat.clip import Clip
from digital_life.momat.feet import Stance
from digital_life.momat.interactions.timing import Response
from digital_life.momat.library import MotionLibrary
from digital_life.momat.manner import Manner
from digital_life.momat.match import Matcher
from digital_life.momat.retiming import Phases
from digital_life.momat.search import MotionSearch
from digital_life.momat.vigour import vigour_of
from digital_life.motion.motion import FPS
from digital_life.stage.actor import Actor
from digital_life.stage.cast import CastMember
from digital_life.stage.choosing import Chooser, pose_on_stage
from digital_life.stage.embodiment import Part, embody
from digital_life.stage.gate import Gate
from digital_life.stage.gestures import Planner
from digital_life.stage.movement import Movement
from digital_life.stage.performance import Performance
from digital_life.stage.pointing import name_pointing_hand
from digital_life.stage.remarks import remarks
from digital_life.stage.scene import Place, Room
from digital_life.stage.spots import choose_spot
from digital_life.stage.strolling import Stroll
from digital_life.stage.timeline import Timeline
from digital_life.stage.together import Encounter, Together
from digital_life.stage.turn import Turn
from digital_life.voice.speech import Speech

Array = NDArray[np.float64]

PAUSE = (0.3, 0.6)
SHORTEST = 1.2
ACT_AFTER_SPEECH_BEGINS = 0.45
LONGEST_TAIL = 2.5
"""Seconds that an act may go on after the last word."""


class Stage:
    """A room with characters in it.

    Law: the same room, cast, seed, library and behaviours give the same frames, also when ``state()`` is restored in
    between.
    """

    def __init__(
        self,
        room: Room,
        cast: Sequence[CastMember],
        *,
        seed: int,
        library: MotionLibrary,
        search: MotionSearch,
        gate: Gate | None = None,
    ) -> None:
        """Put everybody at the place where they begin; ``gate`` decides which acts are generated (default: none).

        Raises:
            InputError: a place does not exist or is full, or two characters have one name.
        """
        self.room = room
        self.seed = seed
        self.matcher = Matcher(search)
        self.gate = gate
        self.library = library
        self.movement = Movement(room, library, seed)
        self.together = Together(room, library, self.movement)
        self.beats = {posture: _beats(library, posture) for posture in ("standing", "seated")}
        self.frame = 0
        self.turn = 0
        self.parts: Mapping[str, Part] = {}
        """What the performances played last were made of."""
        self.actors: dict[str, Actor] = {}
        for member in cast:
            if member.name in self.actors:
                raise InputError(f"two characters are called '{member.name}'", "give each its own name")
            self.actors[member.name] = self._enter(member)

    @cached_property
    def vigour(self) -> Mapping[str, float]:
        """How vigorous the talking gestures are, by id; measured when somebody speaks for the first time, as :attr:`phases`."""
        return {clip.id: vigour_of(clip) for clips in self.beats.values() for clip in clips}

    @cached_property
    def phases(self) -> Mapping[str, Phases]:
        """Where the hands of the talking gestures stop, by id."""
        return {clip.id: Phases.of(clip) for clips in self.beats.values() for clip in clips}

    @property
    def clock(self) -> float:
        """Seconds of the scene that have been performed."""
        return self.frame / FPS

    def _enter(self, member: CastMember) -> Actor:
        place = self._place(member.place)
        actor = Actor(member, place.name, None, Stance(np.zeros((2, 3))), 0.0)
        spot = choose_spot(self.room, place, actor, list(self.actors.values()))
        if spot is None:
            raise InputError(f"'{place.name}' has no space for {member.name}", "let them begin at another place")
        actor.spot, actor.facing, actor.seat = spot.index, spot.facing, spot.seat
        actor.posture = "standing" if spot.seat is None else "seated"
        actor.stance = Stance.at(spot.feet, spot.facing, actor.build)
        return actor

    def _place(self, name: str) -> Place:
        place = self.room.place(name)
        if place is None:
            known = ", ".join(place.name for place in self.room.places)
            raise InputError(f"the room has no place '{name}'", f"take one of: {known}")
        return place

    def perform(self, behaviour: Behaviour, *, response: Response | None = None) -> list[Performance]:
        """Play one behaviour: one performance for each of the cast, from the clock to the new clock.

        Motion words that mean an interaction ("shakes hands with Mira") are done by both; ``response`` is how the
        partner answers: "accept", "refuse", "late", or seconds of delay; unless given, as the behaviour has it.

        Raises:
            InputError: nobody on stage has the speaker's name, or the response is unknown.
        """
        speaker = self._actor(behaviour.speaker)
        partner = self._partner(speaker, behaviour.partner)
        rng = np.random.default_rng([self.seed, self.turn])
        turn = Turn(behaviour, speaker, partner, {name: Timeline() for name in self.actors})
        turn.speech = _spoken(speaker, behaviour)
        speaker.mood = behaviour.emotion
        self._come_together(turn, behaviour.response if response is None else response)
        self._choose(turn, rng)
        frames = self._length(turn, rng)
        self._play(turn, frames)
        self._attend(speaker, turn.timelines, turn.arrival, frames)
        self._fill(turn.timelines, speaker)
        speaker.remember([event.clip.id for event in turn.events])
        return self._finish({name: turn.part(actor) for name, actor in self.actors.items()}, turn.encounter)

    def idle(self, seconds: float) -> list[Performance]:
        """Let everybody stand or sit where they are, alive, for ``seconds`` (at least one frame)."""
        frames = max(1, round(seconds * FPS))
        parts = {}
        for name, actor in self.actors.items():
            timeline = Timeline()
            self.movement.idle(actor, timeline, frames, self.frame, listening=False, leisure=True)
            looks_at = self.actors.get(actor.partner)
            parts[name] = Part(timeline, looks_at=looks_at, provenance={"clips": [], "idles": timeline.idles})
        return self._finish(parts)

    def state(self) -> dict[str, Any]:
        """Everything that the next frame depends on, as JSON."""
        actors = {name: actor.state() for name, actor in self.actors.items()}
        return {"frame": self.frame, "turn": self.turn, "actors": actors}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Continue where :meth:`state` was taken.

        Raises:
            InputError: the state is of another cast.
        """
        if set(state["actors"]) != set(self.actors):
            raise InputError(
                f"the saved stage has {sorted(state['actors'])}, this one {sorted(self.actors)}",
                "resume with the cast the run was started with",
            )
        self.frame, self.turn = int(state["frame"]), int(state["turn"])
        for name, saved in state["actors"].items():
            self.actors[name].restore(saved)

    def _actor(self, name: str) -> Actor:
        if name not in self.actors:
            raise InputError(f"'{name}' is not on stage", f"the cast is: {', '.join(self.actors)}")
        return self.actors[name]

    def _partner(self, speaker: Actor, name: str) -> Actor | None:
        """Whom the speaker turns to: the named one, or else whoever is nearest."""
        others = self._others(speaker)
        if name in self.actors and name != speaker.name:
            return self.actors[name]
        return min(others, key=lambda o: float(np.linalg.norm(o.position - speaker.position)), default=None)

    def _others(self, actor: Actor) -> list[Actor]:
        return [other for other in self.actors.values() if other is not actor]

    def _come_together(self, turn: Turn, response: Response) -> None:
        """Bring the speaker to the place of the behaviour, and both to where they do something with each other."""
        behaviour, speaker, partner = turn.behaviour, turn.speaker, turn.partner
        meant = self.together.meant(behaviour.motion, partner)
        turn.notes += remarks(behaviour, partner.name if partner else "", meant[0] if meant else None, response)
        goal = self.room.place(behaviour.place) if meant and meant[0].walking and response != "refuse" else None
        self._approach(speaker, partner, "" if goal else behaviour.place, turn.timeline, turn.notes)
        turn.encounter = self.together.arrange(
            behaviour.motion, speaker, partner, turn.timelines, self.frame, response, turn.notes,
            [other for other in self._others(speaker) if other is not partner],
            np.array(goal.position) if goal else None,
        )  # fmt: skip
        if isinstance(turn.encounter, Stroll):
            for actor in turn.encounter.actors:
                actor.place, actor.spot = goal.name if goal else "", None
        turn.arrival = turn.encounter.start if turn.encounter else len(turn.timeline)

    def _choose(self, turn: Turn, rng: np.random.Generator) -> None:
        """The clips for the speaker's motion words, and gestures for the stressed words of its speech."""
        speaker = turn.speaker
        meant = self.together.meant(turn.behaviour.motion, turn.partner)
        alone = meant[0].solo if meant and meant[0].solo else turn.behaviour.motion
        words = "" if turn.encounter else name_pointing_hand(alone, self.room, speaker.position, speaker.facing)
        pose = pose_on_stage(speaker, turn.timeline)
        chooser = Chooser(
            self.matcher,
            speaker.posture,
            pose,
            speaker.recent,
            self.seed * 1000 + self.turn,
            self.gate,
            turn.behaviour.emotion,
        )
        turn.choice = chooser.acts(words)
        turn.notes += [turn.choice.note] if turn.choice.note else []
        planner = Planner(rng, Manner.of(speaker.mood))
        planner.add_acts(turn.choice.matches, turn.arrival, turn.begin + round(ACT_AFTER_SPEECH_BEGINS * FPS))
        if turn.speech is not None:
            beats = planner.manner.fitting(self.beats[speaker.posture], self.vigour)
            planner.add_beats(turn.speech, turn.begin, beats, self.phases, chooser, earliest=turn.free)
        turn.events = planner.events

    def _approach(self, speaker: Actor, partner: Actor | None, to: str, timeline: Timeline, notes: list[str]) -> None:
        """Go to the place of the behaviour, or turn to the partner where the speaker is."""
        place = self.room.place(to) if to else None
        if to and place is None:
            notes.append(f"the room has no place '{to}'; {speaker.name} stays at {speaker.place or 'its spot'}")
        if place is not None and place.name != speaker.place:
            spot = choose_spot(self.room, place, speaker, self._others(speaker))
            if spot is None:
                notes.append(
                    f"there is no free spot at {place.name}; {speaker.name} stays at {speaker.place or 'its spot'}"
                )
            else:
                facing = spot.facing if partner is None else float(np.arctan2(*(partner.position - spot.feet)))
                self.movement.go(speaker, timeline, spot, facing, self._others(speaker))
                speaker.place, speaker.spot = place.name, spot.index
        if partner is not None and self.movement.wants_turn(speaker, speaker.direction_to(partner)):
            self.movement.turn(speaker, timeline, speaker.direction_to(partner))
        for one, other in ((speaker, partner), (partner, speaker)):
            if one is not None and other is not None:
                one.partner = other.name

    def _length(self, turn: Turn, rng: np.random.Generator) -> int:
        """Frames of the performance: speech or act, whichever ends later (within limits), and a short pause."""
        acts = max((event.end for event in turn.events if event.clip.id in turn.choice.clips), default=0)
        if turn.speech is None:
            end = max(acts, turn.free, round(SHORTEST * FPS))
        else:
            last_word = turn.begin + round(turn.speech.duration * FPS)
            end = max(last_word, turn.free, min(acts, last_word + round(LONGEST_TAIL * FPS)))
        return end + round(rng.uniform(*PAUSE) * FPS)

    def _play(self, turn: Turn, frames: int) -> None:
        """The speaker's movement after the approach; gestures of a seated body are laid over it later."""
        speaker, timeline = turn.speaker, turn.timeline
        if speaker.seat is None:
            for event in turn.events:
                if event.start >= frames:
                    break
                self.movement.idle(speaker, timeline, event.start, self.frame, listening=False)
                note = self.movement.play(speaker, timeline, event, self._others(speaker))
                turn.notes += [note] if note else []
        self.movement.idle(speaker, timeline, frames, self.frame, listening=False)

    def _attend(self, speaker: Actor, timelines: Mapping[str, Timeline], arrival: int, frames: int) -> None:
        """Everybody else idles and turns to the speaker once that one has arrived."""
        for actor in self._others(speaker):
            timeline = timelines[actor.name]
            if actor.partner == speaker.name and self.movement.wants_turn(actor, actor.direction_to(speaker)):
                self.movement.idle(actor, timeline, max(8, arrival - 25), self.frame, listening=True)
                self.movement.turn(actor, timeline, actor.direction_to(speaker))
            self.movement.idle(actor, timeline, frames, self.frame, listening=True)

    def _fill(self, timelines: Mapping[str, Timeline], speaker: Actor) -> None:
        """Idle until everybody is as far as the last one."""
        frames = max(len(timeline) for timeline in timelines.values())
        for name, timeline in timelines.items():
            self.movement.idle(self.actors[name], timeline, frames, self.frame, listening=name != speaker.name)

    def _finish(self, parts: Mapping[str, Part], encounter: Encounter | Stroll | None = None) -> list[Performance]:
        motions = embody(self.actors, parts, self.movement.hanging, seed=self.seed * 1000 + self.turn)
        if encounter is not None:
            motions = self.together.finish(encounter, motions)
        performances = [
            Performance(
                name,
                self.clock,
                motion,
                speech=parts[name].speech if parts[name].speaking else None,
                speech_start=parts[name].speech_start if parts[name].speaking else 0.0,
            )
            for name, motion in motions.items()
        ]
        self.parts = parts
        self.frame += len(performances[0].motion)
        self.turn += 1
        return performances


def _spoken(speaker: Actor, behaviour: Behaviour) -> Speech | None:
    """The words of a behaviour in the speaker's voice; None where there are none."""
    if not behaviour.speech.strip():
        return None
    emotion = behaviour.emotion
    return speaker.member.voice.say(behaviour.speech, pleasure=emotion.pleasure, arousal=emotion.arousal)


def _beats(library: MotionLibrary, posture: str) -> list[Clip]:
    """Talking gestures for a posture whose stroke is known, those made for a seated body alone where there are any."""
    every = [
        clip for clip in library.select(kind="talk", posture=posture) if {"stroke", "stroke_start"} & set(clip.sync)
    ]
    return [clip for clip in every if clip.posture == "seated"] or every
