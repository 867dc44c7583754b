"""Persona drift: a visitor says fifty lines that fit anybody, and how long do the answers stay those of the persona?

After the protocol of Li et al. 2024 (measuring and controlling persona drift): a long talk, cut into windows, each of
which is compared with the persona. Here the persona classifier compares, so no judge is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from digital_life.behaviour import Behaviour
from digital_life.errors import StorageError
from digital_life.llm.chat import ChatModel
from digital_life.llm.recording import RecordedModel
from digital_life.persona.schema import Persona
from digital_life.society.run_folder import file_stem
from digital_life.sociomind.config import ARMS
from digital_life.sociomind.mind import Mind
from digital_life.whole_file import whole_file
from digital_life.yaml_file import load_yaml

_LINES = Path(__file__).parents[1] / "data" / "drift_lines.yaml"
_VISITOR = "Visitor"
_SITUATION = "A waiting room in the evening. A visitor sits down and talks; there is plenty of time."
_PLACES = ["bench", "window"]


class _File(BaseModel):
    lines: list[str] = Field(min_length=2)


class Turn(BaseModel):
    """What the visitor said, what was answered (empty for silence), and which mind wrote it."""

    heard: str
    said: str
    mind: str


class DriftTalk(BaseModel):
    """One long talk; it is kept as JSON."""

    model_config = ConfigDict(extra="forbid")

    persona: str
    arm: str
    seed: int
    turns: list[Turn]


def visitor_lines(seed: int, turns: int) -> list[str]:
    """What the visitor says in ``turns`` turns: the first line first, the others shuffled; they come again after the last."""
    first, *others = load_yaml(_LINES, _File).lines
    random = Random(seed)
    said = [first]
    while len(said) < turns:
        said += random.sample(others, len(others))
    return said[:turns]


def drift_talk(
    folder: Path,
    persona: Persona,
    arm: str,
    seed: int,
    turns: int,
    model: ChatModel,
    report: Callable[[int], None] = lambda _done: None,
) -> DriftTalk:
    """The talk kept in ``folder``, or a new one, which is kept there when it is whole.

    What a model answers is kept on the way, so a talk that was stopped costs nothing twice.

    Raises:
        ModelError: the model gave no answer.
        StorageError: a kept talk is damaged, or a new one cannot be kept.
    """
    path = folder / f"{file_stem(persona.name)}-{arm}-{seed}.json"
    if path.is_file():
        try:
            return DriftTalk.model_validate_json(path.read_text(encoding="utf-8"))
        except (ValidationError, UnicodeDecodeError) as error:
            raise StorageError(f"{path} is damaged", "delete it, then the talk is held again") from error
    if model.profile.backend != "offline":
        model = RecordedModel(path.with_suffix(".calls.jsonl"), model)
    mind = Mind(persona, model, seed=seed, config=ARMS[arm])
    talk = DriftTalk(persona=persona.name, arm=arm, seed=seed, turns=[])
    mind.begin(_VISITOR, _SITUATION, _PLACES, turns + 1)
    for number, line in enumerate(visitor_lines(seed, turns)):
        mind.perceive(Behaviour(speaker=_VISITOR, partner=persona.name, speech=line, mind="visitor"))
        answer = mind.act()
        talk.turns.append(Turn(heard=line, said=answer.speech, mind=answer.mind))
        if answer.ends:  # it wants to go; the visitor meets it again
            mind.finish()
            mind.begin(_VISITOR, _SITUATION, _PLACES, turns - number)
        report(number + 1)
    with whole_file(path, "keeping a talk") as file:
        file.write(talk.model_dump_json(indent=1).encode())
    return talk
