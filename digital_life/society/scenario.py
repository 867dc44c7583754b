"""A scenario file: a room, who is in it, what brings them together, and who decides what happens next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator

from digital_life.errors import InputError
from digital_life.llm.budget import Budget
from digital_life.persona.library import load_persona
from digital_life.persona.schema import Likert, Persona
from digital_life.stage.scene import Room
from digital_life.yaml_file import load_yaml

Mode = Literal["scripted", "autonomous", "event-driven"]
"""Who decides on the plots: the scenario, the minds, or the minds moved by the scenario's events."""

USUAL_PLOTS = 3
"""Plots of a run that the minds plan themselves."""
MOST_PLOTS = 50


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CastEntry(_Part):
    """One character of the scenario and where it is when the scene opens."""

    persona: str
    """Name of a shipped persona, or the path of a persona file relative to the scenario file."""
    place: str


class ScriptLine(_Part):
    """One act that a script prescribes, word for word. Without ``speech`` it is silent."""

    speaker: str
    to: str = ""
    """Whom it is for; empty means everybody (between two, the other one)."""
    speech: str = Field("", max_length=600)
    expression: str = ""
    motion: str = ""
    place: str = ""
    ends: bool = False


class PlotEntry(_Part):
    """One plot of a scripted run. After its ``script`` the minds go on by themselves."""

    title: str = ""
    situation: str
    rounds: int | None = Field(None, ge=0, le=50)
    """How often each may act after the script; 0 plays the script only, None takes the scenario's rounds."""
    topics: list[str] = Field(default_factory=list)
    """What the characters are to talk about."""
    opener: str = ""
    """Who speaks first; empty leaves it to the order of the cast."""
    places: dict[str, str] = Field(default_factory=dict)
    """Where characters are when it opens; the others stay where they were."""
    script: list[ScriptLine] = Field(default_factory=list)


class SceneEvent(_Part):
    """Something that happens to characters before a plot; it matters more to them than what they think of themselves."""

    plot: int = Field(1, ge=1, le=MOST_PLOTS)
    """Before which plot, counted from 1."""
    who: list[str] = Field(default_factory=list)
    """Names of those it happens to; empty means everybody."""
    text: str = Field(min_length=3, max_length=600)
    poignancy: Likert | None = None
    emergency: Likert | None = None
    """How much it matters and how pressing it is before it is raised by 5; None lets the mind judge."""


