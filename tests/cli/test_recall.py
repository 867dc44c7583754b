"""``digital-life recall``: what a character of a run remembers and how its state changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from digital_life.behaviour import Behaviour
from digital_life.cli.recall import command
from digital_life.errors import InputError
from digital_life.llm.offline import OfflineModel
from digital_life.persona.library import load_persona
from digital_life.society.run_folder import RunFolder, SceneFile
from digital_life.sociomind.mind import Mind
from digital_life.stage.scene import Place, Room


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run in which Mira was told of a surgeon and insulted."""
    root = tmp_path_factory.mktemp("recall") / "run"
    room = Room(places=(Place(name="floor", position=(0, 0)),))
    scene = SceneFile(mode="chat", mind="offline", seed=0, room=room, names=("Mira",), title="A talk")
    folder = RunFolder.create(root, scene)
    mind = Mind(load_persona("mira"), OfflineModel(), seed=0)
    mind.begin("Tom", "They wait for a bus.", ["floor"], 6)
    for turn, text in enumerate(("My daughter is a surgeon in Leeds.", "You are a stupid liar."), start=1):
        mind.perceive(Behaviour(speaker="Tom", partner="Mira", speech=text, mind="person"))
        answer = mind.act()
        folder.record.add_turn(turn, answer, mind.last_usage, {"Mira": mind.checkpoint()})
    folder.record.add_events("reflection", mind.finish(), owner="Mira", states={"Mira": mind.checkpoint()})
    folder.close()
    return root


def shown(*arguments: str) -> str:
    done = CliRunner().invoke(command, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_every_memory_is_listed_with_its_links(talk: Path) -> None:
    listed = shown(str(talk), "Mira")
    assert "fact      plot 0  Tom's daughter is a surgeon in Leeds.  <- 1" in listed
    assert "plot      plot 0  With Tom: They wait for a bus." in listed


def test_a_cue_shows_what_comes_to_mind_with_its_score(talk: Path) -> None:
    first = shown(str(talk), "Mira", "How is your daughter the surgeon?").splitlines()[0]
    assert "surgeon in Leeds" in first and "score 0." in first
    assert shown(str(talk), "Mira", "The share price fell.") == ""


def test_changes_are_shown_with_their_cause(talk: Path) -> None:
    listed = shown(str(talk), "Mira", "--changes")
    assert "because: Tom: You are a stupid liar." in listed
    assert "relationship Tom\n  because: looking back on the conversation with Tom" in listed


def test_looking_changes_nothing(talk: Path) -> None:
    before = shown(str(talk), "Mira", "surgeon")
    assert shown(str(talk), "Mira", "surgeon") == before


def test_an_unknown_character_is_refused(talk: Path) -> None:
    with pytest.raises(InputError, match=r"no mind called 'Mirra'.*\n.*Mira"):
        CliRunner().invoke(command, [str(talk), "Mirra"], catch_exceptions=False)
