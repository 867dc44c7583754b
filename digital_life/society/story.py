"""Where plots come from: a scenario has them written down, or the minds plan each one when the last is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from digital_life.llm.budget import Meter
from digital_life.society.scenario import LoadedScenario, PlotEntry, ScriptLine
from digital_life.society.together import all_at_once
from digital_life.sociomind.mind import Mind
from digital_life.sociomind.planning import Opening, PlotPlan, Topic, choose
from digital_life.sociomind.titles import title_of

SCRIPTED_WEIGHT = 5
"""Poignancy of topics that a scenario names."""


@dataclass(frozen=True)
class NextPlot:
    """A plot as it is going to be played. ``log`` (kind, owner, data) tells how it came about."""

    plan: PlotPlan
    script: tuple[ScriptLine, ...] = ()
    log: list[tuple[str, str | None, Any]] = field(default_factory=list)


class Story:
    """Gives the plots of one run, one after the other."""

    def __init__(self, loaded: LoadedScenario, minds: Mapping[str, Mind], meter: Meter) -> None:
        self._scenario = loaded.scenario
        self._minds = minds
        self._meter = meter
        self._places = [place.name for place in loaded.scenario.room.places]

    def plot(self, index: int) -> NextPlot | None:
        """Plot number ``index`` (from 0); None when the run has no more, or nobody wants anything."""
        if index >= self._scenario.length:
            return None
        log = self._news(index)
        if self._scenario.mode == "scripted":
            entry, title = self._written(index)
            return NextPlot(self._plan(entry, title), tuple(entry.script), log)
        plan = self._planned(index, log)
        return NextPlot(plan, (), log) if plan else None

    def _news(self, index: int) -> list[tuple[str, str | None, Any]]:
        """Let the events before this plot happen to those whom they concern."""
        log: list[tuple[str, str | None, Any]] = []
        for event in self._scenario.events:
            if event.plot != index + 1:
                continue
            for name in event.who or self._minds:
                news = self._minds[name].learn(event.text, poignancy=event.poignancy, emergency=event.emergency)
                log.append(("news", name, news))
                log += self._problems(name)
        return log

    def _problems(self, name: str) -> list[tuple[str, str, Any]]:
        """What the model of a mind failed at in planning, for the record."""
        return [("planning_failed", name, problem) for problem in self._minds[name].last_problems]

    def _written(self, index: int) -> tuple[PlotEntry, str]:
        scenario = self._scenario
        if not scenario.plots:
            return PlotEntry(situation=scenario.situation), scenario.title
        entry = scenario.plots[index]
        return entry, entry.title or f"{scenario.title}, part {index + 1}"

    def _plan(self, entry: PlotEntry, title: str) -> PlotPlan:
        general = self._scenario.situation.strip() if self._scenario.plots else ""
        return PlotPlan(
            title=title,
            situation=" ".join(part for part in (general, entry.situation.strip()) if part),
            topics=tuple(
                Topic(description=text, summary=title_of(text), poignancy=SCRIPTED_WEIGHT, emergency=1)
                for text in entry.topics
            ),
            opener=entry.opener,
            openings={name: Opening(place=place) for name, place in entry.places.items()},
            rounds=entry.rounds,
            by="scenario",
        )

    def _planned(self, index: int, log: list[tuple[str, str | None, Any]]) -> PlotPlan | None:
        """Every mind proposes, and one proposal is taken for all."""
        room = self._scenario.room.name

        def ask(name: str) -> tuple[PlotPlan | None, Sequence[Topic]]:
            return self._minds[name].propose([other for other in self._minds if other != name], self._places, room)

        answers = all_at_once(self._minds, ask, self._meter)
        for name, (proposal, topics) in answers.items():
            log += self._problems(name)
            log.append(("topics", name, [topic.model_dump(mode="json") for topic in topics]))
            if proposal is not None:
                log.append(("proposal", name, proposal.model_dump(mode="json")))
        chosen = choose([proposal for proposal, _ in answers.values() if proposal is not None])
        if chosen is None:
            return None
        if index == 0:
            return chosen.model_copy(update={"situation": f"{self._scenario.situation.strip()} {chosen.situation}"})
        return chosen
