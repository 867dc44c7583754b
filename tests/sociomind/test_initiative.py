"""Needs that are not met make a character start something; facts it is told are kept."""

from __future__ import annotations

import pytest

from digital_life.behaviour import Behaviour
from digital_life.llm.offline import OfflineModel
from digital_life.persona.library import load_persona
from digital_life.persona.schema import Needs
from digital_life.sociomind.config import MindConfig
from digital_life.sociomind.memory import Memory
from digital_life.sociomind.mind import Mind

from .test_model_pipelines import GOOD, Scripted


def mind_with(needs: Needs, seed: int, places: list[str]) -> Mind:
    persona = load_persona("mira").model_copy(update={"needs": needs})
    mind = Mind(persona, OfflineModel(), seed=seed)
    mind.begin("Emeka", "They wait for a bus.", places, 20)
    return mind


def acts(needs: Needs, seed: int, places: list[str]) -> list[Behaviour]:
    """Three turns with a partner who neither asks nor tells."""
    mind = mind_with(needs, seed, places)
    for speech in ("Good day.", "I see.", "Well."):
        mind.perceive(Behaviour(speaker="Emeka", partner="Mira", speech=speech))
        mind.act()
    return [item for item in mind._plot().behaviours if item.speaker == "Mira"]


MET = Needs(energy=9, company=9, competence=9, novelty=9)


@pytest.mark.parametrize("need", ["energy", "company", "competence", "novelty"])
def test_a_need_that_is_not_met_changes_what_is_done(need: str) -> None:
    missing = MET.model_copy(update={need: 1.0})
    assert any(
        [item.speech for item in acts(missing, seed, [])] != [item.speech for item in acts(MET, seed, [])]
        for seed in range(4)
    )


def test_who_is_tired_sits_down() -> None:
    tired = MET.model_copy(update={"energy": 1.0})
    assert any(item.place == "sofa" for seed in range(3) for item in acts(tired, seed, ["sofa"]))


def test_what_a_partner_tells_of_themselves_is_kept_as_facts() -> None:
    mind = mind_with(MET, 0, [])
    mind.perceive(Behaviour(speaker="Emeka", partner="Mira", speech="I live in Kano. I was born in Enugu. Look!"))
    told = mind.memory.latest("behaviour", 1)[0]
    facts = mind.memory.facts_about("Emeka", 0)
    assert [item.description for item in facts] == ["Emeka lives in Kano.", "Emeka was born in Enugu."]
    assert all(item.links == (told.id,) for item in facts)
    mind.perceive(Behaviour(speaker="Emeka", partner="Mira", speech="I live in Kano."))
    assert len(mind.memory.facts_about("Emeka", 0)) == 2, "what is known already is not kept twice"
    assert mind.memory.search("Where does he live?", 1, {"fact": 1})[0].memory.description == "Emeka lives in Kano."


def test_needs_become_topics_of_plots_and_words_of_prompts() -> None:
    lonely = mind_with(MET.model_copy(update={"company": 1.0}), 0, ["sofa"])
    met = mind_with(MET, 0, ["sofa"])
    topics = {mind: mind.propose(["Emeka"], ["sofa"], "room")[1] for mind in (lonely, met)}
    wishes = [topic.description for topic in topics[lonely] if topic.source == "need"]
    assert wishes == ["Mira wants to spend time with Emeka"]
    assert not any(topic.source == "need" for topic in topics[met])
    assert lonely.urge() > met.urge(), "who lacks company wants to speak sooner"


def test_topics_of_a_plot_are_kept_as_used() -> None:
    mind = mind_with(MET, 0, ["sofa"])
    plan, _ = mind.propose(["Emeka"], ["sofa"], "room")
    assert plan is not None
    mind.join(plan, ["Emeka"], ["sofa"], 6)
    used = mind.memory.topics(used=True)
    assert [item.description for item in used] == [topic.description for topic in plan.topics]
    assert all(mind.memory.topic_score(item) == 0 for item in used)


@pytest.mark.parametrize(("switch", "shown"), [(True, True), (False, False)])
def test_exemplars_can_be_switched_off(switch: bool, shown: bool) -> None:
    model = Scripted("structured", GOOD)
    mind = Mind(load_persona("mira"), model, seed=0, config=MindConfig(exemplars=switch))
    mind.begin("Emeka", "They wait for a bus.", [], 6)
    mind.perceive(Behaviour(speaker="Emeka", partner="Mira", speech="Good day."))
    mind.act()
    prompt = "\n".join(message.content for message in model.calls[0])
    assert ("People like you " in prompt) is shown


def test_a_model_is_told_of_a_need_that_presses() -> None:
    for company, told in ((1.0, True), (9.0, False)):
        persona = load_persona("mira").model_copy(update={"needs": MET.model_copy(update={"company": company})})
        model = Scripted("structured", GOOD)
        mind = Mind(persona, model, seed=0)
        mind.begin("Emeka", "They wait for a bus.", [], 6)
        mind.act()
        assert ("and want to draw somebody closer" in model.calls[0][-1].content) is told


def test_memory_can_be_switched_off() -> None:
    for arm, expected in (("sociomind", True), ("none", False), ("generative-agents", True)):
        model = Scripted("structured", GOOD)
        config = MindConfig(memory=arm)  # type: ignore[arg-type]
        mind = Mind(load_persona("mira"), model, seed=0, config=config)
        mind.begin("Emeka", "They wait for a bus.", [], 6)
        mind.memory.add(Memory(kind="event", description="Emeka said: my daughter is a surgeon in Leeds.", plot=0))
        mind.begin("Emeka", "They meet again.", [], 6)
        mind.perceive(Behaviour(speaker="Emeka", partner="Mira", speech="My daughter the surgeon has called."))
        mind.act()
        assert any("surgeon in Leeds" in message.content for message in model.calls[0]) is expected, arm


def test_the_cue_of_recall_is_what_was_said_not_where() -> None:
    model = Scripted("structured", GOOD)
    mind = Mind(load_persona("mira"), model, seed=0)
    for text in (
        "Emeka said: my daughter is a surgeon.",
        "Emeka and I waited for a bus in the rain.",
        "The bus was late.",
    ):
        mind.memory.add(Memory(kind="event", description=text, plot=0))
    mind.begin("Emeka", "The past.", [], 6)
    mind.begin("Emeka", "They wait for a bus in the rain, and the bus is late.", [], 6)
    mind.perceive(Behaviour(speaker="Emeka", partner="Mira", speech="My daughter has operated all night."))
    mind.act()
    now = model.calls[0][-1].content
    assert "my daughter is a surgeon" in now
    assert "The bus was late" not in now
