"""Plots in three modes and in groups, budgets and cassettes, with minds only."""

from __future__ import annotations

import itertools
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from digital_life.api import Run, Scenario
from digital_life.assets import asset_dir
from digital_life.cli.playing import budget_of, scene_events
from digital_life.errors import InputError
from digital_life.evaluate.fake_llm_server import FakeServer, example_answer
from digital_life.llm.budget import Budget, Prices
from digital_life.society.scenario import SceneEvent

LETTER = "A letter says that the salt works will be sold to the hotel."


@pytest.fixture(autouse=True)
def _own_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def scenario(tmp_path: Path, name: str = "first_meeting", **changes: Any) -> Scenario:
    data = yaml.safe_load((asset_dir("examples") / f"{name}.yaml").read_text())
    path = tmp_path / f"scenario{len(list(tmp_path.iterdir()))}.yaml"
    path.write_text(yaml.safe_dump({**data, "rounds": 2, **changes}))
    return Scenario.load(path)


def play(made: Scenario, out: Path, **options: Any) -> Run:
    options = {"mind": "offline", **options}
    return made.run(out, bodies=False, notice=lambda _text: None, **options)


def lines(run: Run) -> list[str]:
    return [behaviour.line(to_whom=True) for behaviour in run.behaviours]


def plans(run: Run) -> list[dict[str, Any]]:
    return [data["plan"] for _, _, data in run.folder.record.events("plot")]


def speaking(request: dict[str, Any], said: list[str]) -> str:
    """A model that always has a new line and is never done."""
    example = json.loads(example_answer(request))
    if "speech" in example:
        said.append("")
        example |= {"speech": f"Here is thing number {len(said)}.", "motion": "nods", "place": "", "thought": "Hm."}
    return json.dumps(example)


def test_minds_that_plan_play_one_shared_plot_after_the_other(tmp_path: Path) -> None:
    run = play(scenario(tmp_path), tmp_path / "run", mode="autonomous", episodes=2)
    first, second = plans(run)
    assert first["topics"] and first["topics"] != second["topics"]
    assert run.folder.finished
    text = run.folder.transcript.read_text()
    assert f"## {first['title']}" in text and "thinks:" in text
    record = run.folder.record
    for name in run.folder.scene.names:
        state = record.state(name)
        assert state and state["backgrounds"] == [first["situation"], second["situation"]], "both played the same plots"
    thoughts = [text for _, _, text in record.events("thought")]
    assert thoughts and not any(thought in line for thought in thoughts for line in lines(run)), "nobody hears thoughts"


def test_a_stopped_run_of_several_plots_goes_on_to_the_same_end(tmp_path: Path) -> None:
    made = scenario(tmp_path)
    whole = play(made, tmp_path / "whole", mode="autonomous", episodes=2)
    for number, stop in enumerate((2, 5)):
        turns: list[str] = []

        def stopping(what: str, _done: int, _total: int, turns: list[str] = turns, stop: int = stop) -> None:
            turns.append(what)
            if sum(": " in item and "[" in item for item in turns) == stop:
                raise KeyboardInterrupt

        out = tmp_path / f"stopped{number}"
        with pytest.raises(KeyboardInterrupt):
            play(made, out, mode="autonomous", episodes=2, report=stopping)
        assert lines(play(made, out, resume=True)) == lines(whole), "mode and plots need not be said again"
    with pytest.raises(InputError, match="another scenario"):
        play(made, tmp_path / "whole", resume=True, mode="scripted")


def test_what_happens_is_talked_about_before_everything_else(tmp_path: Path) -> None:
    event = SceneEvent(plot=1, who=["Dariush"], text=LETTER, poignancy=3, emergency=3)
    run = play(scenario(tmp_path, rounds=4), tmp_path / "run", mode="event-driven", episodes=1, events=[event])
    (plan,) = plans(run)
    assert plan["proposer"] == "Dariush"
    assert plan["topics"][0]["description"] == LETTER
    assert (plan["topics"][0]["poignancy"], plan["topics"][0]["emergency"]) == (8, 8)
    assert any(LETTER in behaviour.speech for behaviour in run.behaviours if behaviour.speaker == "Dariush")
    assert f"News for Dariush: {LETTER}" in run.folder.transcript.read_text()


def test_a_script_is_played_word_for_word_and_the_minds_go_on(tmp_path: Path) -> None:
    script = [
        {"speaker": "Mira", "speech": "You are a stupid liar, Dariush."},
        {"speaker": "Mira", "motion": "hugs Dariush"},
        {"speaker": "Dariush", "speech": "Pardon?", "place": "desk"},
    ]
    plots = [
        {"title": "One", "situation": "They quarrel.", "script": script, "rounds": 0, "places": {"Mira": "table"}},
        {"title": "Two", "situation": "The next day.", "opener": "Dariush", "rounds": 1},
    ]
    run = play(scenario(tmp_path, plots=plots), tmp_path / "run")
    acts = [item for item in run.behaviours if item.mind != "scene"]
    assert [item.speech for item in acts[:3]] == [line.get("speech", "") for line in script]
    assert acts[1].response == "refuse", "who was insulted wants no hug"
    assert acts[3].speaker == "Dariush"
    assert run.behaviours[0].place == "table" and run.behaviours[0].mind == "scene"
    assert "hugs Dariush (refused)" in run.folder.transcript.read_text()


