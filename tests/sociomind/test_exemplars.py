"""The bank of behaviour patterns and how it is searched."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from digital_life.persona.facets import FACETS
from digital_life.persona.library import load_persona
from digital_life.persona.schema import BigFive
from digital_life.sociomind.config import MindConfig
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.exemplars import (
    bank,
    exemplar_queries,
    fitting_patterns,
    pattern_vectors,
    retrieve,
)
from digital_life.sociomind.state import begin_plot, fresh_state


def test_every_pole_of_every_facet_has_at_least_six_patterns() -> None:
    assert len(FACETS) == 30
    for facet in FACETS:
        for high in (True, False):
            assert sum(item.facet == facet and item.high == high for item in bank()) >= 6, (facet, high)


def test_no_pattern_stands_twice_and_each_makes_a_sentence() -> None:
    behaviours = [item.behaviour for item in bank()]
    assert len(set(behaviours)) == len(behaviours)
    assert all(item.behaviour[0].islower() and item.behaviour[-1] not in ".!" for item in bank())
    assert bank()[0].sentence().startswith("People high in imagination tend to ")
    assert not any("  " in text or "_" in text for text in behaviours)


def test_golden_scores_of_retrieval() -> None:
    """Score = facet . q + behaviour . q; two a query, the best score of a row counts; worked out by hand."""
    facets = np.array([[1, 0], [1, 0], [0, 1], [0.6, 0.8]], np.float32)
    behaviours = np.array([[1, 0], [0, 1], [0, 1], [0.8, 0.6]], np.float32)
    # q1 = (1, 0): 2.0, 1.0, 0.0, 1.4 keeps rows 0 and 3; q2 = (0, 1): 0.0, 1.0, 2.0, 1.4 keeps rows 2 and 3
    found = retrieve(np.eye(2, dtype=np.float32), facets, behaviours, per_query=2, count=6)
    assert [row for row, _ in found] == [0, 2, 3]
    assert [score for _, score in found] == pytest.approx([2.0, 2.0, 1.4])
    assert [row for row, _ in retrieve(np.eye(2, dtype=np.float32), facets, behaviours, per_query=1, count=1)] == [0]


def test_at_most_six_and_only_poles_that_the_persona_shows() -> None:
    persona = load_persona("emeka")
    state = fresh_state(persona)
    begin_plot(state, "Mira", "They wait for a bus.", [], 6)
    found = fitting_patterns(persona.personality, exemplar_queries(persona, state), CachedEncoder())
    assert len(found) == 6
    sentences = {item.sentence(): item for item in bank()}
    assert all(sentences[text].fits(persona.personality) for text in found)
    assert not any("People high in gregariousness" in text for text in found)


def test_a_facet_overrides_its_trait() -> None:
    shy_but_wild = BigFive(extraversion=2, facets={"excitement_seeking": 9})
    found = fitting_patterns(
        shy_but_wild, "riding a roller coaster and driving fast", CachedEncoder(), MindConfig(exemplars_per_query=6)
    )
    assert any("high in excitement seeking" in text for text in found)


def test_an_insult_and_a_party_bring_up_what_they_are_about() -> None:
    hot = BigFive(neuroticism=8, extraversion=8)
    insulted = fitting_patterns(hot, "He insulted me and I am furious.", CachedEncoder())
    party = fitting_patterns(hot, "There is a big party with many guests tonight.", CachedEncoder())
    assert any("anger" in text for text in insulted)
    assert any("gregariousness" in text for text in party)
    assert len(insulted) == 2, "a query keeps its best two"


def test_an_average_person_and_an_empty_query_bring_up_nothing() -> None:
    assert fitting_patterns(BigFive(), "a party", CachedEncoder()) == []
    assert fitting_patterns(BigFive(extraversion=9), "", CachedEncoder()) == []


def test_the_shipped_vectors_are_those_of_the_packaged_model() -> None:
    facets, behaviours = pattern_vectors(CachedEncoder())
    assert facets.shape == behaviours.shape == (len(bank()), 384)
    rows = list(range(0, len(bank()), 60))
    fresh = CachedEncoder().encode([bank()[row].behaviour for row in rows])
    assert np.allclose(np.sum(fresh * behaviours[rows], axis=1), 1, atol=1e-2)
    labels = CachedEncoder().encode([bank()[row].label for row in rows])
    assert np.allclose(np.sum(labels * facets[rows], axis=1), 1, atol=1e-2)


def test_another_sentence_model_makes_its_own_vectors() -> None:
    class Letters:
        def encode(self, sentences: list[str]) -> NDArray[np.float32]:
            rows = np.array([[text.count(letter) for letter in "aeiou"] for text in sentences], np.float32) + 0.1
            return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)

    assert pattern_vectors(CachedEncoder(Letters()))[1].shape == (len(bank()), 5)
