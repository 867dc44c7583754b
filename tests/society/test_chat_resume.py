"""A talk that was left is gone on with: the same mind, the same record, the same run folder."""

from __future__ import annotations

import threading
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import pytest

from digital_life.api import Scenario
from digital_life.assets import asset_dir
from digital_life.behaviour import Behaviour
from digital_life.errors import AssetError, InputError
from digital_life.llm.chat import Usage
from digital_life.llm.offline import OfflineModel
from digital_life.persona.library import load_persona
from digital_life.society import chat_session
from digital_life.society.chat_session import PersonaChat
from digital_life.society.performing import STAGE
from digital_life.sociomind.mind import Mind

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


def test_halves_of_surrogate_pairs_from_a_browser_reach_no_record(tmp_path: Path) -> None:
    talk = chat(tmp_path / "talk")
    say(talk, "Hello! \ud83d\x00")
    assert [heard for _, _, heard in talk.folder.record.events("heard")] == ["Hello! "]
    talk.close()
    assert "Guest: Hello!" in talk.folder.transcript.read_text(encoding="utf-8")


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


def refuse(*_arguments: Any, **_options: Any) -> NoReturn:
    raise AssetError("a part is missing")


@pytest.mark.parametrize(
    ("owner", "part"),
    [(chat_session, "build_stage"), (Mind, "warm_up"), (Mind, "restore"), (chat_session, "perform_idle")],
)
def test_a_talk_that_cannot_be_opened_or_closed_lets_go_of_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, part: str
) -> None:
    talk = chat(tmp_path / "talk")
    say(talk, SAID[0])
    with monkeypatch.context() as broken:
        broken.setattr(owner, part, refuse)
        if part == "perform_idle":
            with pytest.raises(AssetError) as failed:
                talk.close()
        else:
            talk.folder.close()
        with pytest.raises(AssetError) as again:
            chat(tmp_path / "talk", resume=True)
    chat(tmp_path / "talk", resume=True).close()
    assert again.value is not None and (part != "perform_idle" or failed.value is not None)


def test_a_model_that_looks_back_too_late_is_not_mixed_with_the_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk, rules_begin, finish = chat(tmp_path / "talk"), threading.Event(), Mind.finish
    say(talk, SAID[1])
    by_rules: list[dict[str, Any]] = []

    def slow(mind: Mind) -> list[dict[str, Any]]:
        if mind is talk._mind:
            rules_begin.wait(20)
            return [{"kind": "late"}]
        rules_begin.set()
        for thread in threading.enumerate():
            if thread.name == "reflection":
                thread.join(20)
        by_rules.extend(finish(mind))
        return by_rules

    monkeypatch.setattr(Mind, "finish", slow)
    talk.close(seconds=0.01)
    resumed = chat(tmp_path / "talk", resume=True)
    kept = [change for _, _, change in resumed.folder.record.events("reflection")]
    resumed.folder.close()
    assert kept == by_rules != []


def test_a_turn_that_nobody_saw_is_performed_when_the_talk_goes_on(tmp_path: Path) -> None:
    talk = PersonaChat(load_persona("mira"), OfflineModel(), tmp_path / "talk")
    answer = talk.think(SAID[0])
    number = talk.folder.record.next_turn()
    talk.folder.record.add_turn(number, answer, Usage(), {"Mira": talk._mind.checkpoint()})
    talk.folder.close()  # killed between the two transactions
    resumed = PersonaChat(load_persona("mira"), OfflineModel(), tmp_path / "talk", resume=True)
    record = resumed.folder.record
    assert record.unseen(STAGE) == []
    rows = record.performances()
    assert [row.turn for row in rows] == list(range(number + 2)), "before, the unseen one, and the idling after it"
    assert all(later.start == pytest.approx(row.start + row.frames / 30) for row, later in pairwise(rows))
    assert rows[number].speech_seconds > 0 and all((resumed.folder.root / row.file).is_file() for row in rows)
    resumed.folder.close()