def test_four_speak_to_each_other_and_whispers_stay_between_two(tmp_path: Path) -> None:
    script = [{"speaker": "Mira", "to": "Zeca", "speech": "Meet me at nine.", "motion": "whispers to Zeca"}]
    plots = [{"situation": "They wait.", "script": script, "rounds": 2}]
    run = play(scenario(tmp_path, "four_at_the_window", plots=plots), tmp_path / "run")
    speakers = [item.speaker for item in run.behaviours]
    assert set(speakers) == set(run.folder.scene.names)
    assert all(one != other for one, other in itertools.pairwise(speakers))
    heard = {
        name: [item["speech"] for item in (run.folder.record.state(name) or {})["plot"]["behaviours"]]
        for name in run.folder.scene.names
    }
    assert "Meet me at nine." in heard["Zeca"] and "Meet me at nine." in heard["Mira"]
    assert "Meet me at nine." not in heard["Hana"] + heard["Emeka"]
    last = [item for item in run.behaviours if item.ends]
    assert {item.speaker for item in last} == set(run.folder.scene.names), "everybody takes leave"
    assert re.search(r"^- \w+ to \w+: ", run.folder.transcript.read_text(), re.MULTILINE)


def test_a_budget_ends_a_run_well_and_every_call_is_kept(tmp_path: Path) -> None:
    said: list[str] = []
    budget = Budget(max_tokens=40, price=Prices(prompt=1_000_000, completion=2_000_000))
    with FakeServer(answer=lambda request: speaking(request, said)) as server:
        run = play(scenario(tmp_path, rounds=20), tmp_path / "run", mind="openai", base_url=server.url, budget=budget)
    assert run.folder.finished
    assert len(run.behaviours) < 10
    assert [item.ends for item in run.behaviours[-2:]] == [True, True]
    calls = [call for _, call in run.folder.record.calls()]
    assert sum(call.usage.prompt_tokens + call.usage.completion_tokens for call in calls) == 48, "the fourth passes 40"
    assert [(call.price, call.purpose) for call in calls] == [(17.0, "TurnAnswer")] * 4
    assert any("max_tokens 40 reached" in data for _, _, data in run.folder.record.events("notice"))
    with pytest.raises(InputError, match="price of openai:fake-1 is not known"), FakeServer() as server:
        play(scenario(tmp_path), tmp_path / "dear", mind="openai", base_url=server.url, budget=Budget(max_cost=1))


def test_hours_for_which_the_machine_sleeps_are_not_played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hours = itertools.count(2_000_000_000, 3600)
    monkeypatch.setattr(time, "time", lambda: float(next(hours)))
    run = play(scenario(tmp_path), tmp_path / "run", budget=Budget(max_seconds=1800))
    assert 0 < run.folder.record.meta("seconds_played") < 1800
    assert not any("max_seconds" in str(data) for _, _, data in run.folder.record.events("notice"))


def test_a_cassette_repeats_a_run_to_the_byte_without_a_model(tmp_path: Path) -> None:
    made, said = scenario(tmp_path), []  # type: Scenario, list[str]
    cassette = tmp_path / "cassette.jsonl"
    options: dict[str, Any] = {"mode": "autonomous", "episodes": 2}
    with FakeServer(answer=lambda request: speaking(request, said)) as server:
        live = play(made, tmp_path / "live", mind="openai", base_url=server.url, record=cassette, **options)
    live.folder.close()
    again = play(made, tmp_path / "again", replay=cassette, **options)
    again.folder.close()
    for file in sorted(path.relative_to(live.path) for path in live.path.rglob("*") if path.is_file()):
        assert (live.path / file).read_bytes() == (again.path / file).read_bytes(), file
    with pytest.raises(InputError, match="choose one"):
        play(made, tmp_path / "both", record=cassette, replay=cassette)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mode": "event-driven"}, "needs events"),
        ({"mode": "autonomous", "plots": [{"situation": "x"}]}, "plots are for scripted runs"),
        ({"episodes": 3}, "only 1 plots are scripted"),
        ({"plots": [{"situation": "x", "rounds": 0}]}, "nothing would happen"),
        ({"plots": [{"situation": "x", "script": [{"speaker": "Nobody"}]}]}, "nobody is called 'Nobody'"),
        ({"events": [{"plot": 4, "text": "It snows."}]}, "but there are 1 plots"),
        ({"mode": "guided"}, "scripted"),
    ],
)
def test_scenarios_that_do_not_go_together_are_refused(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        scenario(tmp_path, **changes)


def test_options_that_do_not_go_together_are_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        play(scenario(tmp_path), tmp_path / "run", mode="event-driven")
    assert refused.value.problem == "an event-driven run needs events: give at least one, or take the mode autonomous"
    assert "--event" in refused.value.mend


def test_a_model_that_cannot_look_back_is_told_of_in_the_transcript(tmp_path: Path) -> None:
    with FakeServer(["no_json"], forever=True) as server:
        run = play(scenario(tmp_path, rounds=1), tmp_path / "run", mind="openai", base_url=server.url)
    text = run.folder.transcript.read_text()
    assert "**Mira afterwards**: (looked back by rule: openai:fake-1 gave no usable object" in text
    assert "reflection_failed" not in text


def test_the_reference_calls_scripted_runs_preconfigured(tmp_path: Path) -> None:
    assert scenario(tmp_path, mode="preconfigured").loaded.scenario.mode == "scripted"


def test_options_of_the_command_line_are_read() -> None:
    (event,) = scene_events(("2:@Mira,Hana: The boat is early: run!",))
    assert (event.plot, event.who, event.text) == (2, ["Mira", "Hana"], "The boat is early: run!")
    assert scene_events(("It snows.",))[0].who == []
    assert budget_of(None, None, None, None) is None
    assert budget_of(1.5, None, None, "0.15,0.6") == Budget(max_cost=1.5, price=Prices(prompt=0.15, completion=0.6))
    with pytest.raises(InputError, match="two numbers"):
        budget_of(1.0, None, None, "cheap")
    with pytest.raises(InputError, match="--max-tokens"):
        budget_of(None, 0, None, None)
