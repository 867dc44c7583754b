"""Minds that live on fuzzed answers: whatever comes, nothing breaks, nothing is half written, every recovery is recorded."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digital_life.behaviour import Behaviour
from digital_life.errors import ModelError
from digital_life.evaluate.fuzz_answers import FuzzedModel
from digital_life.llm.chat import Message, ModelProfile, Reply, Usage
from digital_life.persona.library import load_persona
from digital_life.persona.schema import Persona
from digital_life.sociomind.mind import Mind
from digital_life.sociomind.planning import PlotPlan

PLACES = ("sofa", "table", "window")
_PARTNER_SAYS = (
    "Good evening.",
    "What do you do?",
    "I lost my dog.",
    "You are a liar.",
    "",
    "Tell me about home.",
    "Goodbye.",
)
_TURNS = 3
_PLAN = PlotPlan(title="A wait", situation="Two people wait for a train.", proposer="Guest")
_DIALOGUE_LIFE = 5
"""Every so many lives one is lived with the pipeline of small models."""


@dataclass
class Outcome:
    """What a run of the fuzzer met. ``faults`` is what must be empty."""

    answers: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)
    recoveries: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


class HashEncoder:
    """Sentence vectors from hashes: no meaning, no time."""

    def encode(self, sentences: list[str]) -> NDArray[np.float32]:
        """[N, 16] unit rows."""
        rows = [hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=64).digest() for text in sentences]
        numbers = np.frombuffer(b"".join(rows), dtype=np.uint32).reshape(len(sentences), 16).astype(np.float32)
        numbers = numbers / np.float32(2**31) - 1
        return np.asarray(numbers / np.linalg.norm(numbers, axis=1, keepdims=True), dtype=np.float32)


class FailingModel:
    """A model that never answers: what a mind does with it is what it must do after any failure."""

    def __init__(self, profile: ModelProfile) -> None:
        self.profile = profile

    def complete(self, messages: list[Message], **_: Any) -> Reply:
        """Always raises ``ModelError``."""
        raise ModelError("no answer")

    def structured(self, messages: list[Message], schema: type[Any], **_: Any) -> tuple[Any, Usage]:
        """Always raises ``ModelError``."""
        raise ModelError("no answer")

    def close(self) -> None:
        """Nothing to free."""


def fuzz(count: int, seed: int = 0) -> Outcome:
    """Let minds live until they were given ``count`` fuzzed answers."""
    outcome = Outcome()
    rng = random.Random(seed)
    encoder = HashEncoder()
    models = [FuzzedModel(rng.randrange(2**31), pipeline) for pipeline in ("structured", "dialogue")]
    life = 0
    while sum(model.answers.total() for model in models) < count:
        _live(models[life % _DIALOGUE_LIFE == _DIALOGUE_LIFE - 1], rng.randrange(2**31), encoder, rng, outcome)
        life += 1
    for model in models:
        outcome.answers += model.answers
        model.close()
    return outcome


@cache
def _persona() -> Persona:
    return load_persona("mira")


def _live(model: FuzzedModel, seed: int, encoder: HashEncoder, rng: random.Random, outcome: Outcome) -> None:
    """One conversation, reflection included, with the checks after each step."""
    persona = _persona()
    mind = Mind(persona, model, seed=seed, embedder=encoder)
    twin = Mind(persona, FailingModel(model.profile), seed=seed, embedder=encoder)  # type: ignore[arg-type]
    for name in ("news", "proposal", "joining"):
        _step(name, mind, twin, model, outcome)
    for _ in range(_TURNS):
        heard = Behaviour(speaker="Guest", partner="Mira", speech=rng.choice(_PARTNER_SAYS))
        mind.perceive(heard)
        _step("turn", mind, twin, model, outcome)
    _step("reflection", mind, twin, model, outcome)


def _step(name: str, mind: Mind, twin: Mind, model: FuzzedModel, outcome: Outcome) -> None:
    before, failed = mind.state(), model.failures
    outcome.steps[name] += 1
    try:
        done, recovered = _do(name, mind)
    except Exception as error:  # any at all is what is looked for
        outcome.faults.append(f"{name}: {type(error).__name__}: {str(error)[:300]}")
        mind.restore(before)
        return
    outcome.faults += [f"{name}: {fault}" for fault in _state_faults(mind)]
    failures = model.failures - failed
    if failures and not recovered:
        outcome.faults.append(f"{name}: a failure of the model stands nowhere in the record")
    if recovered:
        outcome.recoveries[name] += 1
    if recovered and failures >= _CALLS.get(name, 1):
        twin.restore(before)
        if _do(name, twin)[0] != done or _comparable(twin) != _comparable(mind):
            outcome.faults.append(f"{name}: a failed answer left traces in the state")


_CALLS = {"proposal": 2}
"""Requests of a step; where only some of them fail, the others rightly leave something."""


def _do(name: str, mind: Mind) -> tuple[Any, bool]:
    """Take a step; what came of it, and whether a recovery from a failure stands in it."""
    if name == "turn":
        behaviour = mind.act()
        return behaviour.model_copy(update={"mind": ""}), behaviour.mind.startswith("offline (fallback")
    if name == "reflection":
        return _recorded(mind.finish())
    if name == "joining":
        return _recorded(mind.join(_PLAN, ["Guest"], PLACES, _TURNS))
    if name == "news":
        return mind.learn("The last train has been cancelled."), bool(mind.last_problems)
    plan, topics = mind.propose(["Guest"], PLACES, "a waiting room")
    return [plan and plan.title, [topic.description for topic in topics]], bool(mind.last_problems)


def _recorded(changes: list[dict[str, Any]]) -> tuple[Any, bool]:
    kept = [change for change in changes if not change.get("kind", "").endswith("_failed")]
    return kept, len(kept) < len(changes)


def _comparable(mind: Mind) -> str:
    """The state without the labels of who wrote what."""
    state = mind.state()
    for behaviour in (state.get("plot") or {}).get("behaviours", []):
        behaviour["mind"] = ""
    return json.dumps(state, sort_keys=True)


def _state_faults(mind: Mind) -> list[str]:
    """What is wrong with a state: it must be JSON that any program reads, and come back as it was."""
    try:
        text = json.dumps(mind.state(), allow_nan=False, ensure_ascii=False)
        text.encode("utf-8")
    except (ValueError, UnicodeEncodeError) as error:
        return [f"the state is no clean JSON ({error})"]
    plot = mind.state().get("plot") or {}
    wrong = [item["place"] for item in plot.get("behaviours", []) if item["place"] not in ("", *PLACES)]
    return [f"went to places that do not exist: {wrong}"] if wrong else []
