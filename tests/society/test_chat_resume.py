"""A talk that was left is gone on with: the same mind, the same record, the same run folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from digital_life.api import Scenario
from digital_life.assets import asset_dir
from digital_life.behaviour import Behaviour
from digital_life.errors import InputError
from digital_life.llm.offline import OfflineModel
from digital_life.persona.library import load_persona
from digital_life.society.chat_session import PersonaChat

SAID = ["Hello! My name is Tom.", "My sister runs a bakery in Leeds.", "What do you do for a living?"]


def chat(out: Path, name: str = "mira", *, resume: bool = False) -> PersonaChat:
    return PersonaChat(load_persona(name), OfflineModel(), out, bodies=False, resume=resume)


def say(talk: PersonaChat, text: str) -> Behaviour:
    answer = talk.think(text)
    talk.play(text, answer)
    return answer


def test_a_talk_that_was_broken_off_goes_on_as_if_nothing_had_happened(tmp_path: Path) -> None:
    whole = chat(tmp_path / "whole")
    answers = [say(whole, text) for text in SAID]
    whole.close()
    broken = chat(tmp_path / "broken")
    assert [say(broken, text) for text in SAID[:2]] == answers[:2]
    broken.folder.close()  # as when the process is killed: nobody has looked back
    resumed = chat(tmp_path / "broken", resume=True)
    assert say(resumed, SAID[2]) == answers[2]
    assert [heard for _, _, heard in resumed.folder.record.events("heard")] == SAID
    numbers = [row.turn for row in resumed.folder.record.turns()]
    assert numbers == list(range(len(numbers)))
    resumed.close()
    transcript = resumed.folder.transcript.read_text()
    assert transcript.count("- Mira: ") == 3 and transcript.index(SAID[1]) < transcript.index(answers[1].speech)


def test_after_a_talk_that_ended_they_meet_again(tmp_path: Path) -> None:
    first = chat(tmp_path / "talk")
    for text in SAID:
        say(first, text)
    first.close()
    again = chat(tmp_path / "talk", resume=True)
    assert not again.folder.finished
    answer = say(again, "Hello again!")
    assert "Tom" in say(again, "What is my name?").speech, "the name was kept"
    state = again.folder.record.state("Mira")
    assert state is not None
    assert state["plots"] == 2 and state["plot"]["met_before"] and state["relationships"]["Guest"]
    assert "My name is Mira" not in answer.speech and "I'm Mira" not in answer.speech
    kept, _ = again.folder.record.memories("Mira")
    assert any("bakery" in item.memory.description for item in kept if item.memory.kind == "event")
    again.close()
    assert again.folder.transcript.exists()


def test_only_a_talk_with_the_same_persona_is_gone_on_with(tmp_path: Path) -> None:
    talk = chat(tmp_path / "talk")
    say(talk, "Hello!")
    with pytest.raises(InputError, match="being played by another process"):
        chat(tmp_path / "talk", resume=True)
    talk.close()
    with pytest.raises(InputError, match="a talk with Mira, not with Hana"):
        chat(tmp_path / "talk", "hana", resume=True)
    with pytest.raises(InputError, match="is no run folder"):
        chat(tmp_path / "nowhere", resume=True)
    scene = Scenario.load(asset_dir("examples") / "first_meeting.yaml")
    run = scene.run(tmp_path / "run", mind="offline", bodies=False, notice=lambda _text: None)
    run.folder.close()
    with pytest.raises(InputError, match="is a simulation"):
        chat(tmp_path / "run", resume=True)
    chat(tmp_path / "talk", resume=True).close()  # a refusal holds no lock
