"""Everything a mind holds between two turns, as plain data that survives JSON."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from digital_life.behaviour import Behaviour, Emotion
from digital_life.persona.schema import Motivation, Persona, Relationship
from digital_life.sociomind.emotion import temperament
from digital_life.sociomind.memory import Memory

STRANGER = Relationship(description="somebody just met", attitude="", trust=4, intimacy=2, supportiveness=5)


class _State(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_assignment=False)


class Told(_State):
    """How far a subject has been told in this plot."""

    pieces: list[str] = Field(default_factory=list)
    asked_back: bool = False


class Notes(_State):
    """What the offline mind keeps in view during one plot."""

    greeted: bool = False
    introduced: bool = False
    asked_how: bool = False
    said_how: bool = False
    wound_down: bool = False
    farewell_said: bool = False
    insults: int = 0
    subject: int | None = None
    """Own subject being told, index in the persona's list."""
    told: dict[int, Told] = Field(default_factory=dict)
    floor_turns: int = 0
    """Turns in a row in which the partner told something."""
    followed_up: list[str] = Field(default_factory=list)
    """Kinds of follow-up question asked about the partner's present subject."""
    asked_theme: str = ""
    asked_themes: list[str] = Field(default_factory=list)
    jokes: int = 0
    echoes: list[str] = Field(default_factory=list)
    memory: str = ""
    memory_weight: float = 0.0
    seated: bool = False
    place: str = ""
    used: list[str] = Field(default_factory=list)
    """Every line, motion and question used in this plot."""


class Plot(_State):
    """One conversation with one partner."""

    index: int
    partner: str
    call_name: str = ""
    """What to call the partner; empty until a nameless visitor introduces themselves."""
    situation: str = ""
    places: list[str] = Field(default_factory=list)
    max_turns: int = 8
    own_turns: int = 0
    behaviours: list[Behaviour] = Field(default_factory=list)
    heard: int = 0
    """How many of ``behaviours`` have moved the emotion."""
    finished: bool = False
    met_before: bool = False
    notes: Notes = Field(default_factory=Notes)

    def last_heard(self) -> Behaviour | None:
        """The partner's last behaviour if it came after one's own."""
        last = self.behaviours[-1] if self.behaviours else None
        return last if last is not None and last.speaker == self.partner else None

    def spoke_first(self, name: str) -> bool:
        """Whether ``name`` opened the conversation."""
        return bool(self.behaviours) and self.behaviours[0].speaker == name

    def own_speech(self, name: str) -> list[str]:
        """What ``name`` has said so far."""
        return [item.speech for item in self.behaviours if item.speaker == name and item.speech]


class MindState(_State):
    """The mind of one character."""

    emotion: Emotion
    motivation: Motivation
    beliefs: list[str]
    relationships: dict[str, Relationship]
    memories: list[Memory] = Field(default_factory=list)
    plots: int = 0
    """Number of plots begun so far."""
    used_before: list[str] = Field(default_factory=list)
    """Lines said in earlier plots, newest last."""
    plot: Plot | None = None

    def relationship(self, partner: str) -> Relationship:
        """How this mind sees ``partner``; strangers get a cautious start."""
        return self.relationships.get(partner, STRANGER)


def fresh_state(persona: Persona) -> MindState:
    """The state before the first plot."""
    return MindState(
        emotion=temperament(persona.personality),
        motivation=persona.motivation,
        beliefs=list(persona.beliefs),
        relationships=dict(persona.relationships),
    )


NAMELESS = {"you", "user", "visitor", "guest", "human", "person", "stranger", "me", "player"}


def begin_plot(state: MindState, partner: str, situation: str, places: Sequence[str], max_turns: int) -> None:
    """Open a new plot; the old one must have been finished or is dropped."""
    met_before = partner in state.relationships
    state.plot = Plot(
        index=state.plots,
        partner=partner,
        call_name="" if partner.lower() in NAMELESS else partner,
        situation=situation,
        places=list(places),
        max_turns=max(1, max_turns),
        met_before=met_before,
    )
    state.plots += 1
