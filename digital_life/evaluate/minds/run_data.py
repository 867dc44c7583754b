"""What a recorded run shows without any judge: lines, curves of the state, memories with links, who said what about whom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digital_life.evaluate.minds.course import course
from digital_life.persona.schema import Persona
from digital_life.society.run_folder import RunFolder
from digital_life.sociomind.change import Change
from digital_life.sociomind.hearing import split_sentences
from digital_life.sociomind.memory import Memory
from digital_life.sociomind.state import STRANGER

EMOTION = ("pleasure", "arousal", "dominance")
RELATIONSHIP = ("trust", "intimacy", "supportiveness")

Points = list[tuple[float, float]]
"""(turn of the whole run, value 1-9)."""
Curves = dict[str, Points]


@dataclass(frozen=True)
class Line:
    """One act of a character, silent ones too. ``plot`` counts from 0."""

    turn: int
    plot: int
    speaker: str
    partner: str
    speech: str
    shown: str
    """Speech, expression and motion as transcripts show them."""
    mind: str


@dataclass(frozen=True)
class Statement:
    """``who`` said, thinks or keeps ``what`` about ``about``."""

    kind: str
    who: str
    about: str
    what: str
    plot: int
    turn: int


@dataclass(frozen=True)
class RunData:
    """A run, read once."""

    source: str
    title: str
    mind: str
    seed: int
    names: tuple[str, ...]
    personas: tuple[Persona, ...]
    lines: list[Line]
    plots: list[str]
    """Titles."""
    borders: list[float]
    """Turns after which plots ended."""
    emotions: Mapping[str, Curves]
    relationships: Mapping[tuple[str, str], Curves]
    """By (who, towards whom)."""
    memories: Mapping[str, list[Memory]]
    statements: list[Statement]
    courses: Mapping[str, str]
    """How each mind's state went on from plot to plot, in words."""

    @property
    def begins(self) -> list[float]:
        """Turns at which plots began."""
        return [0.0, *self.borders][: max(1, len(self.plots))]

    def talk(self) -> list[tuple[str, str]]:
        """(speaker, speech) of all turns."""
        return [(line.speaker, line.speech) for line in self.lines]

    def said_by(self, name: str) -> list[str]:
        """What ``name`` said aloud."""
        return [line.speech for line in self.lines if line.speaker == name and line.speech.strip()]


def read_run(folder: RunFolder) -> RunData:
    """Everything of a run that is plotted; reading changes nothing.

    Raises:
        StorageError: the record is damaged.
    """
    record, scene = folder.record, folder.scene
    begun = [(turn or 0, data["plan"]["title"]) for turn, _, data in record.events_of_turns("plot")]
    lines = list(_lines(folder, [turn for turn, _ in begun]))
    changes = record.changes()
    offsets = _offsets([change for _, change in changes])
    personas = scene.loaded.personas if scene.loaded else ()
    minds = {name: record.memories(name)[0] for name in scene.names}
    memories = {name: [kept.memory for kept in items] for name, items in minds.items() if items}
    return RunData(
        source=folder.root.name,
        title=scene.title,
        mind=scene.mind,
        seed=scene.seed,
        names=scene.names,
        personas=personas,
        lines=lines,
        plots=[title for _, title in begun] or [scene.title],
        borders=sorted(set(offsets.values()))[1:],
        emotions=_emotions(changes, offsets),
        relationships=_relationships(changes, offsets),
        memories=memories,
        courses={name: course([c for owner, c in changes if owner == name], len(begun) or 1) for name in memories},
        statements=sorted(_statements(lines, changes, memories), key=lambda item: (item.plot, item.turn)),
    )


def _lines(folder: RunFolder, begun: Sequence[int]) -> Iterator[Line]:
    from digital_life.society.episode import SCENE

    group = len(folder.scene.names) > 2
    for row in folder.record.turns():
        behaviour = row.behaviour
        if behaviour is None or behaviour.mind == SCENE:
            continue
        plot = max(0, sum(first <= row.turn for first in begun) - 1)
        shown = behaviour.line(to_whom=group)
        yield Line(row.turn, plot, behaviour.speaker, behaviour.partner, behaviour.speech, shown, behaviour.mind)


def _offsets(changes: Sequence[Change]) -> dict[int, float]:
    """Turns of the whole run before each plot; a plot is as long as the last change in it says."""
    last: dict[int, int] = {}
    for change in changes:
        last[change.plot] = max(change.turn, last.get(change.plot, 0))
    offsets, total = {}, 0.0
    for plot in range(max(last, default=-1) + 1):
        offsets[plot] = total
        total += last.get(plot, 0)
    return {**offsets, len(offsets): total}


def _emotions(changes: Sequence[tuple[str, Change]], offsets: Mapping[int, float]) -> dict[str, Curves]:
    found: dict[str, Curves] = {}
    for owner, change in changes:
        if change.part == "emotion":
            _append(found.setdefault(owner, {}), EMOTION, change, change.before, offsets)
    return found


def _relationships(
    changes: Sequence[tuple[str, Change]], offsets: Mapping[int, float]
) -> dict[tuple[str, str], Curves]:
    found: dict[tuple[str, str], Curves] = {}
    for owner, change in changes:
        if change.part == "relationship" and change.after is not None:
            before = change.before or STRANGER.model_dump()
            _append(found.setdefault((owner, change.partner), {}), RELATIONSHIP, change, before, offsets)
    return found


def _append(curves: Curves, names: Sequence[str], change: Change, before: Any, offsets: Mapping[int, float]) -> None:
    x = offsets[change.plot] + change.turn
    for name in names:
        points = curves.setdefault(name, [(0.0, float(before[name]))])
        points.append((x, float(change.after[name])))


def _statements(
    lines: Sequence[Line], changes: Sequence[tuple[str, Change]], memories: Mapping[str, Sequence[Memory]]
) -> Iterator[Statement]:
    people = {*memories, *(line.speaker for line in lines)}
    people |= {change.partner for _, change in changes if change.partner}
    for number, line in enumerate(lines):
        for sentence in split_sentences(line.speech):
            for name in people - {line.speaker, line.partner}:
                if re.search(rf"\b{re.escape(name)}\b", sentence):
                    yield Statement("said", line.speaker, name, sentence, line.plot, number + 1)
    for owner, items in memories.items():
        for memory in items:
            if memory.kind == "fact" and memory.person:
                what = f"{memory.description} (kept by {owner})"
                yield Statement("told", memory.person, memory.person, what, memory.plot, memory.turn)
            elif memory.kind == "thought" and memory.partner:
                yield Statement("thinks", owner, memory.partner, memory.description, memory.plot, memory.turn)
    for owner, change in changes:
        if change.part == "relationship" and change.after:
            what = ". ".join(text for text in (change.after["description"], change.after["attitude"]) if text)
            yield Statement("sees as", owner, change.partner, what, change.plot, change.turn)
