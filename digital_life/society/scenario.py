"""A scenario file: a room, who is in it, and what brings them together."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from digital_life.errors import InputError
from digital_life.persona.library import load_persona
from digital_life.persona.schema import Persona
from digital_life.stage.scene import Room
from digital_life.yaml_file import load_yaml


class CastEntry(BaseModel):
    """One character of the scenario and where it is when the scene opens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    persona: str
    """Name of a shipped persona, or the path of a persona file relative to the scenario file."""
    place: str


class ScenarioFile(BaseModel):
    """What a user writes: ``digital-life simulate`` plays it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(min_length=1, max_length=80)
    situation: str
    """What both characters know about why they are here; two or three sentences."""
    room: Room
    cast: list[CastEntry] = Field(min_length=2, max_length=2)
    rounds: int = Field(6, ge=1, le=50)
    """How often each character may act before the scene ends."""
    seed: int = Field(0, ge=0)

    @field_validator("cast")
    @classmethod
    def _places_exist(cls, cast: list[CastEntry], info: ValidationInfo) -> list[CastEntry]:
        room = info.data.get("room")
        known = [place.name for place in room.places] if room else []
        for entry in cast:
            if known and entry.place not in known:
                raise ValueError(f"{entry.persona} starts at '{entry.place}'; the room has {', '.join(known)}")
        return cast


class LoadedScenario(BaseModel):
    """A scenario with its personas read; this is what a run stores."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scenario: ScenarioFile
    personas: tuple[Persona, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the characters in the order of the cast."""
        return tuple(persona.name for persona in self.personas)


def load_scenario(path: str | Path) -> LoadedScenario:
    """Read and check a scenario file and the personas it names.

    Raises:
        InputError: the file or a persona is missing or wrong; the message names file, line and field.
    """
    path = Path(path)
    scenario = load_yaml(path, ScenarioFile)
    personas = tuple(load_persona(_persona_source(path, entry.persona)) for entry in scenario.cast)
    names = [persona.name for persona in personas]
    if len(set(names)) != len(names):
        raise InputError(f"{path}: cast: two characters are called '{names[0]}'", "give each persona its own name")
    return LoadedScenario(scenario=scenario, personas=personas)


def _persona_source(scenario_path: Path, persona: str) -> str | Path:
    beside = scenario_path.parent / persona
    return beside if persona.endswith((".yaml", ".yml")) and beside.exists() else persona
