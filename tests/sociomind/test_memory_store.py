"""Long-term memory: golden scores worked out by hand, the gate, filters, sameness, very many memories, ablations."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from digital_life.sociomind.config import ARMS, MindConfig
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.memory import Kept, Memory, MemoryStore, manual_event, retention, shortened
from digital_life.sociomind.memory.forgetting import CURVES, retentions
from digital_life.sociomind.memory.node import KINDS, LONGEST
from digital_life.sociomind.memory.sameness import same_thing
from digital_life.sociomind.memory.table import EXACT
from digital_life.sociomind.memory.terms import TermIndex, terms

DENSE = MindConfig(hybrid=False)


class Plane:
    """Sentences as given directions of a plane, in degrees; what is not given points away from all."""

    def __init__(self, degrees: Mapping[str, float]) -> None:
        self.degrees = degrees

    def encode(self, sentences: list[str]) -> NDArray[np.float32]:
        angles = np.radians([self.degrees.get(text, 270.0) for text in sentences])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def plane(config: MindConfig = DENSE, **degrees: float) -> MemoryStore:
    return MemoryStore(CachedEncoder(Plane(degrees)), config=config)


def event(text: str, plot: int = 0, poignancy: int = 5) -> Memory:
    return Memory(kind="event", description=text, plot=plot, poignancy=poignancy)


def thought(text: str, plot: int = 0) -> Memory:
    return Memory(kind="thought", description=text, plot=plot)


# -- the formula -----------------------------------------------------------------------------------------------------


def test_golden_scores_are_cosine_times_rate() -> None:
    """cos 60 = .5, times .5251 (event, 3 plots); cos 30 = .8660, times .9295 (thought, 1 plot)."""
    store = plane(cue=0, old=60, new=30)
    store.add(event("old", plot=0))
    store.add(thought("new", plot=2))
    found = store.search("cue", 3)
    assert [(item.memory.description, item.memory.kind) for item in found] == [("old", "event"), ("new", "thought")]
    assert found[0].score == pytest.approx(0.5 * 0.5251, abs=5e-4)
    assert found[1].score == pytest.approx(0.8660 * 0.9295, abs=5e-4)
    assert found[1].rate == pytest.approx(0.9295, abs=5e-5)


def test_columns_follow_the_same_curve_as_single_memories() -> None:
    rng = np.random.default_rng(0)
    kinds, poignancy = rng.integers(0, len(KINDS), 50), rng.integers(1, 10, 50)
    ages, accesses = rng.integers(-2, 40, 50), rng.integers(1, 12, 50)
    rates, forgotten = retentions(
        kinds.astype(np.int8), ages.astype(np.int32), poignancy.astype(np.int8), accesses.astype(np.int16)
    )
    for at in range(50):
        kind = KINDS[kinds[at]]
        rate = retention(kind, ages[at], poignancy[at], accesses[at])
        assert rates[at] == pytest.approx(rate, abs=1e-6)
        assert forgotten[at] == (rate < CURVES[kind].threshold)


def test_plots_until_an_event_is_forgotten_follow_the_algebra() -> None:
    """Forgotten when the age exceeds 0.376 * 2^access * (3 + poignancy)."""
    for poignancy, accesses in ((1, 1), (5, 1), (5, 2), (9, 3)):
        limit = 0.376 * 2**accesses * (3 + poignancy)
        assert retention("event", math.floor(limit), poignancy, accesses) >= 0.3
        assert retention("event", math.ceil(limit), poignancy, accesses) < 0.3


def test_a_plot_before_the_memory_counts_as_no_time() -> None:
    assert retention("event", -5, 5, 1) == 1.0
    store = plane(cue=0, later=10)
    later = store.add(event("later", plot=9))
    assert later is not None
    assert not store.is_forgotten(later, 2), "a clock that was set back forgets nothing"
    assert store.search("cue", 2) == [], "and what is yet to come is not remembered"


# -- recall strengthens ----------------------------------------------------------------------------------------------


def test_recall_strengthens_events_and_thoughts_once_a_plot_and_search_nothing() -> None:
    store = plane(cue=0, happened=20, concluded=25)
    store.add(event("happened"))
    store.add(thought("concluded"))
    happened, concluded = store.memories
    store.search("cue", 1)
    assert (store.accesses(happened), store.accesses(concluded)) == (1, 1)
    for _ in range(4):
        store.recall("cue", 1)
    assert (store.accesses(happened), store.accesses(concluded)) == (2, 2)
    store.recall("cue", 2)
    assert store.accesses(happened) == 3
    assert store.search("cue", 6, {"event": 1})[0].rate == pytest.approx(retention("event", 6, 5, 3), abs=1e-6)


def test_a_forgotten_memory_never_crashes_and_comes_back_at_a_direct_cue_only() -> None:
    store = plane(hint=50, same=2, fire=0)
    fire = store.add(thought("fire"))
    assert fire is not None
    assert store.is_forgotten(fire, 9)
    assert store.search("hint", 9) == []
    assert [item.id for item in store.recall("same", 9)] == [fire.id]
    assert not store.is_forgotten(fire, 9)
    assert not store.is_forgotten(fire, 12), "it ages from the plot in which it came back"
    assert store.search("hint", 12) != []
    assert store.is_forgotten(fire, 60)


def test_an_old_one_that_came_back_is_not_lost_at_once() -> None:
    store = plane(cue=0, ancient=3)
    ancient = store.add(event("ancient"))
    assert ancient is not None
    assert store.recall("cue", 500) == [ancient]
    assert not store.is_forgotten(ancient, 501)


# -- what comes up ---------------------------------------------------------------------------------------------------


def test_the_gate_and_the_best_comes_last() -> None:
    store = plane(cue=0, near=15, far=70, away=80)
    for text in ("near", "far", "away"):
        store.add(event(text))
    assert [item.memory.description for item in store.search("cue", 1, {"event": 5})] == ["far", "near"]


def test_the_present_stays_out_except_what_a_user_made_happen() -> None:
    store = plane(cue=0, now=10, made=60)
    store.add(event("now", plot=4))
    store.add(manual_event("made", 4, poignancy=3, emergency=6))
    found = store.search("cue", 4)
    assert [item.memory.description for item in found] == ["made"]
    assert (found[0].memory.poignancy, found[0].memory.emergency) == (8, 9)


def test_filters_by_partner_person_and_kind() -> None:
    store = plane(cue=0, a=5, b=35, c=5, d=35)
    store.add(Memory(kind="event", description="a", partner="Ann"))
    store.add(Memory(kind="event", description="b", partner="Bo"))
    store.add(Memory(kind="fact", description="c", partner="Bo", person="Ann"))
    store.add(Memory(kind="fact", description="d", partner="Ann", person="Bo"))
    every = dict.fromkeys(KINDS, 5)

    def texts(**filters: str) -> set[str]:
        return {item.memory.description for item in store.search("cue", 1, every, **filters)}

    assert texts() == {"a", "b", "c", "d"}
    assert texts(partner="Ann") == {"a", "d"}
    assert texts(person="Ann") == {"c"}
    assert texts(partner="Nobody") == set()
    assert [item.description for item in store.facts_about("Bo", 1)] == ["d"]
    assert store.facts_about("Nobody", 1) == []


def test_several_cues_count_by_the_best() -> None:
    store = plane(one=0, two=90, memory=88)
    store.add(event("memory"))
    assert store.search("one", 1) == []
    assert store.search(["one", "two"], 1)[0].cosine == pytest.approx(math.cos(math.radians(2)), abs=1e-3)


@pytest.mark.parametrize("cue", ["", "   ", []])
def test_an_empty_cue_brings_up_nothing(cue: str | list[str]) -> None:
    store = plane(memory=0)
    store.add(event("memory"))
    assert store.search(cue, 1) == []


def test_nodes_link_to_what_they_came_from() -> None:
    store = plane(said=0, happened=40, concluded=80)
    said = store.add(Memory(kind="behaviour", description="said"))
    assert said is not None
    happened = store.add(Memory(kind="event", description="happened", links=(said.id,)))
    assert happened is not None
    concluded = store.add(Memory(kind="thought", description="concluded", links=(happened.id,)))
    assert concluded is not None
    assert store.get(store.get(concluded.links[0]).links[0]) == said
    assert [item.id for item in store.of_plot(0)] == [1, 2, 3]
    assert store.of_plot(0, "event") == [happened]
    with pytest.raises(KeyError):
        store.get(4)


def test_behaviours_can_be_searched_too() -> None:
    store = plane(cue=0, said=10)
    store.add(Memory(kind="behaviour", description="said"))
    assert [item.memory.description for item in store.search("cue", 1, {"behaviour": 1})] == ["said"]


def test_topics_score_until_they_are_used() -> None:
    store = plane(garden=0, war=60)
    garden = store.add(Memory(kind="topic", description="garden", poignancy=4, emergency=6))
    war = store.add(Memory(kind="topic", description="war", poignancy=9, emergency=1))
    assert garden is not None and war is not None
    assert (store.topic_score(garden), store.topic_score(war)) == (16, 11)
    store.use_topic(garden, 2)
    assert store.topic_score(garden) == 0
    assert (store.topics(used=True), store.topics(used=False)) == ([garden], [war])


# -- sameness --------------------------------------------------------------------------------------------------------


def test_the_same_thought_of_a_later_plot_is_strengthened_not_kept_twice() -> None:
    store = plane(first=0, again=2)
    first = store.add(thought("first", plot=0))
    assert first is not None
    assert store.add(thought("again", plot=1)) is None
    assert store.accesses(first) == 2


def test_the_same_event_of_a_later_plot_is_another_event_but_comes_up_once() -> None:
    store = plane(cue=5, first=0, again=2)
    assert store.add(event("first", plot=0))
    assert store.add(event("again", plot=0)) is None
    assert store.add(event("again", plot=1))
    assert len(store.search("cue", 2, {"event": 5})) == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("My dog is called Doctor.", "My dog is called Doctor.", True),
        ("Emeka has a daughter in Leeds.", "Emeka has a daughter in Kano.", False),
        ("She pays 740 euros.", "She pays 760 euros.", False),
        ("She has two children.", "She has three children.", False),
        ("He likes cats.", "He does not like cats.", False),
        ("He doesn’t like cats.", "He does not like cats.", True),
        ("Zeca paid me back.", "Zeca has paid me back.", True),
    ],
)
def test_numbers_names_and_negation_make_a_difference(one: str, other: str, same: bool) -> None:
    assert same_thing(one, other, 0.97) is same
    assert one == other or not same_thing(one, other, 0.8)


# -- words -----------------------------------------------------------------------------------------------------------


def test_bm25_by_hand() -> None:
    """Three memories of mean length 2, so the part of a term that stands once is 2.2 / (1 + 1.2) = 1."""
    index = TermIndex()
    for text in ("blue orchid", "red van", "blue boat"):
        index.add(text)
    assert index.scores("orchid") == pytest.approx([1, 0, 0], abs=1e-6)
    rare, common = math.log(1 + 2.5 / 1.5), math.log(1 + 1.5 / 2.5)
    assert index.scores("blue orchid") == pytest.approx([1, 0, common / (rare + common)], abs=1e-6)
    index.add("a very long tale of an orchid in an old garden by the grey sea")
    assert len(terms("a very long tale of an orchid in an old garden by the grey sea")) == 7
    long = index.scores("orchid")[3]
    assert long == pytest.approx(2.2 / (1 + 1.2 * (0.25 + 0.75 * 7 / (13 / 4))), abs=1e-6)
    assert TermIndex().scores("orchid").shape == (0,)


def test_terms_are_stems_without_empty_words_in_any_script() -> None:
    assert terms("I was planting the gardener’s ORCHIDS") == ["plant", "garden", "orchid"]
    assert terms("我喜欢兰花") == ["我喜", "喜欢", "欢兰", "兰花"]
    assert terms("") == []


def test_hybrid_adds_shared_words_and_passes_the_gate_by_a_rare_name() -> None:
    degrees = {"What about Miso?": 0.0, "The cat Miso sneezed.": 85.0}
    encoder = CachedEncoder(Plane(degrees))
    hybrid, dense = MemoryStore(encoder, config=MindConfig()), MemoryStore(encoder, config=DENSE)
    for store in (hybrid, dense):
        store.add(event("The cat Miso sneezed."))
    assert dense.search("What about Miso?", 1) == []
    assert hybrid.search("What about Miso?", 1)[0].lexical > 0.5


# -- arms ------------------------------------------------------------------------------------------------------------


def test_generative_agents_score_by_hand() -> None:
    """Recency 1, .99 (the newest highest) to 1, 0; cosine .5, 1 to 0, 1; poignancy 9, 3 to 1, 0."""
    store = plane(MindConfig(memory="generative-agents", hybrid=False), cue=0, older=0, newer=60)
    store.add(event("older", poignancy=3))
    store.add(event("newer", plot=1, poignancy=9))
    found = {item.memory.description: item.score for item in store.search("cue", 2)}
    assert found == {"older": pytest.approx(3.0), "newer": pytest.approx(0.5 + 2.0)}


def test_generative_agents_with_equal_scores_are_no_numbers_lost() -> None:
    store = plane(MindConfig(memory="generative-agents", hybrid=False), cue=0, only=0)
    store.add(event("only"))
    assert store.search("cue", 1)[0].score == pytest.approx(0.5 * (0.5 + 3 + 2))


def test_the_arms_differ_in_their_switches_only() -> None:
    full = ARMS["full"].model_dump()
    changed = {
        name: {key for key, value in arm.model_dump().items() if value != full[key]} for name, arm in ARMS.items()
    }
    assert changed == {
        "full": set(),
        "without-exemplars": {"exemplars"},
        "without-topic-proposal": {"topic_proposal"},
        "without-reflection": {"reflection"},
        "generative-agents": {"exemplars", "topic_proposal", "reflection", "memory", "hybrid"},
    }
    store = plane(MindConfig(memory="none"), cue=0, memory=0)
    store.add(event("memory"))
    assert store.search("cue", 1) == []
    with pytest.raises(ValidationError):
        MindConfig(exemplar=False)  # type: ignore[call-arg]


# -- many, bad, and again --------------------------------------------------------------------------------------------


def test_among_very_many_the_signs_find_what_an_exact_search_finds() -> None:
    rng = np.random.default_rng(1)
    count, width = 3 * EXACT, 384
    rows = rng.normal(size=(count, width)).astype(np.float32)
    rows[::50] += 2 * rows[7]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    cue = rows[7] + 0.3 * rng.normal(size=width) / math.sqrt(width)
    cue = (cue / np.linalg.norm(cue)).astype(np.float32)

    class Fixed:
        def encode(self, sentences: list[str]) -> NDArray[np.float32]:
            return np.stack([cue if text == "cue" else rows[0] for text in sentences])

    kept = [
        Kept(Memory(id=at + 1, kind="event", description=f"m{at}", plot=at % 3), rows[at].astype(np.float16).tobytes())
        for at in range(count)
    ]
    store = MemoryStore.restored(CachedEncoder(Fixed()), kept, [], DENSE)
    scores = (rows @ cue) * [retention("event", 3 - at % 3, 5, 1) for at in range(count)]
    best = [int(at) for at in np.argsort(-scores)[:20]]
    assert [item.memory.id - 1 for item in reversed(store.search("cue", 3, {"event": 20}))] == best


def test_long_and_odd_texts_are_cut_or_refused() -> None:
    cut = shortened("word " * 300_000)
    assert len(cut) <= LONGEST and cut.endswith("…")
    assert len(shortened("x" * 1_000_000)) <= LONGEST
    with pytest.raises(ValidationError):
        Memory(kind="event", description="x" * (LONGEST + 1))
    with pytest.raises(ValidationError):
        Memory(kind="event", description="")
    with pytest.raises(ValidationError):
        Memory(kind="event", description="x", poignancy=12)


def test_a_restored_store_scores_to_the_bit_as_the_old_one() -> None:
    encoder = CachedEncoder()
    store = MemoryStore(encoder)
    for number, text in enumerate(
        ("Emeka's daughter is a surgeon.", "I found an orchid.", "The hotel took the light.")
    ):
        store.add(event(text, plot=number))
    store.add(Memory(kind="behaviour", description="Mira: Look, an orchid!", plot=2))
    store.recall("the orchid on the cliff", 3)
    unrecorded = store.unrecorded()
    again = MemoryStore.restored(encoder, unrecorded.memories, unrecorded.marks)
    every = dict.fromkeys(KINDS, 5)
    assert again.search("an orchid", 9, every) == store.search("an orchid", 9, every)
    assert again.marks() == store.marks()
    assert again.unrecorded() == MemoryStore(encoder).unrecorded(), "nothing is recorded twice"
    assert json.loads(json.dumps(store.marks())) == store.marks()


def test_vectors_of_another_model_are_made_anew() -> None:
    store = plane(cue=0, memory=10)
    store.add(event("memory"))
    kept = store.unrecorded().memories
    other = CachedEncoder(Plane({"memory": 120, "cue": 130}))
    again = MemoryStore.restored(other, kept, [], DENSE)
    assert again.search("cue", 1)[0].cosine == pytest.approx(math.cos(math.radians(10)), abs=1e-3)