class ScenarioFile(_Part):
    """What a user writes: ``digital-life simulate`` plays it."""

    title: str = Field(min_length=1, max_length=80)
    situation: str
    """What all characters know about why they are here; two or three sentences."""
    room: Room
    cast: list[CastEntry] = Field(min_length=2, max_length=8)
    rounds: int = Field(6, ge=1, le=50)
    """How often each character may act in a plot before it ends."""
    seed: int = Field(0, ge=0)
    mode: Mode = "scripted"
    plots: list[PlotEntry] = Field(default_factory=list, max_length=MOST_PLOTS)
    """The plots of a scripted run; without any there is one, the situation."""
    episodes: int | None = Field(None, ge=1, le=MOST_PLOTS)
    """How many plots are played; None plays all that are scripted, or three that the minds plan."""
    events: list[SceneEvent] = Field(default_factory=list)
    budget: Budget = Budget()

    @field_validator("mode", mode="before")
    @classmethod
    def _old_name(cls, mode: Any) -> Any:
        """The reference calls scripted runs "preconfigured"."""
        return "scripted" if mode == "preconfigured" else mode

    @field_validator("cast")
    @classmethod
    def _places_exist(cls, cast: list[CastEntry], info: ValidationInfo) -> list[CastEntry]:
        room = info.data.get("room")
        known = [place.name for place in room.places] if room else []
        for entry in cast:
            if known and entry.place not in known:
                raise ValueError(f"{entry.persona} starts at '{entry.place}'; the room has {', '.join(known)}")
        return cast

    @field_validator("plots")
    @classmethod
    def _plots_fit(cls, plots: list[PlotEntry], info: ValidationInfo) -> list[PlotEntry]:
        room = info.data.get("room")
        known = {place.name for place in room.places} if room else set()
        for number, plot in enumerate(plots, 1):
            wanted = [*plot.places.values(), *(line.place for line in plot.script if line.place)]
            for place in wanted:
                if known and place not in known:
                    raise ValueError(
                        f"plot {number} needs the place '{place}'; the room has {', '.join(sorted(known))}"
                    )
            if plot.rounds == 0 and not plot.script:
                raise ValueError(f"plot {number} has neither rounds nor a script, so nothing would happen in it")
        return plots

    @model_validator(mode="after")
    def _mode_has_what_it_needs(self) -> ScenarioFile:
        if self.mode == "event-driven" and not self.events:
            raise ValueError("an event-driven run needs events: give at least one, or take the mode autonomous")
        if self.mode != "scripted" and self.plots:
            raise ValueError(f"plots are for scripted runs; in the mode {self.mode} the minds plan them: take them out")
        if self.mode == "scripted" and self.episodes and self.episodes > max(1, len(self.plots)):
            raise ValueError(
                f"episodes is {self.episodes}, but only {max(1, len(self.plots))} plots are scripted; "
                "write more, or take the mode autonomous"
            )
        return self

    @property
    def length(self) -> int:
        """Number of plots."""
        return self.episodes or (max(1, len(self.plots)) if self.mode == "scripted" else USUAL_PLOTS)

    def changed(
        self,
        *,
        mode: Mode | None = None,
        episodes: int | None = None,
        events: Sequence[SceneEvent] = (),
        budget: Budget | None = None,
    ) -> ScenarioFile:
        """This scenario with what was said on the command line; ``events`` come on top of its own.

        Raises:
            InputError: these do not go together, such as an event-driven run without events.
        """
        data: dict[str, Any] = {"events": [*self.events, *events], "budget": self.budget.merged(budget or Budget())}
        data |= {} if mode is None else {"mode": mode, "plots": self.plots if mode == "scripted" else []}
        data |= {} if episodes is None else {"episodes": episodes}
        try:
            return ScenarioFile.model_validate({**dict(self), **data})
        except ValidationError as error:
            problem = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise InputError(problem, "change the scenario, or the options --mode, --plots and --event") from None


class LoadedScenario(_Part):
    """A scenario with its personas read; this is what a run stores."""

    scenario: ScenarioFile
    personas: tuple[Persona, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the characters in the order of the cast."""
        return tuple(persona.name for persona in self.personas)

    def checked(self, source: str) -> LoadedScenario:
        """This scenario, if everybody it names is in its cast; ``source`` is said in the message.

        Raises:
            InputError: a script, an opener, a place or an event is of somebody else, or two characters have one name.
        """
        names = self.names
        twice = next((name for name in names if names.count(name) > 1), "")
        if twice:
            raise InputError(f"{source}: cast: two characters are called '{twice}'", "give each persona its own name")
        for where, name in self._named():
            if name and name not in names:
                raise InputError(f"{source}: {where}: nobody is called '{name}'", f"the cast is {', '.join(names)}")
        for number, event in enumerate(self.scenario.events, 1):
            if event.plot > self.scenario.length:
                raise InputError(
                    f"{source}: event {number} happens before plot {event.plot}, but there are {self.scenario.length} plots",
                    "give it an earlier plot, or play more episodes",
                )
        return self

    def _named(self) -> Iterable[tuple[str, str]]:
        for number, plot in enumerate(self.scenario.plots, 1):
            yield f"opener of plot {number}", plot.opener
            for name in plot.places:
                yield f"places of plot {number}", name
            for line in plot.script:
                yield f"script of plot {number}", line.speaker
                yield f"script of plot {number}", line.to
        for number, event in enumerate(self.scenario.events, 1):
            for name in event.who:
                yield f"event {number}", name


def load_scenario(path: str | Path) -> LoadedScenario:
    """Read and check a scenario file and the personas it names.

    Raises:
        InputError: the file or a persona is missing or wrong; the message names file, line and field.
    """
    path = Path(path)
    scenario = load_yaml(path, ScenarioFile)
    personas = tuple(load_persona(_persona_source(path, entry.persona)) for entry in scenario.cast)
    return LoadedScenario(scenario=scenario, personas=personas).checked(str(path))


def _persona_source(scenario_path: Path, persona: str) -> str | Path:
    beside = scenario_path.parent / persona
    return beside if persona.endswith((".yaml", ".yml")) and beside.exists() else persona
