"""Shared parts of the tests of the mind."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from digital_life.behaviour import Behaviour
from digital_life.llm.offline import OfflineModel
from digital_life.persona.library import load_persona
from digital_life.sociomind.mind import Mind

os.environ.setdefault("OMP_NUM_THREADS", "1")  # short sentences only lose time on several threads of a busy machine
PLACES = ["sofa", "table", "window"]


@pytest.fixture
def make_mind() -> Callable[..., Mind]:
    def make(
        name: str = "mira", partner: str = "Guest", *, seed: int = 0, turns: int = 20, model: object = None
    ) -> Mind:
        mind = Mind(load_persona(name), model or OfflineModel(), seed=seed)  # type: ignore[arg-type]
        mind.begin(partner, "Two people wait for the rain to stop.", PLACES, turns)
        return mind

    return make


@pytest.fixture
def say() -> Callable[[Mind, str], Behaviour]:
    def tell(mind: Mind, text: str) -> Behaviour:
        mind.perceive(Behaviour(speaker="Guest", partner=mind.persona.name, speech=text, mind="person"))
        return mind.act()

    return tell


def converse(one: Mind, two: Mind, turns: int) -> list[Behaviour]:
    """Both act in turn, until somebody took leave and the other one has answered."""
    said: list[Behaviour] = []
    while len(said) < 2 * turns and not (len(said) >= 2 and said[-2].ends):
        speaker, listener = (one, two) if len(said) % 2 == 0 else (two, one)
        said.append(speaker.act())
        listener.perceive(said[-1])
    return said
