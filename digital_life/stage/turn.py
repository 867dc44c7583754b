"""One behaviour on its way to performances: who does it with whom, what is said and played, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from digital_life.behaviour import Behaviour, Emotion
from digital_life.motion.motion import FPS
from digital_life.stage.actor import Actor
from digital_life.stage.choosing import Choice
from digital_life.stage.embodiment import Part
from digital_life.stage.gestures import Event, absorbed
from digital_life.stage.strolling import Stroll
from digital_life.stage.timeline import Timeline
from digital_life.stage.together import Encounter
from digital_life.voice.speech import Speech

BREATH_BEFORE_SPEECH = 0.25
SPEAK_BEFORE_ARRIVAL = 0.3
"""Seconds before the end of an approach at which the voice begins."""


@dataclass
class Turn:
    """What the speaker and everybody else do for one behaviour; frames count from the beginning of the performance."""

    behaviour: Behaviour
    speaker: Actor
    partner: Actor | None
    timelines: Mapping[str, Timeline]
    notes: list[str] = field(default_factory=list)
    speech: Speech | None = None
    encounter: Encounter | Stroll | None = None
    arrival: int = 0
    """Where the speaker is where it wanted to go."""
    choice: Choice = field(default_factory=Choice)
    events: Sequence[Event] = ()

    @property
    def timeline(self) -> Timeline:
        """The speaker's."""
        return self.timelines[self.speaker.name]

    @property
    def begin(self) -> int:
        """Where the voice begins."""
        return max(self.arrival - round(SPEAK_BEFORE_ARRIVAL * FPS), round(BREATH_BEFORE_SPEECH * FPS))

    @property
    def free(self) -> int:
        """From where on the speaker's hands may do something else."""
        return self.encounter.stop if self.encounter else self.arrival

    def part(self, actor: Actor) -> Part:
        """What ``actor`` does, ready to be made into frames."""
        timeline, speaks = self.timelines[actor.name], actor is self.speaker
        return Part(
            timeline,
            looks_at=self.partner if speaks else self.speaker,
            overlays=self._overlays(actor),
            speech=self.speech,
            speech_start=self.begin / FPS,
            speaking=speaks and self.speech is not None,
            listening=not speaks,
            walking=self.arrival if speaks else 0,
            expression=self.behaviour.expression if speaks else "",
            emotion=self.behaviour.emotion if speaks else Emotion(),
            provenance=(self._record() if speaks else {"clips": [], "acts": []}) | {"idles": timeline.idles},
            regard=self.encounter.regard(actor.name, len(timeline)) if self.encounter else None,
            absorbed=absorbed(self.events, len(timeline)) if speaks else None,
        )

    def _record(self) -> dict[str, Any]:
        """JSON: which clips the speaker plays when, and why."""
        played = {
            "clips": [event.clip.id for event in self.events],
            "events": [event.record() for event in self.events],
        }
        return {**self.choice.provenance(), **played, "notes": self.notes}

    def _overlays(self, actor: Actor) -> Sequence[Event]:
        """What is laid over a seated body: the speaker's gestures, and its role in what two people do together."""
        own = self.encounter.overlays(actor.name) if self.encounter else ()
        return (*own, *self.events) if actor is self.speaker and actor.seat is not None else own
