"""What four offline minds say to each other reads like one talk: it begins, goes on and ends once."""

from __future__ import annotations

import itertools

import pytest

from digital_life.api import Scenario
from digital_life.assets import asset_dir
from digital_life.behaviour import Behaviour
from digital_life.sociomind.hearing import asks_something, split_sentences

CAST = {"Mira", "Emeka", "Hana", "Zeca"}


@pytest.fixture(scope="module", params=[1, 3])
def talk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Behaviour]:
    """The shipped scene with two seeds."""
    scene = Scenario.load(asset_dir("examples") / "four_at_the_window.yaml")
    out = tmp_path_factory.mktemp("group") / "run"
    run = scene.run(out, mind="offline", seed=request.param, bodies=False, notice=lambda _text: None)
    acts = list(run.behaviours)
    run.folder.close()
    return acts


def test_everybody_is_introduced_at_once(talk: list[Behaviour]) -> None:
    assert {act.speaker for act in talk[:4]} == CAST
    assert all(act.speaker in act.speech for act in talk[:4]), "they have not met, but for two of them"


def test_nobody_leaves_before_the_others(talk: list[Behaviour]) -> None:
    assert [act.ends for act in talk] == [False] * (len(talk) - 4) + [True] * 4
    assert {act.speaker for act in talk[-4:]} == CAST
    assert len(talk) == 20


def test_who_is_asked_answers_next(talk: list[Behaviour]) -> None:
    asked = [
        (one, two) for one, two in itertools.pairwise(talk[4:-4]) if one.partner in CAST and asks_something(one.speech)
    ]
    assert len(asked) >= 4
    answered = [two for one, two in asked if two.speaker == one.partner]
    assert len(answered) >= len(asked) - 1
    assert all(two.partner in (one.speaker, "") for one, two in asked if two in answered)


def test_nothing_is_said_twice_and_stories_get_an_answer(talk: list[Behaviour]) -> None:
    said = [sentence for act in talk for sentence in split_sentences(act.speech) if len(sentence.split()) > 4]
    assert len(set(said)) == len(said)
    to_somebody = [act for act in talk[4:-4] if act.partner]
    assert len(to_somebody) == len(talk) - 8, "each turn of the talk is for one of the others"
    latest = [{item.speaker for item in talk[max(0, place - 2) : place]} for place in range(4, len(talk) - 4)]
    follows = [act.partner in before for act, before in zip(talk[4:-4], latest, strict=True)]
    assert sum(follows) >= len(follows) - 2, "and takes up what was said just before"
