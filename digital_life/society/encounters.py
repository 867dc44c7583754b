"""What somebody does to somebody else: shared acts are answered by the partner's mind, whispers reach one ear only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from digital_life.behaviour import Behaviour
from digital_life.momat.interactions.library import load_interactions
from digital_life.momat.interactions.mention import mentioned
from digital_life.sociomind.mind import Mind
from digital_life.sociomind.sharing import ACTS, ActAnswer

_WHISPER = "whisper"


@dataclass(frozen=True)
class Answered:
    """A behaviour as it will be done, and how the partner answered what it asks for (None where it asks for nothing)."""

    behaviour: Behaviour
    act: str = ""
    partner: str = ""
    answer: ActAnswer | None = None

    def record(self) -> dict[str, Any]:
        """JSON: who asked whom for what, and what came of it."""
        assert self.answer is not None
        return {
            "act": self.act,
            "by": self.behaviour.speaker,
            "with": self.partner,
            "answer": self.answer.answer,
            "instead": self.answer.instead,
            "willingness": self.answer.willingness,
            "why": self.answer.why,
        }


def shared_act(behaviour: Behaviour, minds: Mapping[str, Mind]) -> tuple[str, str]:
    """The id of the interaction that the motion words ask for, and with whom; empty where they ask for none."""
    others = [name for name in minds if name != behaviour.speaker]
    named = next((name for name in others if name in behaviour.motion), behaviour.partner)
    if named not in others:
        if len(others) != 1:
            return "", ""
        named = others[0]
    found = mentioned(behaviour.motion, load_interactions(), (named,))
    return (found[0].id, named) if found else ("", "")


def answered(behaviour: Behaviour, minds: Mapping[str, Mind]) -> Answered:
    """Ask the partner's mind where the behaviour is something two people do, and make of it what the answer says."""
    act, partner = shared_act(behaviour, minds)
    if not act or act == _WHISPER:
        return Answered(behaviour)
    answer = minds[partner].answer_act(act, behaviour.speaker)
    change: dict[str, Any] = {"partner": partner, "shared": answer.instead or act, "response": answer.answer}
    if answer.answer == "adapt":
        change |= {
            "response": "accept",
            "motion": ACTS[answer.instead].words.format(partner=partner),
            "asked": behaviour.motion,
        }
    minds[behaviour.speaker].act_answered(act, partner, answer)
    return Answered(behaviour.model_copy(update=change), act, partner, answer)


def as_heard(behaviour: Behaviour, listener: str, minds: Mapping[str, Mind]) -> Behaviour:
    """What ``listener`` gets of it: everything, but of a whisper to somebody else only that there was one."""
    act, partner = shared_act(behaviour, minds)
    if act != _WHISPER or listener == partner:
        return behaviour
    return behaviour.model_copy(update={"speech": "", "motion": f"whispers something to {partner}"})
