"""What a judge is asked about a run: the controllability questionnaire, the two consistency scales, SOTOPIA's dimensions.

Protocol of the reference (SocioMind, Cai et al. 2024), with a model in the place of its raters: questions of three to five
options on belief, motivation, personality and relationship; plot and state consistency from 1 to 7. The seven dimensions and
their ranges are those of SOTOPIA-EVAL (Zhou et al. 2024).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from pydantic import BaseModel, ConfigDict, Field

from digital_life.evaluate.minds.run_data import RunData
from digital_life.llm.chat import Message
from digital_life.llm.untrusted import as_data
from digital_life.persona.library import list_personas, load_persona
from digital_life.persona.schema import Persona
from digital_life.sociomind.state import STRANGER
from digital_life.sociomind.words import in_words, personality_in_words
from digital_life.yaml_file import load_yaml

ASPECTS = ("belief", "motivation", "personality", "relationship")
SCALES = ("plot consistency", "state consistency")
SOTOPIA = {
    "believability": (0, 10), "relationship": (-5, 5), "knowledge": (0, 10), "secret": (-10, 0),
    "social_rules": (-10, 0), "financial": (-5, 5), "goal": (0, 10),
}  # fmt: skip
"""Dimensions with their published ranges."""
_SECRET = 5
"""Stories told only from this intimacy on are what a character keeps to itself."""


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: str = Field(max_length=1000)


class Choice(_Answer):
    """One of the options."""

    option: int = Field(ge=1, le=5)


class Rating(_Answer):
    """A degree of consistency."""

    score: int = Field(ge=1, le=7)


class Sotopia(_Answer):
    """The seven dimensions."""

    believability: int = Field(ge=0, le=10)
    relationship: int = Field(ge=-5, le=5)
    knowledge: int = Field(ge=0, le=10)
    secret: int = Field(ge=-10, le=0)
    social_rules: int = Field(ge=-10, le=0)
    financial: int = Field(ge=-5, le=5)
    goal: int = Field(ge=0, le=10)


class Prompts(BaseModel):
    """The file of prompts."""

    model_config = ConfigDict(extra="forbid")

    system: str
    choice: str
    questions: dict[str, str]
    plot_consistency: str
    state_consistency: str
    sotopia: str


@dataclass(frozen=True)
class Item:
    """One question. ``arm`` and ``seed`` are for the evaluation alone; ``messages`` do not tell them."""

    kind: str
    arm: str
    seed: int
    character: str
    messages: tuple[Message, ...]
    schema: type[Choice] | type[Rating] | type[Sotopia]
    options: tuple[str, ...] = ()
    right: int = 0
    """Number of the right option, from 1."""


@cache
def prompts() -> Prompts:
    """The prompts as the data file has them."""
    return load_yaml(Path(__file__).parents[1] / "data" / "judge_prompts.yaml", Prompts)


def items(run: RunData, arm: str, seed: int, shuffle: int) -> Iterator[Item]:
    """Every question about ``run``; ``shuffle`` seeds the choice and order of options.

    A question that cannot be asked (a run without personas, or with nothing said) is left out.
    """
    if not run.personas or not run.lines:
        return
    text = script(run)
    if len(run.plots) > 1:
        yield Item("plot consistency", arm, seed, "", _asked(prompts().plot_consistency, script=text), Rating)
    for persona in run.personas:
        about = {"name": persona.name, "script": text, "persona": persona_sheet(persona)}
        # Not seeded by the arm: every arm is asked with the same options in the same order.
        random = Random(f"{shuffle} {seed} {persona.name}")
        yield from _questionnaire(run, persona, arm, seed, text, random)
        told = run.courses.get(persona.name)
        if told:
            messages = _asked(prompts().state_consistency, **about, course=told)
            yield Item("state consistency", arm, seed, persona.name, messages, Rating)
        kept = [subject.about for subject in persona.subjects if subject.intimacy >= _SECRET]
        goal, secret = as_data(persona.motivation.short_term), as_data("; ".join(kept)) or "nothing in particular"
        messages = _asked(prompts().sotopia, **about, goal=goal, secret=secret)
        yield Item("sotopia", arm, seed, persona.name, messages, Sotopia)


def script(run: RunData) -> str:
    """The plots and acts of a run as a judge reads them."""
    lines: list[str] = []
    for number, title in enumerate(run.plots):
        lines += ["", f"Plot {number + 1}: {as_data(title)}"]
        lines += [as_data(line.shown) for line in run.lines if line.plot == number]
    return "\n".join(lines).strip()


def persona_sheet(persona: Persona) -> str:
    """Who a character is, in a few lines."""
    lines = [persona.description, f"Personality: {personality_in_words(persona.personality)}."]
    lines += [f"Beliefs: {' '.join(persona.beliefs)}", f"Wants: {persona.motivation.long_term}"]
    return "\n".join(as_data(line) for line in lines)


def _questionnaire(run: RunData, persona: Persona, arm: str, seed: int, text: str, random: Random) -> Iterator[Item]:
    partner = next((name for name in run.names if name != persona.name), "")
    for aspect in ASPECTS:
        if aspect == "relationship" and not partner:
            continue
        right, wrong = _options(aspect, run, persona, partner, random)
        options = sorted([right, *wrong])  # so that the place of the right one depends on the seed alone
        random.shuffle(options)
        question = prompts().questions[aspect].format(name=persona.name, partner=partner)
        shown = "\n".join(f"{number}. {as_data(option)}" for number, option in enumerate(options, 1))
        messages = _asked(prompts().choice, script=text, question=question, options=shown)
        yield Item(aspect, arm, seed, persona.name, messages, Choice, tuple(options), options.index(right) + 1)


def _options(aspect: str, run: RunData, persona: Persona, partner: str, random: Random) -> tuple[str, Sequence[str]]:
    """The right option and the wrong ones: three others for a belief, three motives, two poles, four degrees of nearness."""
    if aspect == "personality":
        traits = persona.personality.traits()
        marked = [name for name, value in traits.items() if abs(value - 5) >= 2]
        trait = random.choice(marked or [max(traits, key=lambda name: abs(traits[name] - 5))])
        degrees = [in_words(trait, value) for value in (2, 5, 8)]
        right = degrees[0 if traits[trait] < 5 else 1 if traits[trait] == 5 else 2]
        return right, [degree for degree in degrees if degree != right]
    if aspect == "relationship":
        near = _intimacy_at_last_plot(run, persona, partner)
        right = in_words("intimacy", _bin(near))
        return right, [in_words("intimacy", value) for value in (1, 3, 5, 7, 9) if value != _bin(near)]
    others = [other for other in _library() if other.name not in run.names]
    taken = random.sample(others, 3)
    if aspect == "belief":
        return random.choice(persona.beliefs), [random.choice(other.beliefs) for other in taken]
    return persona.motivation.long_term, [other.motivation.long_term for other in taken]


def _bin(value: float) -> int:
    """1, 3, 5, 7 or 9: 1-2, 3-4, 5, 6-7, 8-9."""
    return (1, 1, 3, 3, 5, 7, 7, 9, 9)[round(value) - 1]


def _intimacy_at_last_plot(run: RunData, persona: Persona, partner: str) -> float:
    begins = run.begins[-1]
    points = run.relationships.get((persona.name, partner), {}).get("intimacy", [])
    before = [value for turn, value in points if turn <= begins]
    return before[-1] if before else float(persona.relationships.get(partner, STRANGER).intimacy)


@cache
def _library() -> tuple[Persona, ...]:
    return tuple(load_persona(name) for name in list_personas())


def _asked(template: str, **values: str) -> tuple[Message, ...]:
    return (
        Message("system", prompts().system.strip(), fixed=True),
        Message("user", template.format(**values).strip()),
    )
