"""One plot: a conversation with one partner or in a group, and what a mind keeps in view while it lasts."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from digital_life.behaviour import Behaviour
from digital_life.persona.schema import Subject
from digital_life.sociomind.hearing import asks_something


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_assignment=False)


class News(_Part):
    """Something that happened to a mind between two plots, or that it was told from outside."""

    description: str
    poignancy: int = Field(default=8, ge=1, le=9)
    emergency: int = Field(default=7, ge=1, le=9)


class Told(_Part):
    """How far a subject has been told in this plot."""

    pieces: list[str] = Field(default_factory=list)
    asked_back: bool = False


class Notes(_Part):
    """What the offline mind keeps in view during one plot."""

    greeted: bool = False
    introduced: bool = False
    asked_how: bool = False
    said_how: bool = False
    wound_down: bool = False
    others_hinted: bool = False
    """Whether somebody else has hinted that it is time to go."""
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
    silences: int = 0
    """Turns in which it answered without words."""
    echoes: list[str] = Field(default_factory=list)
    memory: str = ""
    memory_weight: float = 0.0
    seated: bool = False
    place: str = ""
    used: list[str] = Field(default_factory=list)
    """Every line, motion and question used in this plot."""


EXTRA_SUBJECTS = 1000
"""Index of the first subject that belongs to one plot only; the persona's own come before."""
FRESH = 2
"""So many turns a group's question or story waits for an answer, before the talk has gone on to something else."""
NAMELESS = {"you", "user", "visitor", "guest", "human", "person", "stranger", "me", "player"}


class Plot(_Part):
    """One conversation with one partner, or in a group with whoever is the partner at the moment."""

    index: int
    partner: str
    call_name: str = ""
    """What to call the partner; empty until a nameless visitor introduces themselves."""
    others: list[str] = Field(default_factory=list)
    """Everybody else who takes part, the partner among them."""
    known: list[str] = Field(default_factory=list)
    """Those of them who were met before."""
    gone: list[str] = Field(default_factory=list)
    """Those who have left or vanished."""
    hurt_by: list[str] = Field(default_factory=list)
    """Those who insulted this mind and have not made up for it."""
    refused: list[str] = Field(default_factory=list)
    """Those who refused a shared act, once for each time."""
    title: str = ""
    situation: str = ""
    topics: list[str] = Field(default_factory=list)
    """What this mind wants to bring up."""
    subjects: list[Subject] = Field(default_factory=list)
    """What it has to tell in this plot only, such as news."""
    preferred: list[int] = Field(default_factory=list)
    """Own subjects to be raised first, by index."""
    to_ask: list[str] = Field(default_factory=list)
    """Things that the partners told of, to be asked about first."""
    places: list[str] = Field(default_factory=list)
    max_turns: int = 8
    own_turns: int = 0
    behaviours: list[Behaviour] = Field(default_factory=list)
    heard: int = 0
    """How many of ``behaviours`` have moved the emotion."""
    finished: bool = False
    met_before: bool = False
    notes: Notes = Field(default_factory=Notes)

    @property
    def group(self) -> bool:
        """Whether more than two take part."""
        return len(self.others) > 1

    @property
    def present(self) -> list[str]:
        """The others who are still there."""
        return [name for name in self.others if name not in self.gone]

    def turn_to(self, name: str) -> None:
        """Make ``name`` the partner of the next turn."""
        if name != self.partner:
            self.partner = name
            self.call_name = "" if name.lower() in NAMELESS else name
        self.met_before = name in self.known

    def since_own_turn(self) -> list[Behaviour]:
        """What the others did since this mind's own last turn, oldest first."""
        names = {*self.others, self.partner}
        latest: list[Behaviour] = []
        for item in reversed(self.behaviours):
            if item.speaker not in names:
                break
            latest.append(item)
        return latest[::-1]

    def recent(self, count: int = 12) -> list[Behaviour]:
        """Short-term memory: the last behaviours of this plot, oldest first."""
        return self.behaviours[-count:] if count else []

    def repeats(self, behaviour: Behaviour, count: int = 5) -> bool:
        """Whether this very act is among the last ``count`` behaviours and nothing was done since; it is ignored then."""
        return count > 0 and behaviour in self.since_own_turn()[-count:]

    def last_heard(self) -> Behaviour | None:
        """The partner's last behaviour if it came after one's own; what they just asked one oneself comes first."""
        since = self.since_own_turn()
        latest = [item for item in reversed(since) if item.speaker == self.partner]
        for_me = (item for item in latest if item.partner not in ("", *self.others) and item in since[-FRESH:])
        asked = (item for item in for_me if asks_something(item.speech))
        return next(asked, latest[0] if latest else None)

    def spoke_first(self, name: str) -> bool:
        """Whether ``name`` opened the conversation."""
        return bool(self.behaviours) and self.behaviours[0].speaker == name

    def own_speech(self, name: str) -> list[str]:
        """What ``name`` has said so far."""
        return [item.speech for item in self.behaviours if item.speaker == name and item.speech]
