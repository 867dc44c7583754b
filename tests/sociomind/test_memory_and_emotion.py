"""The forgetting curve's golden values, recall, temperament, appraisal and words."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from digital_life.persona.schema import BigFive
from digital_life.sociomind.emotion import APPRAISAL, appraise, decay, emotion, temperament
from digital_life.sociomind.encoder import KEPT, CachedEncoder
from digital_life.sociomind.memory import Memory, MemoryStore, is_forgotten, retention
from digital_life.sociomind.words import POLES, in_number, in_words


@pytest.mark.parametrize(
    ("kind", "age", "rate", "forgotten"),
    [
        ("event", 1, 0.8009, False),
        ("event", 3, 0.5251, False),
        ("event", 6, 0.3008, False),
        ("event", 7, 0.2564, True),
        ("thought", 1, 0.9295, False),
        ("thought", 8, 0.6207, False),
        ("thought", 9, 0.5948, True),
    ],
)
def test_golden_values_of_forgetting(kind: str, age: int, rate: float, forgotten: bool) -> None:
    assert retention(kind, age, 5, 1) == pytest.approx(rate, abs=5e-5)  # type: ignore[arg-type]
    assert is_forgotten(kind, age, 5, 1) is forgotten  # type: ignore[arg-type]


def test_no_memory_becomes_immortal_by_being_popular() -> None:
    assert retention("event", 2000, 5, 50) == retention("event", 2000, 5, 6) < 0.3


def store(*memories: Memory) -> MemoryStore:
    return MemoryStore(CachedEncoder(), memories)


def event(text: str, plot: int = 0) -> Memory:
    return Memory(kind="event", description=text, plot=plot)


def test_recall_takes_what_fits_best_last_and_counts_it() -> None:
    memories = store(
        event("Emeka said: my daughter is a surgeon in Leeds."),
        event("Emeka said: I once delayed a bridge because of a bolt."),
        event("Emeka said: I eat boiled yam every morning."),
    )
    recalled = memories.recall("How is your daughter, the surgeon?", plot=1)
    assert recalled[-1].description.startswith("Emeka said: my daughter")
    assert memories.accesses(recalled[-1]) == 2, "recall strengthens events too"
    assert memories.accesses(memories.memories[2]) == 1


def test_irrelevant_and_present_memories_stay_out() -> None:
    assert store(event("The moon was full.")).recall("What is your favourite soup?", plot=1) == []
    assert store(event("I like soup.", plot=1)).recall("What is your favourite soup?", plot=1) == []


def test_forgotten_memories_come_back_only_at_a_direct_cue() -> None:
    memories = store(event("My greenhouse burned down last winter."))
    fire = memories.memories[0]
    assert memories.is_forgotten(fire, 9)
    assert memories.recall("Do you like plants and glass?", plot=9) == []
    assert memories.recall("Your greenhouse burned down last winter.", plot=9) != []
    assert not memories.is_forgotten(fire, 9)


def test_the_same_event_is_kept_once() -> None:
    memories = store(event("My dog is called Doctor."))
    assert not memories.add(event("My dog is called Doctor."))
    assert memories.add(event("I was born beside a bridge in Isfahan."))


def test_temperament_follows_mehrabian() -> None:
    calm = temperament(BigFive(agreeableness=9, neuroticism=1))
    assert calm.pleasure == pytest.approx(5 + 4 * (0.59 + 0.19))
    assert calm.arousal == pytest.approx(5 + 4 * (0.30 - 0.57))
    assert temperament(BigFive()).model_dump(exclude={"description"}) == {"pleasure": 5, "arousal": 5, "dominance": 5}


def test_emotion_decays_to_the_temperament_and_stays_on_the_scale() -> None:
    baseline, now = temperament(BigFive()), emotion(1, 9, 9)
    distances = []
    for _ in range(12):
        now = decay(now, baseline)
        distances.append(abs(now.pleasure - baseline.pleasure))
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] < 0.2
    worst = appraise(emotion(1, 9, 1), [APPRAISAL["insult"]] * 3, BigFive(neuroticism=9))
    assert (worst.pleasure, worst.arousal) == (1, 9)


def test_an_insult_hurts_the_worrier_more() -> None:
    start = emotion(5, 5, 5)
    calm = appraise(start, [APPRAISAL["insult"]], BigFive(neuroticism=1))
    worried = appraise(start, [APPRAISAL["insult"]], BigFive(neuroticism=9))
    assert worried.pleasure < calm.pleasure < start.pleasure


def test_words_and_numbers_are_inverse() -> None:
    for scale in POLES:
        assert [in_number(scale, in_words(scale, value)) for value in range(1, 10)] == list(range(1, 10))
    assert in_words("extraversion", 8) == "very outgoing"
    assert in_number("trust", "utterly purple") is None


def test_sentences_of_long_ago_are_forgotten() -> None:
    asked: list[str] = []

    class Counting:
        def encode(self, sentences: list[str]) -> NDArray[np.float32]:
            asked.extend(sentences)
            return np.ones((len(sentences), 1), np.float32)

    encoder = CachedEncoder(Counting())
    for said in ("first", "first", *(f"line {number}" for number in range(KEPT)), "first"):
        encoder.one(said)
    assert asked.count("first") == 2 and len(asked) == KEPT + 2


def test_vectors_are_unit_rows() -> None:
    rows = CachedEncoder().encode(["one", "two", "one"])
    assert rows.shape == (3, 384)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)
    assert np.array_equal(rows[0], rows[2])
