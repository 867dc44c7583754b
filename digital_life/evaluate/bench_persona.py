"""The persona classifier measured: whose stories are these, told by what persona files say about their characters."""

from __future__ import annotations

from digital_life.evaluate.benchmarks import Row
from digital_life.evaluate.minds.likeness import WINDOW, PersonaClassifier
from digital_life.llm.embedding import shared_embedder
from digital_life.persona.library import list_personas, load_persona
from digital_life.sociomind.encoder import CachedEncoder


def persona_classifier() -> list[Row]:
    """Windows of the shipped personas' stories, which the classifier does not see, that it gives to the right one."""
    personas = [load_persona(name) for name in list_personas()]
    classifier = PersonaClassifier(personas, CachedEncoder(shared_embedder()))
    found = [
        window
        for persona in personas
        for window in classifier.windows([line for item in persona.subjects for line in item.tell], persona.name)
    ]
    right = sum(window.recognised for window in found)
    return [
        (f"stories in windows of {WINDOW} lines, {len(personas)} personas: right", float(right), f"of {len(found)}"),
        ("mean margin over the nearest other persona", sum(item.margin for item in found) / len(found), "cosine"),
    ]
