"""What a mind costs: calls and prompt tokens of one scripted episode, beside the released SocioMind on the same episode.

Both sides speak the same lines with the same personas, memories and exemplars. Ours really asks: an OpenAI-compatible server
that needs no model answers with the lines of the script, and what it was sent is counted. The
reference's prompts are rebuilt from its description (:mod:`digital_life.evaluate.reference_prompts`).
"""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from digital_life.behaviour import Behaviour
from digital_life.evaluate import reference_prompts as reference
from digital_life.evaluate.fake_llm_server import FakeServer, example_answer
from digital_life.evaluate.table import Table
from digital_life.llm.connect import connect
from digital_life.llm.embedding import default_folder
from digital_life.persona.library import load_persona
from digital_life.sociomind.exemplars import fitting_patterns
from digital_life.sociomind.memory import Memory
from digital_life.sociomind.mind import Mind
from digital_life.sociomind.state import MindState

NAMES = ("mira", "emeka")
PLACES = ["sofa", "table", "desk", "window"]
SITUATION = "Mira and Emeka, who met a week ago, wait in the community room until the rain stops. Mira needs help with her plants."
TURNS = 12
"""Six own turns each, as the reference plays them."""
LINES = (
    "Emeka! You are dry. How did you manage that?", "An umbrella, Mira. A simple structure. How are the plants?",
    "Three hundred pots and one pair of arms. I lost two trays to the wind.", "Two trays? What were you carrying them on?",
    "A door. It was a very good door until Tuesday.", "A door has its weight in the wrong place. I could build you a rack.",
    "You would do that? I have wood, if you do not mind salt in it.", "Salt preserves it. When do the storms begin?",
    "October. So I have three weeks and you.", "Then I will come on Saturday, at nine, with my level.",
    "Nine! You will get mint tea and burnt almonds.", "I accept the tea. We shall discuss the almonds.",
)  # fmt: skip
REMEMBERED = (
    ("event", "Last week we talked about bridges and who pays for them."),
    ("event", "We laughed about the rain that came through the roof."),
    ("thought", "One can rely on what this person says."),
    ("thought", "I would like to meet again."),
)


@dataclass
class Counted:
    """Requests of one character by turn: prompt tokens of each, and how many of them a cache has seen before."""

    turns: list[list[int]] = field(default_factory=list)
    cached: list[int] = field(default_factory=list)
    after: list[int] = field(default_factory=list)
    """Requests after the last turn."""


