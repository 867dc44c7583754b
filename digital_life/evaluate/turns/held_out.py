"""The held-out turns: abstract turns, each made concrete for several personas, with what a right answer draws on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from digital_life.errors import InputError
from digital_life.persona.library import load_persona
from digital_life.persona.schema import Persona
from digital_life.yaml_file import load_yaml

SHIPPED = Path(__file__).parents[1] / "data" / "held_out_turns.yaml"
VISITOR = "Visitor"
Speaker = Literal["visitor", "friend", "self"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Line(_Part):
    """One line of the talk before the turn."""

    who: Speaker
    says: str


class Case(_Part):
    """What a turn is for one persona."""

    says: str = ""
    """What is said to the character; empty takes the turn's own."""
    earlier: list[Line] = Field(default_factory=list)
    language: str = "en"
    """ISO 639-1 code of the language that is spoken to the character; it may answer in it, or in English."""
    fact: str = ""
    """What a right answer draws on, for the judge; empty where nothing is asked for."""
    words: list[str] = Field(default_factory=list)
    """Words or phrases, one of which a right answer has."""
    never: list[str] = Field(default_factory=list)
    """Words or phrases that contradict the persona or the rules."""


class Turn(_Part):
    """One abstract turn. ``opens``: nothing was said before."""

    kind: str
    good: str
    says: str = ""
    opens: bool = False
    spoken_by: Literal["visitor", "friend"] = Field(default="visitor", alias="from")
    cases: dict[str, Case]


class Opening(_Part):
    """How every talk begins; ``answers`` are the characters' own, by persona."""

    visitor: str
    friend: str
    answers: dict[str, str]


class HeldOut(_Part):
    """The file of held-out turns. A friend is the first person of a persona's relationships."""

    situation: str
    places: list[str] = Field(min_length=1)
    personas: list[str] = Field(min_length=1)
    """Names of shipped personas, or paths."""
    opening: Opening
    turns: list[Turn] = Field(min_length=1)


@dataclass(frozen=True)
class Moment:
    """One turn for one persona, which an arm answers. ``earlier`` are (speaker, speech) in order."""

    id: str
    kind: str
    good: str
    persona: Persona
    partner: str
    by_person: bool
    """Whether a person speaks to it, not another character."""
    situation: str
    places: tuple[str, ...]
    earlier: tuple[tuple[str, str], ...]
    heard: str
    case: Case

    def talk(self) -> list[str]:
        """All that was said, a line each, with what is to be answered last."""
        return [f"{who}: {said}" for who, said in (*self.earlier, (self.partner, self.heard))]


def moments(path: Path | None = None) -> list[Moment]:
    """All turns for all personas of the file ``path``, or of the shipped one, persona by persona.

    Raises:
        InputError: the file is no such file, or a turn lacks something for a persona.
    """
    path = path or SHIPPED
    file = load_yaml(path, HeldOut)
    found = []
    for name in file.personas:
        persona = load_persona(name)
        found += [_moment(path, file, turn, number, name, persona) for number, turn in enumerate(file.turns, 1)]
    return found


def drawn(found: Sequence[Moment], count: int | None, seed: int) -> list[Moment]:
    """``count`` of the moments, in their order, spread evenly over turns and personas; all when it is None.

    The first moments that a seed draws are the same for every ``count``: a larger sample holds the smaller one.
    """
    random = Random(seed)
    turns = list(dict.fromkeys(moment.id.partition("-")[0] for moment in found))
    names = list(dict.fromkeys(moment.id.partition("-")[2] for moment in found))
    random.shuffle(turns)
    random.shuffle(names)
    order = [f"{turn}-{names[(at + k) % len(names)]}" for k in range(len(names)) for at, turn in enumerate(turns)]
    taken = set(order[:count])
    return [moment for moment in found if moment.id in taken]


def _moment(path: Path, file: HeldOut, turn: Turn, number: int, name: str, persona: Persona) -> Moment:
    case = turn.cases.get(name)
    said = (case.says or turn.says) if case else ""
    if case is None or not said or name not in file.opening.answers:
        raise InputError(
            f"{path}: turn {number} ({turn.kind}) does not say what '{name}' is to answer",
            f"give the turn, or its case of '{name}', a line 'says', and '{name}' an answer to the opening",
        )
    names: dict[Speaker, str] = {"visitor": VISITOR, "self": persona.name}
    names["friend"] = next(iter(persona.relationships), VISITOR)
    spoken = turn.spoken_by
    opening = [Line(who=spoken, says=getattr(file.opening, spoken)), Line(who="self", says=file.opening.answers[name])]
    lines = [*([] if turn.opens else opening), *case.earlier]
    return Moment(
        id=f"{number:02d}-{name}",
        kind=turn.kind,
        good=turn.good,
        persona=persona,
        partner=names[spoken],
        by_person=spoken == "visitor",
        situation=file.situation,
        places=tuple(file.places),
        earlier=tuple((names[line.who], line.says) for line in lines),
        heard=said,
        case=case,
    )
