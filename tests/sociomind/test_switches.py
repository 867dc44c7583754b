"""Every switch of ``MindConfig`` works wherever a mind thinks: planning, turns, looking back."""

from __future__ import annotations

from pathlib import Path

import yaml

from digital_life.behaviour import Behaviour
from digital_life.errors import ModelError
from digital_life.llm.offline import OfflineModel
from digital_life.persona.library import load_persona
from digital_life.society.run_folder import RunFolder
from digital_life.society.scenario import load_scenario
from digital_life.society.simulation import Simulation, start_run
from digital_life.sociomind.config import MindConfig
from digital_life.sociomind.memory import Memory
from digital_life.sociomind.mind import Mind

from .test_model_pipelines import Scripted

HABITS = "People like you "


def asked(config: MindConfig, talk: int = 1) -> list[str]:
    """What a strong model that is never there was asked for in a plot: topics, plots, turns, looking back."""
    model = Scripted("structured", ModelError("down"))
    mind = Mind(load_persona("mira"), model, seed=0, config=config)
    mind.memory.add(Memory(kind="event", description="Emeka said: my daughter is a surgeon in Leeds.", poignancy=9))
    mind.begin("Emeka", "Last week.", ["sofa"], 1)
    mind.propose(["Emeka"], ["sofa"], "room")
    mind.begin("Emeka", "They wait for a bus.", ["sofa"], 50)
    for number in range(talk):
        said = f"My daughter the surgeon has called {number} times."
        mind.perceive(Behaviour(speaker="Emeka", partner="Mira", speech=said))
        mind.act()
    mind.finish()
    return ["\n".join(message.content for message in call) for call in model.calls]


def shown(prompt: str) -> int:
    """How many behaviour patterns a prompt shows."""
    line = next((line for line in prompt.splitlines() if line.startswith(HABITS)), "")
    return line.count(";") + 1 if line else 0


def test_exemplars_are_in_topics_turns_and_reflection_or_nowhere() -> None:
    topics, plots, turn, back = asked(MindConfig())
    assert [shown(prompt) for prompt in (topics, plots, turn, back)] == [6, 0, 4, 6]
    assert not any(HABITS in prompt for prompt in asked(MindConfig(exemplars=False)))
    few = asked(MindConfig(exemplars_per_prompt=2, exemplars_per_turn=1))
    assert [shown(prompt) for prompt in few] == [2, 0, 1, 2]
    assert not any(HABITS in prompt for prompt in asked(MindConfig(exemplars_per_prompt=0, exemplars_per_turn=0)))


def test_without_topic_proposal_plots_are_asked_for_at_once() -> None:
    full, without = asked(MindConfig()), asked(MindConfig(topic_proposal=False))
    assert "Give up to six topics" in full[0]
    assert len(without) == len(full) - 1
    assert not any("Give up to six topics" in prompt for prompt in without)
    mind = Mind(load_persona("mira"), OfflineModel(), seed=0, config=MindConfig(topic_proposal=False))
    for _ in range(2):
        plan, topics = mind.propose(["Emeka"], ["sofa"], "room")
        assert plan is not None, "what one wants is not used up like a topic"
        assert {topic.source for topic in topics} <= {"motive", "event"}
        mind.join(plan, ["Emeka"], ["sofa"], 4)


def test_limits_of_topics_count() -> None:
    def sizes(config: MindConfig) -> tuple[int, int]:
        mind = Mind(load_persona("mira"), OfflineModel(), seed=0, config=config)
        plan, topics = mind.propose(["Emeka"], ["sofa"], "room")
        assert plan is not None
        return len(topics), len(plan.topics)

    assert sizes(MindConfig())[1] == 2
    assert sizes(MindConfig(topics_per_plot=1))[1] == 1
    assert sizes(MindConfig(topics_per_plot=3))[1] == 3
    assert sizes(MindConfig(topic_proposals=2)) == (2, 2)
    assert sizes(MindConfig(topic_cache=1)) == (1, 1)
    assert "at most 1 of" in asked(MindConfig(topics_per_plot=1))[1]


def test_the_conversation_in_view_has_the_length_that_is_wanted() -> None:
    long, short = (asked(MindConfig(context_retention=count), talk=16)[-2] for count in (40, 2))
    assert "called 0 times" in long
    assert "called 0 times" not in short
    assert "called 15 times" in short


def test_memories_in_turns_and_reflection_are_counted() -> None:
    fact = "surgeon in Leeds"
    assert [fact in prompt for prompt in asked(MindConfig())][2:] == [True, True]
    assert [fact in prompt for prompt in asked(MindConfig(events_per_turn=0))][2:] == [False, True]
    assert [fact in prompt for prompt in asked(MindConfig(events_in_reflection=0))][2:] == [True, False]


def test_without_reflection_no_model_is_asked_to_look_back() -> None:
    full, without = asked(MindConfig()), asked(MindConfig(reflection=False))
    assert without == full[:-1]


def test_a_run_keeps_its_switches(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    room = {"name": "room", "places": [{"name": "floor", "position": [0, 0], "capacity": 2}]}
    cast = [{"persona": "mira", "place": "floor"}, {"persona": "emeka", "place": "floor"}]
    data = {"title": "Two", "situation": "They meet.", "room": room, "cast": cast, "rounds": 4, "mode": "autonomous"}
    path.write_text(yaml.safe_dump({**data, "episodes": 1}))
    config = MindConfig(reflection=False, topic_proposal=False)
    start_run(load_scenario(path), tmp_path / "run", mind="offline", bodies=False, config=config).close()
    folder = Simulation(RunFolder.open(tmp_path / "run", write=True), OfflineModel()).run()
    topics = [topic for _, _, found in folder.record.events("topics") for topic in found]
    assert {topic["source"] for topic in topics} == {"motive"}
    kinds = {change["kind"] for _, _, change in folder.record.events("reflection")}
    assert kinds == {"event"}, "nothing but events is kept without reflection"
    folder.close()
