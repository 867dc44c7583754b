"""A content policy may veto or replace what a character does, and what it did stands in the record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from digital_life.behaviour import Behaviour
from digital_life.errors import InputError
from digital_life.llm.offline import OfflineModel
from digital_life.persona.library import load_persona
from digital_life.sociomind.mind import Mind
from digital_life.sociomind.policy import PolicyContext, Veto, load_policy


def answer(policy: Callable[[Behaviour, PolicyContext], Any] | None) -> Behaviour:
    mind = Mind(load_persona("mira"), OfflineModel(), seed=0, policy=policy)
    mind.begin("Guest", "They talk.", ["sofa"], 20)
    mind.perceive(Behaviour(speaker="Guest", partner="Mira", speech="Hello, Mira!", mind="person"))
    return mind.act()


def test_what_is_allowed_passes_unchanged() -> None:
    seen: list[tuple[Behaviour, PolicyContext]] = []

    def policy(behaviour: Behaviour, context: PolicyContext) -> None:
        seen.append((behaviour, context))

    assert answer(policy) == answer(None)
    behaviour, context = seen[0]
    assert (context.persona, context.partner, context.situation) == ("Mira", "Guest", "They talk.")
    assert context.heard == ("Guest: Hello, Mira!",)
    assert behaviour.speech


def test_a_veto_is_answered_by_a_refusal_and_recorded() -> None:
    def policy(behaviour: Behaviour, context: PolicyContext) -> None:
        if "Mira" in behaviour.speech:
            raise Veto("no names")

    said = answer(policy)
    assert "Mira" not in said.speech
    assert said.speech
    assert said.mind == "offline (policy: vetoed: no names)"


def test_when_nothing_is_allowed_nothing_is_said() -> None:
    said = answer(lambda behaviour, context: not behaviour.speech)
    assert said.speech == ""
    assert said.motion == "shakes the head"
    assert said.mind == "offline (policy: vetoed)"


def test_words_or_the_whole_behaviour_may_be_replaced() -> None:
    said = answer(lambda behaviour, context: "Good day.")
    assert (said.speech, said.mind) == ("Good day.", "offline (policy: replaced)")
    done = answer(
        lambda behaviour, context: Behaviour(speaker="Somebody else", speech="Hm.", place="roof", mind="forged")
    )
    assert (done.speaker, done.speech, done.place) == ("Mira", "Hm.", "")
    assert done.mind == "offline (policy: replaced)"


@pytest.mark.parametrize("broken", [lambda b, c: 1 / 0, lambda b, c: 42, lambda: None])
def test_a_policy_that_fails_lets_nothing_pass(broken: Any) -> None:
    assert "(policy: vetoed: the policy" in answer(broken).mind


def test_a_policy_is_found_by_file_or_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "rules.py"
    file.write_text("def quiet(behaviour, context):\n    return 'Quietly.'\n")
    monkeypatch.setenv("DIGITAL_LIFE_POLICY", f"{file}:quiet")
    assert answer(None).speech == "Quietly."
    for wrong, message in (
        ("rules", "is no function"),
        (f"{file}:loud", "has no function 'loud'"),
        (f"{tmp_path}/none.py:x", "no such file"),
        ("no.such.module:x", "cannot be imported"),
    ):
        with pytest.raises(InputError, match=message):
            load_policy(wrong)
