"""What stands between any writer and the world: honesty about being a machine, and the user's content policy."""

from __future__ import annotations

from dataclasses import replace

from digital_life.behaviour import Behaviour
from digital_life.llm.chat import Usage
from digital_life.persona.schema import Persona
from digital_life.sociomind.default_lines import DEFAULT_LINES
from digital_life.sociomind.memory import MemoryStore
from digital_life.sociomind.plot import Plot
from digital_life.sociomind.policy import Policy, PolicyContext, judge
from digital_life.sociomind.sincerity import asks_sincerely, claims_to_be_human, honest_line
from digital_life.sociomind.state import MindState
from digital_life.sociomind.turn import Draft, turn_rng
from digital_life.sociomind.writer import Writer, Written

_CONTEXT = 12


class GuardedWriter:
    """A writer whose turns are honest and allowed; what was changed stands in the label of the turn."""

    def __init__(self, writer: Writer, persona: Persona, seed: int, policy: Policy | None = None) -> None:
        self._writer = writer
        self._persona = persona
        self._seed = seed
        self._policy = policy

    def warm_up(self) -> None:
        """Prepare the writer behind it."""
        self._writer.warm_up()

    def write(self, state: MindState, memory: MemoryStore) -> Written:
        """The next turn, as it may be done."""
        plot = state.plot
        assert plot is not None, "begin() comes before act()"
        return self._allowed(self._honest(state, memory, plot), plot)

    def _honest(self, state: MindState, memory: MemoryStore, plot: Plot) -> Written:
        """A sincere question is answered without any model; a later claim to be human is taken back."""
        asked = [asks_sincerely(item.speech) for item in plot.since_own_turn()]
        if any(asked):
            return Written(self._truth(plot), Usage(), "offline (guard: honest about being a machine)")
        written = self._writer.write(state, memory)
        if not claims_to_be_human(written.draft.speech) or not self._was_asked(plot):
            return written
        label = f"offline (guard: {written.label} claimed to be human)"
        return Written(self._truth(plot), written.usage, label)

    def _was_asked(self, plot: Plot) -> bool:
        return any(asks_sincerely(item.speech) for item in plot.behaviours if item.speaker != self._persona.name)

    def _truth(self, plot: Plot) -> Draft:
        rng = turn_rng(self._seed, (self._persona.name, plot.index, plot.own_turns, "truth"))
        line = honest_line(self._persona.name, rng, plot.own_speech(self._persona.name))
        heard = plot.last_heard()
        over = plot.own_turns >= plot.max_turns - 1 or (heard is not None and heard.ends)
        return Draft(line, "open look", "puts a hand on the chest", "", over)

    def _allowed(self, written: Written, plot: Plot) -> Written:
        if self._policy is None:
            return written
        context = PolicyContext(
            self._persona.name,
            plot.partner,
            plot.situation,
            tuple(item.line() for item in plot.behaviours[-_CONTEXT:]),
        )
        judged = judge(self._policy, self._behaviour(written, plot), context)
        if not judged.intervention:
            return written
        label = f"{written.label} (policy: {judged.intervention})"
        if judged.behaviour is not None:
            done = judged.behaviour
            place = done.place if done.place in plot.places else ""
            draft = replace(
                written.draft,
                speech=done.speech,
                expression=done.expression,
                motion=done.motion,
                place=place,
                ends=done.ends,
            )
            return replace(written, draft=draft, label=label)
        return replace(written, draft=self._instead(written, plot, context), label=label)

    def _instead(self, written: Written, plot: Plot, context: PolicyContext) -> Draft:
        """What is done in the place of something vetoed: a refusal if that is allowed, else nothing is said."""
        ends = written.draft.ends
        for line in (*self._persona.speech.lines.get("deflect", ()), *DEFAULT_LINES["deflect"]):
            draft = Draft(line, "calm look", "shakes the head", "", ends)
            if (
                "{" not in line
                and judge(self._policy, self._behaviour(replace(written, draft=draft), plot), context).intervention
                == ""
            ):
                return draft
        return Draft("", "calm look", "shakes the head", "", ends)

    def _behaviour(self, written: Written, plot: Plot) -> Behaviour:
        draft = written.draft
        return Behaviour(
            speaker=self._persona.name,
            partner=plot.partner,
            speech=draft.speech,
            expression=draft.expression,
            motion=draft.motion,
            place=draft.place,
            ends=draft.ends,
            mind=written.label,
        )
