"""One plot being played: the script, then the minds in turn, until it is over."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from digital_life.behaviour import Behaviour
from digital_life.llm.budget import Meter
from digital_life.llm.chat import Usage
from digital_life.society.encounters import answered, as_heard
from digital_life.society.floor import next_speaker
from digital_life.society.performing import perform_turn
from digital_life.society.record import LoggedEvent, TurnRow
from digital_life.society.run_folder import RunFolder
from digital_life.society.scenario import ScriptLine
from digital_life.society.words_only import WordsOnly
from digital_life.sociomind.mind import Mind
from digital_life.sociomind.planning import PlotPlan
from digital_life.stage.stage import Stage

Report = Callable[[str, int, int], None]

SCENE = "scene"
"""Mind label of what only brings a character to where a plot opens; it is nobody's turn."""
SCRIPT = "script"
"""Mind label of what a scenario prescribes."""


_WINDING_DOWN = 2
"""Turns before the farewells of a group in which nothing new is begun."""


class Episode:
    """Plays one plot from wherever its record has got to. ``first`` is the number of the turn with which it opened."""

    def __init__(
        self,
        folder: RunFolder,
        stage: Stage | WordsOnly,
        minds: Mapping[str, Mind],
        meter: Meter,
        plan: PlotPlan,
        script: tuple[ScriptLine, ...],
        first: int,
        rounds: int,
        report: Report,
    ) -> None:
        self.folder = folder
        self.stage = stage
        self.minds = minds
        self.meter = meter
        self.plan = plan
        self.script = script
        self.first = first
        self.report = report
        self.limit = len(script) + rounds * len(minds)

    def play(self) -> str:
        """Play to the end; returns why it ended."""
        self._set_up()
        acts = self.acts()
        while True:
            reason = self._over(acts)
            if reason:
                return reason
            acts.append(self._take_turn(acts))

    def acts(self) -> list[Behaviour]:
        """What the characters did in this plot so far."""
        return [row.behaviour for row in self._rows() if row.behaviour and row.behaviour.mind != SCENE]

    def perform(self, turn: int, behaviour: Behaviour) -> None:
        """The stage plays it and the others perceive it; the states go into the record with the performances."""
        for name, mind in self.minds.items():
            if name == behaviour.speaker or behaviour.mind == SCENE:
                continue
            mind.perceive(as_heard(behaviour, name, self.minds))
            if behaviour.ends:
                mind.left(behaviour.speaker)
        states = {name: mind.checkpoint() for name, mind in self.minds.items() if name != behaviour.speaker}
        perform_turn(self.folder, self.stage, turn, behaviour, states)

    def _rows(self) -> list[TurnRow]:
        return self.folder.record.turns(self.first)

    def _set_up(self) -> None:
        """Bring everybody to where the plot has them at its opening."""
        rows = [row.behaviour for row in self._rows() if row.behaviour]
        done = {behaviour.speaker for behaviour in rows if behaviour.mind == SCENE}
        if any(behaviour.mind != SCENE for behaviour in rows):
            return
        for name in self.minds:
            opening = self.plan.openings.get(name)
            if opening is None or name in done or not (opening.place or opening.motion):
                continue
            at = self.stage.actors[name].place
            behaviour = Behaviour(
                speaker=name,
                motion=opening.motion,
                place=opening.place if opening.place != at else "",
                emotion=self.minds[name].emotion,
                mind=SCENE,
            )
            if behaviour.place or behaviour.motion:
                number = self.folder.record.next_turn()
                self.folder.record.add_turn(number, behaviour, Usage(), {})
                self.perform(number, behaviour)

    def _take_turn(self, acts: list[Behaviour]) -> Behaviour:
        number = self.folder.record.next_turn()
        line = self.script[len(acts)] if len(acts) < len(self.script) else None
        events: list[LoggedEvent] = []
        if line is not None:
            behaviour, usage = self._answered(self._scripted(line), events), Usage()
            self.minds[line.speaker].said(behaviour)
        else:
            name = self._speaker(acts)
            self.report(f"{name} is thinking", len(acts), self.limit)
            behaviour, usage = self._free(name, acts, events)
        states = {behaviour.speaker: self.minds[behaviour.speaker].checkpoint()}
        self.folder.record.add_turn(number, behaviour, usage, states, events)
        self.perform(number, behaviour)
        self.report(behaviour.line(to_whom=len(self.minds) > 2), len(acts) + 1, self.limit)
        return behaviour

    def _scripted(self, line: ScriptLine) -> Behaviour:
        others = [name for name in self.minds if name != line.speaker]
        return Behaviour(
            **line.model_dump(exclude={"to"}),
            partner=line.to or (others[0] if len(others) == 1 else ""),
            emotion=self.minds[line.speaker].emotion,
            mind=SCRIPT,
        )

    def _free(self, name: str, acts: list[Behaviour], events: list[LoggedEvent]) -> tuple[Behaviour, Usage]:
        mind = self.minds[name]
        mind.allow(self._turns_left(acts))
        behaviour = mind.act(lambda intended: self._answered(intended, events))
        if mind.last_thought:
            events.append(("thought", name, mind.last_thought))
        return behaviour, mind.last_usage

    def _answered(self, behaviour: Behaviour, events: list[LoggedEvent]) -> Behaviour:
        """What becomes of it when the partner has answered what it asks for."""
        outcome = answered(behaviour, self.minds)
        if outcome.answer is not None:
            events.append(("shared_act", behaviour.speaker, outcome.record()))
        return outcome.behaviour

    def _speaker(self, acts: list[Behaviour]) -> str:
        present = self._present(acts)
        if self._closing(acts):
            heard_last = [name for name in present if name != acts[-1].speaker] or present
            return heard_last[0] if len(present) > 2 else next_speaker(acts, present, {}, self.plan.opener)
        if len(present) == 2:
            return next_speaker(acts, present, {}, self.plan.opener)
        urges = {name: self.minds[name].urge() for name in present}
        return next_speaker(acts, present, urges, self.plan.opener)

    def _present(self, acts: list[Behaviour]) -> list[str]:
        """Those who have not taken leave."""
        gone = {act.speaker for act in acts if act.ends}
        return [name for name in self.minds if name not in gone]

    def _closing(self, acts: list[Behaviour]) -> bool:
        """Whether there is only time for everybody's farewell."""
        present = self._present(acts)
        return bool(acts) and (self.limit - len(acts) <= len(present) or bool(self.meter.exceeded()))

    def _turns_left(self, acts: list[Behaviour]) -> int:
        present = self._present(acts)
        if len(present) == 1 or self.meter.exceeded():
            return 1
        left = self.limit - len(acts)
        if len(self.minds) == 2:
            return math.ceil(left / 2)
        if self._closing(acts):
            return 1
        before_closing = left - len(present)
        return 2 if before_closing <= _WINDING_DOWN else max(3, math.ceil(left / len(present)))

    def _over(self, acts: list[Behaviour]) -> str:
        """Why the plot is over, or "": its length, or all but one took leave and that one has answered."""
        present = self._present(acts)
        if len(acts) >= self.limit:
            return "length" if present else "farewell"
        if len(acts) < len(self.script):
            return ""
        if not present:
            return "farewell"
        # The last one has had the chance to answer the farewell of the last one but one.
        alone = len(present) == 1 and acts and acts[-1].speaker == present[0]
        return "farewell" if alone else ""