class TokenCounter:
    """Counts with the tokenizer of the packaged sentence model (WordPiece, 30,522 pieces)."""

    def __init__(self) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(default_folder() / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def count(self, texts: Sequence[str]) -> int:
        """Tokens of all texts together, without marks of beginning and end."""
        return sum(len(self._tokenizer.encode(text, add_special_tokens=False).ids) for text in texts)


def mind_cost() -> Table:
    """The table of the costs."""
    os.environ.setdefault("NO_PROXY", "127.0.0.1")
    counter = TokenCounter()
    ours, minds, dialogue, schema = _play(counter)
    theirs = [_reference(counter, mind, other, dialogue) for mind, other in zip(minds, reversed(minds), strict=True)]
    rows = [
        _row("calls a turn, median", _calls(theirs), _calls(ours), "{:.1f}"),
        _row("calls a turn, mean", _calls(theirs, mean=True), _calls(ours, mean=True), "{:.2f}"),
        _row("prompt tokens a turn, median", _tokens(theirs), _tokens(ours), "{:.0f}"),
        _row("prompt tokens of all turns", _sum(theirs), _sum(ours), "{:.0f}"),
        _row("calls to look back, both", _after(theirs, len), _after(ours, len), "{:.0f}"),
        _row("prompt tokens to look back, both", _after(theirs, sum), _after(ours, sum), "{:.0f}"),
        _row(
            "prompt tokens of the episode", _sum(theirs) + _after(theirs, sum), _sum(ours) + _after(ours, sum), "{:.0f}"
        ),
    ]
    share = sum(sum(item.cached) for item in ours) / _sum(ours)
    notes = [
        f"{share:.0%} of our tokens in turns are a beginning that the same character has sent before, so a local model or a "
        "server with a prompt cache does not compute them again.",
        f"The schema of a turn's answer is sent beside the prompt; a server that puts it into the prompt reads {schema} tokens more.",
        f"One episode of {TURNS} turns between Mira and Emeka, 12 lines of script; tokens by the WordPiece tokenizer of "
        "all-MiniLM-L6-v2; the reference's prompts rebuilt from its description, without its shortenings, retries and planning.",
    ]
    return Table(("", "released SocioMind (counted)", "ours", "ours / theirs"), rows, notes)


def _play(counter: TokenCounter) -> tuple[list[Counted], list[Mind], list[Behaviour], int]:
    """The episode with our minds and a server that answers with the script."""
    spoken = iter(LINES)

    def answer(request: dict[str, Any]) -> str:
        example = json.loads(example_answer(request))
        if "speech" in example:
            example |= {"speech": next(spoken), "motion": "turns one palm up", "expression": "open look", "place": ""}
            example |= {
                "thought": "This is going somewhere.",
                "pleasure": 6,
                "arousal": 5,
                "dominance": 5,
                "emotion": "glad",
            }
        return json.dumps(example)

    with FakeServer(answer=answer) as server:
        model, _ = connect("openai", base_url=server.url)
        minds = [_mind(name, model) for name in NAMES]
        for mind, other in zip(minds, reversed(minds), strict=True):
            mind.begin(other.persona.name, SITUATION, PLACES, TURNS // 2 + 1)
        counted, seen = [Counted(), Counted()], [[], []]  # type: list[Counted], list[list[str]]
        dialogue: list[Behaviour] = []
        for turn in range(TURNS):
            at = turn % 2
            first = len(server.requests)
            dialogue.append(minds[at].act())
            minds[1 - at].perceive(dialogue[-1])
            sent = [_texts(request) for request in server.requests[first:]]
            counted[at].turns.append([counter.count(texts) for texts in sent])
            counted[at].cached.append(sum(counter.count(_common(texts, seen[at])) for texts in sent))
            seen[at] = sent[-1] if sent else seen[at]
        schema = counter.count([_schema(server.requests[0])])
        for at, mind in enumerate(minds):
            first = len(server.requests)
            mind.finish()
            counted[at].after = [counter.count(_texts(request)) for request in server.requests[first:]]
        model.close()
    return counted, minds, dialogue, schema


def _mind(name: str, model: Any) -> Mind:
    mind = Mind(load_persona(name), model, seed=0)
    mind.begin("Nobody", "Last week.", PLACES, 1)  # the memories are of an earlier plot
    for kind, text in REMEMBERED:
        mind.memory.add(Memory(kind=kind, description=text, poignancy=6, plot=0))
    return mind


def _texts(request: dict[str, Any]) -> list[str]:
    return [item["content"] for item in request["messages"]]


def _schema(request: dict[str, Any]) -> str:
    return json.dumps(request.get("response_format", {}).get("json_schema", {}).get("schema", ""))


def _common(texts: Sequence[str], before: Sequence[str]) -> list[str]:
    """The messages at the beginning that are word for word those of the request before."""
    same = []
    for text, old in zip(texts, before, strict=False):
        if text != old:
            break
        same.append(text)
    return same


def _reference(counter: TokenCounter, mind: Mind, other: Mind, dialogue: Sequence[Behaviour]) -> Counted:
    """The reference's calls for the same character in the same episode."""
    persona, partner = mind.persona, other.persona.name
    state = MindState.model_validate(
        {name: value for name, value in mind.state().items() if name not in ("memories", "marks")}
    )
    memories = [text for _, text in REMEMBERED]
    patterns = fitting_patterns(persona.personality, SITUATION, mind.encoder)
    counted = Counted()
    own = 0
    for index, act in enumerate(dialogue):
        if act.speaker != persona.name:
            continue
        own += 1
        before = dialogue[:index]
        calls = [
            reference.decision(
                persona, state, partner, SITUATION, persona.topics[:2], PLACES, before, memories, patterns
            )
        ]
        if own % 3 == 0:
            calls.append(reference.emotion_update(persona, state, partner, dialogue[: index + 1], memories))
        counted.turns.append([counter.count(call) for call in calls])
    looked_back = reference.reflection(persona, state, partner, dialogue, memories * 2, patterns)
    counted.after = [counter.count(call) for call in looked_back]
    return counted


def _row(label: str, theirs: float, ours: float, form: str) -> tuple[str, str, str, str]:
    return label, form.format(theirs), form.format(ours), f"{ours / theirs:.2f}"


def _calls(counted: Sequence[Counted], *, mean: bool = False) -> float:
    values = [len(turn) for item in counted for turn in item.turns]
    return statistics.mean(values) if mean else statistics.median(values)


def _tokens(counted: Sequence[Counted]) -> float:
    return statistics.median(sum(turn) for item in counted for turn in item.turns)


def _sum(counted: Sequence[Counted]) -> int:
    return sum(sum(turn) for item in counted for turn in item.turns)


def _after(counted: Sequence[Counted], what: Any) -> int:
    return int(sum(what(item.after) for item in counted))
